"""What a whole document tells about its open notations: language, decimals, currency, order of day and month."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chalicelib.domain.mail import MailContext
from chalicelib.parsing.receipts.charges import Charge
from chalicelib.parsing.receipts.totals import Total
from chalicelib.parsing.values.amounts import decimal_separator
from chalicelib.parsing.values.currencies import candidates_of, named_currencies, resolve_currency
from chalicelib.parsing.values.dates import day_first_evidence
from chalicelib.parsing.values.languages import detect_language
from chalicelib.parsing.visible.text import VisibleText


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """The document's text with its subject, the sender's domain, the language (BCP 47) and the decimal separator."""

    text: str
    domain: str
    language: str | None
    decimal: str | None

    def currency_of(self, total: Total, charges: Sequence[Charge]) -> str | None:
        """The total's own mark decides, else the one currency that the document uses, else none."""
        if total.value is None:
            return None
        same_value = [charge.amount for charge in charges if abs(charge.amount.value) == abs(total.value)]
        marks = [amount.mark for amount in (*total.printed, *same_value) if amount.mark]
        if not marks:
            return self._only_currency(charges)
        certain = [mark for mark in marks if len(candidates_of(mark)) == 1]
        # "$50.00" and "$50.00 CAD" are one amount; "100 kr" and "EUR 100" are not
        own = certain[0] if certain and set(candidates_of(certain[0])) <= set(candidates_of(marks[0])) else marks[0]
        return self._resolve(own)

    def day_first(self, currency: str | None) -> bool | None:
        """Whether slashed dates put the day first; ``None`` when nothing tells."""
        return day_first_evidence(self.text, language=self.language, currency=currency)

    def _only_currency(self, charges: Sequence[Charge]) -> str | None:
        marks = [charge.amount.mark for charge in charges if charge.amount.mark]
        if len({candidates_of(mark) for mark in marks}) == 1:
            return self._resolve(marks[0])
        named = named_currencies(self.text)
        return named.pop() if len(named) == 1 else None

    def _resolve(self, mark: str) -> str | None:
        return resolve_currency(mark, text=self.text, domain=self.domain, language=self.language)


def evidence_of(seen: VisibleText, mail: MailContext) -> Evidence:
    """The evidence of one document; what its words say counts more than what its markup declares."""
    text = "\n".join([mail.subject, *seen.lines])
    return Evidence(
        text=text,
        domain=mail.sender_address.rpartition("@")[2],
        language=_language(text, seen, mail),
        decimal=decimal_separator(text),
    )


def _language(text: str, seen: VisibleText, mail: MailContext) -> str | None:
    """The detected language, with the declared region when both agree on the language ("en-US")."""
    detected = detect_language(text)
    declared = seen.language or ""
    if detected and declared.casefold().startswith(f"{detected}-"):
        return declared
    return detected or mail.language or seen.language
