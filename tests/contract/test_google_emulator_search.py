"""The `q` of messages.list: what finds what, through google-api-python-client."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.contract.google_inbox import Inbox, mail, open_inbox, with_pdf


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inbox]:
    with open_inbox(Path(tmp_path_factory.mktemp("mailbox"))) as opened:
        rent = mail(
            "Din hyresavi för mars",
            text="Totalt att betala: 9 300,00 kr",
            From='"Wallenstam AB" <kundservice@wallenstam.example>',
            Date="Mon, 03 Mar 2025 08:00:00 +0100",
            Message_ID="<rent-1@wallenstam.example>",
            Cc="Carol <carol@example.com>",
        )
        opened.deliver("rent.eml", with_pdf(rent, "Hyresavi 2025-03.pdf", b"%PDF-1.7" + bytes(2_000)))
        opened.deliver(
            "order.eml",
            mail(
                "Ordered: Tea kettle",
                html="<p>Thanks for your <b>order</b></p><script>secretword</script>",
                From="Amazon <auto-confirm@mail.amazon.example>",
                To="family@example.com",
                Date="Sat, 01 Feb 2025 07:59:59 +0000",
            ),
        )
        opened.deliver(
            "news.eml",
            mail(
                "Hyresavier, reorder and more",
                text="Our newsletter: tea, kettles",
                From="wallenstam@news.example",
                Date="Sat, 01 Feb 2025 08:00:00 +0000",
                List_Unsubscribe="<mailto:off@news.example>",
                List_Id="Weekly <weekly.news.example>",
                X_Gmail_Labels="Inbox,Starred,Category Promotions,My Bills",
            ),
        )
        spoof = '"kundservice@wallenstam.example" <evil@evil.example>'
        opened.deliver("spoof.eml", mail("Betala nu", From=spoof, Date="Thu, 02 Jan 2020 08:00:00 +0000"))
        yield opened


NAMES = {
    "Din hyresavi för mars": "rent",
    "Ordered: Tea kettle": "order",
    "Hyresavier, reorder and more": "news",
    "Betala nu": "spoof",
}


@pytest.mark.parametrize(
    ("q", "found"),
    [
        # sender
        ("from:kundservice@wallenstam.example", "rent spoof"),
        ("from:KundService@Wallenstam.EXAMPLE", "rent spoof"),
        ("from:service@wallenstam.example", ""),
        ("from:wallenstam.example", "rent spoof"),
        ("from:amazon.example", "order"),
        ("from:wallenstam", "rent news spoof"),
        ("from:wallen", ""),
        ('from:"Wallenstam AB"', "rent"),
        ("from:(evil@evil.example OR auto-confirm@mail.amazon.example)", "order spoof"),
        ("from:{evil@evil.example news.example}", "news spoof"),
        # recipients
        ("to:family@example.com", "order"),
        ("to:me", "rent news spoof"),
        ("cc:carol", "rent"),
        # subject
        ("subject:hyresavi", "rent"),
        ("SUBJECT:HYRESAVI", "rent"),
        ("subject:ordered", "order"),
        ("subject:order", ""),
        ('subject:"hyresavi för mars"', "rent"),
        ('subject:"mars för hyresavi"', ""),
        ('subject:"Ordered:"', "order"),
        ("subject:Ordered:", "order"),
        ("subject:(mars hyresavi)", "rent"),
        ("subject:(mars kettle)", ""),
        ("subject:{mars kettle}", "rent order"),
        ('subject:("tea kettle" OR hyresavier)', "order news"),
        # anywhere
        ("hyresavi", "rent"),
        ("order", "order"),
        ("secretword", ""),
        ('"9 300,00"', "rent"),
        ('"totalt att betala"', "rent"),
        ("betala", "rent spoof"),
        ("auto-confirm@mail.amazon.example", "order"),
        # combinations
        ("tea kettle", "order"),
        ("tea AND kettle", "order"),
        ("mars OR kettles", "rent news"),
        ("tea kettle OR kettles", "order news"),
        ("{mars kettle}", "rent order"),
        ("{(tea kettle) (tea kettles)}", "order news"),
        ("tea -kettle", "news"),
        ("tea -(kettle OR newsletter)", ""),
        ("tea -{kettle mars}", "news"),
        ("-tea", "rent spoof"),
        ("-from:evil@evil.example from:wallenstam.example", "rent"),
        ("(((tea) (kettle)))", "order"),
        # attachments
        ("has:attachment", "rent"),
        ("-has:attachment", "order news spoof"),
        ("filename:pdf", "rent"),
        ("filename:hyresavi", "rent"),
        ('filename:"Hyresavi 2025-03.pdf"', "rent"),
        ("filename:png", ""),
        # dates: midnight in Los Angeles is 08:00 UTC in winter
        ("after:2025/02/01 before:2025/02/02", "news"),
        ("after:2025-02-01", "rent news"),
        ("after:02/01/2025", "rent news"),
        ("before:2025/02/01", "order spoof"),
        ("newer:2025/02/01", "rent news"),
        ("older:2025/2/1", "order spoof"),
        ("after:1738396800", "rent news"),
        ("after:1738396801", "rent"),
        ("before:1738396800", "order spoof"),
        ("after:1738396799 before:1738396801", "order news"),
        ("newer_than:1d", ""),
        ("older_than:1d", "rent order news spoof"),
        # labels and states
        ("in:inbox", "rent order news spoof"),
        ("is:unread", "rent order spoof"),
        ("is:read", "news"),
        ("is:starred", "news"),
        ("label:my-bills", "news"),
        ("category:promotions", "news"),
        ("category:purchases", "rent"),
        ("in:trash", ""),
        ("list:weekly.news.example", "news"),
        # others
        ("rfc822msgid:rent-1@wallenstam.example", "rent"),
        ("rfc822msgid:<rent-1@wallenstam.example>", "rent"),
        ("smaller:2k", "order news spoof"),
        ("larger:2k", "rent"),
        ("", "rent order news spoof"),
    ],
)
def test_query_finds(inbox: Inbox, q: str, found: str) -> None:
    assert {NAMES[subject] for subject in inbox.subjects(q)} == set(found.split())


@pytest.mark.parametrize(
    "q",
    [
        ")", "(", "{", '"', "-", "--", "OR", "AND", "OR OR", "a OR", "OR a", "-(", "from:", "subject:()", "subject:",
        "from:from:from:", "after:yesterday", "after:2025/99/99", "newer_than:soon", "newer_than:99999y",
        "before:999999999999", "nonsense:value", "has:nonsense", "in:", "larger:x", "from:-x", "}{)(", "\x00",
        "å" * 500, "(" * 3_000, "-(" * 3_000, "subject:" * 3_000, "a OR " * 3_000, '"' * 3_001,
    ],
)  # fmt: skip
def test_no_query_is_an_error(inbox: Inbox, q: str) -> None:
    answer = inbox.users().messages().list(userId="me", q=q).execute()
    assert answer["resultSizeEstimate"] == len(answer.get("messages", []))


def test_an_unknown_operator_is_searched_for_as_text(tmp_path: Path) -> None:
    with open_inbox(tmp_path) as opened:
        opened.deliver("a.eml", mail("ref:4711 is ready"))
        opened.deliver("b.eml", mail("4711"))
        assert opened.subjects("ref:4711") == ["ref:4711 is ready"]


def test_relative_dates_count_from_now(tmp_path: Path) -> None:
    with open_inbox(tmp_path) as opened:
        for days in (1, 20, 50, 500):
            sent = format_datetime(datetime.now(UTC) - timedelta(days=days))
            opened.deliver(f"{days}.eml", mail(str(days), Date=sent))
        assert opened.subjects("newer_than:7d") == ["1"]
        assert opened.subjects("newer_than:1m") == ["1", "20"]
        assert opened.subjects("older_than:1m newer_than:1y") == ["50"]
        assert opened.subjects("older_than:1y") == ["500"]


def test_composed_and_decomposed_letters_are_the_same(tmp_path: Path) -> None:
    with open_inbox(tmp_path) as opened:
        opened.deliver("a.eml", mail("Orderbekra\u0308ftelse"))
        assert len(opened.ids("subject:orderbekräftelse")) == 1


def test_a_query_too_long_for_an_address_is_sent_and_understood_as_a_post(inbox: Inbox) -> None:
    senders = " ".join(f"from:no-reply{number}@shop.example" for number in range(200))
    inbox.emulator.clear_requests()
    assert inbox.subjects(f"{{{senders} from:evil@evil.example}}") == ["Betala nu"]
    assert inbox.operations() == ["gmail.messages.list", "gmail.messages.get"]
