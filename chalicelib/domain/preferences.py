"""What a person wants to be told, and in which language; each part has a default, so nobody has to choose."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, UnsetType

Language = Literal["sv", "en"]
#: Days before the due date; 0 switches reminders off.
ReminderDays = Annotated[int, msgspec.Meta(ge=0, le=30)]
MOST_REMINDER_DAYS = 30


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """The preferences of one person, kept on their record.

    ``push`` and ``email`` switch a way of telling on or off. An unpaid rent is reminded of ``reminder_days`` before it
    is due. ``historical_summary`` is the one message about older invoices that an import found. ``discover_vendors``
    lets the weekly sweep look through receipt-like mail of unknown shops: it is off unless the person wants it.
    """

    push: bool = True
    email: bool = True
    reminder_days: ReminderDays = 3
    language: Language = "en"
    historical_summary: bool = True
    discover_vendors: bool = False

    def wants(self, kind: str) -> bool:
        """Whether a kind of notice (``notifications.Notice.kind``) is wished for at all."""
        match kind:
            case "import_summary":
                return self.historical_summary
            case "rental_reminder":
                return self.reminder_days > 0
            case _:
                return True


class PreferencesUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """``PUT /v1/user/preferences``: a field that is absent keeps its value, so that an app older than a field does not
    reset what a newer one chose."""

    push: bool | UnsetType = UNSET
    email: bool | UnsetType = UNSET
    reminder_days: ReminderDays | UnsetType = UNSET
    language: Language | UnsetType = UNSET
    historical_summary: bool | UnsetType = UNSET
    discover_vendors: bool | UnsetType = UNSET

    def applied_to(self, preferences: Preferences) -> Preferences:
        """The preferences with every field that the update states.

        >>> PreferencesUpdate(push=False).applied_to(Preferences(language="sv")).language
        'sv'
        """
        stated = {field: value for field, value in msgspec.structs.asdict(self).items() if value is not UNSET}
        return msgspec.structs.replace(preferences, **stated)
