"""What stands beside an amount on a receipt, by what it means."""

from __future__ import annotations

from chalicelib.parsing.receipts.vocabulary import Phrases

#: The grand total: what the purchase cost.
TOTAL: Phrases = {
    "en": "total; grand total; order total; total amount; amount total; total price; total cost; total charge; "
    "final total; total for this order; invoice total; booking total; trip total; total fare; fare total; "
    "total sum; new total; receipt total; total value of order; total to pay; total payment; payment total; "
    "purchase total; cart total; total order value; order amount; order value; total order; bill total; "
    "total bill; total charges; total purchase; estimated total; total price of trip; total for stay; "
    "reservation total; total booking price; total ticket price",
    "sv": "total; totalt; totalsumma; totalbelopp; totalpris; totalkostnad; slutsumma; summa totalt; totalt pris; "
    "totalt belopp; total summa; ordersumma; ordertotal; ordervärde; orderbelopp; köpesumma; köpsumma; "
    "köpbelopp; fakturabelopp; fakturasumma; pris totalt; kostnad totalt; att betala; totalt att betala; "
    "summa att betala; belopp att betala; biljettpris totalt; summa köp; totalt köp; total kostnad; "
    "bokningens totalpris; summa order; sammanlagt; totalt för resan; beställningssumma; köp totalt; "
    "total ordersumma; beställningens summa; totalt ordervärde",
    "de": "gesamtsumme; gesamtbetrag; gesamt; gesamtpreis; endbetrag; endsumme; rechnungsbetrag; rechnungssumme;"
    "zu zahlen; zahlbetrag; zu zahlender betrag; bruttobetrag; bestellsumme; gesamtkosten; bestellwert; bestellbetrag;"
    "summe brutto; gesamtbetrag brutto; zahlungsbetrag; fahrpreis gesamt; insgesamt",
    "fr": "total; total ttc; montant total; montant ttc; total à payer; net à payer; total de la commande; prix total;"
    "total commande; total de votre commande; montant total ttc; total général; montant de la commande",
    "nl": "totaal; totaalbedrag; eindtotaal; totaalprijs; te betalen; totaal te betalen; factuurbedrag; orderbedrag;"
    "totaal bedrag; totale prijs; bestelbedrag; factuurtotaal",
    "es": "total; importe total; total a pagar; precio total; total del pedido; monto total; total pedido; "
    "total factura",
    "no": "totalt; total; totalsum; totalbeløp; totalpris; å betale; til betaling; ordresum; ordretotal; "
    "beløp å betale; sum å betale; sum totalt; totalt å betale; total sum; fakturabeløp; sum inkl mva",
    "da": "i alt; total; totalbeløb; totalpris; at betale; til betaling; samlet beløb; samlet pris; ordretotal;"
    "pris i alt; samlet; beløb i alt; ordre total; samlet total; total i alt; fakturabeløb; i alt at betale",
    "fi": "yhteensä; loppusumma; kokonaissumma; maksettava; maksettavaa; maksettavaa yhteensä; tilauksen summa; "
    "hinta yhteensä; laskun summa; kokonaishinta; tilaus yhteensä; summa yhteensä; maksettava yhteensä; "
    "laskun loppusumma",
    "it": "totale; importo totale; totale da pagare; totale ordine; prezzo totale; totale complessivo; totale fattura;"
    "totale dell'ordine",
    "pl": "razem; suma; do zapłaty; łącznie; kwota do zapłaty; wartość zamówienia",
    "pt": "valor total; total a pagar; total do pedido; total da encomenda",
}

#: What was taken from the customer.
PAID: Phrases = {
    "en": "comes to; amounts to; we took; we've taken; took; taken; we charged; donation of; your donation of; "
    "payment of; amount paid; total paid; you paid; paid; amount charged; total charged; charged; "
    "payment amount; amount billed; total billed; billed; paid amount; payment received; paid today; "
    "charged today; transaction amount; total today; amount received; paid in full; card payment; "
    "paid by card; your payment; charged to card; purchase amount",
    "sv": "vi har dragit; har dragit; dragit; drog; vi drog; har debiterat; betalning på; betalning om; gåva på; "
    "din betalning på; uppgår till; betalt; betalat; betald; betalt belopp; betalat belopp; debiterat belopp; "
    "debiterat; dragit belopp; köp; totalt betalt; summa betalt; kortbetalning; kortköp; inbetalt; "
    "betald summa; mottaget belopp; erlagt belopp; köp sek; totalt betalat; du har betalat; du betalade; "
    "dragits",
    "de": "bezahlt; gezahlt; bezahlter betrag; abgebucht; kartenzahlung; gezahlter betrag",
    "fr": "montant payé; total payé; payé; montant débité; débité; réglé; montant réglé; total réglé",
    "nl": "betaald; betaald bedrag; totaal betaald; afgeschreven; afgeschreven bedrag",
    "es": "pagado; total pagado; importe pagado; cobrado; importe cobrado",
    "no": "betalt; totalt betalt; betalt beløp; belastet; belastet beløp",
    "da": "betalt; betalt beløb; trukket; trukket beløb; total betalt",
    "fi": "maksettu; veloitettu; maksettu yhteensä; maksettu summa; veloitettu summa",
    "it": "pagato; totale pagato; importo pagato; addebitato; importo addebitato",
}

#: What is still to be paid: the total of an unpaid invoice, zero on a paid one.
DUE: Phrases = {
    "en": "amount owing; owing; balance owing; total owing; amount due; total due; balance due; due; due now; "
    "amount to pay; to pay; pay this amount; payable; outstanding; total amount due; amount payable; "
    "please pay; total payable; balance to pay; payment due; due today; total due today",
    "sv": "kvar att betala; återstår att betala; återstående belopp; betalas; att betala nu",
    "de": "fälliger betrag; offener betrag; restbetrag; noch zu zahlen",
    "fr": "reste à payer; solde à payer; montant dû; solde dû",
    "nl": "nog te betalen; openstaand bedrag",
    "es": "importe pendiente; pendiente de pago",
    "no": "gjenstår å betale; utestående",
    "da": "restbeløb; mangler at betale",
    "fi": "maksamatta",
    "it": "saldo dovuto; da saldare",
}

#: Words that name a total only when nothing better is there.
WEAK_TOTAL: Phrases = {
    "en": "amount; sum; price; cost; charge; payment; fare; ticket price; monthly fee; subscription fee; "
    "membership fee; subscription price; plan price; subscription; price paid",
    "sv": "summa; belopp; pris; kostnad; avgift; månadsavgift; årsavgift; prenumerationsavgift; medlemsavgift; "
    "biljettpris; betalning; prenumerationspris; resans pris; månadskostnad",
    "de": "summe; betrag; preis; brutto; monatsbeitrag",
    "fr": "montant; prix; somme",
    "nl": "bedrag; prijs; som",
    "es": "importe; precio; monto; suma",
    "no": "sum; beløp; pris",
    "da": "beløb; pris; sum",
    "fi": "summa; hinta",
    "it": "importo; prezzo; somma",
}

SUBTOTAL: Phrases = {
    "en": "subtotal; sub-total; sub total; items total; item total; items subtotal; merchandise; merchandise total; "
    "goods; order subtotal; net total; total net; net amount; net; items; products; total before tax; "
    "product total; food total; goods total; item subtotal; cart subtotal; base fare; products total; "
    "total goods; item(s) subtotal; taxable amount",
    "sv": "delsumma; mellansumma; delsumma varor; varukostnad; varuvärde; summa varor; varor; summa artiklar; "
    "artiklar;"
    "nettosumma; netto; nettobelopp; summa netto; produkter; produktsumma; varor totalt; totalt varor; underlag;"
    "momsunderlag; momspliktigt belopp; subtotal; sub-total; summa produkter; pris exkl moms; matsumma; grundpris",
    "de": "zwischensumme; warenwert; nettobetrag; netto; nettosumme; summe netto; artikelsumme; summe artikel; "
    "warensumme; nettopreis",
    "fr": "sous-total; sous total; total ht; montant ht; total hors taxes; articles; total articles",
    "nl": "subtotaal; sub-totaal; totaal artikelen; nettobedrag; totaal exclusief btw; artikelen",
    "es": "subtotal; base imponible; importe neto; productos",
    "no": "delsum; varer; varesum; mva-grunnlag; nettobeløp; mellomsum",
    "da": "subtotal; delsum; varer; varetotal; momsgrundlag; mellemsum; varebeløb",
    "fi": "välisumma; tuotteet; tuotteet yhteensä; veroton; veroton summa; veroton hinta",
    "it": "subtotale; imponibile; totale parziale; articoli; totale articoli; sub-totale",
}

TAX: Phrases = {
    "en": "vat; tax; taxes; sales tax; gst; hst; pst; qst; gst/hst; vat amount; tax amount; estimated tax; total tax;"
    "tax total; total vat; vat total; state tax; city tax; tax collected; estimated tax to be collected; taxes & fees;"
    "taxes and fees; taxes, fees and charges; taxes and charges",
    "sv": "moms; momsbelopp; varav moms; mervärdesskatt; moms totalt; summa moms; total moms; totalt moms; skatt; "
    "skatter; skatter och avgifter; moms sek; ingående moms",
    "de": "mwst; mwst.; ust; ust.; umsatzsteuer; mehrwertsteuer; steuer; steuern; enthaltene mwst; "
    "darin enthaltene mwst; enthält mwst; mwst-betrag; steuerbetrag",
    "fr": "tva; dont tva; montant tva; total tva; taxes; taxe; t.v.a.",
    "nl": "btw; waarvan btw; btw-bedrag; totaal btw; belasting; btw bedrag",
    "es": "iva; i.v.a.; impuestos; impuesto; cuota iva; igic",
    "no": "mva; herav mva; merverdiavgift; mva-beløp; moms",
    "da": "moms; heraf moms; momsbeløb; udgør moms; moms udgør",
    "fi": "alv; arvonlisävero; josta alv; alv yhteensä; vero",
    "it": "iva; di cui iva; totale iva; imposta",
    "pl": "vat; w tym vat",
}

DISCOUNT: Phrases = {
    "en": "discount; discounts; promo; promo code; promotion; promotions; coupon; voucher; *discount; offer; multibuy;"
    "promotional discount; order discount; member discount; loyalty discount; deal; reward; rewards; total discount",
    "sv": "*rabatt; *rabatter; *rabattkod; kampanj*; kupong; *kupong; prisavdrag; erbjudande; avdrag; kampanjkod;"
    "bonus; bonuscheck; värdecheck; *nedsättning; prisnedsättning",
    "de": "rabatt; *rabatt; nachlass; gutschein; gutscheincode; aktion; ermäßigung; *gutschein; skonto",
    "fr": "remise; réduction; rabais; code promo; bon de réduction; promotion; remises",
    "nl": "korting; *korting; kortingscode; actie; voordeel",
    "es": "descuento; descuentos; cupón; promoción; código promocional",
    "no": "rabatt; *rabatt; kampanje; rabattkode; kupong; tilbud",
    "da": "rabat; *rabat; rabatkode; tilbud; kampagne",
    "fi": "alennus; *alennus; alennuskoodi; etu; kampanja",
    "it": "sconto; sconti; codice sconto; buono sconto; promozione; coupon",
}

#: What the customer saved: told for pleasure, already taken off the prices.
SAVED: Phrases = {
    "en": "you saved; you save; total savings; savings; your savings; total saved; saved; you've saved; amount saved",
    "sv": "du sparade; du sparar; du har sparat; sparat; besparing; din besparing; total besparing; du tjänade; spara",
    "de": "sie sparen; du sparst; gespart; ersparnis; sie haben gespart; du hast gespart",
    "fr": "vous économisez; vous avez économisé; économie; économies; vous avez économise",
    "nl": "je bespaart; u bespaart; bespaard; besparing; jouw voordeel; je voordeel; totaal voordeel",
    "es": "ahorro; has ahorrado; ahorras; ahorro total",
    "no": "du sparte; du sparer; spart; du har spart",
    "da": "du sparede; du sparer; sparet; du har sparet; besparelse; din besparelse",
    "fi": "säästit; säästö; säästät; säästösi",
    "it": "hai risparmiato; risparmio; risparmi",
}

DELIVERY: Phrases = {
    "en": "delivery; delivery fee; shipping; shipping fee; shipping cost; shipping costs; shipping & handling; "
    "postage;"
    "shipping and handling; freight; handling; courier; delivery charge; delivery cost; standard shipping; shipment;"
    "express delivery; standard delivery; home delivery; postage & packing; p&p; delivery & handling; shipping total;"
    "shipping charges; express shipping; expedited shipping; carriage",
    "sv": "frakt; fraktkostnad; fraktavgift; leverans; leveransavgift; leveranskostnad; hemleverans; porto; *frakt;"
    "utkörning; utkörningsavgift; frakt och hantering; hemkörning; hemkörningsavgift; budavgift; frakt & hantering;"
    "fraktsätt; leveranssätt; utkörningskostnad; transport",
    "de": "versand; versandkosten; lieferung; liefergebühr; lieferkosten; zustellung; porto; versandgebühr;"
    "versand & bearbeitung; lieferkostenpauschale; versand und verpackung",
    "fr": "livraison; frais de livraison; frais de port; expédition; port; frais d'expédition; frais d'envoi",
    "nl": "verzendkosten; bezorgkosten; verzending; bezorging; levering; verzendkost",
    "es": "envío; gastos de envío; entrega; coste de envío; coste de entrega; gastos de entrega",
    "no": "frakt; levering; leveringsgebyr; leveringskostnad; porto; hjemlevering; fraktkostnad",
    "da": "fragt; levering; leveringsgebyr; forsendelse; fragtgebyr; porto; leveringsomkostninger",
    "fi": "toimitus; toimitusmaksu; toimituskulut; postikulut; kuljetus; toimitustapa; kotiinkuljetus; rahti",
    "it": "spedizione; spese di spedizione; consegna; costi di spedizione; costo di consegna; costo di spedizione",
}

FEE: Phrases = {
    "en": "service fee; booking fee; small order fee; bag fee; processing fee; payment fee; handling fee; surcharge;"
    "admin fee; administration fee; convenience fee; platform fee; transaction fee; seat reservation; seat fee;"
    "baggage; resort fee; cleaning fee; facility fee; order processing fee; regulatory fee; rounding; late fee;"
    "gift wrap; gift wrapping; insurance; bottle deposit; deposit fee; fixed charge; standing charge; bag charge",
    "sv": "öresavr; avrundn; serviceavgift; expeditionsavgift; bokningsavgift; administrationsavgift; "
    "faktureringsavgift; fakturaavgift; betalningsavgift; plattformsavgift; öresavrundning; öresutjämning; "
    "avrundning; utjämning; pant; kassar; påse; bärkasse; energiskatt; nätavgift; fast avgift; elnätsavgift; "
    "aviavgift; pappersfaktura; presentinslagning; försäkring; plockavgift; avgift för liten beställning; "
    "småordertillägg; hanteringsavgift; miljöavgift; kemikalieskatt; paketering",
    "de": "servicegebühr; buchungsgebühr; bearbeitungsgebühr; pfand; mindermengenzuschlag; zahlungsgebühr; rundung;"
    "systemgebühr; vorverkaufsgebühr; grundpreis; grundgebühr",
    "fr": "frais de service; frais de dossier; frais de traitement; arrondi; consigne; frais de réservation",
    "nl": "servicekosten; reserveringskosten; statiegeld; administratiekosten; transactiekosten; afronding",
    "es": "gastos de gestión; tarifa de servicio; redondeo; cargo por servicio",
    "no": "servicegebyr; bestillingsgebyr; gebyr; pant; avrunding; fakturagebyr; plukkegebyr",
    "da": "servicegebyr; gebyr; billetgebyr; pant; afrunding; kortgebyr; administrationsgebyr; plukkegebyr",
    "fi": "palvelumaksu; käsittelymaksu; pantti; pyöristys; varausmaksu; laskutuslisä; keräilymaksu",
    "it": "commissione; diritti di prenotazione; costi di servizio; arrotondamento; costo di servizio",
}

TIP: Phrases = {
    "en": "tip; gratuity; courier tip; driver tip; rider tip; tip for courier",
    "sv": "dricks; dricks till bud; dricks till kurir",
    "de": "trinkgeld",
    "fr": "pourboire",
    "nl": "fooi",
    "es": "propina",
    "no": "driks; tips",
    "da": "drikkepenge",
    "fi": "tippi; juomaraha",
    "it": "mancia",
}

#: Value of the customer's own that paid a part: gift cards, store credit.
CREDIT: Phrases = {
    "en": "gift card; giftcard; gift card applied; store credit; account credit; credit applied; wallet; "
    "wallet balance; gift certificate; e-gift card; applied credit; paid with gift card",
    "sv": "presentkort; tillgodo; tillgodohavande; tillgodokvitto; saldo använt; använt presentkort",
    "de": "geschenkkarte; geschenkgutschein; guthaben",
    "fr": "carte cadeau; avoir; chèque cadeau",
    "nl": "cadeaukaart; cadeaubon; tegoed",
    "es": "tarjeta regalo; saldo a favor",
    "no": "gavekort",
    "da": "gavekort",
    "fi": "lahjakortti",
    "it": "buono regalo; carta regalo",
}

REFUND: Phrases = {
    "en": "refund; refunded; refund total; total refund; refund amount; amount refunded; total refunded; credit total;"
    "amount credited; credited; your refund; refunded amount; total credit",
    "sv": "återbetalning; återbetalt; återbetalas; återbetalt belopp; att återbetala; återbetald summa; "
    "återbetalat; återbetalat belopp; återbetalningsbelopp; belopp att återbetala; återbetalas till dig; "
    "att få tillbaka; krediterat; krediterat belopp; krediteras; totalt att återbetala; summa att återbetala; "
    "total återbetalning; summa återbetalning",
    "de": "erstattung; rückerstattung; erstattet; gutschrift; erstattungsbetrag; rückerstattungsbetrag; "
    "gutschriftsbetrag",
    "fr": "remboursement; remboursé; montant remboursé; montant du remboursement; total remboursé",
    "nl": "terugbetaling; terugbetaald; restitutie; terugbetaald bedrag",
    "es": "reembolso; reembolsado; importe reembolsado; devolución",
    "no": "refusjon; refundert; tilbakebetaling; tilbakebetalt; refundert beløp",
    "da": "refundering; refunderet; tilbagebetaling; refunderet beløb",
    "fi": "hyvitys; palautus; hyvitetty; palautettu; palautettava summa",
    "it": "rimborso; rimborsato; importo rimborsato",
}

#: Amounts that are no part of the bill.
DECOY: Phrases = {
    "en": "balance; previous balance; opening balance; remaining balance; points; minimum; minimum payment; "
    "order minimum; unit price; price each; each; rrp; msrp; list price; was; regular price; original price; "
    "credit limit; deposit; next payment; next charge; next bill; next invoice; renews at; renewal price; "
    "renews; then; per month; a month; per year; change; change due; cash; tendered; value; "
    "market value; insured value; spend; free shipping on orders over; free delivery over; available; "
    "current balance; account balance; earned; cashback; cash back; worth; starting at; from; average; "
    "last month; last year; previous invoice; previous bill; total items; total quantity; total points; "
    "total weight; number of items; usage; consumption; meter; meter reading; rate; price per; authorization; "
    "hold; temporary hold; pre-authorization; order over; orders over; up to; voucher value; "
    "payments received; refundable deposit; security deposit; excess; total miles; miles; exchange rate; "
    "carry forward; last payment; payment since last bill",
    "sv": "saldo; poäng; bonuspoäng; minimum; minsta; minsta ordervärde; styckpris; à-pris; a-pris; á-pris; "
    "jämförpris; ord pris; ord. pris; ordinarie pris; ordinarie; tidigare pris; rek pris; kreditgräns; "
    "deposition; nästa betalning; nästa debitering; nästa faktura; nästa dragning; förnyas; per månad; "
    "månadspris; därefter; växel; kontant; mottaget; fri frakt över; fri frakt; fri leverans; handla för; "
    "köp för; värde; försäkringsvärde; intjänat; kvar; från; snitt; genomsnitt; föregående; "
    "föregående faktura; föregående månad; förra månaden; förra året; antal; antal varor; antal artiklar; "
    "totalt antal; förbrukning; mätarställning; pris per; elpris; rörligt pris; reserverat; reservation; "
    "årets; hittills; lägsta belopp; ingående saldo; utgående saldo; inbetalningar; kreditutrymme; upp till; "
    "växelkurs; kurs; återbäring; självrisk; ackumulerat; till nästa; minsta belopp; delbetala; delbetalning; "
    "lägsta att betala; per st; pris/st; pris/kg",
    "de": "kontostand; punkte; mindestbestellwert; stückpreis; einzelpreis; uvp; statt; nächste zahlung; pro monat; "
    "monatlich; gutscheinwert; ab; verbrauch; vormonat; guthabenstand; kaution; anzahl; bisher; "
    "grundpreis pro; wechselgeld; gegeben",
    "fr": "solde; points; minimum; prix unitaire; p.u.; à partir de; par mois; prochain paiement; caution; "
    "quantité; consommation; prix conseillé; rendu",
    "nl": "saldo; punten; minimum; stukprijs; prijs per stuk; adviesprijs; per maand; volgende betaling; aantal; "
    "verbruik; vanaf",
    "es": "saldo; puntos; mínimo; precio unitario; al mes; próximo pago; consumo; cantidad; desde; fianza; cambio",
    "no": "saldo; poeng; minimum; stykkpris; enhetspris; førpris; per måned; neste betaling; forbruk; antall; fra; "
    "veksel",
    "da": "saldo; point; minimum; stykpris; stk. pris; førpris; pr. måned; næste betaling; forbrug; antal; fra; "
    "depositum; byttepenge",
    "fi": "saldo; pisteet; minimi; yksikköhinta; kappalehinta; a-hinta; kuukaudessa; seuraava maksu; kulutus; "
    "määrä; alkaen; ovh",
    "it": "saldo; punti; minimo; prezzo unitario; al mese; prossimo pagamento; consumo; quantità; da; cauzione; resto",
}

#: "... incl. VAT" belongs to a total, "... excl. VAT" makes it a subtotal.
INCLUSIVE: Phrases = {
    "en": "incl; incl.; including; inclusive of; inclusive; inc; inc.; with tax; with vat; after; of which",
    "sv": "inkl; inkl.; inklusive; varav; efter; med moms; ink moms",
    "de": "inkl; inkl.; einschließlich; inklusive; nach; enthält; davon",
    "fr": "dont; y compris; ttc; incl; après",
    "nl": "incl; incl.; inclusief; waarvan; na",
    "es": "incluido; con iva; incl.; iva incluido",
    "no": "inkl; inkl.; inklusive; herav; etter",
    "da": "inkl; inkl.; inklusive; heraf; efter",
    "fi": "sis; sis.; sisältää; josta",
    "it": "iva inclusa; compreso; di cui; incl.; iva incl",
}
EXCLUSIVE: Phrases = {
    "en": "excl; excl.; excluding; exclusive of; ex vat; ex. vat; before tax; before vat; before discount; "
    "without tax; pre-tax; before; ex tax; exc; exc.; ex",
    "sv": "exkl; exkl.; exklusive; utan moms; före rabatt; före moms; ex moms; ex. moms; före",
    "de": "exkl; exkl.; ohne; zzgl; zzgl.; netto; vor",
    "fr": "ht; hors taxes; hors taxe; hors tva; avant; hors",
    "nl": "excl; excl.; exclusief; zonder; voor",
    "es": "sin iva; antes de; sin impuestos",
    "no": "ekskl; ekskl.; eks; eks.; uten mva; før",
    "da": "ekskl; ekskl.; ex; uden moms; før",
    "fi": "ilman; veroton; ennen; alv 0 %; alv 0%",
    "it": "escluso; iva esclusa; senza; prima di; escl.",
}
