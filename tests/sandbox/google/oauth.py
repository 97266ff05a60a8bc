"""Google's OAuth endpoints with tokens that can be read: token, userinfo, tokeninfo, revoke.

Tokens (SPEC section 10): `ya29.<account>` opens that account, `1//<account>` refreshes to it; `ya29.expired` is refused
with 401, `1//revoked` with `invalid_grant`. `ya29.noscope.<account>` is a consent without gmail.readonly.
An account is an e-mail address (compared without case), or the name of a folder of the mailbox directory.

Revocation: /revoke ends the account's grant: every token of it is refused (401, `invalid_grant`). The sandbox's tokens
never change, hence presenting the access token to /userinfo or /tokeninfo, which an application does when a person
has just consented and at no other time, counts as the new consent and revives the grant; so does
`POST /_emulator/consent {"account"}`. Real Google would hand out other tokens instead.

Sources: https://developers.google.com/identity/protocols/oauth2/web-server (refresh, revoke),
https://developers.google.com/identity/openid-connect/openid-connect (userinfo v3, tokeninfo).
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable

from tests.sandbox.google.errors import GoogleError, gmail_error, oauth_error
from tests.sandbox.google.wire import Json, Request

ACCESS_PREFIX = "ya29."
REFRESH_PREFIX = "1//"
GMAIL_READONLY = "https://www.googleapis.com/auth/gmail.readonly"
IDENTITY_SCOPES = (
    "https://www.googleapis.com/auth/userinfo.email https://www.googleapis.com/auth/userinfo.profile openid"
)
LIFETIME_SECONDS = 3599
_NO_SCOPE = "noscope."
_CLIENT_ID = "paypulse-sandbox.apps.googleusercontent.com"


class Grants:
    """Who may come in. `has_folder(name)` says whether a mailbox folder of that name exists. Thread-safe."""

    def __init__(self, has_folder: Callable[[str], bool]) -> None:
        self._has_folder = has_folder
        self._revoked: set[str] = set()
        self._lock = threading.Lock()

    def consent(self, account: str) -> None:
        with self._lock:
            self._revoked.discard(account.casefold())

    def revoke(self, account: str) -> None:
        with self._lock:
            self._revoked.add(account.casefold())

    def gmail_account(self, access_token: str) -> str:
        """The account whose mail this token opens; Gmail's 401 or 403 `insufficientPermissions` otherwise."""
        account, scoped = self._read(access_token.removeprefix(ACCESS_PREFIX))
        if not access_token.startswith(ACCESS_PREFIX) or not account or self._is_revoked(account):
            raise gmail_error("authError")
        if not scoped:
            raise gmail_error("insufficientPermissions")
        return account

    def token(self, request: Request) -> tuple[str, Json]:
        """POST /token with `grant_type=refresh_token`: the account and the answer."""
        form = request.form
        if form.get("grant_type") != "refresh_token":
            raise oauth_error("unsupported_grant_type")
        refresh_token = form.get("refresh_token", "")
        if not refresh_token:
            raise oauth_error("invalid_request", "Missing required parameter: refresh_token")
        granted = refresh_token.removeprefix(REFRESH_PREFIX)
        account, scoped = self._read(granted)
        if not refresh_token.startswith(REFRESH_PREFIX) or not account or self._is_revoked(account):
            raise oauth_error("invalid_grant")
        answer = {"access_token": ACCESS_PREFIX + granted, "expires_in": LIFETIME_SECONDS, "token_type": "Bearer"}
        return account, {**answer, "scope": _scopes(scoped)}

    def userinfo(self, request: Request) -> tuple[str, Json]:
        """GET /userinfo (v3): `sub`, `email`, `email_verified`, `name`. Counts as a new consent."""
        account, _ = self._identify(request.bearer_token)
        local = account.partition("@")[0]
        name = " ".join(word.capitalize() for word in local.replace("_", ".").split(".") if word)
        return account, {"sub": subject(account), "name": name, "email": account, "email_verified": True}

    def tokeninfo(self, request: Request) -> tuple[str, Json]:
        """GET /tokeninfo?access_token=: what the token is good for. Counts as a new consent."""
        try:
            account, scoped = self._identify(request.bearer_token or request.form.get("access_token", ""))
        except GoogleError as exc:
            raise oauth_error("invalid_token", "Invalid Value") from exc
        answer = {"aud": _CLIENT_ID, "azp": _CLIENT_ID, "sub": subject(account), "scope": _scopes(scoped)}
        return account, {**answer, "expires_in": str(LIFETIME_SECONDS), "email": account, "email_verified": "true"}

    def revocation(self, request: Request) -> tuple[str, Json]:
        """POST /revoke with `token` in the form or the query; 400 `invalid_token` if it is not (or no longer) valid."""
        token = request.form.get("token") or request.value("token")
        if not token:
            raise oauth_error("invalid_request", "Missing required parameter: token")
        known = token.startswith((ACCESS_PREFIX, REFRESH_PREFIX))
        account, _ = self._read(token.removeprefix(ACCESS_PREFIX).removeprefix(REFRESH_PREFIX))
        if not known or not account or self._is_revoked(account):
            raise oauth_error("invalid_token")
        self.revoke(account)
        return account, {}

    def _identify(self, access_token: str) -> tuple[str, bool]:
        account, scoped = self._read(access_token.removeprefix(ACCESS_PREFIX))
        if not access_token.startswith(ACCESS_PREFIX) or not account:
            raise oauth_error("authError")
        self.consent(account)
        return account, scoped

    def _read(self, granted: str) -> tuple[str, bool]:
        """Splits a token without its prefix into account ("" if it is none) and whether Gmail is in its scope."""
        scoped = not granted.startswith(_NO_SCOPE)
        account = granted.removeprefix(_NO_SCOPE).casefold()
        plausible = "@" in account and "/" not in account
        return (account if plausible or self._has_folder(account) else ""), scoped

    def _is_revoked(self, account: str) -> bool:
        with self._lock:
            return account in self._revoked


def subject(account: str) -> str:
    """Google's stable account number: 21 decimal digits."""
    digest = hashlib.sha256(account.casefold().encode("utf-8", "replace")).digest()
    return f"1{int.from_bytes(digest[:9], 'big') % 10**20:020d}"


def _scopes(gmail: bool) -> str:
    return f"{IDENTITY_SCOPES} {GMAIL_READONLY}" if gmail else IDENTITY_SCOPES
