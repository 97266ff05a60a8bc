"""messages.list, messages.get, attachments.get, getProfile and labels.list, through google-api-python-client."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from tests.contract.google_inbox import ALICE, BOB, Inbox, header, mail, open_inbox, with_pdf


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    with open_inbox(tmp_path) as opened:
        yield opened


def _get(inbox: Inbox, form: str = "full", **arguments: Any) -> dict[str, Any]:
    messages = inbox.users().messages()
    message_id = inbox.ids()[0]
    answer: dict[str, Any] = messages.get(userId="me", id=message_id, format=form, **arguments).execute()
    return answer


def _decoded(data: str) -> bytes:
    return base64.urlsafe_b64decode(data)


def test_an_empty_mailbox_lists_without_a_messages_key(inbox: Inbox) -> None:
    assert inbox.users().messages().list(userId="me").execute() == {"resultSizeEstimate": 0}


def test_no_directory_at_all_is_an_empty_mailbox(tmp_path: Path) -> None:
    with open_inbox(tmp_path / "absent") as opened:
        assert opened.ids() == []


def test_list_is_newest_first_by_date_header(inbox: Inbox) -> None:
    inbox.deliver("a.eml", mail("middle", Date="Mon, 03 Feb 2025 08:00:00 +0100"))
    inbox.deliver("b.eml", mail("newest", Date="Mon, 03 Mar 2025 08:00:00 +0100"))
    inbox.deliver("c.eml", mail("oldest", Date="Mon, 06 Jan 2025 08:00:00 +0100"))
    assert inbox.subjects() == ["newest", "middle", "oldest"]


def test_pages_cover_everything_once_even_when_mail_arrives_between_them(inbox: Inbox) -> None:
    for number in range(7):
        inbox.deliver(f"{number}.eml", mail(f"n{number}", Date=f"Mon, {number + 3:02} Mar 2025 08:00:00 +0100"))
    messages = inbox.users().messages()
    request, seen = messages.list(userId="me", maxResults=3), []
    while request is not None:
        answer = request.execute()
        assert len(answer["messages"]) <= 3
        seen += [message["id"] for message in answer["messages"]]
        inbox.deliver("late.eml", mail("late", Date="Mon, 31 Mar 2025 08:00:00 +0100"))
        request = messages.list_next(request, answer)
    assert len(seen) == len(set(seen)) == 7


def test_a_page_holds_100_messages_unless_told_and_500_at_most(inbox: Inbox) -> None:
    for number in range(510):
        inbox.deliver(f"{number}.eml", b"Subject: %d\n\n" % number)
    assert len(inbox.ids()) == 100
    assert len(inbox.ids(maxResults=9999)) == 500


@pytest.mark.parametrize("arguments", [{"maxResults": 0}, {"maxResults": -1}, {"pageToken": "nonsense"}])
def test_invalid_list_arguments_are_400(inbox: Inbox, arguments: dict[str, Any]) -> None:
    with pytest.raises(HttpError) as caught:
        inbox.users().messages().list(userId="me", **arguments).execute()
    assert (caught.value.status_code, caught.value.error_details[0]["reason"]) == (400, "invalidArgument")


def test_folders_belong_to_accounts_and_loose_files_to_everybody(inbox: Inbox) -> None:
    inbox.deliver("sub/deep/a.eml", mail("for alice"))
    inbox.deliver("b.eml", mail("for bob"), account=BOB)
    inbox.deliver("c.EML", mail("for all"), account="")
    assert sorted(inbox.subjects()) == ["for alice", "for all"]
    assert len(inbox.users(f"ya29.{BOB}").messages().list(userId="me").execute()["messages"]) == 2
    assert len(inbox.users("ya29.carol@gmail.com").messages().list(userId="me").execute()["messages"]) == 1


def test_files_appear_change_and_vanish_while_the_server_runs(inbox: Inbox) -> None:
    assert inbox.ids() == []
    path = inbox.deliver("a.eml", mail("first"))
    (first,) = inbox.ids()
    path.write_bytes(mail("second, longer").as_bytes())
    (second,) = inbox.ids()
    assert first != second
    path.unlink()
    assert inbox.ids() == []
    with pytest.raises(HttpError, match="404"):
        inbox.users().messages().get(userId="me", id=second).execute()


def test_message_ids_are_16_hex_digits_from_path_and_content(tmp_path: Path) -> None:
    seen = []
    for run in ("one", "two"):
        with open_inbox(tmp_path / run) as opened:
            opened.deliver("a.eml", mail("same"))
            opened.deliver("b.eml", mail("same"))
            seen.append(opened.ids())
    assert seen[0] == seen[1]
    assert len(set(seen[0])) == 2
    assert all(re.fullmatch("[0-9a-f]{16}", message_id) for message_id in seen[0])


def test_raw_is_the_file_byte_for_byte(inbox: Inbox) -> None:
    data = b"Subject: \xe5\r\nX: y\n\nbody \xff\x00 \xe5"
    inbox.deliver("a.eml", data)
    message = _get(inbox, "raw")
    assert _decoded(message["raw"]) == data
    assert "payload" not in message
    assert message["sizeEstimate"] == len(data)


def test_minimal_has_ids_labels_dates_and_snippet_only(inbox: Inbox) -> None:
    inbox.deliver("a.eml", mail("x", text="Tom & Jerry's\n\n  <b> hyra"))
    message = _get(inbox, "minimal")
    assert message["internalDate"] == "1740985200000"
    assert message["snippet"] == "Tom &amp; Jerry&#39;s &lt;b&gt; hyra"
    assert message["threadId"] == message["id"]
    assert {"INBOX", "UNREAD"} <= set(message["labelIds"])
    assert int(message["historyId"]) > 0
    assert "payload" not in message
    assert "raw" not in message


def test_metadata_gives_headers_and_no_bodies(inbox: Inbox) -> None:
    inbox.deliver("a.eml", mail("Hyresavi för april"))
    message = _get(inbox, "metadata")
    assert header(message, "subject") == "Hyresavi för april"
    assert "body" not in message["payload"]
    limited = _get(inbox, "metadata", metadataHeaders=["from", "SUBJECT"])
    assert sorted(h["name"] for h in limited["payload"]["headers"]) == ["From", "Subject"]


def test_full_is_the_tree_of_parts(inbox: Inbox) -> None:
    inbox.deliver("a.eml", with_pdf(mail("x", text="plain å", html="<p>html å</p>"), "Hyresavi åäö.PDF"))
    payload = _get(inbox)["payload"]
    bodies, pdf = payload["parts"]
    assert (payload["partId"], payload["mimeType"]) == ("", "multipart/mixed")
    assert [part["partId"] for part in (bodies, *bodies["parts"], pdf)] == ["0", "0.0", "0.1", "1"]
    assert _decoded(bodies["parts"][1]["body"]["data"]).decode().strip() == "<p>html å</p>"
    assert (pdf["mimeType"], pdf["filename"]) == ("application/pdf", "Hyresavi åäö.PDF")
    assert (set(pdf["body"]), pdf["body"]["size"]) == ({"attachmentId", "size"}, 15)


def test_an_attachment_is_fetched_by_its_id(inbox: Inbox) -> None:
    data = bytes(range(256)) * 5_000
    inbox.deliver("a.eml", with_pdf(mail("x"), data=data))
    message = _get(inbox)
    key = message["payload"]["parts"][1]["body"]["attachmentId"]
    attachments = inbox.users().messages().attachments()
    answer = attachments.get(userId="me", messageId=message["id"], id=key).execute()
    assert answer["size"] == len(data)
    assert _decoded(answer["data"]) == data


def test_an_attachment_id_of_another_message_is_refused(inbox: Inbox) -> None:
    inbox.deliver("a.eml", with_pdf(mail("x")))
    key = _get(inbox)["payload"]["parts"][1]["body"]["attachmentId"]
    inbox.deliver("b.eml", with_pdf(mail("newer", Date="Tue, 04 Mar 2025 08:00:00 +0100")))
    attachments = inbox.users().messages().attachments()
    for wrong in (key, "nonsense", "ANGjdJ!!"):
        with pytest.raises(HttpError, match="400"):
            attachments.get(userId="me", messageId=inbox.ids()[0], id=wrong).execute()


def test_a_forwarded_message_keeps_its_own_parts(inbox: Inbox) -> None:
    outer = mail("outer")
    outer.add_attachment(with_pdf(mail("inner")))
    inbox.deliver("a.eml", outer)
    forwarded = _get(inbox)["payload"]["parts"][1]
    assert forwarded["mimeType"] == "message/rfc822"
    inner = forwarded["parts"][0]
    assert [part["filename"] for part in inner["parts"]] == ["", "avi.pdf"]


def test_a_message_without_a_usable_date_takes_the_newest_received_header(inbox: Inbox) -> None:
    received = (
        b"Received: by b.example; Tue, 04 Mar 2025 10:00:00 +0000\n"
        b"Received: by a.example; Tue, 04 Mar 2025 09:59:00 +0000\n"
    )
    inbox.deliver("a.eml", received + b"Date: next tuesday\nSubject: a\n\n")
    assert _get(inbox, "minimal")["internalDate"] == "1741082400000"


def test_a_message_that_tells_no_date_at_all_is_from_the_year_2000(inbox: Inbox) -> None:
    inbox.deliver("a.eml", b"Date: Mon, 99 Foo 99999999 99:99:99 +9999\n\nx")
    assert _get(inbox, "minimal")["internalDate"] == "946684800000"


def test_spam_and_trash_are_listed_only_on_demand(inbox: Inbox) -> None:
    inbox.deliver("a.eml", mail("wanted"))
    inbox.deliver("b.eml", mail("spam", X_Gmail_Labels="Spam,Unread"))
    assert inbox.subjects() == ["wanted"]
    assert len(inbox.ids(includeSpamTrash=True)) == 2
    assert inbox.subjects(labelIds=["SPAM"]) == ["spam"]
    assert inbox.subjects("in:spam") == ["spam"]
    assert len(inbox.ids("in:anywhere")) == 2


def test_label_ids_must_all_be_there(inbox: Inbox) -> None:
    inbox.deliver("a.eml", mail("starred", X_Gmail_Labels="Inbox,Starred"))
    inbox.deliver("b.eml", mail("plain", X_Gmail_Labels="Inbox"))
    assert inbox.subjects(labelIds=["INBOX", "STARRED"]) == ["starred"]


def test_profile_counts_messages_and_tells_the_history_id(inbox: Inbox) -> None:
    inbox.deliver("a.eml", mail())
    profile = inbox.users().getProfile(userId="me").execute()
    assert (profile["emailAddress"], profile["messagesTotal"]) == (ALICE, 1)
    assert profile["historyId"] == inbox.emulator.history_id(ALICE)


def test_labels_list_has_the_system_labels(inbox: Inbox) -> None:
    labels = inbox.users().labels().list(userId="me").execute()["labels"]
    assert {"id": "INBOX", "name": "INBOX", "type": "system"} in labels


def test_a_mailbox_is_addressed_by_me_or_the_own_address_only(inbox: Inbox) -> None:
    assert inbox.users().getProfile(userId=ALICE).execute()["emailAddress"] == ALICE
    with pytest.raises(HttpError) as caught:
        inbox.users().getProfile(userId=BOB).execute()
    assert caught.value.status_code == 403


@pytest.mark.parametrize(
    ("message_id", "status", "reason"),
    [("1234567890abcdef", 404, "notFound"), ("not-hexadecimal", 400, "invalidArgument")],
)
def test_errors_of_get_are_in_googles_form(inbox: Inbox, message_id: str, status: int, reason: str) -> None:
    answer = inbox.get(f"/gmail/v1/users/me/messages/{message_id}", f"ya29.{ALICE}")
    error = answer.document["error"]
    assert (answer.status, error["code"], error["errors"][0]["reason"]) == (status, status, reason)
    assert error["errors"][0]["domain"] == "global"
    assert error["status"] in ("NOT_FOUND", "INVALID_ARGUMENT")
    assert error["message"]


def test_an_unknown_format_is_400(inbox: Inbox) -> None:
    inbox.deliver("a.eml", mail())
    answer = inbox.get(f"/gmail/v1/users/me/messages/{inbox.ids()[0]}?format=pdf", f"ya29.{ALICE}")
    assert answer.status == 400


def test_an_unknown_path_is_404_in_googles_form(inbox: Inbox) -> None:
    answer = inbox.get("/gmail/v1/users/me/drafts", f"ya29.{ALICE}")
    assert (answer.status, answer.document["error"]["code"]) == (404, 404)


def test_a_file_of_unchanged_time_and_size_is_not_parsed_again(inbox: Inbox) -> None:
    path = inbox.deliver("a.eml", mail("kept"))
    before = path.stat()
    assert inbox.subjects() == ["kept"]
    path.write_bytes(path.read_bytes().replace(b"kept", b"lost"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert inbox.ids("subject:kept") == inbox.ids()
