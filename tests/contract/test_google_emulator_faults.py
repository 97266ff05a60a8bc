"""Faults on demand, outside and inside batches."""

from __future__ import annotations

import http.client
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httplib2
import pytest
from googleapiclient.errors import HttpError

from tests.contract.google_inbox import ALICE, Inbox, mail, open_inbox


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    with open_inbox(tmp_path) as opened:
        yield opened


def _get(inbox: Inbox, message_id: str, token: str = f"ya29.{ALICE}") -> Any:
    return inbox.users(token).messages().get(userId="me", id=message_id, format="minimal")


def _reason(error: HttpError) -> tuple[int, str]:
    return error.status_code, error.error_details[0]["reason"]


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        ("429", 429, "rateLimitExceeded"),
        ("503", 503, "backendError"),
        ("backendError", 500, "backendError"),
        ("rateLimitExceeded", 403, "rateLimitExceeded"),
        ("userRateLimitExceeded", 403, "userRateLimitExceeded"),
        ("insufficientPermissions", 403, "insufficientPermissions"),
        ("authError", 401, "authError"),
    ],
)
def test_the_next_calls_fail_as_asked_and_then_work_again(inbox: Inbox, error: str, status: int, reason: str) -> None:
    inbox.emulator.faults.add("gmail.getProfile", 2, error, retry_after=7)
    for _ in range(2):
        answer = inbox.get("/gmail/v1/users/me/profile", f"ya29.{ALICE}")
        assert (answer.status, answer.document["error"]["errors"][0]["reason"]) == (status, reason)
        assert answer.headers["Retry-After"] == "7"
    assert inbox.get("/gmail/v1/users/me/profile", f"ya29.{ALICE}").status == 200
    assert [entry["status"] for entry in inbox.emulator.requests()] == [status, status, 200]


def test_faults_strike_inside_batches(inbox: Inbox) -> None:
    inbox.deliver("a.eml", mail())
    (message_id,) = inbox.ids()
    inbox.emulator.faults.add("gmail.messages.get", 1, "userRateLimitExceeded", retry_after=3)
    failed, fine = inbox.batch([_get(inbox, message_id), _get(inbox, message_id)])
    assert _reason(failed) == (403, "userRateLimitExceeded")
    assert failed.resp["retry-after"] == "3"
    assert fine["id"] == message_id


def test_a_whole_batch_can_fail(inbox: Inbox) -> None:
    inbox.emulator.faults.add("gmail.batch", 1, "503")
    with pytest.raises(HttpError, match="503"):
        inbox.batch([inbox.users().getProfile(userId="me")])
    assert inbox.operations() == ["gmail.batch"]


@pytest.mark.parametrize(
    ("target", "error", "status", "code"),
    [
        ("oauth.token", "invalid_grant", 400, "invalid_grant"),
        ("oauth.token", "503", 503, "temporarily_unavailable"),
        ("oauth.userinfo", "authError", 401, "invalid_request"),
        ("oauth.revoke", "backendError", 500, "internal_failure"),
    ],
)
def test_oauth_endpoints_fail_in_their_own_form(inbox: Inbox, target: str, error: str, status: int, code: str) -> None:
    inbox.emulator.faults.add(target, 1, error)
    if target == "oauth.userinfo":
        answer = inbox.get("/userinfo", f"ya29.{ALICE}")
    else:
        form = {"grant_type": "refresh_token", "refresh_token": f"1//{ALICE}", "token": f"1//{ALICE}"}
        answer = inbox.post("/token" if target == "oauth.token" else "/revoke", form)
    assert (answer.status, answer.document["error"]) == (status, code)


def test_a_failed_revocation_revokes_nothing(inbox: Inbox) -> None:
    inbox.emulator.faults.add("oauth.revoke", 1, "503")
    inbox.post("/revoke", {"token": f"1//{ALICE}"})
    assert inbox.get("/gmail/v1/users/me/profile", f"ya29.{ALICE}").status == 200


def test_a_connection_can_be_cut(inbox: Inbox) -> None:
    inbox.emulator.faults.add("oauth.userinfo", 1, "connection_reset")
    with pytest.raises((ConnectionResetError, urllib.error.URLError)):
        inbox.get("/userinfo", f"ya29.{ALICE}")
    assert inbox.get("/userinfo", f"ya29.{ALICE}").status == 200
    assert [entry["status"] for entry in inbox.emulator.requests()] == [0, 200]


def test_a_connection_can_be_cut_in_the_middle_of_a_batch(inbox: Inbox) -> None:
    profile = inbox.users().getProfile(userId="me")
    inbox.emulator.faults.add("gmail.getProfile", 1, "connection_reset")
    with pytest.raises((OSError, httplib2.HttpLib2Error, http.client.HTTPException)):
        inbox.batch([profile])
    assert inbox.operations() == ["gmail.batch", "gmail.getProfile"]
    assert inbox.batch([profile])[0]["emailAddress"] == ALICE


def test_a_fault_may_only_delay(inbox: Inbox) -> None:
    inbox.emulator.faults.add("gmail.getProfile", 1, "", delay=0.01)
    assert inbox.get("/gmail/v1/users/me/profile", f"ya29.{ALICE}").status == 200
    assert inbox.emulator.faults.pending() == {}


@pytest.mark.parametrize(
    ("target", "times", "error"),
    [("gmail.nonsense", 1, "429"), ("gmail.batch", 0, "429"), ("gmail.batch", 1, "nonsense"), ("oauth.token", 1, "99")],
)
def test_an_impossible_fault_is_refused(inbox: Inbox, target: str, times: int, error: str) -> None:
    with pytest.raises(ValueError, match=r"unknown|times"):
        inbox.emulator.faults.add(target, times, error)


def test_faults_can_be_cleared(inbox: Inbox) -> None:
    inbox.emulator.faults.add("gmail.getProfile", 5, "503")
    assert inbox.emulator.faults.pending() == {"gmail.getProfile": 5}
    inbox.emulator.faults.clear()
    assert inbox.get("/gmail/v1/users/me/profile", f"ya29.{ALICE}").status == 200
