"""Archives of everything that is kept of a person, and tables as spreadsheets read them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

import msgspec

ExportState = Literal["building", "ready", "failed"]
#: The stack's lifecycle rule removes archives after as many days.
KEPT_FOR = timedelta(days=7)
#: What spreadsheets take for the start of a formula (OWASP, "CSV Injection"), and their full-width twins.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

_encode = msgspec.json.Encoder(decimal_format="number").encode


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """One archive that a person asked for. ``expires_at`` is when its row may go, in epoch seconds."""

    user_id: str = msgspec.field(name="UserID")
    export_id: str = msgspec.field(name="ExportID")
    state: ExportState
    requested_at: datetime
    expires_at: int

    @property
    def s3_key(self) -> str:
        """Where the archive is, or will be."""
        return f"{export_prefix(self.user_id)}{self.export_id}.zip"


def export_prefix(user_id: str) -> str:
    """Below which all archives of a person are."""
    return f"exports/{user_id}/"


def new_export(user_id: str, now: datetime) -> Export:
    """An archive that is to be built."""
    return Export(
        user_id=user_id,
        export_id=f"export_{uuid.uuid4()}",
        state="building",
        requested_at=now,
        expires_at=int((now + KEPT_FOR).timestamp()),
    )


def csv_cell(value: Any) -> str:
    """A value as a cell that no spreadsheet takes for a formula; what has parts is written as JSON.

    >>> [csv_cell(value) for value in (None, Decimal("-12.50"), 3, True, "a", "=1+1", " @x", {"a": [1]}, "-5")]
    ['', '-12.50', '3', 'true', 'a', "'=1+1", "' @x", '{"a":[1]}', "'-5"]
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | Decimal):
        return str(value)
    text = value if isinstance(value, str) else _encode(value).decode()
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
