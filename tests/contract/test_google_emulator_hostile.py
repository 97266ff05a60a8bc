"""Whatever lies in the mailbox directory, listing, searching and fetching work."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.google_inbox import Inbox, header, mail, open_inbox
from tests.sandbox.google.mail import read_mail
from tests.sandbox.google.mime import parse

FORMATS = ("full", "raw", "metadata", "minimal")


def _nested(levels: int) -> bytes:
    lines = [f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n" for level in range(levels)]
    return "".join(lines).encode() + b"Content-Type: text/plain\n\nx\n"


HOSTILE = {
    "empty": b"",
    "nul bytes": bytes(10_000),
    "no header": b"just text\n",
    "only headers": b"X: y\n" * 50_000,
    "multipart without boundary": b"Subject: a\nContent-Type: multipart/mixed\n\nhello\n",
    "wrong boundary": b"Subject: a\nContent-Type: multipart/mixed; boundary=b\n\n--c\n\nhello\n",
    "nested 2000 deep": _nested(2_000),
    "nested 200 deep": _nested(200),
    "forwarded 500 times": b"Content-Type: message/rfc822\n\n" * 500 + b"Subject: x\n\ny\n",
    "20000 parts": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 20_000,
    "endless subject": b"Subject: " + b"=?utf-8?q?" * 100_000 + b"\n\nx",
    "100000 senders": b"From: " + b"a@b.c, " * 100_000 + b"\n\nx",
    "at signs": b"From: " + b"@" * 100_000 + b"\n\nx",
    "unknown charset": b'Content-Type: text/plain; charset="x-unknown-9"\n\n1\xa0249,50 kr',
    "codec that is no charset": b"Content-Type: text/plain; charset=zlib_codec\n\nxx",
    "slow charset": b"Content-Type: text/plain; charset=idna\n\n" + b"x" * 100_000,
    "broken base64": b"Content-Type: text/html; charset=utf-16\nContent-Transfer-Encoding: base64\n\n!!!*=",
    "broken rfc2231": b"Content-Type: application/pdf; name*0*=x''%ff; name*1*=%; name*999999999999999=z\n\nx",
    "broken uuencode": b"Content-Transfer-Encoding: x-uuencode\n\nbegin 666 x\n####\nend\n",
    "lone surrogate": b"Subject: =?utf-16?b?2AA=?=\nFrom: <\xed\xa0\x80@x>\n\n\xed\xa0\x80",
    "utf-7 surrogates": b"Content-Type: application/pdf; name*=utf-7''+2AA-\nSubject: =?utf-7?q?+2AA-?=\n\nx",
    "empty type": b"Content-Type: /;;;=\nContent-Disposition: ;filename=\n\n",
    "year 9999": b"Date: Fri, 31 Dec 9999 23:59:59 -2359\n\n",
    "year 1": b"Date: Mon, 1 Jan 0001 00:00:00 +2359\n\n",
    "unclosed markup": b"Content-Type: text/html\n\n" + b"<div><script" * 50_000,
    "angle brackets": b"Content-Type: text/html\n\n" + b"<" * 500_000,
}


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    with open_inbox(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("name", list(HOSTILE))
def test_a_hostile_file_is_listed_searched_and_fetched_and_hides_nothing(inbox: Inbox, name: str) -> None:
    inbox.deliver("hostile.eml", HOSTILE[name])
    inbox.deliver("good.eml", mail("good"))
    messages = inbox.users().messages()
    ids = inbox.ids("-in:trash {from:x subject:y has:attachment z -z}")
    assert len(ids) == 2
    raw = {form: [messages.get(userId="me", id=i, format=form).execute() for i in ids] for form in FORMATS}["raw"]
    assert HOSTILE[name] in [base64.urlsafe_b64decode(message["raw"]) for message in raw]
    assert inbox.subjects("subject:good") == ["good"]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=40),
            st.sampled_from(
                [
                    b"\n", b"\r\n", b"\n\n", b"--b\n", b"--b--\n", b"Subject: ", b"From: ", b"Date: ", b"=?utf-8?b?",
                    b"?=",
                    b"Content-Type: multipart/mixed; boundary=b\n", b"Content-Type: message/rfc822\n", b"name*0*=",
                    b"Content-Transfer-Encoding: base64\n", b"Content-Disposition: attachment; filename=", b";", b'"',
                ]
            ),
        ),
        max_size=30,
    )
)  # fmt: skip
def test_any_bytes_make_a_mail_with_a_tree(tmp_path_factory: pytest.TempPathFactory, chunks: list[bytes]) -> None:
    path = tmp_path_factory.getbasetemp() / "any.eml"
    path.write_bytes(b"".join(chunks))
    found = read_mail(path, "any.eml", (0, path.stat().st_size))
    assert found.internal_date >= 0
    for part in parse(path.read_bytes()).walk():
        "".join([part.filename, part.text, part.mime_type, *(value for _, value in part.headers)]).encode()


def test_parts_nested_deeper_than_a_dozen_levels_are_left_out(inbox: Inbox) -> None:
    inbox.deliver("a.eml", _nested(40))
    payload = inbox.users().messages().get(userId="me", id=inbox.ids()[0]).execute()["payload"]
    depth = 0
    while payload.get("parts"):
        payload, depth = payload["parts"][0], depth + 1
    assert 10 <= depth < 40


def test_attachment_names_come_through_as_the_sender_wrote_them(inbox: Inbox) -> None:
    encoded = "=?utf-8?q?Hyresavi_=C3=A5.PDF?="
    inbox.deliver(
        "a.eml",
        b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n"
        b"--b\nContent-Type: application/pdf; name*=utf-8''..%2F..%2Fetc%2Fp%C3%A5.pdf\n\n1\n"
        b'--b\nContent-Type: application/octet-stream; name="' + encoded.encode() + b'"\n\n2\n'
        b'--b\nContent-Disposition: attachment; filename="r\xc3\xa5.pdf"\n\n3\n--b--\n',
    )
    payload = inbox.users().messages().get(userId="me", id=inbox.ids("has:attachment")[0]).execute()["payload"]
    assert [p["filename"] for p in payload["parts"]] == ["../../etc/på.pdf", "Hyresavi å.PDF", "rå.pdf"]


def test_headers_in_raw_8_bit_and_in_encoded_words_are_decoded(inbox: Inbox) -> None:
    inbox.deliver("a.eml", "Subject: rå text\nFrom: =?iso-8859-1?q?Hyresv=E4rd?= <a@b.se>\n\n".encode())
    inbox.deliver("b.eml", b"Subject: r\xe5 latin\n\n")
    messages = inbox.users().messages()
    (utf8,) = (messages.get(userId="me", id=i).execute() for i in inbox.ids("from:hyresvärd"))
    assert (header(utf8, "subject"), header(utf8, "from")) == ("rå text", "Hyresvärd <a@b.se>")
    assert inbox.subjects("latin") == ["rå latin"]


def test_what_is_no_regular_file_is_not_in_the_mailbox(inbox: Inbox) -> None:
    good = inbox.deliver("good.eml", mail("good"))
    (good.parent / "folder.eml").mkdir()
    (good.parent / "dangling.eml").symlink_to("/nonexistent/x")
    (good.parent / "loop").symlink_to(inbox.directory)
    (good.parent / "note.txt").write_text("no mail")
    os.mkfifo(good.parent / "pipe.eml")
    assert inbox.subjects() == ["good"]


def test_an_account_name_never_leaves_the_mailbox_directory(tmp_path: Path) -> None:
    (tmp_path / "outside@x").mkdir()
    (tmp_path / "outside@x" / "secret.eml").write_bytes(mail("secret").as_bytes())
    (tmp_path / "inside").mkdir()
    with open_inbox(tmp_path / "inside") as opened:
        for account in ("../outside@x", "..", ".", "", str(tmp_path / "outside@x")):
            assert opened.get("/gmail/v1/users/me/messages", f"ya29.{account}").status == 401
