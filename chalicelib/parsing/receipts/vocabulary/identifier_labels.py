"""Labels of order numbers and their like, and of numbers that are none."""

from __future__ import annotations

from chalicelib.parsing.receipts.vocabulary import Phrases

ORDER: Phrases = {
    "en": "order number; order no; order no.; order nr; order id; order #; order ref; order reference; "
    "purchase number; purchase order; order; ordernumber; web order; your order; purchase id; order code; "
    "purchase reference; sales order",
    "sv": "ordernummer; ordernr; order nr; ordernr.; order-nr; order-id; orderid; beställnings-id; beställningsid; "
    "beställningsnummer; "
    "beställningsnr; beställning; beställning nr; order; köpnummer; köp-id; köp nr; referensnummer; "
    "orderreferens; order nummer; kvittoreferens; köpreferens",
    "de": "bestellnummer; bestellnr; bestell-nr; bestell-nr.; auftragsnummer; auftragsnr; auftrags-nr.; bestellung; "
    "bestellung nr; auftrag; bestell-id; bestell-nummer",
    "fr": "numéro de commande; n° de commande; commande n°; commande; référence de commande; commande numéro; "
    "nº de commande",
    "nl": "bestelnummer; ordernummer; bestelling; bestelnr; bestelling nr",
    "es": "número de pedido; nº de pedido; pedido; pedido nº; n.º de pedido; pedido n.º; núm. de pedido",
    "no": "ordrenummer; ordrenr; ordre; bestillingsnummer; bestilling; ordre nr; ordre-id",
    "da": "ordrenummer; ordrenr; ordre; ordre nr; bestillingsnummer; ordre-id",
    "fi": "tilausnumero; tilaus; tilausnro; tilauksen numero; tilaustunnus",
    "it": "numero ordine; numero d'ordine; ordine; ordine n.; ordine n°; n. ordine; codice ordine; numero dell'ordine",
}

BOOKING: Phrases = {
    "en": "trip id; ride id; trip no; booking reference; booking number; booking ref; booking code; booking id; "
    "reservation number; reservation code; pnr; record locator; confirmation number; confirmation code; "
    "confirmation no; reference number; reservation id; confirmation; booking; reservation; "
    "booking confirmation; airline reference; trip number; itinerary number; reference; ref; confirmation id; "
    "booking no",
    "sv": "bokningsnummer; bokningsreferens; bokningskod; bokningsnr; bokning; bokningsid; boknings-id; "
    "bekräftelsenummer; referens; resekod; biljettnummer; reservationsnummer; referenskod; "
    "bokningsnummer/pnr; bokningsref; bekräftelsekod; referensnr",
    "de": "buchungsnummer; buchungscode; buchungsreferenz; reservierungsnummer; buchung; bestätigungsnummer; "
    "referenznummer; vorgangsnummer",
    "fr": "numéro de réservation; référence de réservation; référence; code de réservation; réservation; dossier; "
    "numéro de dossier",
    "nl": "boekingsnummer; boekingscode; reserveringsnummer; referentienummer; boeking; referentie",
    "es": "número de reserva; localizador; código de reserva; referencia; reserva; nº de reserva",
    "no": "bookingnummer; bestillingsreferanse; referansenummer; bookingreferanse; referanse; bekreftelsesnummer; "
    "booking",
    "da": "bookingnummer; bookingreference; reservationsnummer; referencenummer; booking; reference; "
    "bekræftelsesnummer",
    "fi": "varausnumero; varaustunnus; varaus; viite; vahvistusnumero; varauskoodi",
    "it": "codice prenotazione; numero di prenotazione; prenotazione; riferimento; codice di prenotazione",
}

INVOICE: Phrases = {
    "en": "statement; invoice number; invoice no; invoice no.; invoice id; invoice #; invoice; bill number; bill no; "
    "statement number; tax invoice; invoice ref; credit note; credit note number; credit note no; credit memo",
    "sv": "fakturanummer; fakturanr; faktura nr; faktura; fakturanr.; faktura-nr; fakturans nummer; fakturaid; "
    "kreditnota; kreditfaktura; kreditnotanr; kreditfakturanummer; kreditnr; räkningsnummer; räkning nr; räkningsnr",
    "de": "rechnungsnummer; rechnungsnr; rechnungs-nr; rechnungs-nr.; rechnung; rechnung nr; rechnung nr.; "
    "gutschrift; gutschriftsnummer; gutschrift nr; gutschrift nr.",
    "fr": "numéro de facture; facture n°; n° de facture; facture; nº de facture; avoir n°; numéro d'avoir",
    "nl": "factuurnummer; factuur; factuurnr; creditnota; creditfactuur",
    "es": "número de factura; factura; nº de factura; n.º de factura",
    "no": "fakturanummer; faktura; fakturanr; kreditnota",
    "da": "fakturanummer; faktura; fakturanr; kreditnota",
    "fi": "laskun numero; laskunumero; lasku",
    "it": "numero fattura; fattura; fattura n.; fattura n°",
}

RECEIPT: Phrases = {
    "en": "receipt number; receipt no; receipt id; receipt #; receipt; receipt no.; "
    "sale no; ticket number; e-ticket number; "
    "document number; document no; payment reference",
    "sv": "kvittens; *kvitto; kvittonummer; kvittonr; kvitto nr; kvitto; kvitto-nr;  "
    "köp nr; kvittoid; verifikationsnummer; betalningsreferens; notanummer; nota; notanr",
    "de": "belegnummer; beleg; quittungsnummer; bonnummer; bon-nr; beleg-nr",
    "fr": "numéro de reçu; reçu n°; reçu;  numéro de  ticket n°",
    "nl": "bonnummer; bon; kassabonnummer",
    "es": "número de recibo; recibo; ticket; nº de recibo",
    "no": "kvitteringsnummer; kvittering; kvitteringsnr; bongnummer",
    "da": "kvitteringsnummer; kvittering; bonnummer; bon; bonnr",
    "fi": "kuittinumero; kuitti; tapahtumanumero; kuitin numero; tositenumero",
    "it": "numero ricevuta; ricevuta; ricevuta n.; numero scontrino; scontrino",
}

PAYMENT: Phrases = {
    "en": "transaction id; transaction number; transaction no; transaction #; payment id; transaction reference; "
    "transaction",
    "sv": "transaktionsnummer; transaktions-id; transaktionsid; transaktion; betalningsreferens",
}

#: Numbers that belong to a person, a parcel, an article or a company, never to the purchase.
OTHER: Phrases = {
    "en": "customer number; customer no; customer id; account number; account no; account id; tracking number; "
    "tracking no; tracking; sku; item number; item no; article number; product code; model; member number; "
    "membership number; member id; phone; tel; vat number; vat no; vat reg; vat id; tax id; ein; "
    "company number; registration number; card number; card; ending in; iban; bic; zip; postcode; "
    "meter number; meter id; serial number; case number; promo code; coupon code; voucher code; "
    "gift card number; pin; seat; gate; flight; flight number; train; coach; loyalty number; frequent flyer; "
    "delivery note; parcel number; barcode; isbn; abn; gstin",
    "sv": "kundnummer; kundnr; kund-id; kontonummer; kollinummer; kolli-id; spårningsnummer; sändningsnummer; "
    "försändelsenummer; artikelnummer; artikelnr; art.nr; art nr; artnr; medlemsnummer; medlemsnr; telefon; "
    "tel; tfn; org.nr; org nr; orgnr; organisationsnummer; momsnr; momsreg.nr; vat-nr; "
    "momsregistreringsnummer; bankgiro; plusgiro; bg; pg; ocr; ocr-nummer; ocr-nr; kortnummer; kort; "
    "postnummer; mätarnummer; anläggnings-id; anläggningsid; serienummer; ärendenummer; kampanjkod; "
    "rabattkod; presentkortsnummer; plats; vagn; tåg; flyg; flight; swish; personnummer; avtalsnummer; avtal; "
    "kontrollnummer; kassa; kassör; terminal; termid; butik; kontrollenhet; kundid",
    "de": "kundennummer; kunden-nr; sendungsnummer; artikelnummer; art.-nr; telefon; tel; ust-id; ust-idnr; "
    "steuernummer; iban; bic; zählernummer; vertragsnummer; vertragskonto; kontonummer; mitgliedsnummer; plz; "
    "handelsregister; hrb",
    "fr": "numéro client; n° client; numéro de suivi; référence article; téléphone; tél; siret; siren; n° tva; "
    "iban; code postal; compte",
    "nl": "klantnummer; trackingnummer; artikelnummer; telefoon; kvk; btw-nummer; iban; rekeningnummer",
    "es": "número de cliente; número de seguimiento; referencia artículo; teléfono; nif; cif; iban; código postal; "
    "cups; contrato",
    "no": "kundenummer; sporingsnummer; varenummer; telefon; org.nr; orgnr; kid; kidnummer; kontonummer; "
    "målernummer; medlemsnummer",
    "da": "kundenummer; sporingsnummer; varenummer; telefon; cvr; cvr-nr; kontonummer; målernummer; fik; medlemsnummer",
    "fi": "asiakasnumero; seurantakoodi; tuotenumero; puhelin; y-tunnus; viitenumero; iban; jäsennumero; käyttöpaikka",
    "it": "codice cliente; numero di tracciamento; codice articolo; telefono; p.iva; partita iva; iban; "
    "codice fiscale; pod",
}
