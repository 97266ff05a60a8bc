"""Everything that notifications say, language by language, and how numbers and dates read there: data, no rules.

Amounts and dates follow CLDR (unicode.org/cldr, locales sv and en-GB), with ordinary spaces where it has no-break ones
and with the currency in front in English as its code. A new language is one more entry in each table. Subjects are
plain ASCII: SNS takes nothing else in the subject of an e-mail (SNS API reference, Publish).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from chalicelib.domain.preferences import Language


class NumberFormat(NamedTuple):
    """Separators, and where a currency stands: ``{amount}`` and ``{currency}`` in ``money``; ``signs`` by ISO code."""

    thousands: str
    decimals: str
    money: str
    signs: Mapping[str, str]


NUMBERS: Mapping[Language, NumberFormat] = {
    "en": NumberFormat(",", ".", "{currency} {amount}", {}),
    "sv": NumberFormat(" ", ",", "{amount} {currency}", {"SEK": "kr"}),
}

MONTHS: Mapping[Language, tuple[str, ...]] = {
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    "sv": (
        *("januari", "februari", "mars", "april", "maj", "juni"),
        *("juli", "augusti", "september", "oktober", "november", "december"),
    ),
}

#: Sentences by key; values stand in braces. A value that is not known is taken from ``UNKNOWN``.
SENTENCES: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "new_invoice": "Rent from {landlord}: {total}, {due}.",
        "due": "due {day}",
        "more_than_last_month": "{change} more than last month.",
        "less_than_last_month": "{change} less than last month.",
        "same_as_last_month": "Same as last month.",
        "please_check": "Please check it against the document.",
        "one_imported": "1 rental invoice imported from your mail.",
        "many_imported": "{count} rental invoices imported from your mail.",
        "due_today": "Rent from {landlord}: {total} is due today, {day}.",
        "due_tomorrow": "Rent from {landlord}: {total} is due tomorrow, {day}.",
        "due_in_days": "Rent from {landlord}: {total} is due in {count} days, {day}.",
        "reconnect_gmail": "PayPulse can no longer read your Gmail. Open the app and connect it again to keep "
        "receiving invoices.",
    },
    "sv": {
        "new_invoice": "Hyra från {landlord}: {total}, {due}.",
        "due": "förfaller {day}",
        "more_than_last_month": "{change} mer än förra månaden.",
        "less_than_last_month": "{change} mindre än förra månaden.",
        "same_as_last_month": "Samma som förra månaden.",
        "please_check": "Jämför gärna med dokumentet.",
        "one_imported": "1 hyresavi hämtades från din e-post.",
        "many_imported": "{count} hyresavier hämtades från din e-post.",
        "due_today": "Hyra från {landlord}: {total} förfaller i dag, {day}.",
        "due_tomorrow": "Hyra från {landlord}: {total} förfaller i morgon, {day}.",
        "due_in_days": "Hyra från {landlord}: {total} förfaller om {count} dagar, {day}.",
        "reconnect_gmail": "PayPulse kan inte längre läsa din Gmail. Öppna appen och anslut den igen för att få nya "
        "fakturor.",
    },
}

#: What stands for a value that nobody knows.
UNKNOWN: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "landlord": "your landlord",
        "total": "an amount we could not read",
        "due": "without a due date that we could read",
    },
    "sv": {
        "landlord": "din hyresvärd",
        "total": "ett belopp som vi inte kunde läsa",
        "due": "utan förfallodatum som vi kunde läsa",
    },
}

#: Titles by kind of notice.
SUBJECTS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "rental_invoice": "New rental invoice",
        "import_summary": "Rental invoices imported",
        "rental_reminder": "Rent due soon",
        "gmail_reauth_required": "Please reconnect Gmail",
    },
    "sv": {
        "rental_invoice": "Ny hyresavi",
        "import_summary": "Hyresavier importerade",
        "rental_reminder": "Snart dags att betala hyran",
        "gmail_reauth_required": "Anslut Gmail igen",
    },
}
