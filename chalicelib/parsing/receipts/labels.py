"""What the words beside an amount mean: total, tax, discount, delivery and so on."""

from __future__ import annotations

import re
from enum import StrEnum

from chalicelib.parsing.receipts.vocabulary import compile_phrases, money_labels
from chalicelib.parsing.values.currencies import ISO_CODES


class Kind(StrEnum):
    """What an amount is on a receipt."""

    TOTAL = "total"
    PAID = "paid"
    DUE = "due"
    WEAK_TOTAL = "weak_total"
    SUBTOTAL = "subtotal"
    TAX = "tax"
    DISCOUNT = "discount"
    SAVED = "saved"
    DELIVERY = "delivery"
    FEE = "fee"
    TIP = "tip"
    CREDIT = "credit"
    REFUND = "refund"
    DECOY = "decoy"


#: Precedence among phrases of equal length: what is not the total wins, so that "total discount" is a discount.
_ORDER: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (Kind.SAVED, compile_phrases(money_labels.SAVED)),
    (Kind.REFUND, compile_phrases(money_labels.REFUND)),
    (Kind.SUBTOTAL, compile_phrases(money_labels.SUBTOTAL)),
    (Kind.DISCOUNT, compile_phrases(money_labels.DISCOUNT)),
    (Kind.CREDIT, compile_phrases(money_labels.CREDIT)),
    (Kind.TAX, compile_phrases(money_labels.TAX)),
    (Kind.DECOY, compile_phrases(money_labels.DECOY)),
    (Kind.TIP, compile_phrases(money_labels.TIP)),
    (Kind.FEE, compile_phrases(money_labels.FEE)),
    (Kind.DELIVERY, compile_phrases(money_labels.DELIVERY)),
    (Kind.DUE, compile_phrases(money_labels.DUE)),
    (Kind.PAID, compile_phrases(money_labels.PAID)),
    (Kind.TOTAL, compile_phrases(money_labels.TOTAL)),
    (Kind.WEAK_TOTAL, compile_phrases(money_labels.WEAK_TOTAL)),
)
TOTAL_KINDS = (Kind.TOTAL, Kind.PAID, Kind.DUE, Kind.WEAK_TOTAL)
_INCLUSIVE = compile_phrases(money_labels.INCLUSIVE)
_EXCLUSIVE = compile_phrases(money_labels.EXCLUSIVE)
_ASIDE = re.compile(r"\([^()]{0,80}\)|\[[^\[\]]{0,80}\]")
_CURRENCY_WORD = re.compile(rf"\b(?:{'|'.join(sorted(ISO_CODES))}|kr|kronor|kroner)\b\.?|[€$£]")
#: "Total to pay on delivery" is the total, whatever follows the preposition.
_CIRCUMSTANCE = re.compile(r"\s(?:on|upon|at|vid|bei|via|with|med|hos|by)\s", re.IGNORECASE)


def classify(label: str) -> tuple[Kind | None, bool]:
    """What a label means, and whether it says nothing else.

    >>> [classify(text)[0] for text in ("Total:", "Totalt inkl. moms", "Totalt exkl. moms", "Total discount")]
    [<Kind.TOTAL: 'total'>, <Kind.TOTAL: 'total'>, <Kind.SUBTOTAL: 'subtotal'>, <Kind.DISCOUNT: 'discount'>]
    >>> [classify(text)[0] for text in ("varav moms 25%", "Sommarrabatt", "Blue shirt", "You saved", "Att betala")]
    [<Kind.TAX: 'tax'>, <Kind.DISCOUNT: 'discount'>, None, <Kind.SAVED: 'saved'>, <Kind.TOTAL: 'total'>]
    """
    text = _ASIDE.sub(" ", label).strip(" \t\u00a0:;,.–—-*|•=>#") or label.strip(" ()[]:")
    inclusive = _INCLUSIVE.search(text)
    if inclusive is None:
        kind, is_exact = _without_inclusion(text)
    else:
        head = text[: inclusive.start()].strip(" ,:-–")
        kind, is_exact = _with_inclusion(text, head, text[inclusive.end() :].strip()), False
    if kind in TOTAL_KINDS and _is_exclusive_aside(label):
        return Kind.SUBTOTAL, False
    return kind, is_exact


def _with_inclusion(text: str, head: str, included: str) -> Kind | None:
    """ "Total incl. VAT" is a total; "incl. VAT" is the VAT; "in total, including" leads on to a part of the total."""
    if not head:
        what = _kind_of(included)[0]
        return Kind.TAX if what in (Kind.TAX, None) else _kind_of(text)[0]
    kind, is_exact = _without_inclusion(head)
    return Kind.DECOY if not included and not is_exact else kind


def _without_inclusion(text: str) -> tuple[Kind | None, bool]:
    exclusive = _EXCLUSIVE.search(text)
    if exclusive and exclusive.start() == 0 and _kind_of(text[exclusive.end() :])[0] in (Kind.TAX, None):
        return Kind.SUBTOTAL, False
    if exclusive and exclusive.start() > 0:
        before = _kind_of(text[: exclusive.start()])[0]
        return (Kind.SUBTOTAL if before in TOTAL_KINDS else before), False
    whole, *circumstance = _CIRCUMSTANCE.split(text, maxsplit=1)
    if circumstance and _kind_of(whole) == (Kind.TOTAL, True):
        return Kind.TOTAL, False
    return _kind_of(text)


def _is_exclusive_aside(label: str) -> bool:
    return any(_EXCLUSIVE.search(aside) and not _INCLUSIVE.search(aside) for aside in _ASIDE.findall(label))


def _kind_of(text: str) -> tuple[Kind | None, bool]:
    """The meaning of the leading or trailing known phrase; decoys win over totals, a whole match over all."""
    cleaned = _CURRENCY_WORD.sub(" ", text).strip(" \t\u00a0:;,.–—-*|•/")
    cleaned = re.sub(r"\s*\d+(?:[.,]\d+)? ?%", "", cleaned).strip(" :") or cleaned
    words = len(cleaned.split())
    best: tuple[int, int, int, Kind] | None = None
    for rank, (kind, pattern) in enumerate(_ORDER):
        for match in pattern.finditer(cleaned):
            length = match.end() - match.start()
            if length == len(cleaned):
                return kind, True
            at_edge = match.start() == 0 or match.end() == len(cleaned)
            if not at_edge and words > 4:
                continue
            key = (_weight(kind), length, -rank, kind)
            if best is None or key[:3] > best[:3]:
                best = key
    return (best[3], False) if best else (None, False)


def _weight(kind: Kind) -> int:
    if kind is Kind.WEAK_TOTAL:
        return 0
    return 1 if kind in TOTAL_KINDS else 2
