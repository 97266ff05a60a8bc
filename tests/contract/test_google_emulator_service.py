"""Batches, quota, request log and the life of the server."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from tests.contract.google_inbox import ALICE, BOB, Inbox, mail, open_inbox
from tests.sandbox.google import GoogleEmulator
from tests.sandbox.google.errors import GoogleError
from tests.sandbox.google.quota import UserQuota


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    with open_inbox(tmp_path) as opened:
        yield opened


def _get(inbox: Inbox, message_id: str, token: str = f"ya29.{ALICE}") -> Any:
    return inbox.users(token).messages().get(userId="me", id=message_id, format="minimal")


def _reason(error: HttpError) -> tuple[int, str]:
    return error.status_code, error.error_details[0]["reason"]


# Batches


def test_a_batch_answers_every_call_under_its_own_id(inbox: Inbox) -> None:
    for number in range(60):
        inbox.deliver(f"{number}.eml", mail(str(number)))
    ids = inbox.ids()
    assert [answer["id"] for answer in inbox.batch([_get(inbox, message_id) for message_id in ids])] == ids


def test_a_failing_call_leaves_the_others_of_its_batch_alone(inbox: Inbox) -> None:
    inbox.deliver("a.eml", mail())
    (good,) = inbox.ids()
    first, missing, last = inbox.batch([_get(inbox, good), _get(inbox, "abcdef"), _get(inbox, good)])
    assert (first["id"], last["id"]) == (good, good)
    assert _reason(missing) == (404, "notFound")


def test_calls_of_a_batch_may_carry_other_tokens(inbox: Inbox) -> None:
    requests = [inbox.users(f"ya29.{account}").getProfile(userId="me") for account in (ALICE, BOB)]
    assert [answer["emailAddress"] for answer in inbox.batch(requests)] == [ALICE, BOB]


def test_a_batch_carries_posts_with_bodies(inbox: Inbox) -> None:
    body = {"topicName": "projects/p/topics/t"}
    (answer,) = inbox.batch([inbox.users().watch(userId="me", body=body)])
    assert inbox.emulator.watches()[ALICE]["expiration"] == int(answer["expiration"])


def test_a_batch_of_more_than_100_calls_is_refused(inbox: Inbox) -> None:
    profile = inbox.users().getProfile(userId="me")
    assert len(inbox.batch([profile] * 100)) == 100
    with pytest.raises(HttpError) as caught:
        inbox.batch([profile] * 101)
    assert caught.value.status_code == 400


def test_what_is_no_batch_is_400(inbox: Inbox) -> None:
    assert inbox.post("/batch/gmail/v1", {"a": "b"}).status == 400


# Request log and quota


def test_the_log_tells_operations_units_and_outcomes_in_order(inbox: Inbox) -> None:
    inbox.deliver("a.eml", mail())
    (message_id,) = inbox.ids("from:avi@landlord.example")
    inbox.batch([_get(inbox, message_id), _get(inbox, "abc")])
    inbox.users().history().list(userId="me", startHistoryId=inbox.emulator.history_id(ALICE)).execute()
    inbox.post("/token", {"grant_type": "refresh_token", "refresh_token": f"1//{ALICE}"})
    log = inbox.emulator.requests()
    assert [(entry["operation"], entry["units"], entry["status"], entry["in_batch"]) for entry in log] == [
        ("gmail.messages.list", 5, 200, False),
        ("gmail.batch", 0, 200, False),
        ("gmail.messages.get", 20, 200, True),
        ("gmail.messages.get", 20, 404, True),
        ("gmail.history.list", 2, 200, False),
        ("oauth.token", 0, 200, False),
    ]
    assert {entry["account"] for entry in log} == {ALICE}
    assert log[0]["query"]["q"] == ["from:avi@landlord.example"]
    assert (log[1]["method"], log[1]["path"]) == ("POST", "/batch/gmail/v1")
    inbox.emulator.clear_requests()
    assert inbox.emulator.requests() == []


def test_the_units_are_those_that_google_documents(inbox: Inbox) -> None:
    users = inbox.users()
    inbox.deliver("a.eml", mail())
    (message_id,) = inbox.ids()
    inbox.emulator.clear_requests()
    users.getProfile(userId="me").execute()
    users.labels().list(userId="me").execute()
    users.watch(userId="me", body={"topicName": "projects/p/topics/t"}).execute()
    users.stop(userId="me").execute()
    with pytest.raises(HttpError):
        users.messages().attachments().get(userId="me", messageId=message_id, id="x").execute()
    assert [entry["units"] for entry in inbox.emulator.requests()] == [1, 1, 100, 50, 20]


def test_no_token_ever_enters_the_log(inbox: Inbox) -> None:
    secret = "ya29.SECRET@gmail.com"
    inbox.get("/userinfo", secret)
    inbox.get(f"/tokeninfo?access_token={secret}")
    inbox.get(f"/gmail/v1/users/me/profile?access_token={secret}&key=SECRET")
    inbox.post(f"/revoke?token={secret}", {"token": secret})
    inbox.post("/token", {"refresh_token": "1//SECRET@gmail.com", "client_secret": "SECRET"})
    log = json.dumps(inbox.emulator.requests())
    assert "SECRET" not in log
    assert "ya29" not in log
    assert len(inbox.emulator.requests()) == 5


def test_quota_is_counted_but_not_enforced_by_default(inbox: Inbox) -> None:
    profile = inbox.users().watch(userId="me", body={"topicName": "projects/p/topics/t"})
    for _ in range(61):
        profile.execute()
    assert sum(entry["units"] for entry in inbox.emulator.requests()) == 6_100


def test_enforced_quota_refuses_the_unit_after_6000_of_one_user_only(tmp_path: Path) -> None:
    with open_inbox(tmp_path, enforce_quota=True) as opened:
        watch = opened.users().watch(userId="me", body={"topicName": "projects/p/topics/t"})
        assert not any(isinstance(answer, HttpError) for answer in opened.batch([watch] * 60))
        with pytest.raises(HttpError) as caught:
            opened.users().getProfile(userId="me").execute()
        assert _reason(caught.value) == (403, "rateLimitExceeded")
        assert opened.emulator.requests()[-1]["units"] == 0
        assert opened.users(f"ya29.{BOB}").getProfile(userId="me").execute()["emailAddress"] == BOB


def test_quota_comes_back_after_a_minute() -> None:
    now = [0.0]
    quota = UserQuota(clock=lambda: now[0])
    quota.spend(ALICE, 6_000)
    now[0] = 59.0
    with pytest.raises(GoogleError):
        quota.spend(ALICE, 1)
    now[0] = 60.0
    quota.spend(ALICE, 6_000)


# The server


def test_connections_are_kept_alive(inbox: Inbox) -> None:
    host, port = inbox.emulator.url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=10)
    for path in ("/userinfo", "/nonsense", "/userinfo"):
        connection.request("GET", path, headers={"Authorization": f"Bearer ya29.{ALICE}"})
        connection.getresponse().read()
        assert connection.sock is not None
    connection.close()


def test_a_stopped_emulator_answers_nobody_and_may_start_again(tmp_path: Path) -> None:
    emulator = GoogleEmulator(tmp_path)
    emulator.stop()
    emulator.start()
    host, port = emulator.url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=10)
    connection.request("GET", "/userinfo")
    connection.getresponse().read()
    emulator.stop()
    connection.sock.settimeout(10)
    assert connection.sock.recv(1) == b""
    connection.close()
    with pytest.raises(ConnectionRefusedError):
        http.client.HTTPConnection(host, int(port), timeout=10).connect()
    with pytest.raises(RuntimeError):
        _ = emulator.url
    with emulator:
        assert Inbox(tmp_path, emulator).get("/userinfo", f"ya29.{ALICE}").status == 200


def test_many_clients_at_once_get_their_own_mail(inbox: Inbox) -> None:
    accounts = [f"user{number}@gmail.com" for number in range(8)]
    for account in accounts:
        for number in range(20):
            inbox.deliver(f"{number}.eml", mail(f"{account} {number}"), account=account)
    counts: dict[str, set[str]] = {}

    def read(account: str) -> None:
        messages = inbox.users(f"ya29.{account}").messages()
        listed = messages.list(userId="me").execute()["messages"]
        counts[account] = {messages.get(userId="me", id=m["id"], format="minimal").execute()["id"] for m in listed}

    threads = [threading.Thread(target=read, args=(account,)) for account in accounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(counts[account]) for account in accounts] == [20] * 8
    assert len(set.union(*counts.values())) == 160


def test_nothing_of_the_application_is_imported() -> None:
    sources = Path(__file__).parents[1].joinpath("sandbox", "google").glob("*.py")
    texts = [source.read_text(encoding="utf-8") for source in sources]
    assert texts
    assert not [text for text in texts if "chalicelib" in text]
