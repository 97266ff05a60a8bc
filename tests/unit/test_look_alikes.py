"""Senders that pretend to be, or merely resemble, a known vendor."""

from __future__ import annotations

import pytest

from chalicelib.domain.look_alikes import resembled_vendor, skeleton
from chalicelib.domain.vendors import VendorConfig

KNOWN = (
    VendorConfig(vendor_id="zalando", vendor_name="Zalando", email_patterns=("info@service-mail.zalando.se",)),
    VendorConfig(vendor_id="amazon", vendor_name="Amazon", email_patterns=("amazon.se", "amazon.com")),
    VendorConfig(vendor_id="sj", vendor_name="SJ", email_patterns=("sj.se",)),
    VendorConfig(vendor_id="hm", vendor_name="H&M", email_patterns=("hm.com",)),
    VendorConfig(vendor_id="power", vendor_name="Power", email_patterns=("power.se",)),
)


@pytest.mark.parametrize(
    ("domain", "vendor"),
    [
        ("zalando.example", "Zalando"),
        ("zaland0.se", "Zalando"),
        ("za1ando.se", "Zalando"),
        ("zalndo.se", "Zalando"),
        ("zalnado.se", "Zalando"),
        ("zallando.se", "Zalando"),
        ("zalando-kvitto.se", "Zalando"),
        ("kvitto.zalando.mail.example", "Zalando"),
        ("myzalandoorder.example", "Zalando"),
        ("xn--zlando-4nf.se", "Zalando"),
        ("arnazon.com", "Amazon"),
        ("sj-biljetter.se", "SJ"),
        ("hm.example", "H&M"),
        ("p0wer.se", "Power"),
        ("tower.se", None),
        ("sjobo-cykel.se", None),
        ("hmmm.se", None),
        ("yllegatan.example", None),
    ],
)
def test_domain_that_resembles_a_vendor_is_noticed(domain: str, vendor: str | None) -> None:
    assert resembled_vendor(domain, ["Butiken"], KNOWN) == vendor


@pytest.mark.parametrize(
    ("name", "vendor"),
    [
        ("Zalando", "Zalando"),
        ("ZALANDO Kundservice", "Zalando"),
        ("Zаlаndо", "Zalando"),
        ("Zalando Lounge Outlet", "Zalando"),
        ("Za\u200blando", "Zalando"),
        ("H & M", "H&M"),
        ("SJ AB", "SJ"),
        ("Power Support", "Power"),
        ("Solpower Energi", None),
        ("Yllegatan Mode", None),
        ("", None),
    ],
)
def test_name_that_is_a_vendors_is_noticed(name: str, vendor: str | None) -> None:
    assert resembled_vendor("butiken.example", [name], KNOWN) == vendor


@pytest.mark.parametrize("label", ["xn--", "xn--a\udcff", "xn--999999999999", "é" * 300, "", "xn--\x00"])
def test_skeleton_takes_any_label(label: str) -> None:
    assert isinstance(skeleton(label), str)
