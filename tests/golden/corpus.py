"""A corpus of documents with known truth, in the format of manifest*.jsonl beside html/ and pdf/ folders.

One JSON object a line: ``id``, ``file`` (relative to the manifest), ``is_receipt`` (HTML) or ``is_hyresavi`` (PDF),
``category``, ``category_accept``, ``schema_org``, ``truth`` (field -> value or null for "not stated"), ``accept``
(field -> other right answers; "__any__" accepts all), ``mail`` (``subject``, ``sender``, ``date``). Rows without
``truth`` are hostile documents: they only have to be survived.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from chalicelib.domain.mail import MailContext


@dataclass(frozen=True, slots=True)
class Row:
    """One document and what is true of it. ``truth`` is empty for hostile documents."""

    id: str
    path: Path
    is_receipt: bool
    is_rental: bool = False
    has_markup: bool = False
    category: str | None = None
    categories: tuple[str, ...] = ()
    truth: dict[str, str | None] = field(default_factory=dict)
    accept: dict[str, list[str | None]] = field(default_factory=dict)
    mail: MailContext = field(default_factory=MailContext)

    @property
    def is_pdf(self) -> bool:
        return self.path.suffix.lower() == ".pdf"

    @property
    def is_hostile(self) -> bool:
        return not self.truth

    def html(self) -> str:
        return self.path.read_bytes().decode("utf-8", "replace")


def read_corpus(folder: Path) -> list[Row]:
    """All rows of all manifests below ``folder``, in the order of their files; mail files (.eml) are left out."""
    rows = [row for manifest in sorted(folder.rglob("manifest*.jsonl")) for row in _rows(manifest)]
    return [row for row in rows if row.path.suffix.lower() in (".html", ".htm", ".pdf")]


def _rows(manifest: Path) -> Iterator[Row]:
    for line in manifest.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield _row(json.loads(line), manifest.parent)


def _row(entry: dict[str, Any], folder: Path) -> Row:
    truth = dict(entry.get("truth") or {})
    truth.update(truth.pop("breakdown", None) or {})
    mail = entry.get("mail") or {}
    sender_name, sender_address = parseaddr(mail.get("sender", ""))
    sent = mail.get("date")
    return Row(
        id=entry.get("id", entry["file"]),
        path=folder / entry["file"],
        is_receipt=bool(entry.get("is_receipt", entry.get("doc_type") == "invoice")),
        is_rental=bool(entry.get("is_hyresavi")),
        has_markup=bool(entry.get("schema_org")),
        category=entry.get("category"),
        categories=tuple(entry.get("category_accept") or ([entry["category"]] if entry.get("category") else [])),
        truth={name: value for name, value in truth.items() if value is None or isinstance(value, str)},
        accept=_accepted(entry),
        mail=MailContext(
            subject=mail.get("subject", ""),
            sender_name=sender_name,
            sender_address=sender_address,
            date=datetime.fromisoformat(sent) if sent else None,
        ),
    )


def _accepted(entry: dict[str, Any]) -> dict[str, list[str | None]]:
    """What is accepted beside the truth; an invoice number where a PDF has both numbers or no order number."""
    accepted = dict(entry.get("accept") or {})
    number = (entry.get("truth") or {}).get("invoice_number")
    if number:
        accepted["order_id"] = [*accepted.get("order_id", []), number]
    return accepted
