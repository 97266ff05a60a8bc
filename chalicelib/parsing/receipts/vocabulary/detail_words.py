"""Words of the fields that only some categories have."""

from __future__ import annotations

from chalicelib.parsing.receipts.vocabulary import Phrases

PAYMENT_METHOD_LABELS: Phrases = {
    "en": "payment method; paid with; payment type; method of payment; payment; paid by; paid via; pay with; "
    "payment details; card type; payment info",
    "sv": "betalsätt; betalningssätt; betalningsmetod; betald med; betalt med; betalning; betalmetod; "
    "betalades med; betalat med; betalningsalternativ",
    "de": "zahlungsart; zahlungsmethode; bezahlt mit; zahlungsweise; zahlung",
    "fr": "mode de paiement; moyen de paiement; payé par; paiement",
    "nl": "betaalmethode; betaalwijze; betaald met",
    "es": "método de pago; forma de pago; pagado con",
    "no": "betalingsmåte; betalingsmetode; betalt med; betaling",
    "da": "betalingsmetode; betalingsmåde; betalt med; betaling",
    "fi": "maksutapa; maksettu",
    "it": "metodo di pagamento; pagato con; modalità di pagamento",
}

#: Brand as it is written in a record, and how it is recognised.
PAYMENT_BRANDS: dict[str, str] = {
    "Apple Pay": "apple pay",
    "Google Pay": "google pay; gpay",
    "Swish": "swish",
    "Klarna": "klarna",
    "PayPal": "paypal",
    "Vipps": "vipps",
    "MobilePay": "mobilepay",
    "Visa": "visa; visa-kort; visakort",
    "Mastercard": "mastercard; master card",
    "American Express": "american express; amex",
    "Maestro": "maestro",
    "iDEAL": "ideal",
    "Bancontact": "bancontact",
    "Trustly": "trustly",
    "Qliro": "qliro",
    "Walley": "walley",
    "Autogiro": "autogiro",
    "Bank transfer": "bank transfer; banköverföring; überweisung; virement; bankoverschrijving; transferencia bancaria",
    "Faktura": "faktura",
    "Card": "card; kort; kortbetalning; kredit/betalkort; karte; kreditkarte; carte; carte bancaire; tarjeta; "
    "bankkort; kontokort; kortti; carta",
}

PROMO_LABELS: Phrases = {
    "en": "promo code; discount code; coupon code; voucher code; promotion code; coupon; promo",
    "sv": "rabattkod; kampanjkod; värdekod; kupongkod; presentkod",
    "de": "gutscheincode; rabattcode; aktionscode",
    "fr": "code promo; code de réduction",
    "nl": "kortingscode; actiecode",
    "es": "código promocional; código de descuento",
    "no": "rabattkode; kampanjekode",
    "da": "rabatkode; kampagnekode",
    "fi": "alennuskoodi",
    "it": "codice sconto; codice promozionale",
}

PASSENGER_LABELS: Phrases = {
    "en": "passenger; passengers; passenger name; traveller; traveler; travellers; guest; guests; guest name; "
    "name of passenger; passenger 1; passenger 2",
    "sv": "resenär; resenärer; passagerare; gäst; gäster; passagerare 1; passagerare 2; resenär 1; resenär 2; "
    "resande; namn på gäst",
    "de": "reisender; reisende; passagier; passagiere; gast; fahrgast",
    "fr": "passager; passagers; voyageur; voyageurs",
    "nl": "passagier; passagiers; reiziger; reizigers",
    "es": "pasajero; pasajeros; viajero; huésped",
    "no": "passasjer; passasjerer; reisende; gjest",
    "da": "passager; passagerer; rejsende; gæst",
    "fi": "matkustaja; matkustajat; vieras",
    "it": "passeggero; passeggeri; viaggiatore; ospite",
}

FROM_LABELS: Phrases = {
    "en": "from; departure; departing; depart; origin; pickup; pick-up; pickup location; departs",
    "sv": "från; avresa; avgång; avgår; avreseort; upphämtning; avresestation",
    "de": "von; ab; abfahrt; abflug; abflughafen; start",
    "fr": "de; départ",
    "nl": "van; vertrek",
    "es": "salida; origen; desde",
    "no": "fra; avgang; avreise",
    "da": "fra; afgang; afrejse",
    "fi": "lähtö; mistä",
    "it": "da; partenza",
}
TO_LABELS: Phrases = {
    "en": "to; arrival; arriving; arrive; destination; drop-off; dropoff; arrives",
    "sv": "till; ankomst; ankommer; destination; resmål; ankomststation",
    "de": "nach; an; ankunft; zielflughafen; ziel",
    "fr": "à; arrivée; destination",
    "nl": "naar; aankomst; bestemming",
    "es": "llegada; destino; hasta",
    "no": "til; ankomst; destinasjon",
    "da": "til; ankomst; destination",
    "fi": "saapuminen; minne; määränpää",
    "it": "arrivo; destinazione",
}

#: schema.org-like transport names, as the records carry them, with the words that tell.
TRANSPORT: dict[str, str] = {
    "flight": "flyg; flight; flights; flygresa; airline; airlines; airways; boarding; flug; vol; vlucht; vuelo; fly; "
    "lento; volo; flygplats; airport; e-ticket",
    "train": "tåg; train; tågresa; railway; rail; zug; bahn; gare; trein; tren; tog; juna; treno; vagn; "
    "centralstation; express; snabbtåg; bahnhof; 2 klass; coach seat; räls*; tåg*",
    "bus": "buss; bus; coach; bussresa; autobus; linja-auto; bussen; flixbus",
    "ferry": "färja; ferry; båt; fähre; båtresa; veerboot; ferge; færge; lautta; traghetto; hytt; cabin; kryssning; "
    "cruise; overfart",
    "hotel": "hotell; hotel; hôtel; nights; nätter; room; rum; check-out; utcheckning; hostel; vandrarhem; stay; "
    "übernachtung; chambre; habitación; hotelli; camera; vistelse; zimmer; värdshus; inn",
    "car": "hyrbil; rental car; car rental; car hire; mietwagen; biluthyrning; leiebil; vuokra-auto; "
    "location de voiture; autonoleggio",
    "taxi": "taxi; ride; uber; bolt; driver; förare; cab; your trip; pickup",
}

UTILITY_TYPES: dict[str, str] = {
    "electricity": "kwh; el; elnät; elhandel; elfaktura; elräkning; electricity; electric; strom; électricité; "
    "elektriciteit; electricidad; luz; strøm; nettleie; sähkö; energia elettrica; elavtal; elregning",
    "heating": "fjärrvärme; district heating; heating; fernwärme; kaukolämpö; fjernvarme; chauffage; värme",
    "water": "vatten; water; avlopp; sewer; wasser; eau; agua; vesi; acqua; vann; vand; va-avgift; va-faktura",
    "gas": "gas; naturgas; erdgas; gaz; natural gas; aardgas; smc; gasverbrauch",
    "broadband": "bredband; broadband; internet; fiber; fibre; wifi; bredbånd; laajakaista; glasfaser; dsl",
    "mobile": "mobilabonnemang; mobil; mobile; mobilfaktura; mobiltelefoni; samtal; surf; phone; wireless; liittymä; "
    "mobilfunk; sim; sms; forfait mobile; móvil; gb surf",
    "waste": "sophämtning; renhållning; waste; refuse; müll; avfall; affald",
}

PERIOD_LABELS: Phrases = {
    "en": "billing period; service period; period; usage period; statement period; consumption period; "
    "supply period; for the period",
    "sv": "period; faktureringsperiod; avser period; avser perioden; förbrukningsperiod; perioden; avser; "
    "leveransperiod; mätperiod",
    "de": "abrechnungszeitraum; leistungszeitraum; zeitraum; lieferzeitraum; verbrauchszeitraum",
    "fr": "période; période de facturation; période de consommation",
    "nl": "periode; facturatieperiode; leveringsperiode",
    "es": "periodo; período; periodo de facturación; periodo de consumo; período de facturación",
    "no": "periode; fakturaperiode; forbruksperiode",
    "da": "periode; faktureringsperiode; forbrugsperiode; opgørelsesperiode",
    "fi": "jakso; laskutuskausi; laskutusjakso",
    "it": "periodo; periodo di fatturazione; periodo di riferimento",
}

#: How long a subscription's payment lasts.
DURATIONS: dict[str, str] = {
    "monthly": "monthly; per month; a month; /month; /mo; månadsvis; per månad; i månaden; /mån; månadsabonnemang; "
    "månadsprenumeration; 1 month; one month; 1 månad; en månad; monatlich; pro monat; mensuel; par mois; "
    "maandelijks; per maand; mensual; al mes; månedlig; per måned; pr. måned; kuukausi; kuukaudessa; mensile; "
    "al mese; månad; month; every month; monthly subscription; månadskort; monthly plan; manadsvis",
    "yearly": "yearly; annual; annually; per year; a year; /year; /yr; årsvis; per år; om året; /år; årsabonnemang; "
    "årsprenumeration; 1 year; one year; 12 months; 12 månader; ett år; 1 år; jährlich; pro jahr; annuel; "
    "par an; jaarlijks; per jaar; anual; al año; årlig; pr. år; vuosi; vuodessa; annuale; all'anno; årskort",
    "quarterly": "quarterly; per quarter; 3 months; kvartalsvis; per kvartal; 3 månader; vierteljährlich; "
    "trimestriel; "
    "per kwartaal; trimestral; kvartal",
    "weekly": "weekly; per week; a week; veckovis; per vecka; wöchentlich; hebdomadaire; wekelijks; semanal; "
    "ukentlig; "
    "ugentlig; viikoittain; settimanale",
}
