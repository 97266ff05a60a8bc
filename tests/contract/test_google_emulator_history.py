"""history.list, watch and stop, through google-api-python-client."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from tests.contract.google_inbox import ALICE, BOB, Inbox, mail, open_inbox


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    with open_inbox(tmp_path) as opened:
        yield opened


def _cursor(inbox: Inbox) -> str:
    return str(inbox.users().getProfile(userId="me").execute()["historyId"])


def _history(inbox: Inbox, start: str, **arguments: Any) -> dict[str, Any]:
    request = inbox.users().history().list(userId="me", startHistoryId=start, **arguments)
    answer: dict[str, Any] = request.execute()
    return answer


def _changed(answer: dict[str, Any], key: str) -> list[str]:
    return [change["message"]["id"] for record in answer.get("history", []) for change in record.get(key, [])]


def test_nothing_new_is_no_history_key_and_the_same_id(inbox: Inbox) -> None:
    inbox.deliver("a.eml", mail())
    cursor = _cursor(inbox)
    assert _history(inbox, cursor) == {"historyId": cursor}


def test_a_delivered_mail_appears_once_after_the_cursor(inbox: Inbox) -> None:
    inbox.deliver("a.eml", mail("old"))
    cursor = _cursor(inbox)
    inbox.deliver("b.eml", mail("new", Date="Mon, 01 Jan 2024 08:00:00 +0100"))
    answer = _history(inbox, cursor)
    (added,) = _changed(answer, "messagesAdded")
    assert inbox.users().messages().get(userId="me", id=added).execute()["historyId"] == answer["history"][0]["id"]
    assert answer["history"][0]["messages"] == [{"id": added, "threadId": added}]
    assert int(answer["historyId"]) > int(cursor)
    assert "history" not in _history(inbox, answer["historyId"])


def test_a_removed_and_a_changed_file_are_told_as_deletions_and_additions(inbox: Inbox) -> None:
    gone = inbox.deliver("a.eml", mail("gone"))
    changed = inbox.deliver("b.eml", mail("before"))
    cursor, before = _cursor(inbox), set(inbox.ids())
    gone.unlink()
    changed.write_bytes(mail("after, and longer").as_bytes())
    answer = _history(inbox, cursor)
    assert set(_changed(answer, "messagesDeleted")) == before
    assert _changed(answer, "messagesAdded") == inbox.ids()
    only_added = _history(inbox, cursor, historyTypes=["messageAdded"])
    assert (_changed(only_added, "messagesAdded"), _changed(only_added, "messagesDeleted")) == (inbox.ids(), [])


def test_what_is_found_together_is_ordered_by_date(inbox: Inbox) -> None:
    cursor = _cursor(inbox)
    inbox.deliver("1.eml", mail("newer", Date="Tue, 04 Mar 2025 08:00:00 +0100"))
    inbox.deliver("2.eml", mail("older", Date="Mon, 03 Mar 2025 08:00:00 +0100"))
    assert _changed(_history(inbox, cursor), "messagesAdded") == list(reversed(inbox.ids()))


def test_history_is_paged_and_every_page_tells_the_current_id(inbox: Inbox) -> None:
    cursor = _cursor(inbox)
    for number in range(5):
        inbox.deliver(f"{number}.eml", mail(str(number)))
    history = inbox.users().history()
    request, seen, current = history.list(userId="me", startHistoryId=cursor, maxResults=2), [], set()
    while request is not None:
        answer = request.execute()
        assert len(answer["history"]) <= 2
        seen += _changed(answer, "messagesAdded")
        current.add(answer["historyId"])
        request = history.list_next(request, answer)
    assert sorted(seen) == sorted(inbox.ids())
    assert current == {_cursor(inbox)}


def test_a_label_narrows_the_history(inbox: Inbox) -> None:
    cursor = _cursor(inbox)
    inbox.deliver("a.eml", mail("inbox"))
    inbox.deliver("b.eml", mail("spam", X_Gmail_Labels="Spam"))
    assert _changed(_history(inbox, cursor, labelId="INBOX"), "messagesAdded") == inbox.ids()


@pytest.mark.parametrize("start", ["1", "999999999"])
def test_start_ids_that_gmail_does_not_know_are_404(inbox: Inbox, start: str) -> None:
    with pytest.raises(HttpError) as caught:
        _history(inbox, start)
    detail = caught.value.error_details[0]
    assert (caught.value.status_code, detail["reason"], detail["domain"]) == (404, "notFound", "global")


def test_an_expired_start_id_is_404_and_a_later_one_still_works(inbox: Inbox) -> None:
    old = _cursor(inbox)
    inbox.deliver("a.eml", mail())
    new = _cursor(inbox)
    inbox.emulator.expire_history(ALICE, int(new))
    with pytest.raises(HttpError, match="404"):
        _history(inbox, old)
    assert _history(inbox, new) == {"historyId": new}


@pytest.mark.parametrize("query", ["", "?startHistoryId=abc", "?startHistoryId=1000&historyTypes=nonsense"])
def test_invalid_history_arguments_are_400(inbox: Inbox, query: str) -> None:
    assert inbox.get(f"/gmail/v1/users/me/history{query}", f"ya29.{ALICE}").status == 400


def test_accounts_have_histories_of_their_own(inbox: Inbox) -> None:
    cursor = _cursor(inbox)
    inbox.deliver("a.eml", mail(), account=BOB)
    assert _history(inbox, cursor) == {"historyId": cursor}


def test_watch_stores_the_topic_for_seven_days_and_stop_ends_it(inbox: Inbox) -> None:
    users = inbox.users()
    body = {"topicName": "projects/paypulse/topics/mail", "labelIds": ["INBOX"]}
    answer = users.watch(userId="me", body=body).execute()
    assert answer["historyId"] == _cursor(inbox)
    assert int(answer["expiration"]) / 1000 == pytest.approx(time.time() + 7 * 24 * 3600, abs=60)
    watch = inbox.emulator.watches()[ALICE]
    assert (watch["topicName"], watch["labelIds"]) == ("projects/paypulse/topics/mail", ["INBOX"])
    users.stop(userId="me").execute()
    assert inbox.emulator.watches() == {}


@pytest.mark.parametrize("body", [{}, {"topicName": "mail"}, {"topicName": 5}])
def test_watch_without_a_topic_is_400(inbox: Inbox, body: dict[str, Any]) -> None:
    with pytest.raises(HttpError, match="400"):
        inbox.users().watch(userId="me", body=body).execute()
