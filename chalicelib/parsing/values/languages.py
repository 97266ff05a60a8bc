"""The language of a text, by its commonest words."""

from __future__ import annotations

import re

_STOPWORDS: dict[str, str] = {
    "en": "the and your you for with this is of have from are our to if we thank thanks order please",
    "sv": "och att för är det din ditt du på med har av till inte vi tack kvitto beställning från om moms dina",
    "no": "og å for er det din du på med har av til ikke vi takk kvittering bestilling fra om mva ditt dine hvis",
    "da": "og at for er det din du på med har af til ikke vi tak kvittering bestilling fra om moms dit dine hvis ordre",
    "de": "und der die das ihre ihr sie für mit ist wir von bestellung rechnung vielen dank deine du nicht ihnen mwst",
    "fr": "et le la les votre vous pour avec est nous de des commande merci du une au sur facture tva",
    "nl": "en de het een je uw jouw voor met is wij van bestelling bedankt op te btw factuur niet om",
    "es": "y el la los su tu para con es de pedido gracias por del una iva factura que en se",
    "fi": "ja on tilaus tilauksesi kiitos sinun me ei alv kuitti voit tilauksen lasku maksu yhteensä tuote oli",
    "it": "e il la lo tuo per con è di ordine grazie del una iva fattura che non si le ti hai",
}
_WORDS = {language: frozenset(words.split()) for language, words in _STOPWORDS.items()}
_LEAST_HITS = 3


def detect_language(text: str) -> str | None:
    """ISO 639-1 code of the text's language, ``None`` for too little of any. "no" is Norwegian.

    >>> detect_language("Tack för din beställning. Vi har skickat ditt kvitto."), detect_language("12 kr")
    ('sv', None)
    """
    words = re.findall(r"[^\W\d_]+", text[:20_000].casefold())
    hits = {language: sum(word in known for word in words) for language, known in _WORDS.items()}
    best = max(hits, key=lambda language: hits[language])
    return best if hits[best] >= _LEAST_HITS else None
