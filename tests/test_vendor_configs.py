"""Lints ``vendor_configs/``: every file by itself, all of them together, and each against its sample mails.

``golden/vendor_mails.csv`` holds the samples: sender and subject of a mail, and the vendor it must be found for; mails
without a vendor must be nobody's.
"""

from __future__ import annotations

import csv
import itertools
from collections import Counter
from pathlib import Path

import pytest

from chalicelib.domain.vendor_files import read_vendor_file
from chalicelib.domain.vendors import LONGEST_QUERY, InvoiceCategory, VendorConfig, gmail_queries, match_vendors
from chalicelib.services.vendors.load_vendors import read_vendor_configs
from tests.vendor_mailbox import Headers, vendor_mailbox

FOLDER = Path(__file__).parents[1] / "vendor_configs"
FILES = sorted(FOLDER.glob("*.json"))
VENDORS = read_vendor_configs(FOLDER)
BY_ID = {vendor.vendor_id: vendor for vendor in VENDORS}
README = (FOLDER / "README.md").read_text(encoding="utf-8")

with (Path(__file__).parent / "golden" / "vendor_mails.csv").open(encoding="utf-8", newline="") as _file:
    SAMPLES = [(row["vendor_id"], Headers(row["sender"], row["subject"])) for row in csv.DictReader(_file)]


def rules(vendor: VendorConfig) -> set[tuple[str, str]]:
    """What the vendor claims: every sender with every keyword."""
    keywords = [keyword.casefold() for keyword in vendor.subject_keywords] or [""]
    return set(itertools.product((pattern.casefold() for pattern in vendor.email_patterns), keywords))


def in_category(category: InvoiceCategory) -> list[VendorConfig]:
    return [vendor for vendor in VENDORS if vendor.active and vendor.invoice_category == category]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_is_valid_and_named_after_its_vendor(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert BY_ID[read_vendor_file(text, path.name).vendor_id].hints is not None
    assert text.endswith("}\n")


def test_every_file_is_one_vendor() -> None:
    assert len(BY_ID) == len(FILES)


def test_no_two_active_vendors_claim_the_same_mail() -> None:
    claims = Counter(rule for vendor in VENDORS if vendor.active for rule in rules(vendor))
    assert [rule for rule, count in claims.items() if count > 1] == []


def test_wallenstam_is_the_landlord_whose_notices_are_known() -> None:
    wallenstam = BY_ID["wallenstam"]
    assert wallenstam.invoice_category == "rental"
    assert wallenstam.email_patterns == ("kundservice@wallenstam.se",)
    assert wallenstam.subject_keywords == ("hyresavi",)


@pytest.mark.parametrize("vendor_id", sorted(BY_ID))
def test_readme_tells_where_the_sender_of_a_vendor_is_known_from(vendor_id: str) -> None:
    assert f"`{vendor_id}`" in README


@pytest.mark.parametrize("vendor_id", sorted(BY_ID))
def test_every_vendor_has_a_sample_mail(vendor_id: str) -> None:
    assert vendor_id in {wanted for wanted, _ in SAMPLES}


@pytest.mark.parametrize(
    ("wanted", "sample"), SAMPLES, ids=[f"{wanted or 'nobody'}-{n}" for n, (wanted, _) in enumerate(SAMPLES)]
)
def test_sample_mail_is_its_vendors_and_nobody_elses(wanted: str, sample: Headers) -> None:
    found = match_vendors(VENDORS, sample.sender, sample.subject)
    assert [vendor.vendor_id for vendor in found] == ([wanted] if wanted else [])


@pytest.mark.parametrize("category", ["rental", "retail"])
def test_searches_stay_below_the_limit(category: InvoiceCategory) -> None:
    lengths = [len(query) for query in gmail_queries(in_category(category))]
    assert max(lengths) <= LONGEST_QUERY


def test_searches_of_a_category_find_all_its_sample_mails_and_none_of_the_other(tmp_path: Path) -> None:
    with vendor_mailbox(tmp_path, [sample for _, sample in SAMPLES]) as mailbox:
        for category in ("rental", "retail"):
            found = mailbox.found(gmail_queries(in_category(category)))
            of_vendors = {number for number in found if SAMPLES[number][0]}
            assert of_vendors == {
                number
                for number, (wanted, _) in enumerate(SAMPLES)
                if wanted and BY_ID[wanted].invoice_category == category
            }


def test_example_of_the_readme_is_valid() -> None:
    example = README.split("```json\n")[1].split("```")[0]
    assert read_vendor_file(example, "exempelbutiken.json").vendor_id == "exempelbutiken"
