"""Google's OAuth 2.0 endpoints: refresh (RFC 6749, section 6), userinfo (OpenID Connect), revocation (RFC 7009)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec

from chalicelib.adapters.secrets import AppSecrets
from chalicelib.domain.gmail import GmailGrant, GoogleIdentity
from chalicelib.errors import DependencyFailure, GmailReauthRequired
from chalicelib.settings import Settings

_TIMEOUT_SECONDS = 8
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
_ATTEMPTS = 2
#: Google API error reasons for a token that is genuine but was granted too little.
_LACKS_SCOPE = frozenset({"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"})


class GoogleOAuth:
    """Calls that need no Gmail client: only tokens."""

    def __init__(self, secrets: AppSecrets, settings: Settings) -> None:
        self._secrets = secrets
        self._settings = settings

    def identity(self, access_token: str) -> GoogleIdentity:
        """Whose token this is. Raises ``GmailReauthRequired`` when Google does not accept it."""
        headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
        status, body = self._call("userinfo", self._settings.google_userinfo_uri, "GET", headers)
        if status in {400, 401, 403}:
            raise GmailReauthRequired("Google did not accept the access token")
        try:
            identity = msgspec.convert(body, GoogleIdentity)
        except msgspec.ValidationError as exc:
            raise DependencyFailure("google", "userinfo", str(status)) from exc
        return msgspec.structs.replace(identity, email=identity.email.strip().lower())

    def reads_mail(self, access_token: str) -> bool:
        """False when Gmail refuses the token for want of a scope; a Gmail that fails otherwise is no proof.

        ``users.getProfile`` accepts each of the scopes that read mail (Gmail API reference), and costs one unit.
        """
        headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
        uri = f"{self._settings.gmail_api_endpoint.rstrip('/')}/gmail/v1/users/me/profile"
        try:
            status, body = self._call("profile", uri, "GET", headers)
        except DependencyFailure:
            return True
        return status != 403 or not _LACKS_SCOPE & _reasons(body)

    def refresh(self, grant: GmailGrant) -> GmailGrant:
        """The grant with a new access token, and a new refresh token if Google sent one.

        Raises ``GmailReauthRequired`` when the grant is gone (``invalid_grant``) or has no refresh token.
        """
        if not grant.refresh_token:
            raise GmailReauthRequired("Gmail has to be connected again")
        name = self._settings.google_client_secret_name
        form = {
            "grant_type": "refresh_token",
            "refresh_token": grant.refresh_token,
            "client_id": self._secrets.get_field(name, "client_id") or "",
        }
        if client_secret := self._secrets.get_field(name, "client_secret"):
            form["client_secret"] = client_secret
        status, body = self._call("token", self._settings.google_token_uri, "POST", _FORM, urlencode(form))
        if body.get("error") == "invalid_grant":
            raise GmailReauthRequired("Gmail has to be connected again")
        token = body.get("access_token")
        if status != 200 or not isinstance(token, str):
            raise DependencyFailure("google", "token", str(body.get("error") or status)[:60])
        seconds = body.get("expires_in")
        lifetime = timedelta(seconds=seconds if isinstance(seconds, int | float) else 3600)
        return msgspec.structs.replace(
            grant,
            access_token=token,
            refresh_token=str(body.get("refresh_token") or grant.refresh_token),
            scope=str(body.get("scope") or grant.scope),
            expires_at=datetime.now(UTC) + lifetime,
        )

    def revoke(self, grant: GmailGrant) -> None:
        """Gives the grant back; a token that Google no longer knows is revoked already."""
        form = urlencode({"token": grant.refresh_token or grant.access_token})
        status, _ = self._call("revoke", self._settings.google_revoke_uri, "POST", _FORM, form)
        if status >= 500:
            raise DependencyFailure("google", "revoke", str(status))

    def _call(
        self, operation: str, uri: str, method: str, headers: dict[str, str], body: str | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Status and JSON object; one more try after a failure of the network or of the server."""
        import httplib2

        for attempt in range(_ATTEMPTS):
            try:
                http = httplib2.Http(timeout=_TIMEOUT_SECONDS)
                response, content = http.request(uri, method, body=body, headers=headers)
            except (OSError, httplib2.HttpLib2Error) as exc:
                if attempt == _ATTEMPTS - 1:
                    raise DependencyFailure("google", operation, type(exc).__name__) from exc
                continue
            if response.status < 500 or attempt == _ATTEMPTS - 1:
                return response.status, _json_object(content)
        raise AssertionError("unreachable")


def _reasons(body: dict[str, Any]) -> set[str]:
    """Reasons of a Google API error, in its old form (``errors``) and its new one (``details``)."""
    error = body.get("error")
    fields = error if isinstance(error, dict) else {}
    listed = [*_list(fields.get("errors")), *_list(fields.get("details"))]
    return {str(each.get("reason")) for each in listed if isinstance(each, dict)}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _json_object(content: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
