"""What the model would say: a recorded answer, else a simple one that states nothing but what it reads."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.sandbox.google.wire import Json

_MARKED = re.compile(r"^MAIL (?P<code>\w+)\n(?P<content>.*)\nEND (?P=code)$", re.DOTALL)
_TOTAL = re.compile(r"(?<!sub)(?<!delsum)(?:total|totalt|summa|att betala|amount paid|belopp)\b", re.IGNORECASE)
_AMOUNT = re.compile(
    r"(?<![\w.,-])-?\d{1,3}(?:[ \u00a0]\d{3})+(?:[.,]\d\d)?(?!\d)|(?<![\w.,-])-?\d{1,7}(?:[.,]\d\d)?(?![\d%-])"
)
_CURRENCY = re.compile(r"\b(SEK|NOK|DKK|EUR|USD|GBP)\b|(€)|(£)")
_SIGNS = {"€": "EUR", "£": "GBP"}
_NUMBER = re.compile(
    r"\b(?:order|booking|receipt|invoice|bokning|kvitto|faktura)\w*[ .]*(?:number|nr|no|nummer|id)?\.?\s*[:#]?\s*"
    r"#?([A-Z0-9][A-Z0-9-]*\d[A-Z0-9-]*)\b",
    re.IGNORECASE,
)
_DAY = re.compile(r"\b20\d\d-\d\d-\d\d\b")


class Answers:
    """`path`: a directory of `*.json` files or one file of JSON lines; `None`: only honest answers.

    A record is `{"sha256": .., "answer": ..}` or `{"contains": .., "answer": ..}`: the hash of the mail's text (UTF-8)
    or of a PDF that came along, or a text that occurs in the mail. An answer that is a text is sent as it is, anything
    else as JSON. Files are read anew at every call, so that answers can be recorded while the emulator runs.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def to(self, document: str, pdfs: Sequence[bytes] = (), schema: Json | None = None) -> str:
        """The text of the answer to a question's user content; without a recorded one, no PDF is legible."""
        headers, text = mail_of(document)
        digests = {hashlib.sha256(seen).hexdigest() for seen in (text.encode("utf-8", "replace"), *pdfs)}
        for record in self._records():
            if record.get("sha256") in digests or (record.get("contains") and record["contains"] in text):
                answer = record["answer"]
                return answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
        honest = illegible(schema or {}) if pdfs else honest_answer(headers, text)
        return json.dumps(honest, ensure_ascii=False)

    def _records(self) -> Iterator[Json]:
        if self._path is None:
            return
        if self._path.is_dir():
            for file in sorted(self._path.glob("*.json")):
                yield json.loads(file.read_text("utf-8"))
        elif self._path.is_file():
            for line in self._path.read_text("utf-8").splitlines():
                if line.strip():
                    yield json.loads(line)


def mail_of(document: str) -> tuple[dict[str, str], str]:
    """The headers and the text between the marks `MAIL <code>` and `END <code>`; without marks all is text."""
    marked = _MARKED.search(document)
    if marked is None:
        return {}, document
    head, _, text = marked["content"].partition("\n\n") if "\n\n" in marked["content"] else ("", "", marked["content"])
    pairs = (line.partition(": ") for line in head.split("\n"))
    return {name: value for name, _, value in pairs}, text.removeprefix("\n")


def asks_for_a_notice(schema: Json) -> bool:
    """Whether a question is about a rental notice, not about a purchase."""
    return "is_rental_notice" in schema.get("properties", {})


def illegible(schema: Json) -> Json:
    """What an honest model says of a page that it cannot read."""
    if asks_for_a_notice(schema):
        return {"is_rental_notice": False, "charges": []}
    return {"is_purchase": False, "ignored_reason": "not_a_receipt", "category": "none", "details": None}


def honest_answer(headers: dict[str, str], text: str) -> Json:
    """Total, currency, number and day where they are plain to see; everything else is null."""
    total, line = _total_of(text)
    if total is None:
        return {"is_purchase": False, "ignored_reason": "not_a_receipt", "category": "none", "details": None}
    currency = _CURRENCY.search(line) or _CURRENCY.search(text)
    number, day = _NUMBER.search(text), _DAY.search(text)
    sender = headers.get("From", "").rpartition(" ")[0]
    return {
        "is_purchase": True,
        "ignored_reason": "none",
        "category": headers.get("Usual category", "miscellaneous"),
        "vendor_name": headers.get("Known sender") or sender or None,
        "total_amount": total,
        "currency": _SIGNS.get(currency[0], currency[0]) if currency else None,
        "invoice_date": day[0] if day else None,
        "order_id": number[1] if number else None,
        "due_date": None,
        "payment_status": "none",
        "details": None,
    }


def _total_of(text: str) -> tuple[str | None, str]:
    for line in reversed(text.split("\n")):
        label = _TOTAL.search(line)
        amounts = _AMOUNT.findall(line, label.end()) if label else []
        if amounts:
            return re.sub(r"[ \u00a0]", "", amounts[-1]).replace(",", "."), line
    return None, ""
