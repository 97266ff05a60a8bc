"""Why a person should look at a rental notice: the words that ``RentalNotice.review_reasons`` may hold.

None of them changes a number. Where two printed values contradict each other, the notice keeps one of them: that of a
payment slip's machine-readable line whose three check digits all hold (it is what the bank reads), else the better
labelled one, among equals the one that the lines add up to.
"""

from __future__ import annotations

from enum import StrEnum


class ReviewReason(StrEnum):
    """Stable words: stored with records and shown by the app's support tools, so never renamed."""

    REFERENCE_MISSING = "reference_missing"  # no OCR number although the notice is not paid by autogiro
    REFERENCE_CHECK_DIGIT = "reference_check_digit"  # the OCR number's mod-10 check digit does not hold
    REFERENCE_CONFLICT = "reference_conflict"  # label and slip, or two labels of the same kind, disagree
    TOTAL_MISSING = "total_missing"
    TOTAL_CONFLICT = "total_conflict"  # two different amounts to pay are printed
    DUE_DATE_MISSING = "due_date_missing"
    DUE_DATE_CONFLICT = "due_date_conflict"
    DUE_DATE_IMPLAUSIBLE = "due_date_implausible"  # before the notice's own date, or months away from the rent month
    PAYEE_CHECK_DIGIT = "payee_check_digit"  # the giro number's mod-10 check digit does not hold
    PAYEE_CONFLICT = "payee_conflict"
    SLIP_CHECK_DIGIT = "slip_check_digit"  # the slip's machine-readable line fails one of its own check digits
    VAT_CONFLICT = "vat_conflict"  # two different VAT amounts are printed, and neither is the other's sum
    CHARGES_MISSING = "charges_missing"  # no line says what the total is for
    CHARGES_DO_NOT_ADD_UP = "charges_do_not_add_up"
    SEVERAL_NOTICES = "several_notices"  # more than one notice in the document: only the first was read
    PAYMENT_REMINDER = "payment_reminder"  # a reminder of a notice that was due before
    READ_BY_MODEL = "read_by_model"  # a scan: a model read what no text can confirm
