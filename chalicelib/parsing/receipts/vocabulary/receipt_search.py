"""What the sweep for unknown vendors searches Gmail for: words of subjects, as Gmail's search reads them.

Gmail's own category finds more than words do, in any language; the words find what Gmail did not sort.
"""

from __future__ import annotations

from chalicelib.parsing.receipts.vocabulary import Phrases, phrases_of

#: support.google.com/mail/answer/7190
CATEGORY = "category:purchases"

SUBJECTS: Phrases = {
    "en": "receipt; e-receipt; invoice; order confirmation; order confirmed; your order; booking confirmation; "
    "purchase confirmation; payment confirmation; thank you for your order; thank you for your purchase",
    "sv": "kvitto; ditt kvitto; e-kvitto; köpkvitto; faktura; orderbekräftelse; köpbekräftelse; bokningsbekräftelse; "
    "betalningsbekräftelse; beställningsbekräftelse; din order; din beställning; tack för ditt köp; "
    "tack för din beställning",
}


def receipt_query(after: int) -> str:
    """A Gmail query for receipt-looking mail received since ``after`` (epoch seconds).

    >>> receipt_query(1700000000).startswith('{category:purchases subject:"'), len(receipt_query(1700000000)) < 1500
    (True, True)
    """
    subjects = " ".join(f'subject:"{phrase}"' for phrase in phrases_of(SUBJECTS))
    return f"{{{CATEGORY} {subjects}}} after:{after}"
