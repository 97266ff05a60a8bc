"""A language model's answer about a scanned rental notice as a :class:`RentalNotice`.

The answer is untrusted, and there is no text to ground it in. What can be verified is: the check digits of reference
and giro number, the payment slip's machine-readable line (its three check digits decide, as on a printed notice), and
that the charges add up to the total. Whatever holds, the notice is flagged ``read_by_model``: a person has to look.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, get_args

import msgspec

from chalicelib.domain.invoices import ChargeKind, RentalCharge, RentalNotice
from chalicelib.errors import ModelAnswerInvalid
from chalicelib.parsing.model.reading import Reading, object_in
from chalicelib.parsing.model.values import amount_of, day_of, is_null, text_of, truth_of
from chalicelib.parsing.rental.bankgiro import (
    LONGEST_REFERENCE,
    SHORTEST_REFERENCE,
    SlipLine,
    ends_in_check_digit,
    find_bankgiro,
    find_plusgiro,
    is_reference,
    parse_slip_line,
)
from chalicelib.parsing.rental.charges import MOST_CHARGES, rounding_of
from chalicelib.parsing.rental.dates import named_months
from chalicelib.parsing.rental.labels import charge_kind
from chalicelib.parsing.rental.review import ReviewReason
from chalicelib.parsing.values.names import clean_name

_VERDICT: Final = "is_rental_notice"
_LONGEST_NAME: Final = 80
_LONGEST_LABEL: Final = 120
_LONGEST_TERM: Final = timedelta(days=130)
_YEARS: Final = range(1990, 2100)
_VAT_LINE: Final = re.compile(r"^\W*(?:varav\s+)?(?:moms|mervärdesskatt)\b", re.IGNORECASE)


def read_notice_answer(text: str) -> RentalNotice | None:
    """What the answer states, flagged; ``None`` when it says that the document is no rental notice.

    Raises ``ModelAnswerInvalid`` when nothing usable is in it, and nothing else.

    >>> answer = '{"is_rental_notice": true, "reference": "2044001714", "due_date": "2025-01-31", "total": "8 432,00"}'
    >>> notice = read_notice_answer(answer)
    >>> str(notice.total), [str(reason) for reason in notice.review_reasons]
    ('8432.00', ['read_by_model', 'reference_check_digit', 'charges_missing'])
    """
    answer = object_in(text, _VERDICT)
    verdict = truth_of(answer[_VERDICT])
    if verdict is None:
        raise ModelAnswerInvalid(f"{_VERDICT}_missing")
    if not verdict:
        return None
    reading = Reading()
    reading.flag(ReviewReason.READ_BY_MODEL)
    slip = _slip(answer, reading)
    charges = _charges(answer, reading)
    notice = RentalNotice(
        reference=_reference(answer, slip, reading),
        due_date=_due_date(answer, charges, reading),
        total=_total(answer, slip, reading),
        vat=reading.value("vat", answer, amount_of),
        charges=charges,
        payee=_payee(answer, slip, reading),
        landlord=reading.value("landlord", answer, _name),
    )
    _require_a_notice(notice)
    _check_breakdown(notice, reading)
    return msgspec.structs.replace(notice, review_reasons=reading.reasons)


def _require_a_notice(notice: RentalNotice) -> None:
    """As for printed ones: a notice says what to pay, and says when or by which reference."""
    has_amount = notice.total is not None or notice.amount_of("rent") is not None
    if not has_amount or (notice.reference is None and notice.due_date is None):
        raise ModelAnswerInvalid("states_no_notice")


def _slip(answer: dict[str, Any], reading: Reading) -> SlipLine | None:
    """The machine-readable line, if all of its check digits hold."""
    text = reading.value("slip_line", answer, text_of)
    line = parse_slip_line(text[:_LONGEST_LABEL]) if text else None
    if line is None or line.holds:
        return line
    reading.flag(ReviewReason.SLIP_CHECK_DIGIT, line.is_complete)
    return None


def _reference(answer: dict[str, Any], slip: SlipLine | None, reading: Reading) -> str | None:
    stated = reading.value("reference", answer, _digits)
    reference: str | None = slip.reference if slip else stated
    reading.flag(ReviewReason.REFERENCE_CONFLICT, stated not in (None, reference))
    reading.flag(ReviewReason.REFERENCE_MISSING, reference is None)
    reading.flag(ReviewReason.REFERENCE_CHECK_DIGIT, reference is not None and not is_reference(reference))
    return reference


def _digits(value: object) -> str | None:
    """A number that people write in groups; anything but its digits makes it none."""
    digits = re.sub(r"[\s#]", "", text_of(value) or "")
    is_number = digits.isascii() and digits.isdigit()
    return digits if is_number and SHORTEST_REFERENCE <= len(digits) <= LONGEST_REFERENCE else None


def _total(answer: dict[str, Any], slip: SlipLine | None, reading: Reading) -> Decimal | None:
    stated = reading.value("total", answer, amount_of)
    total: Decimal | None = slip.amount if slip else stated
    reading.flag(ReviewReason.TOTAL_CONFLICT, stated not in (None, total))
    reading.flag(ReviewReason.TOTAL_MISSING, total is None)
    return total


def _payee(answer: dict[str, Any], slip: SlipLine | None, reading: Reading) -> str | None:
    stated = reading.value("payee", answer, _giro_number)
    payee: str | None = slip.payee if slip else stated
    reading.flag(ReviewReason.PAYEE_CONFLICT, stated not in (None, payee))
    reading.flag(ReviewReason.PAYEE_CHECK_DIGIT, payee is not None and not ends_in_check_digit(payee.replace("-", "")))
    return payee


def _giro_number(value: object) -> str | None:
    text = (text_of(value) or "")[:_LONGEST_NAME]
    return find_bankgiro(text) or find_plusgiro(text)


def _due_date(answer: dict[str, Any], charges: Sequence[RentalCharge], reading: Reading) -> date | None:
    """A day that could be one; the charges' months tell whether it is likely."""
    due: date | None = reading.value("due_date", answer, day_of)
    if due is not None and due.year not in _YEARS:
        reading.flag("due_date_unreadable")
        due = None
    reading.flag(ReviewReason.DUE_DATE_MISSING, due is None)
    months = [month for charge in charges for month in named_months(charge.label)]
    far_away = due is not None and bool(months) and all(abs(due - month) > _LONGEST_TERM for month in months)
    reading.flag(ReviewReason.DUE_DATE_IMPLAUSIBLE, far_away)
    return due


def _name(value: object) -> str | None:
    return clean_name(text_of(value) or "", limit=_LONGEST_NAME)


def _charges(answer: dict[str, Any], reading: Reading) -> tuple[RentalCharge, ...]:
    """The lines with a label and an amount, but for the VAT's."""
    stated = answer.get("charges")
    if not isinstance(stated, list):
        reading.flag("charges_unreadable", not is_null(stated))
        return ()
    reading.flag("charges_cut_off", len(stated) > MOST_CHARGES)
    lines = [_charge(line) for line in stated[:MOST_CHARGES]]
    reading.flag("charges_unreadable", None in lines)
    return tuple(line for line in lines if line is not None and not _VAT_LINE.match(line.label))


def _charge(line: object) -> RentalCharge | None:
    """One line; its label tells its kind, as on printed notices, and the model only where the label does not."""
    if not isinstance(line, dict):
        return None
    amount = amount_of(line.get("amount"))
    label = clean_name(text_of(line.get("label")) or "", limit=_LONGEST_LABEL)
    if amount is None or label is None:
        return None
    stated: ChargeKind = line["kind"] if line.get("kind") in get_args(ChargeKind) else "other"
    return RentalCharge(kind=charge_kind(label) or stated, label=label, amount=amount)


def _check_breakdown(notice: RentalNotice, reading: Reading) -> None:
    """The charges alone, or with the VAT beside them, make the total."""
    reading.flag(ReviewReason.CHARGES_MISSING, not notice.charges)
    if notice.total is None:
        return
    reading.flag(ReviewReason.VAT_CONFLICT, notice.vat is not None and notice.vat > abs(notice.total))
    rest = notice.total - sum((charge.amount for charge in notice.charges), Decimal(0))
    missed = min(abs(rest), abs(rest - (notice.vat or Decimal(0))))
    reading.flag(ReviewReason.CHARGES_DO_NOT_ADD_UP, bool(notice.charges) and missed > rounding_of(notice.total))
