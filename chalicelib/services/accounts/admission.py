"""Who may try once more: attempts are counted before any work is done for them.

An attempt at an account counts for the account and the address that it comes from together, so that somebody who
guesses from elsewhere never locks out its owner; and for the address alone, whose limit is higher, since many people
share the address of a mobile network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.limits import Limit, network_of

if TYPE_CHECKING:
    from chalicelib.adapters.rate_limits import RateLimits
    from chalicelib.domain.users import User

_QUARTER, _HOUR, _DAY = 900, 3_600, 86_400


@dataclass(frozen=True, slots=True)
class Most:
    """How often: with one account from one address, and from one address with any account."""

    per_account: int
    per_address: int


@dataclass(frozen=True, slots=True)
class Admission:
    """Each method raises ``RateLimited`` when there were too many of its kind."""

    limits: RateLimits
    log_ins: Most
    sign_ups: Most
    refreshes: Most
    ingestions: int
    exports: int

    def log_in(self, email: str, source: str) -> None:
        """A password is tried for an account, known or unknown: by log-in, or to change it. In 15 minutes."""
        self._attempt("login", self.log_ins, _QUARTER, email.strip().lower(), source)

    def sign_up(self, email: str, source: str) -> None:
        """An account is made, or tried to be. In an hour."""
        self._attempt("signup", self.sign_ups, _HOUR, email.strip().lower(), source)

    def refresh(self, refresh_token: str, source: str) -> None:
        """A refresh token is tried; its first part names the session. In 15 minutes."""
        self._attempt("refresh", self.refreshes, _QUARTER, refresh_token.partition(".")[0], source)

    def ingestion(self, user: User) -> None:
        """An inbox is looked through because its owner asked. In an hour."""
        self.limits.count(Limit("ingestion", self.ingestions, _HOUR), user.user_id)

    def export(self, user: User) -> None:
        """An archive of everything is asked for. In a day."""
        self.limits.count(Limit("export", self.exports, _DAY), user.user_id)

    def _attempt(self, kind: str, most: Most, seconds: int, account: str, source: str) -> None:
        network = network_of(source)
        self.limits.count(Limit(f"{kind}-address", most.per_address, seconds), network)
        self.limits.count(Limit(kind, most.per_account, seconds), account, network)
