"""A language model's reading of a scanned receipt, checked as far as one without text can be."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from chalicelib.domain.invoices import Extraction
from chalicelib.domain.mail import MailContext
from chalicelib.parsing.grounding.grounding import ground
from chalicelib.parsing.grounding.source_text import SourceText

#: Nothing but the model vouches for it: never believed alone.
_MOST_CONFIDENCE = 0.4


def checked_scan(extraction: Extraction, mail: MailContext) -> Extraction:
    """The extraction with its texts made safe, implausible values dropped, dates and sums checked; always flagged.

    ``grounding`` does all of that; since there is no text to find the values in, the values themselves stand for it.
    """
    if not extraction.is_purchase:
        return extraction
    scalars = list(_scalars(msgspec.structs.asdict(extraction)))
    source = SourceText(
        visible="",
        mail=mail,
        stated="\n".join(str(value) for value in scalars),
        stated_amounts=frozenset(abs(value) for value in scalars if isinstance(value, Decimal)),
    )
    checked = ground(extraction, source)
    return msgspec.structs.replace(
        checked,
        review_reasons=("read_by_model", *checked.review_reasons),
        confidence=min(checked.confidence, _MOST_CONFIDENCE),
    )


def _scalars(value: object) -> Iterator[object]:
    """Every text, number and day in a record, members of its lists included."""
    if isinstance(value, msgspec.Struct):
        yield from _scalars(msgspec.structs.asdict(value))
    elif isinstance(value, dict):
        for member in value.values():
            yield from _scalars(member)
    elif isinstance(value, list | tuple):
        for member in value:
            yield from _scalars(member)
    elif value is not None and not isinstance(value, bool):
        yield value
