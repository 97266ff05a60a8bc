"""Triggers in words: the same for what `app.py` declares and for what AWS has."""

from __future__ import annotations

from collections.abc import Iterable


def s3_trigger(bucket: str, events: Iterable[str], prefix: str, suffix: str) -> str:
    """
    >>> s3_trigger("b", ["s3:ObjectCreated:*"], "invoices/", ".pdf")
    's3:ObjectCreated:* b/invoices/*.pdf'
    """
    return f"{', '.join(events)} {bucket}/{prefix}*{suffix}"


def mapping(source: str, batch: int, window: int | None, position: str | None = None) -> str:
    """
    >>> mapping("stream RentalInvoices", 25, 0, "LATEST")
    'stream RentalInvoices, batches of 25, from LATEST'
    """
    parts = [
        source,
        f"batches of {batch}",
        f"within {window} s" if window else "",
        f"from {position}" if position else "",
    ]
    return ", ".join(filter(None, parts))
