"""Phrases that tell a purchase from the other mails of a shop."""

from __future__ import annotations

from chalicelib.parsing.receipts.vocabulary import Phrases

#: What makes a subject or heading that of a receipt, order or booking confirmation or invoice.
RECEIPT: Phrases = {
    "en": "electricity statement; gas & electricity statement; energy statement; water statement; "
    "utility statement; got your order; your donation; refund of; your refund; refund confirmation; "
    "has been refunded; your mobile bill; mobile bill; your ride; riding with; your bill is ready; receipt; "
    "e-receipt; invoice; tax invoice; order confirmation; order confirmed; order received; "
    "purchase confirmation; booking confirmation; booking confirmed; reservation confirmation; "
    "reservation confirmed; payment confirmation; payment received; payment confirmed; payment successful; "
    "thank you for your order; thanks for your order; thank you for your purchase; thanks for your purchase; "
    "thank you for ordering; thanks for ordering; thank you for shopping; thanks for shopping; "
    "thank you for booking; thanks for booking; thank you for your booking; thank you for your payment; "
    "thanks for your payment; your order is confirmed; your order has been placed; "
    "your order has been confirmed; your order has been received; we've received your order; "
    "we have received your order; we received your order; we got your order; is confirmed; e-ticket receipt; "
    "e-ticket; itinerary receipt; subscription confirmed; subscription confirmation; has been charged; "
    "credit card has been charged; your bill; water bill; energy bill; gas bill; phone bill; internet bill; "
    "your statement is ready; billing statement; confirmation of your order; your booking is confirmed; "
    "we have charged; you paid; you sent a payment; purchase receipt; trip receipt; thanks for riding; "
    "payment receipt; transaction receipt; sales receipt; proof of purchase; thanks for subscribing; "
    "thank you for subscribing; renewal confirmation; your electricity bill; order placed; "
    "successfully placed; donation receipt; thank you for your donation",
    "sv": "resebekräftelse; kreditfaktura; har behandlat din order; återbetalning; har återbetalat; "
    "betalningskvitto; din faktura; kvitto; kvittot; e-kvitto; kvittens; digitalt kvitto; köpkvitto; *kvitto; "
    "orderbekräftelse; order bekräftelse; köpbekräftelse; beställningsbekräftelse; bokningsbekräftelse; "
    "betalningsbekräftelse; *bekräftelse; faktura; *faktura; fakturan; e-faktura; tack för din beställning; "
    "tack för din order; tack för ditt köp; tack för att du handlar; tack för att du handlade; "
    "tack för din bokning; tack för din betalning; tack för att du bokade; tack för att du bokat; "
    "tack för ditt inköp; vi har tagit emot din beställning; vi har tagit emot din order; "
    "vi har mottagit din beställning; vi har mottagit din order; betalning genomförd; betalning mottagen; "
    "har debiterats; har dragits; vi har dragit; ordersammanfattning; tack för att du prenumererar; "
    "beställningen är bekräftad; ordern är bekräftad; köpet är genomfört; här kommer ditt kvitto; "
    "vi har behandlat din order; biljettköp; biljettkvitto; reseplan; vår faktura; din elräkning; elräkning; "
    "tack för din gåva; köpet är klart",
    "de": "rechnung; *rechnung; quittung; beleg; kassenbon; bestellbestätigung; auftragsbestätigung; "
    "buchungsbestätigung; zahlungsbestätigung; kaufbestätigung; vielen dank für ihre bestellung; "
    "vielen dank für deine bestellung; danke für deine bestellung; danke für ihre bestellung; "
    "zahlung erhalten; danke für ihren einkauf; danke für deinen einkauf; vielen dank für ihren einkauf; "
    "zahlungsbeleg; reservierungsbestätigung; vielen dank für ihre buchung; abrechnung; *bestätigung; *beleg",
    "fr": "reçu; facture; confirmation de commande; confirmation de votre commande; confirmation de réservation; "
    "merci pour votre commande; merci pour votre achat; merci de votre commande; confirmation de paiement; "
    "ticket de caisse; votre facture; votre reçu; paiement accepté; billet électronique; justificatif",
    "nl": "factuur; bon; kassabon; bestelbevestiging; orderbevestiging; boekingsbevestiging; "
    "bedankt voor je bestelling; bedankt voor uw bestelling; betaalbevestiging; "
    "bevestiging van je bestelling; bedankt voor je aankoop; betalingsbewijs; aankoopbewijs; uw factuur; "
    "reserveringsbevestiging; betaling ontvangen",
    "es": "recibo; factura; confirmación de pedido; confirmación del pedido; confirmación de compra; "
    "confirmación de reserva; gracias por tu pedido; gracias por su pedido; gracias por tu compra; "
    "gracias por su compra; confirmación de pago; tu recibo; comprobante; ticket de compra; pago recibido",
    "no": "kvittering; ordrebekreftelse; bestillingsbekreftelse; bekreftelse; faktura; takk for bestillingen; "
    "takk for din bestilling; takk for din ordre; takk for handelen; takk for kjøpet; bookingbekreftelse; "
    "reisebekreftelse; betalingsbekreftelse; *kvittering; *faktura; *bekreftelse",
    "da": "kvittering; ordrebekræftelse; bekræftelse; faktura; tak for din ordre; tak for din bestilling; "
    "tak for dit køb; bookingbekræftelse; betalingsbekræftelse; rejsebekræftelse; *kvittering; *faktura; "
    "*bekræftelse; tak for købet; regning",
    "fi": "kuitti; tilausvahvistus; varausvahvistus; vahvistus; lasku; *lasku; kiitos tilauksestasi; "
    "kiitos tilauksesta; kiitos ostoksestasi; maksuvahvistus; ostokuitti; *kuitti; *vahvistus",
    "it": "ricevuta; fattura; scontrino; conferma ordine; conferma d'ordine; conferma dell'ordine; "
    "conferma di prenotazione; grazie per il tuo ordine; grazie per il tuo acquisto; grazie per l'ordine; "
    "conferma di pagamento; pagamento ricevuto",
}

#: What only says that a mail is about some purchase: a receipt, or a change, a reminder, a delivery of it.
ABOUT: Phrases = {
    "en": "your purchase; your subscription; your trip; booking details; ticket details; your reservation; "
    "order number; order no; confirmation number; your membership; your order; you ordered; you're on; "
    "ordered; order details; order summary; your order from; travel itinerary; itinerary",
    "sv": "din beställning; din order; ditt köp; din bokning; din resa; din prenumeration; orderinformation; "
    "ordernummer; beställningsnummer; bokningsnummer; beställning; orderöversikt; medlemsavgift; räkning",
    "de": "ihre bestellung; deine bestellung; ihre buchung; deine buchung; ihr einkauf; bestellnummer; bestellung",
    "fr": "votre commande; votre réservation; votre achat; numéro de commande",
    "nl": "je bestelling; uw bestelling; je boeking; bestelnummer",
    "es": "tu pedido; su pedido; tu reserva; número de pedido",
    "no": "din ordre; din bestilling; ordrenummer; bestillingen din; ordren din",
    "da": "din ordre; din bestilling; ordrenummer",
    "fi": "tilauksesi; tilausnumero; varauksesi",
    "it": "il tuo ordine; numero ordine; la tua prenotazione",
}

#: What follows an amount that was taken: "... has been charged".
CHARGED: Phrases = {
    "en": "has been charged; was charged; have been charged; will appear on; has been paid; was paid; "
    "has been debited; has been billed; charged to; was billed; was debited; has been deducted; paid; "
    "paid by; paid with; paid on; received",
    "sv": "har debiterats; har dragits; drogs; debiterades; har betalats; betalades; är betald; har reserverats; "
    "betalt; betald; har belastats; dras från",
    "de": "wurde abgebucht; wurden abgebucht; wurde belastet; wurde bezahlt; bezahlt",
    "fr": "a été débité; ont été débités; a été payé; a été prélevé",
    "nl": "is afgeschreven; is betaald; zijn afgeschreven",
    "es": "ha sido cobrado; se ha cobrado; ha sido cargado; se ha cargado",
    "no": "er belastet; ble belastet; er betalt; har blitt belastet; er trukket",
    "da": "er trukket; er betalt; blev trukket; er blevet trukket",
    "fi": "on veloitettu; on maksettu; veloitettiin",
    "it": "è stato addebitato; è stato pagato; sono stati addebitati",
}

#: Statements in a body that money was taken, even when it does not say how much.
CHARGE_STATEMENT: Phrases = {
    "en": "has been charged; have been charged; was charged; payment was successful; payment has been received; "
    "we charged; we've charged; you have paid; you've paid; we received your payment; "
    "payment method has been charged; you were charged; payment was processed; payment has been processed; "
    "this email is the receipt; this is a receipt; this is your receipt",
    "sv": "har debiterats; har dragits; vi har dragit; din betalning har; betalningen är genomförd; du har betalat; "
    "betalningen har gått igenom; vi har tagit emot din betalning; detta är ditt kvitto; "
    "ditt kort har belastats; är betald",
    "de": "wurde belastet; wurde abgebucht; zahlung erhalten; ihre zahlung ist eingegangen",
    "fr": "a été débité; votre paiement a été; paiement reçu",
    "nl": "is afgeschreven; betaling is ontvangen",
    "es": "se ha cobrado; pago recibido; ha sido cobrado",
    "no": "er belastet; betalingen er gjennomført",
    "da": "er trukket; betalingen er gennemført",
    "fi": "on veloitettu; maksu on vastaanotettu",
    "it": "è stato addebitato; pagamento ricevuto",
}

#: Subjects and headings of a refund.
REFUND: Phrases = {
    "en": "refund; refunded; your refund; credit note; credit memo; refund confirmation; refund issued; "
    "refund receipt;"
    "return confirmed; we've refunded; we have refunded; your return has been processed; money back; refund processed",
    "sv": "återbetalning; återbetald; återbetalat; återbetalt; kreditfaktura; kreditnota; returbekräftelse; din retur;"
    "vi har återbetalat; retur; återköp; returkvitto; pengarna tillbaka; *återbetalning; kreditkvitto",
    "de": "erstattung; rückerstattung; gutschrift; erstattet; rücksendung; retoure; stornorechnung",
    "fr": "remboursement; remboursé; avoir; retour",
    "nl": "terugbetaling; creditfactuur; retour; creditnota; terugbetaald",
    "es": "reembolso; devolución; nota de crédito; abono; reembolsado",
    "no": "refusjon; kreditnota; retur; tilbakebetaling; refundert; kreditfaktura",
    "da": "refundering; kreditnota; retur; tilbagebetaling; refunderet; kreditfaktura",
    "fi": "hyvitys; palautus; hyvityslasku; palautuksesi; hyvitetty",
    "it": "rimborso; nota di credito; reso; rimborsato",
}

#: Where a mail only says that the document lies somewhere else: behind a login, in an app, on paper.
ELSEWHERE: Phrases = {
    "en": "receipt is ready; receipt is now ready; receipt is available; receipt is now available; invoice is ready; "
    "invoice is now ready; invoice is available; invoice is now available; bill is ready; bill is now ready; "
    "bill is available; statement is ready; statement is available; statement is now available; "
    "new invoice is available; log in to view; sign in to view; log in to see; sign in to see; "
    "log in to your account; "
    "sign in to your account; to view your receipt; to view your invoice; to view your bill; view it online; "
    "download your receipt; download your invoice; find your receipt; find your invoice",
    "sv": "*faktura är klar; *faktura är redo; *faktura finns; *fakturan finns; *fakturan är klar; *kvitto är klart; "
    "*kvitto finns; *kvittot finns; *kvittot är klart; *faktura har kommit; ny faktura på; logga in för att se; "
    "logga in för att läsa; logga in på mina sidor; logga in med bankid; se fakturan på mina sidor; "
    "*kvitto hittar du; *kvittot hittar du; *fakturan hittar du; *faktura hittar du; kvittot kan du se; "
    "hämta ditt kvitto; hämta din faktura; visa ditt kvitto; visa din faktura",
    "de": "rechnung ist verfügbar; rechnung steht bereit; rechnung steht zum download; rechnung ist online; "
    "rechnung liegt bereit; quittung steht bereit; beleg steht bereit; melden sie sich an; einloggen",
    "fr": "facture est disponible; reçu est disponible; connectez-vous; espace client; télécharger votre facture",
    "nl": "factuur staat klaar; factuur is beschikbaar; log in om; bekijk je factuur; bekijk uw factuur",
    "es": "factura está disponible; factura ya está disponible; recibo está disponible; inicia sesión; acceda a su",
    "no": "*faktura er klar; *fakturaen er klar; *kvittering er klar; *kvitteringen er klar; logg inn for; på min side",
    "da": "*faktura er klar; *faktura ligger klar; *kvittering er klar; *regning er klar; log ind for; på min side",
    "fi": "*lasku on valmis; *laskusi on saatavilla; *kuittisi on valmis; kirjaudu sisään",
    "it": "fattura è disponibile; ricevuta è disponibile; accedi per; area clienti",
}
