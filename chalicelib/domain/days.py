"""Days as people and programs write them to the API."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from msgspec import Meta

from chalicelib.errors import ValidationFailed

#: For models whose own code calls ``checked_day``: the text, documented as what it must be.
Day = Annotated[str, Meta(extra_json_schema={"format": "date"}, description="YYYY-MM-DD.")]
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def checked_day(field: str, text: str) -> date:
    """The day of a field, YYYY-MM-DD. Raises ``ValidationFailed``, also for a day of no living person.

    >>> checked_day("due_date", "2025-03-14")
    datetime.date(2025, 3, 14)
    """
    try:
        # fromisoformat alone takes the other forms of ISO 8601 too ("2025-W01-1").
        if not _DAY.fullmatch(text):
            raise ValueError(field)
        day = date.fromisoformat(text)
    except ValueError as exc:
        raise ValidationFailed(field, "must be a date, YYYY-MM-DD") from exc
    if not 1990 <= day.year <= 2200:
        raise ValidationFailed(field, "must be a date of this time")
    return day
