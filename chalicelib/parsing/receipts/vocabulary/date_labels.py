"""Labels of dates: which is the purchase's, which the payment's due date, and which are neither."""

from __future__ import annotations

from chalicelib.parsing.receipts.vocabulary import Phrases

PURCHASE: Phrases = {
    "en": "registered on; order date; date of order; ordered on; ordered; order placed; placed on; purchase date; "
    "date of purchase; purchased on; purchased; invoice date; date of invoice; receipt date; date paid; "
    "paid on; paid; payment date; transaction date; booking date; booked on; booked; date of issue; "
    "issue date; issued on; issued; billing date; bill date; statement date; charged on; charge date; "
    "sale date; purchase on; your purchase on; your order on; date; date/time; date & time; refund date; "
    "refunded on; date of booking; bought on; transaction; order time; placed; date ordered; invoice dated; "
    "dated; processed on; reservation date; date of payment; trip date; on",
    "sv": "registrerades; registrerad; mottogs; inkom; orderdatum; beställningsdatum; köpdatum; inköpsdatum; "
    "fakturadatum; kvittodatum; datum; betaldatum; betalningsdatum; bokningsdatum; beställd; beställdes; "
    "köpt; bokad; bokat; bokades; betald; betalt; betalades; utfärdad; utfärdat; fakturans datum; "
    "datum för köp; orderns datum; lagd; lades; transaktionsdatum; dragningsdatum; köpet gjordes; inköp; "
    "datum/tid; datum och tid; tidpunkt; köpdag; återbetalningsdatum; återbetald; debiterades; dragen; "
    "köptes; beställning gjord; genomfördes; beställt; orderdag; bokningsdag; den",
    "de": "bestelldatum; rechnungsdatum; kaufdatum; datum; belegdatum; buchungsdatum; bezahlt am; bestellt am; "
    "zahlungsdatum; vom; gekauft am; gebucht am; ausgestellt am; bestellung vom; auftragsdatum; datum/uhrzeit",
    "fr": "date de commande; date de la commande; date de facture; date d'achat; date; date de paiement; "
    "commandé le; payé le; date de réservation; émise le; facture du; commande du; passée le; achat du; "
    "date d'émission; effectuée le; réservé le",
    "nl": "besteldatum; factuurdatum; aankoopdatum; datum; betaald op; besteld op; boekingsdatum; orderdatum; "
    "betaaldatum; geboekt op; datum bestelling",
    "es": "fecha de pedido; fecha del pedido; fecha de factura; fecha de compra; fecha; pagado el; fecha de pago; "
    "fecha de reserva; fecha de emisión; realizado el; fecha factura",
    "no": "ordredato; bestillingsdato; kjøpsdato; fakturadato; dato; betalt; bookingdato; bestilt; kjøpt; "
    "betalingsdato; handledato",
    "da": "ordredato; bestillingsdato; købsdato; fakturadato; dato; betalt; bookingdato; bestilt; købt; "
    "betalingsdato; bestilt den; betalt den",
    "fi": "tilauspäivä; tilauspvm; laskun päiväys; laskupäivä; päivämäärä; pvm; ostopäivä; maksupäivä; varauspäivä; "
    "tilattu; maksettu; päiväys; laskun pvm",
    "it": "data ordine; data dell'ordine; data fattura; data acquisto; data; data di pagamento; data prenotazione; "
    "effettuato il; data di acquisto; data di emissione; pagato il; ordinato il",
}

DUE: Phrases = {
    "en": "due date; due by; payment due; due; due on; pay by; please pay by; payment due date; pay before; "
    "submit payment by; payable by; due date for payment; by direct debit on; direct debit on; please remit until; "
    "remit by; "
    "payment date due",
    "sv": "förfallodatum; förfallodag; förfaller; oss tillhanda; betalas senast; senast betalning; betala senast; "
    "sista betalningsdag; sista betaldag; oss tillhanda senast; att betala senast; bet. senast; "
    "förfaller till betalning; betalas före; betalningen dras; dras från ditt konto; dras via autogiro; "
    "dras via autogiro den; autogirodatum; dragningsdag",
    "de": "fällig am; fälligkeitsdatum; zahlbar bis; zahlbar bis zum; zu zahlen bis; bis zum; fällig; zahlungsziel; "
    "fälligkeit; bitte zahlen bis; wird am; "
    "spätestens; zahlung bis",
    "fr": "date d'échéance; échéance; à payer avant; à régler avant le; à payer avant le; payable avant",
    "nl": "vervaldatum; uiterste betaaldatum; te betalen voor; betalen voor; uiterlijk; betaal voor",
    "es": "fecha de vencimiento; vencimiento; fecha límite de pago; pagar antes del; fecha de cargo",
    "no": "forfallsdato; forfall; betalingsfrist; betales innen; forfaller",
    "da": "forfaldsdato; betalingsfrist; senest betaling; betales senest; forfald; forfalder; "
    "sidste rettidige betaling",
    "fi": "eräpäivä; maksettava viimeistään; eräpvm; viimeinen maksupäivä",
    "it": "scadenza; data di scadenza; da pagare entro; entro il; pagare entro",
}

OTHER: Phrases = {
    "en": "shipped; ships; shipping date; date shipped; ship date; delivery date; delivery; delivered; delivers; "
    "estimated delivery; arrives; arriving; arrival; arrive; departure; departs; departing; depart; check-in; "
    "check in; check-out; checkout; check out; renews; renewal; renewal date; next charge; next payment; "
    "next billing; next billing date; next bill; next invoice; expires; expiry; expiration; expiration date; "
    "valid until; valid; ends; starts; start date; end date; period; billing period; service period; "
    "usage period; from; to; until; through; event; date of birth; birthday; born; member since; return by; "
    "return before; pick up; pickup; pick-up; collect; travel date; outbound; inbound; return; flight; trial; "
    "used by; use by; before; between; stay; nights; deadline; cancel before; cancellation; "
    "free cancellation; warranty; show; doors; meter reading; reading; last updated; copyright; effective; "
    "promo; offer; if used by; expected; get it by; coverage; deliver by; delivery window; drop-off; "
    "best before; by; pick-up date; drop-off date; visit date; visit; appointment; session; match; screening; class",
    "sv": "skickad; skickades; skickas; leveransdatum; leverans; levereras; levererad; beräknad leverans; "
    "leveransdag; ankomst; ankommer; avgång; avgår; avresa; utresa; hemresa; återresa; incheckning; "
    "utcheckning; förnyas; nästa betalning; nästa debitering; nästa dragning; nästa faktura; löper ut; "
    "giltig; giltig till; gäller; gäller till; giltigt till; utgår; slutar; slutdatum; startar; startdatum; "
    "period; faktureringsperiod; avser; perioden; från; till; till och med; t.o.m; t.o.m.; fr.o.m; fr.o.m.; "
    "född; födelsedatum; medlem sedan; returnera; öppet köp; öppet köp till; hämtas; hämta; resa; resedag; "
    "resdatum; senast; före; mellan; vistelse; avboka; fri avbokning; avbokning; garanti; föreställning; "
    "avläsning; mätarställning; evenemang; speldatum; uppdaterad; erbjudandet; rabatten gäller; förbrukning; "
    "visning; innan; väntas; leveransperiod; bindningstid; uppsägning; datum för leverans; leveransfönster; "
    "tom; fom; upphämtning; hämtning; återlämning; inlämning; utlämning; besöksdatum; besök; visas; spelas",
    "de": "versandt; versanddatum; lieferdatum; lieferung; zustellung; ankunft; abfahrt; abflug; abreise; anreise; "
    "check-in; check-out; verlängert; gültig bis; gültig; nächste zahlung; nächste abbuchung; "
    "leistungszeitraum; zeitraum; lieferzeitraum; bis; von; geburtsdatum; rückgabe; reisedatum; "
    "abrechnungszeitraum; hinfahrt; rückfahrt; veranstaltung; leistungsdatum; voraussichtlich; "
    "lieferdatum entspricht; abholung; reisetag; besuchsdatum; besuch; termin; vorstellung",
    "fr": "expédié; expédition; date de livraison; livraison; livré; arrivée; départ; renouvellement; "
    "prochain paiement; valable; valable jusqu'au; période; du; au; jusqu'au; retour; voyage; aller; "
    "date de naissance; prochaine échéance; arrivera; prévue; retrait; visite; séance; représentation",
    "nl": "verzonden; leverdatum; levering; bezorging; bezorgdatum; aankomst; vertrek; verlengd; volgende betaling; "
    "geldig tot; periode; van; tot; retour; reis; verwacht; verwachte; ophalen; inleveren; bezoekdatum; voorstelling",
    "es": "enviado; fecha de entrega; entrega; llegada; salida; renovación; próximo pago; válido hasta; periodo; "
    "período; desde; hasta; viaje; ida; vuelta; estimada; prevista; recogida; devolución del vehículo; visita; "
    "función",
    "no": "sendt; leveringsdato; levering; ankomst; avgang; avreise; fornyes; neste betaling; gyldig; gyldig til; "
    "periode; fra; til; hjemreise; utreise; forventet; leveres; henting; innlevering; besøksdato; forestilling",
    "da": "afsendt; leveringsdato; levering; ankomst; afgang; afrejse; fornyes; næste betaling; gyldig; gyldig til; "
    "periode; fra; til; hjemrejse; udrejse; forventet; leveres; afhentning; aflevering; besøgsdato; forestilling",
    "fi": "lähetetty; toimituspäivä; toimitus; saapuminen; saapuu; lähtö; uusiutuu; seuraava maksu; voimassa; "
    "jakso; alkaen; saakka; asti; matka; meno; paluu; arvioitu; laskutuskausi; nouto; palautus; vierailupäivä; esitys",
    "it": "spedito; data di consegna; consegna; arrivo; partenza; rinnovo; prossimo pagamento; valido fino; "
    "periodo; dal; al; fino al; viaggio; andata; ritorno; prevista; ritiro; riconsegna; visita; spettacolo",
}
