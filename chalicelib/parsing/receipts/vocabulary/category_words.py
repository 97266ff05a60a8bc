"""Words that tell which of the eight categories a purchase belongs to; several languages together.

The number is the weight: 3 for a word that is hardly used elsewhere, 1 for a hint.
"""

from __future__ import annotations

CATEGORY_WORDS: dict[str, dict[int, str]] = {
    "food-delivery": {
        3: "restaurang; restaurant; pizzeria; sushi; takeaway; take-away; pizza; *burger; *burgare; "
        "fish & chips; edamame; halloumi; bowl; utkörning; kebab; falafel; pad thai; ramen; dricks; courier; "
        "kurir; foodora; uber eats; wolt; deliveroo; doordash; just eat; grubhub; dominos; domino's; "
        "lieferando; thuisbezorgd; vårrullar; courier tip; dricks till bud; margherita; tiramisu; paella; "
        "croquetas; tapas; misosoppa; thai; eats; feast; meal; your rider; ditt bud är; maträtt; rätter; "
        "poke bowl; tacos; burrito; nuggets; curry; småordertillägg; small order fee; matbud; speisekarte; "
        "trinkgeld; ravintola; wrap; naan; tikka; kitchen; grill; bistro; noodles; pho; gyoza",
        2: "tip; leveransavgift; delivery fee; liefergebühr; pommes; fries; smash; sallad; extra sås; dip; "
        "coca-cola 33 cl; deliver to; meny; lunch; dinner; frais de livraison; bezorgkosten; servicekosten; "
        "bezorgd door; food",
    },
    "grocery": {
        3: "mjölk; milk; bröd; bread; ägg; eggs; smör; butter; bananer; bananas; tomater; tomatoes; gurka; "
        "lösvikt; kg/kr; jmf; jmfpris; pant; plastkasse; plockavgift; kolonial; paper towels; matkasse; "
        "matkassen; ica; coop; willys; hemköp; lidl; mathem; citygross; city gross; livs; livsmedel; grocery; "
        "groceries; supermarket; sourdough; potatis; köttfärs; kyckling; yoghurt; ost; havregryn; kaffe; "
        "leverans av matvaror; milch; brot; butter; käse; lait; pain; beurre; kaas; melk; brood; maito; "
        "leipä; juusto; leche; aceite de oliva; fruta; maito; lohifilee; latte fresco; organic; /lb; /kg; "
        "huile d'olive; farine; confiture; fromage; légumes; nougat; miel; olivenöl; käse; obst; gemüse; groenten; "
        "hedelmät; voi; kød; kjøtt; kjøttdeig; frukt og grønt; lök; äpplen; apples; cheese; grädde; filmjölk; "
        "market; pantry; carrots; morötter; spinach; avocado; "
        "pasta; rice; ris; toalettpapper; blåbär",
        2: "lb; kg; butik; kassör; kundkort; self checkout; kassa; självscanning; ekologisk; eko; hushåll; "
        "frukt; grönt; mejeri; fresh; farm",
    },
    "clothing": {
        3: "*tröja; t-shirt; skjorta; *byxor; jeans; klänning; *jacka; kappa; *skor; sneakers; *strumpor; "
        "sokker; *kleid; shirt; dress; jacket; blazer; cardigan; trousers; pants; shoes; boots; hoodie; "
        "sweater; kjol; skirt; stickad; kavaj; underkläder; zalando; h&m; storlek; kläder; fashion; apparel; "
        "kostym; kleid; hose; schuhe; jacke; hemd; pullover; größe; robe; chemise; pantalon; chaussures; "
        "jurk; broek; schoenen; vestido; zapatos; camisa; talla; bukser; kjole; sko; *genser; sukat; housut; "
        "mekko; takki; kengät; vestito; scarpe; leggings; halsduk; scarf; mössa; beanie; löparskor; fotboll; "
        "chinos; polo; parka; coat; linne; topp; kofta; *kofta; *klänning; blus; väst; shorts; knit; wool; ull; "
        "merino; lined; denim; "
        "football boots",
        2: "size; stl; size:; strl; färg; colour; color; maat; taille; garderob; outfit; kollektion; collection; wear",
    },
    "technology": {
        3: "laptop; dator; *dator; robotdammsugare; *dammsugare; ordinateur portable; notebook; macbook; iphone; "
        "ipad; samsung galaxy; usb-c; usb; hdmi; ssd; router; skärm; monitor; tangentbord; keyboard; mouse; "
        "hörlurar; headphones; earbuds; grafikkort; gpu; cpu; processor; ram-minne; ddr5; tv; laddare; "
        "charger; charging; kamera; camera; surfplatta; tablet; elgiganten; mediamarkt; netonnet; webhallen; "
        "inet; power; cdon; proshop; elektronik; electronics; smartphone; mobiltelefon; kabel; skrivare; "
        "printer; smart ring; smartwatch; playstation; xbox; nintendo; dockningsstation; bluetooth; wifi; "
        "powerbank; trådlös; wireless; moederbord; ladegerät; kopfhörer; ordinateur; écran; clavier; casque; "
        "auriculares; portátil; skjerm; hodetelefoner; kuulokkeet; näyttö; cuffie; chargeur; 16gb; 512gb; 4k; "
        "oled; webcam",
        2: "gb; tb; adapter; teknik; tech; byte; gadget; device; garanti 2 år; hardware; sim; batteri; battery; "
        "ring; bit; pixel",
    },
    "subscriptions": {
        3: "*prenumeration; prenumerationen; subscription; subscribe; subscribed; abonnemang; abonnement; "
        "månadsabonnemang; renews; förnyas; renewal; billing period; per seat; seats; premium plan; pro plan; "
        "team plan; annual; monthly plan; annual plan; membership; medlemskap; medlemsavgift; streaming; "
        "netflix; spotify; icloud; app store; hosting; saas; faktureringsperiod; next charge; "
        "next billing date; nästa debitering; cancel anytime; plan:; monthly; månadsvis; årsvis; abo; "
        "mitgliedschaft; suscripción; tilaus uusiutuu; tilausjakso; abbonamento; lidmaatschap; credits; "
        "api usage; cloud; workspace; silver plan; monthly subscription; gym; play familj; familj; "
        "webbhotell; domän; domännamn; server; vps; webhosting; hébergement; basic plan; standard plan; yearly; "
        "next payment; donation; månadsgivare; nästa betalning",
        2: "plan; period; trial; konto; account; monthly fee; månadsavgift; digital; tidning; newspaper; "
        "podcast; pro; premium; workspace; software; license; licens; domain",
    },
    "travel": {
        3: "flyg; flight; flights; airline; avgång; departure; departing; depart; ankomst; arrival; boarding; "
        "tåg; train; biljett; resenär; passenger; passengers; passagerare; hotell; hotel; check-in; "
        "check-out; incheckning; nights; nätter; boarding; booking reference; bokningsnummer; pnr; itinerary; "
        "sj; buss; bus; flixbus; ferry; färja; rental car; hyrbil; airport; flygplats; e-ticket; utresa; "
        "hemresa; resa; vagn; plats; seat; avresa; outbound; reise; zug; bahn; fahrt; flug; abfahrt; "
        "fahrkarte; reisetag; hbf; bahnhof; sitzplatz; buchungscode; reisende; voyage; billet; gare; vol; train; "
        "vlucht; reis; hotel; trein; vuelo; viaje; "
        "billete; habitación; fly; tog; reise; avreise; lento; juna; matka; volo; treno; viaggio; camera; "
        "airways; airlines; chambre; nuits; trip; ride; taxi; uber; bolt; km; pickup location; c -; "
        "verkehrsbetriebe; *fahrtenkarte; einzelfahrschein; fahrschein; nahverkehr; enkelbiljett; periodbiljett; "
        "centralstation; hostel; lägenhet; vandrarhem; double room; single room; twin room; dubbelrum; "
        "enkelrum; stay; gäster; guests; rail; railway; coach; cabin; hytt; station; stazione; estación",
        2: "adult; vuxen; vuxna; klass; 2 klass; class; fare; terminal; gate; "
        "travel; buchung; réservation; boeking; journey; route; zone",
    },
    "utility": {
        3: "kwh; elnät; elhandel; elavtal; el; fjärrvärme; elfaktura; elräkning; vatten; avlopp; bredband; "
        "broadband; internet; mobilabonnemang; electricity; electric; energy; gas; water; sewer; heating; "
        "meter; mätarställning; förbrukning; utility; utilities; energiskatt; nätavgift; elskatt; strom; "
        "stromrechnung; wasser; électricité; energie; elektriciteit; electricidad; luz; agua; strøm; sähkö; "
        "vesi; kaukolämpö; energia elettrica; bolletta; smc; mobilfaktura; mobilräkning; fiber; glasfaser; "
        "internetanschluss; mobilfunk*; grundgebühr; betriebskosten*; nebenkosten*; heizkosten*; telefoni; samtal; "
        "surf; phone bill; mobile plan; data usage; sophämtning; "
        "renhållning; waste collection; anläggnings-id; m3; nettleie; fjernvarme; elregning; standing charge; "
        "tariff; unit rate; power company; power & light; autopay; hydro; telecom; gasverbrauch; zählerstand; "
        "varmvatten; kallvatten",
        2: "billing period; faktureringsperiod; abrechnungszeitraum; usage; abonnent; statement",
        1: "bill; autogiro",
    },
    "miscellaneous": {
        3: "auktion; auction; vinnande bud; budgivare; köparskydd; bok; book; books; bio; biobiljett; biobiljetter; "
        "tickets; cinema; konsert; concert; teater; theatre; "
        "blommor; flowers; bukett; bouquet; apotek; pharmacy; leksaker; toys; möbler; furniture; verktyg; "
        "tools; kosmetika; skincare; serum; cream; penna; pen; watch; klocka; museum; nöjespark; evenemang; "
        "event; gåva; donation; trädgård; garden; pets; husdjur; lampa; soffa; ljus; candle; hammare; skruv; "
        "färg 10 l; present; smycken; jewellery; jewelry; zoo; aquarium; massage; frisör; haircut; parkering; "
        "parking; tandläkare; parkeringsavgift; lampe; padel; takrengöring; murbruk; virke; bräda; hantverkare",
        2: "shop; butik; store; gift; supply; supplies; hem; home; kök; kitchenware",
    },
}

#: Parts of shop names and sender domains that speak for a category.
NAME_STEMS: dict[str, str] = {
    "food-delivery": "pizza; sushi; burger; eats; kitchen; curry; dumpling; wok; kebab; taco; burrito; krog",
    "grocery": "livs; grocer; market; supermarkt; foods; pantry; skafferi; matbutik; handlarn; farm shop",
    "clothing": "fashion; mode; kläder; klader; wear; skor; boots; denim; textil; thread; couture; apparel",
    "technology": "teknik; tech; elektro; electro; dator; data; pixel; gadget; byte; circuit; krets; cable; phone",
    "subscriptions": "stream; gym; cloud; hosting; podd; premium; fitness; tidning; dagblad",
    "travel": "airways; airlines; rail; travel; hotel; hotell; resor; buss; tåg; train; ferry; färja; rental",
    "utility": "energi; energy; kraft; fiber; bredband; broadband; mobile; vatten; water; stadtwerke; telecom; elnät; "
    "värme",
    "miscellaneous": "bokhandel; bokhörn; boklåda; bygg; snickeri; optik; böcker; books; blom; flower; biograf; "
    "teater; theatre; park; apotek; pharmacy; "
    "plant; "
    "garden; museum",
}
