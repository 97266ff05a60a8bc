"""The sample mailbox promises what ingestion makes of it; here the parsers alone keep that promise."""

from __future__ import annotations

from datetime import date
from email.utils import parsedate_to_datetime
from pathlib import Path

import msgspec
import pytest

from chalicelib.domain.categories import CATEGORIES
from chalicelib.domain.mail import Email
from chalicelib.domain.vendors import VendorConfig, match_vendors
from chalicelib.errors import DocumentRejected
from chalicelib.parsing.mime import parse_mail
from chalicelib.parsing.rental.notice import parse_rental_notice
from chalicelib.services.vendors.load_vendors import read_vendor_configs
from tests.sandbox.application import PROJECT
from tests.sandbox.samples.mailbox import ACCOUNT, VENDOR_ROWS, SampleMailbox, write_sample_mailbox
from tests.sandbox.samples.rent_notices import expected_notice

TODAY = date(2026, 3, 3)


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> SampleMailbox:
    return write_sample_mailbox(tmp_path_factory.mktemp("mailbox"), TODAY)


@pytest.fixture(scope="module")
def vendors() -> list[VendorConfig]:
    return [*read_vendor_configs(PROJECT / "vendor_configs"), *msgspec.convert(VENDOR_ROWS, list[VendorConfig])]


def matched(vendors: list[VendorConfig], category: str, email: Email) -> list[str]:
    """Ids of the vendors whose mail this is."""
    chosen = [vendor for vendor in vendors if vendor.invoice_category == category]
    return [vendor.vendor_id for vendor in match_vendors(chosen, email.sender_address, email.subject)]


def test_same_day_gives_the_same_bytes(tmp_path: Path, mailbox: SampleMailbox) -> None:
    again = write_sample_mailbox(tmp_path, TODAY)
    files = sorted(path.name for path in (tmp_path / ACCOUNT).iterdir())
    assert len(files) == len(again.mails)
    for name in files:
        assert (tmp_path / ACCOUNT / name).read_bytes() == (mailbox.directory / ACCOUNT / name).read_bytes()


def test_every_notice_is_a_landlord_s_and_reads_as_drawn(mailbox: SampleMailbox, vendors: list[VendorConfig]) -> None:
    for each in mailbox.rent:
        email = parse_mail(bytes(each.mail))
        assert matched(vendors, "rental", email) == [each.landlord.vendor_id]
        assert parse_rental_notice(email.attachments[-1].content) == expected_notice(each.landlord.layout, each.notice)


def test_a_notice_of_this_month_is_there_and_none_comes_from_the_future(mailbox: SampleMailbox) -> None:
    days = [parsedate_to_datetime(str(mail["Date"])).date() for mail in mailbox.mails]
    assert max(days) <= TODAY
    assert (TODAY.year, TODAY.month) in {(each.due_date.year, each.due_date.month) for each in mailbox.notices}


def test_bad_files_fail_for_the_reason_that_is_promised(mailbox: SampleMailbox) -> None:
    for each in mailbox.bad:
        with pytest.raises(DocumentRejected) as caught:
            parse_rental_notice(parse_mail(bytes(each.mail)).attachments[0].content)
        assert caught.value.reason == each.reason


def test_decoys_with_a_pdf_are_no_landlord_s(mailbox: SampleMailbox, vendors: list[VendorConfig]) -> None:
    emails = [parse_mail(bytes(decoy.mail)) for decoy in mailbox.decoys]
    dangerous = [email for email in emails if email.attachments]
    assert len(dangerous) >= 4
    assert [matched(vendors, "rental", email) for email in dangerous] == [[]] * len(dangerous)


def test_purchases_cover_all_categories_and_belong_to_one_vendor_each(
    mailbox: SampleMailbox, vendors: list[VendorConfig]
) -> None:
    categories = {vendor.vendor_id: vendor.invoice_sub_type for vendor in vendors}
    for each in mailbox.purchases:
        assert matched(vendors, "retail", parse_mail(bytes(each.mail))) == [each.vendor_id]
        assert categories[each.vendor_id] == each.sub_type
    assert {each.sub_type for each in mailbox.purchases} == set(CATEGORIES)


def test_ten_notices_and_more_are_called_the_same(mailbox: SampleMailbox) -> None:
    names = [parse_mail(bytes(each.mail)).attachments[-1].filename for each in mailbox.rent]
    assert names.count("Hyresavi.pdf") >= 10
