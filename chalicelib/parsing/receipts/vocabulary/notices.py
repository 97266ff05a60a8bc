"""Phrases of mails that shops send beside receipts: each reason with the words that give it away."""

from __future__ import annotations

from chalicelib.parsing.receipts.vocabulary import Phrases

SHIPPING: Phrases = {
    "en": "is being prepared; order update; delayed; backordered; out of stock; order status; has shipped; "
    "have shipped; has been shipped; have been shipped; is on its way; are on their way; on the way; shipped; "
    "out for delivery; has been dispatched; dispatched; was delivered; has been delivered; delivered; "
    "arriving today; parcel; arriving tomorrow; ready for pickup; ready for pick-up; ready for collection; "
    "ready to collect; track your package; shipping confirmation; delivery update; dispatch confirmation; "
    "shipment notification; your package; delivery notification; shipping update; is being delivered; "
    "delivery scheduled; tracking number; has left our warehouse; your delivery; arrives today; "
    "we've shipped; on its way to you; shipping notice; picked up by courier; delivery attempt; has arrived; "
    "arriving soon",
    "sv": "förbereds; orderstatus; försenad leverans; restnoterad; restorder; leveransen är försenad; packas nu; "
    "har skickats; är skickad; är skickat; är på väg; på väg; har levererats; är levererad; levererat; "
    "redo att hämtas; finns att hämta; klar för upphämtning; kan hämtas; leveransavisering; avisering; "
    "spåra ditt paket; din försändelse; ditt paket; leveransbekräftelse; fraktbekräftelse; "
    "utleveransbekräftelse; har lämnat vårt lager; skickad; levereras idag; levereras imorgon; din leverans; "
    "paketet; hemleverans idag; leveransbesked; utlämning; har packats; är packad; lämnat lagret",
    "de": "wurde versandt; wurde verschickt; ist unterwegs; versandbestätigung; versandt; zugestellt; "
    "lieferung unterwegs; sendungsverfolgung; ihr paket; dein paket; abholbereit; auf dem weg; "
    "lieferankündigung; zustellung; lieferbestätigung",
    "fr": "a été expédié; a été expédiée; est en route; expédiée; expédié; livré; livrée; suivi de colis; "
    "votre colis; en cours de livraison; confirmation d'expédition; est en chemin; a été livrée; "
    "prête à être retirée",
    "nl": "is verzonden; is onderweg; verzonden; bezorgd; verzendbevestiging; je pakket; uw pakket; wordt bezorgd; "
    "is bezorgd; klaar om af te halen",
    "es": "ha sido enviado; está en camino; enviado; entregado; confirmación de envío; tu paquete; en reparto; "
    "ha sido entregado; listo para recoger",
    "no": "er sendt; er på vei; er levert; sendingsbekreftelse; klar til henting; pakken din; sporing; "
    "har blitt sendt; sendingen din; kan hentes",
    "da": "er afsendt; er på vej; er leveret; forsendelsesbekræftelse; klar til afhentning; din pakke; er sendt; "
    "pakken; kan afhentes; afsendt",
    "fi": "on lähetetty; on matkalla; on toimitettu; toimitusvahvistus; noudettavissa; pakettisi; lähetysvahvistus; "
    "lähetetty; lähetys; noudettavana",
    "it": "è stato spedito; è in viaggio; spedito; consegnato; conferma di spedizione; il tuo pacco; in consegna; "
    "è stato consegnato; pronto per il ritiro",
}

CART: Phrases = {
    "en": "your cart; in your cart; your basket; left something behind; left something; forgot something; "
    "forget something; still interested; complete your order; complete your purchase; finish your order; "
    "finish checking out; checkout soon; waiting for you; return to cart; still thinking; items are waiting; "
    "left behind; your bag is waiting; shopping bag; your saved items; pick up where you left off; "
    "continue shopping; complete your booking; finish your booking; abandoned; almost yours",
    "sv": "varukorg; varukorgen; din varukorg; kundvagn; kundvagnen; i kundkorgen; kundkorg; glömde du något; "
    "glömt något; slutför ditt köp; slutför din beställning; slutför köpet; slutför din order; väntar på dig; "
    "fortfarande intresserad; slutför din bokning; till kassan; slutför beställningen; du glömde; "
    "fortsätt handla",
    "de": "warenkorb; einkaufswagen; etwas vergessen; bestellung abschließen; kauf abschließen; noch interessiert; "
    "zurück zum warenkorb",
    "fr": "votre panier; panier; oublié quelque chose; finalisez votre commande; finaliser votre commande; "
    "terminez votre commande",
    "nl": "winkelwagen; winkelmandje; iets vergeten; rond je bestelling af; nog geïnteresseerd; mandje",
    "es": "tu carrito; carrito; cesta; olvidaste algo; completa tu compra; finaliza tu compra; te has dejado",
    "no": "handlekurv; handlekurven; glemt noe; fullfør kjøpet; fullfør bestillingen; handlevogn; glemte du",
    "da": "kurv; indkøbskurv; glemt noget; gennemfør dit køb; fuldfør dit køb; glemte du",
    "fi": "ostoskori; ostoskorissa; ostoskorisi; unohditko; viimeistele tilaus; viimeistele tilauksesi; "
    "viimeistele ostoksesi",
    "it": "carrello; dimenticato qualcosa; completa il tuo ordine; completa l'acquisto; concludi l'acquisto",
}

REVIEW: Phrases = {
    "en": "review your; leave a review; write a review; rate your; rate us; how did we do; your opinion; "
    "your feedback; how was your; tell us what you think; what did you think; meet your expectations; "
    "share your experience; how would you rate; survey; review request; rate and review; how was it; "
    "how are you liking; enjoying your; we'd love your feedback",
    "sv": "recensera; omdöme; lämna ett omdöme; lämna omdöme; betygsätt; betygsätta; vad tyckte du; vad tycker du; "
    "hur var; din åsikt; hur nöjd; enkät; undersökning; berätta vad du; din feedback; hur gick det; "
    "dela din upplevelse; ge oss betyg; utvärdera",
    "de": "bewerten sie; bewerte; ihre meinung; deine meinung; bewertung; wie hat es ihnen gefallen; wie zufrieden; "
    "umfrage; feedback",
    "fr": "donnez votre avis; votre avis; évaluez; notez; enquête; partagez votre expérience; qu'avez-vous pensé",
    "nl": "beoordeel; jouw mening; uw mening; review; schrijf een review; enquête; hoe tevreden; hoe was; wat vind je",
    "es": "valora; tu opinión; opina; encuesta; deja una reseña; cuéntanos; qué te ha parecido; reseña",
    "no": "vurder; anmeldelse; din mening; hva syntes du; undersøkelse; tilbakemelding; hvor fornøyd",
    "da": "anmeld; anmeldelse; din mening; hvad synes du; undersøgelse; bedøm; hvor tilfreds; vurder",
    "fi": "arvostele; arvio; mielipiteesi; palaute; kysely; mitä pidit; kerro mielipiteesi",
    "it": "recensione; recensisci; la tua opinione; valuta; sondaggio; come è andata; lascia una recensione",
}

SECURITY: Phrases = {
    "en": "password; verify your email; verification code; confirm your email; new sign-in; new login; "
    "security alert; access token; two-factor; one-time code; reset your; sign-in code; login code; "
    "verify your account; new device; suspicious; magic link; account created; welcome to; "
    "activate your account; confirm your account; api key; terms of service; privacy policy; policy update",
    "sv": "lösenord; verifiera din; verifieringskod; bekräfta din e-post; ny inloggning; inloggning; engångskod; "
    "säkerhetskod; bekräfta din e-postadress; återställ; säkerhetsvarning; aktivera ditt konto; "
    "välkommen till; nytt konto; inloggningskod; ändrade villkor; nya villkor; uppdaterade villkor; "
    "integritetspolicy; användarvillkor",
    "de": "passwort; bestätigen sie ihre e-mail; bestätigungscode; anmeldung; sicherheitscode; datenschutz; "
    "konto aktivieren; willkommen bei",
    "fr": "mot de passe; code de vérification; vérifiez votre; nouvelle connexion; code de sécurité; bienvenue; "
    "confirmez votre adresse",
    "nl": "wachtwoord; verificatiecode; bevestig je e-mail; nieuwe aanmelding; beveiligingscode; welkom bij",
    "es": "contraseña; código de verificación; verifica tu; inicio de sesión; código de seguridad; bienvenido",
    "no": "passord; bekreft e-post; engangskode; ny pålogging; sikkerhetskode; velkommen til; verifiser",
    "da": "adgangskode; bekræft din e-mail; engangskode; nyt login; sikkerhedskode; velkommen til; verificer",
    "fi": "salasana; vahvista sähköposti; vahvistuskoodi; kirjautuminen; kertakäyttökoodi; tervetuloa",
    "it": "password; codice di verifica; verifica la tua; nuovo accesso; codice di sicurezza; benvenuto",
}

CANCELLATION: Phrases = {
    "en": "has been cancelled; has been canceled; have been cancelled; is cancelled; is canceled; was cancelled; "
    "was canceled; cancellation; cancelled; canceled; cancellation confirmation; you've cancelled; "
    "you cancelled; you have cancelled; you've canceled; order cancelled",
    "sv": "har avbokats; är avbokad; avbokad; avbokning; avbokningsbekräftelse; avbeställd; har avbeställts; "
    "avbeställning; annullerad; annullering; har annullerats; makulerad; är inställd; inställd; uppsagd; "
    "uppsägning; avslutad prenumeration; avbruten; din avbokning; är avbeställd; har makulerats; "
    "annulleringsbekräftelse",
    "de": "storniert; stornierung; stornierungsbestätigung; annulliert; gekündigt; kündigung; "
    "kündigungsbestätigung; abgesagt",
    "fr": "annulé; annulée; annulation; a été annulée; a été annulé; résiliation; résilié",
    "nl": "geannuleerd; annulering; is geannuleerd; opgezegd; opzegging",
    "es": "cancelado; cancelada; cancelación; ha sido cancelado; anulado; anulación; anulada",
    "no": "kansellert; avbestilt; avbestilling; kansellering; er avbestilt; avlyst; oppsigelse",
    "da": "annulleret; afbestilt; afbestilling; annullering; aflyst; opsagt; opsigelse",
    "fi": "peruttu; peruutettu; peruutus; on peruttu; peruutusvahvistus; irtisanottu",
    "it": "annullato; annullata; annullamento; cancellazione; disdetta; cancellato; è stato annullato",
}

PAYMENT_NOTICE: Phrases = {
    "en": "could not charge; couldn't charge; unable to charge; could not be processed; payment was declined; "
    "card was declined; payment failed; payment declined; was declined; payment unsuccessful; "
    "could not process; couldn't process; unable to process; payment reminder; reminder; overdue; past due; "
    "upcoming payment; upcoming charge; will be charged; will renew; renews soon; trial ends; "
    "trial is ending; trial will end; expiring; expires soon; update your payment; payment due soon; "
    "action required; upcoming renewal; about to expire; is about to renew; will expire; price change; "
    "price increase; final notice; free trial; your card is expiring; upcoming invoice; renewal reminder; "
    "payment problem; problem with your payment; payment issue; is on hold; please confirm your order; "
    "waiting for your confirmation",
    "sv": "kunde inte dras; kunde inte debiteras; kunde inte dra; gick inte att dra; betalningen misslyckades; "
    "betalning misslyckades; påminnelse; betalningspåminnelse; förfallen; inkasso; kommande betalning; "
    "kommande debitering; kommer att debiteras; kommer att dras; förnyas snart; provperioden; provperiod; "
    "uppdatera din betalning; går ut snart; medges inte; nekades; har nekats; förfaller snart; inkassokrav; "
    "betala i tid; prisändring; prishöjning; obetald; glöm inte att betala; kunde inte genomföras; "
    "kommer att förnyas; uppdatera dina betalningsuppgifter; kortet går ut; bekräfta din beställning; "
    "bekräfta din order; "
    "är pausad; inväntar din bekräftelse",
    "de": "zahlung fehlgeschlagen; zahlungserinnerung; mahnung; überfällig; wird verlängert; wird bald; testphase; "
    "erinnerung; zahlungsproblem",
    "fr": "échec de paiement; rappel; relance; sera débité; échec du paiement; impayé; va expirer; période d'essai",
    "nl": "betaling mislukt; herinnering; betalingsherinnering; aanmaning; wordt verlengd; verloopt; proefperiode",
    "es": "pago fallido; recordatorio; vencido; se renovará; pago rechazado; periodo de prueba; fallo en el pago",
    "no": "betaling mislyktes; påminnelse; purring; forfalt; fornyes snart; betalingen feilet; inkassovarsel; "
    "prøveperiode",
    "da": "betaling mislykkedes; påmindelse; rykker; forfalden; fornyes snart; betalingen fejlede; prøveperiode; "
    "afvist",
    "fi": "maksu epäonnistui; muistutus; maksumuistutus; erääntynyt; uusitaan pian; kokeilujakso; perintä",
    "it": "pagamento non riuscito; promemoria; sollecito; scaduto; si rinnoverà; pagamento rifiutato; periodo di prova",
}

BOARDING: Phrases = {
    "en": "your appointment; appointment reminder; has changed; has been changed; schedule has changed; "
    "rescheduled; itinerary change; change to your booking; boarding pass; boarding card; check-in is open; "
    "check in now; online check-in; time to check in; ready to check in; gate change; "
    "your flight is tomorrow; schedule change; flight delayed; mobile ticket; your trip is coming up; "
    "travel information; get ready for; your upcoming trip; your upcoming stay; departs soon; "
    "your tickets are ready; platform change; flight status; you're checked in; your stay is coming up; "
    "prepare for your trip; pre-arrival; time change; your ticket is attached; seat assignment",
    "sv": "din tid hos; bokad tid; kallelse; har ändrats; ändring av din; ombokad; ny avgångstid; har bokats om; "
    "boardingkort; boardingpass; ombordstigning; incheckning; checka in; gateändring; tidtabellsändring; "
    "inför din resa; dags att resa; dags att checka in; incheckningen är öppen; trafikinformation; "
    "ändrad avgångstid; snart dags; din resa närmar sig; reseinformation; mobilbiljett; trafikändring; "
    "försenat; försenad; här är din biljett; inför din vistelse; inför ditt besök",
    "de": "bordkarte; check-in; jetzt einchecken; flugänderung; verspätung; reiseinformation; "
    "ihre reise steht bevor; gleiswechsel",
    "fr": "carte d'embarquement; enregistrement; enregistrez-vous; changement d'horaire; retard; votre voyage approche",
    "nl": "instapkaart; inchecken; online inchecken; boardingpass; vertraging; vluchtwijziging",
    "es": "tarjeta de embarque; facturación online; check-in; cambio de horario; retraso; tu viaje se acerca",
    "no": "boardingkort; ombordstigningskort; innsjekking; sjekk inn; ruteendring; forsinket; reiseinformasjon",
    "da": "boardingkort; check-in; check ind; forsinket; ændring i din rejse; rejseinformation",
    "fi": "tarkastuskortti; lähtöselvitys; boarding pass; aikataulumuutos; myöhässä",
    "it": "carta d'imbarco; check-in; fai il check-in; cambio orario; ritardo",
}

OFFER: Phrases = {
    "en": "newsletter; sale; % off; price drop; deals; deal of; shop now; last chance; new arrivals; back in stock; "
    "offer ends; limited time; exclusive offer; special offer; save up to; up to; black friday; cyber monday; "
    "flash sale; coupon; discount code; wishlist; prices have dropped; just dropped; new in; our best; "
    "recommended for you; free gift; upgrade to; upgrade now; quote; quotation; estimate; your quote; "
    "invite a friend; refer a friend; win a; giveaway; subscribe now; weekly deals; offers; gift guide; "
    "presale; earn points; bonus points; points balance; loyalty; rewards statement; "
    "monthly statement of points; price alert; lower price",
    "sv": "% rabatt; % på allt; nyhetsbrev; rea; erbjudande; erbjudanden; rabattkod; prissänkt; prissänkning; "
    "sänkt pris; sista chansen; "
    "handla nu; köp nu; nyheter; kampanj; veckans; upp till; just nu; åter i lager; bevakning; önskelista; "
    "missa inte; medlemserbjudande; mellandagsrea; black week; inspiration; tipsa en vän; vinn; tävling; "
    "tävla; offert; prisförslag; extrapris; klipp; fynda; boka nu; lägre pris; priset har sänkts; bonuscheck; "
    "poängsaldo; medlemspoäng; dina poäng; bonussaldo; nytt hos oss; tips; presenttips; utförsäljning; "
    "superpris",
    "de": "% rabatt; newsletter; angebot; angebote; rabattaktion; schlussverkauf; nur heute; jetzt sichern; "
    "preissenkung; "
    "gutschein für sie; neuheiten; jetzt kaufen; kostenvoranschlag; gewinnspiel; wieder verfügbar; aktion; "
    "sale",
    "fr": "% de réduction; % de remise; newsletter; soldes; offre; offres; promo; promotion; ventes privées; "
    "dernière chance; nouveautés; devis; "
    "baisse de prix; de retour en stock",
    "nl": "% korting; nieuwsbrief; aanbieding; aanbiedingen; uitverkoop; korting op; laatste kans; nieuw binnen; "
    "offerte; "
    "prijsdaling; weer op voorraad; sale",
    "es": "% de descuento; boletín; rebajas; oferta; ofertas; última oportunidad; novedades; presupuesto; "
    "bajada de precio; "
    "de nuevo en stock; promoción",
    "no": "% rabatt; nyhetsbrev; salg; tilbud; siste sjanse; kampanje; nyheter; pristilbud; prisfall; "
    "tilbake på lager; "
    "kun i dag; førsalg",
    "da": "% rabat; nyhedsbrev; udsalg; tilbud; sidste chance; kampagne; nyheder; prisfald; tilbage på lager; "
    "kun i dag; "
    "prisoverslag",
    "fi": "% alennus; % alennusta; uutiskirje; ale; tarjous; tarjoukset; viimeinen mahdollisuus; uutuudet; "
    "hinnanalennus; "
    "takaisin varastossa; tarjouspyyntö; kampanja",
    "it": "% di sconto; newsletter; saldi; offerta; offerte; ultima occasione; novità; preventivo; calo di prezzo; "
    "di nuovo disponibile; promozione",
}

STATEMENT: Phrases = {
    "en": "statement of account; account statement; annual statement; annual summary; year in review; "
    "monthly summary; "
    "your year with; spending summary; account summary; summary of your purchases; purchase history",
    "sv": "kontoutdrag; årsbesked; årsöversikt; årssammanställning; månadssammanställning; sammanställning av; "
    "kontoöversikt; köphistorik; ditt år hos; ditt år med; saldobesked",
    "de": "kontoauszug; jahresübersicht; monatsübersicht; saldenbestätigung; kostenübersicht",
    "fr": "relevé de compte; récapitulatif annuel; bilan annuel",
    "nl": "rekeningoverzicht; jaaroverzicht; maandoverzicht",
    "es": "estado de cuenta; resumen anual; resumen mensual",
    "no": "kontoutskrift; årsoppgave; årsoversikt; månedsoversikt",
    "da": "kontoudtog; årsopgørelse; årsoversigt; månedsoversigt",
    "fi": "tiliote; vuosikooste; kuukausikooste",
    "it": "estratto conto; riepilogo annuale; riepilogo mensile",
}

#: The reasons that the ledger keeps, most telling first.
NOTICES: dict[str, Phrases] = {
    "cancellation": CANCELLATION,
    "abandoned_cart": CART,
    "payment_notice": PAYMENT_NOTICE,
    "shipping_notice": SHIPPING,
    "review_request": REVIEW,
    "ticket_without_purchase": BOARDING,
    "account_notice": SECURITY,
    "account_statement": STATEMENT,
    "newsletter": OFFER,
}
