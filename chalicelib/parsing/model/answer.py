"""A language model's answer as an extraction: the text is untrusted, whatever schema was asked for.

A text that holds no complete object with a readable ``is_purchase`` is refused as a whole, with a typed error; single
values are read as ``model_reading`` says. Nothing here makes a value true: what comes out still has to pass
``grounding``.
"""

from __future__ import annotations

import re
from typing import Any

from chalicelib.domain.categories import CATEGORIES, Details
from chalicelib.domain.invoices import Extraction
from chalicelib.errors import ModelAnswerInvalid
from chalicelib.parsing.model.reading import Reading, object_in
from chalicelib.parsing.model.schema import IGNORED_REASONS, PAYMENT_STATUSES, TAG
from chalicelib.parsing.model.values import amount_of, day_of, is_null, text_of, truth_of
from chalicelib.parsing.values.currencies import parse_currency

#: Names that models use for a category although the schema offers others.
_ALIASES = {
    "food": "food-delivery",
    "groceries": "grocery",
    "subscription": "subscriptions",
    "utilities": "utility",
    "misc": "miscellaneous",
    "other": "miscellaneous",
}


def read_model_answer(text: str) -> Extraction:
    """What the answer states, ungrounded; ``method`` is "gemini". Raises ``ModelAnswerInvalid``, and nothing else.

    >>> answer = '{"is_purchase": true, "category": "Grocery", "total_amount": "1 249,10", "order_id": 7}'
    >>> extraction = read_model_answer(f"Here it is: ```json {answer} ```")
    >>> extraction.category, str(extraction.total_amount), extraction.order_id, extraction.currency
    ('grocery', '1249.10', '7', None)
    """
    answer = object_in(text, "is_purchase")
    is_purchase = truth_of(answer.get("is_purchase"))
    if is_purchase is None:
        raise ModelAnswerInvalid("is_purchase_missing")
    reading = Reading()
    if not is_purchase:
        reason = _word(answer.get("ignored_reason"))
        return Extraction(
            method="gemini",
            is_purchase=False,
            ignored_reason=reason if reason in IGNORED_REASONS else "not_a_receipt",
        )
    category = _category(answer, reading)
    status = _word(answer.get("payment_status"))
    return Extraction(
        method="gemini",
        is_purchase=True,
        category=category,
        vendor_name=reading.value("vendor_name", answer, text_of),
        total_amount=reading.value("total_amount", answer, amount_of),
        currency=reading.value("currency", answer, _currency),
        invoice_date=reading.value("invoice_date", answer, day_of),
        order_id=reading.value("order_id", answer, text_of),
        due_date=reading.value("due_date", answer, day_of),
        payment_status=status if status in PAYMENT_STATUSES else None,
        details=_details(category, answer, reading),
        review_reasons=reading.reasons,
    )


def _word(value: object) -> str:
    return re.sub(r"[\s-]+", "_", (text_of(value) or "")[:60].casefold())


def _currency(value: object) -> str | None:
    """A code or an unmistakable name; "kr" and "$" leave the currency open, and open means none."""
    text = text_of(value)
    return parse_currency(text) if text and len(text) <= 20 and text != "$" else None


def _category(answer: dict[str, Any], reading: Reading) -> str | None:
    """One of the eight, from ``category`` or else from the details' own tag."""
    details = answer.get("details")
    tag = details.get(TAG) if isinstance(details, dict) else None
    for stated in (answer.get("category"), tag):
        name = _word(stated).replace("_", "-")
        name = _ALIASES.get(name, name)
        if name in CATEGORIES:
            return name
        if not is_null(stated):
            reading.flag("category_unreadable")
    return None


def _details(category: str | None, answer: dict[str, Any], reading: Reading) -> Details | None:
    """The details, read as their category's record; details that claim to be another category's are dropped."""
    stated = answer.get("details")
    if is_null(stated) or category is None:
        return None
    if not isinstance(stated, dict):
        reading.flag("details_unreadable")
        return None
    tag = _word(stated.get(TAG)).replace("_", "-")
    if _ALIASES.get(tag, tag) not in ("", category):
        reading.flag("details_of_other_category")
        return None
    record = CATEGORIES[category].details
    found = reading.record(stated, record)
    return found if isinstance(found, record) else None
