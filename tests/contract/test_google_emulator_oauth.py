"""Token, userinfo, tokeninfo and revoke, with google-auth and plain HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from google.oauth2.credentials import Credentials
from googleapiclient.errors import HttpError

from tests.contract.google_inbox import ALICE, BOB, Answer, Inbox, open_inbox

GMAIL_READONLY = "https://www.googleapis.com/auth/gmail.readonly"
PROFILE = "/gmail/v1/users/me/profile"


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    with open_inbox(tmp_path) as opened:
        yield opened


def _refreshed(inbox: Inbox, refresh_token: str) -> Credentials:
    credentials = Credentials(  # type: ignore[no-untyped-call]
        None, refresh_token=refresh_token, token_uri=f"{inbox.emulator.url}/token", client_id="c", client_secret="s"
    )
    credentials.refresh(Request())  # type: ignore[no-untyped-call]
    return credentials


def _refresh(inbox: Inbox, token: str) -> Answer:
    return inbox.post("/token", {"grant_type": "refresh_token", "refresh_token": token, "client_id": "c"})


def test_a_refresh_token_yields_an_access_token_of_its_account(inbox: Inbox) -> None:
    credentials = _refreshed(inbox, f"1//{ALICE}")
    assert credentials.token == f"ya29.{ALICE}"
    assert inbox.users(credentials.token).getProfile(userId="me").execute()["emailAddress"] == ALICE


def test_the_token_answer_has_the_documented_fields(inbox: Inbox) -> None:
    answer = _refresh(inbox, f"1//{ALICE}")
    assert set(answer.document) == {"access_token", "expires_in", "scope", "token_type"}
    assert (answer.document["expires_in"], answer.document["token_type"]) == (3599, "Bearer")
    assert GMAIL_READONLY in answer.document["scope"].split(" ")


@pytest.mark.parametrize("token", ["1//revoked", "1//", "nonsense", "ya29.alice@gmail.com"])
def test_a_revoked_or_unknown_refresh_token_is_invalid_grant(inbox: Inbox, token: str) -> None:
    answer = _refresh(inbox, token)
    assert (answer.status, answer.document["error"]) == (400, "invalid_grant")
    assert answer.document["error_description"]
    with pytest.raises(RefreshError, match="invalid_grant"):
        _refreshed(inbox, token)


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "unsupported_grant_type"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
    ],
)
def test_a_malformed_token_request_is_told(inbox: Inbox, form: dict[str, str], error: str) -> None:
    answer = inbox.post("/token", form)
    assert (answer.status, answer.document["error"]) == (400, error)


@pytest.mark.parametrize("token", ["", "ya29.expired", "ya29.nobody", "ya29.", "Bearer", "1//alice@gmail.com"])
def test_missing_expired_and_unknown_access_tokens_are_401(inbox: Inbox, token: str) -> None:
    answer = inbox.get(PROFILE, token)
    error = answer.document["error"]
    assert (answer.status, error["code"], error["status"]) == (401, 401, "UNAUTHENTICATED")
    assert error["errors"][0]["reason"] == "authError"
    assert "WWW-Authenticate" in answer.headers
    assert inbox.get("/userinfo", token).status == 401


def test_an_expired_access_token_is_refreshed_by_the_client_library(inbox: Inbox) -> None:
    from googleapiclient.discovery import build

    credentials = Credentials(  # type: ignore[no-untyped-call]
        "ya29.expired", refresh_token=f"1//{ALICE}", token_uri=f"{inbox.emulator.url}/token", client_id="c",
        client_secret="s",
    )  # fmt: skip
    options = {"api_endpoint": inbox.emulator.url}
    service = build("gmail", "v1", credentials=credentials, client_options=options, cache_discovery=False)
    assert service.users().getProfile(userId="me").execute()["emailAddress"] == ALICE
    assert [entry["status"] for entry in inbox.emulator.requests()] == [401, 200, 200]


def test_a_folder_without_an_address_is_an_account_too(inbox: Inbox) -> None:
    (inbox.directory / "nobody").mkdir()
    assert inbox.get(PROFILE, "ya29.nobody").document["emailAddress"] == "nobody"


def test_accounts_are_compared_without_case(inbox: Inbox) -> None:
    assert inbox.get(PROFILE, "ya29.Alice@Gmail.COM").document["emailAddress"] == ALICE


def test_userinfo_tells_a_stable_identity(inbox: Inbox) -> None:
    first = inbox.get("/userinfo", f"ya29.{ALICE}").document
    assert (first["email"], first["email_verified"], first["name"]) == (ALICE, True, "Alice")
    assert first["sub"].isdigit()
    assert len(first["sub"]) == 21
    assert inbox.get("/userinfo", f"ya29.{ALICE}").document == first
    assert inbox.get("/userinfo", f"ya29.{BOB}").document["sub"] != first["sub"]


def test_tokeninfo_tells_scopes(inbox: Inbox) -> None:
    answer = inbox.get(f"/tokeninfo?access_token=ya29.{ALICE}").document
    assert {"aud", "scope", "expires_in", "email", "sub"} <= set(answer)
    assert GMAIL_READONLY in answer["scope"].split(" ")
    assert answer["sub"] == inbox.get("/userinfo", f"ya29.{ALICE}").document["sub"]
    refused = inbox.get("/tokeninfo?access_token=ya29.expired")
    assert (refused.status, refused.document["error"]) == (400, "invalid_token")


def test_a_token_without_gmail_readonly_identifies_but_opens_no_mail(inbox: Inbox) -> None:
    token = f"ya29.noscope.{ALICE}"
    assert inbox.get("/userinfo", token).document["email"] == ALICE
    assert GMAIL_READONLY not in inbox.get(f"/tokeninfo?access_token={token}").document["scope"]
    with pytest.raises(HttpError) as caught:
        inbox.users(token).getProfile(userId="me").execute()
    assert (caught.value.status_code, caught.value.error_details[0]["reason"]) == (403, "insufficientPermissions")
    assert _refresh(inbox, f"1//noscope.{ALICE}").document["access_token"] == token


@pytest.mark.parametrize("token", [f"1//{ALICE}", f"ya29.{ALICE}"])
def test_revoking_either_token_ends_the_whole_grant_of_that_account_only(inbox: Inbox, token: str) -> None:
    assert inbox.post("/revoke", {"token": token})[:2] == (200, {})
    assert inbox.get(PROFILE, f"ya29.{ALICE}").status == 401
    assert _refresh(inbox, f"1//{ALICE}").document["error"] == "invalid_grant"
    assert inbox.get(PROFILE, f"ya29.{BOB}").status == 200
    assert _refresh(inbox, f"1//{BOB}").status == 200


def test_revoke_reads_the_token_from_the_query_too(inbox: Inbox) -> None:
    assert inbox.post(f"/revoke?token=1//{ALICE}", {}).status == 200
    assert inbox.get(PROFILE, f"ya29.{ALICE}").status == 401


@pytest.mark.parametrize("token", ["", "nonsense", "1//revoked", "ya29.expired"])
def test_revoking_what_is_no_valid_token_is_400(inbox: Inbox, token: str) -> None:
    assert inbox.post("/revoke", {"token": token}).status == 400


def test_revoking_twice_is_400_the_second_time(inbox: Inbox) -> None:
    inbox.post("/revoke", {"token": f"1//{ALICE}"})
    assert inbox.post("/revoke", {"token": f"1//{ALICE}"}).document["error"] == "invalid_token"


def test_connecting_again_revives_a_revoked_grant(inbox: Inbox) -> None:
    inbox.post("/revoke", {"token": f"1//{ALICE}"})
    assert inbox.get("/userinfo", f"ya29.{ALICE}").status == 200
    assert inbox.get(PROFILE, f"ya29.{ALICE}").status == 200
    assert _refresh(inbox, f"1//{ALICE}").status == 200


def test_consent_can_be_given_from_outside(inbox: Inbox) -> None:
    inbox.post("/revoke", {"token": f"1//{ALICE}"})
    inbox.emulator.consent(ALICE)
    assert _refresh(inbox, f"1//{ALICE}").status == 200
