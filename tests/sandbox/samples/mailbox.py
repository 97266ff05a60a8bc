"""The sample mailbox: a tenant's mail of two years, made anew relative to today so that there is a notice this month.

Only ``write_sample_mailbox``, ``VENDOR_ROWS`` and what they promise (``SampleMailbox``) are for others; what the mails
are is told in ``rental_mails`` and ``retail_mails``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.message import Message
from pathlib import Path

from tests.sandbox.samples.mails import ACCOUNT
from tests.sandbox.samples.rent_facts import NoticeFacts
from tests.sandbox.samples.rental_mails import VENDOR_ROWS, BadMail, Decoy, NoticeMail, bad_mails, decoys, notice_mails
from tests.sandbox.samples.retail_mails import Purchase, other_shop_mail, purchases

__all__ = ["ACCOUNT", "VENDOR_ROWS", "SampleMailbox", "write_sample_mailbox", "write_sample_vendors"]


@dataclass(frozen=True, slots=True)
class SampleMailbox:
    """The mails, and what ingestion should make of them.

    ``rent`` become rental invoices, ``bad`` documents with a reason, ``decoys`` nothing; ``purchases`` become retail
    invoices, one each, and ``shop_mail`` none.
    """

    directory: Path
    rent: tuple[NoticeMail, ...]
    bad: tuple[BadMail, ...]
    decoys: tuple[Decoy, ...]
    purchases: tuple[Purchase, ...]
    shop_mail: tuple[Message, ...]

    @property
    def notices(self) -> list[NoticeFacts]:
        """What the rental notices state."""
        return [each.notice for each in self.rent]

    @property
    def mails(self) -> list[Message]:
        """Every mail."""
        return list(self._mails())

    def _mails(self) -> Iterator[Message]:
        for group in (self.rent, self.bad, self.decoys, self.purchases):
            yield from (each.mail for each in group)
        yield from self.shop_mail

    def write(self) -> None:
        """Writes the mails as ``ACCOUNT/*.eml`` below the directory."""
        folder = self.directory / ACCOUNT
        folder.mkdir(parents=True, exist_ok=True)
        for number, mail in enumerate(self._mails()):
            (folder / f"{number:03d}.eml").write_bytes(mail.as_bytes())


def write_sample_mailbox(directory: Path, today: date | None = None) -> SampleMailbox:
    """Writes the mails below ``directory``; the same day gives the same mails."""
    today = today or datetime.now(UTC).date()
    mailbox = SampleMailbox(
        directory,
        rent=tuple(notice_mails(today)),
        bad=tuple(bad_mails(today)),
        decoys=tuple(decoys(today)),
        purchases=tuple(purchases(today)),
        shop_mail=tuple(other_shop_mail(today)),
    )
    mailbox.write()
    return mailbox


def write_sample_vendors(directory: Path) -> None:
    """One file of vendor configuration for each fictional landlord."""
    directory.mkdir(parents=True, exist_ok=True)
    for row in VENDOR_ROWS:
        (directory / f"{row['vendor_id']}.json").write_text(json.dumps(row, indent=2), encoding="utf-8")
