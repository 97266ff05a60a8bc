"""Bytes to text, whatever the sender claims."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.parsing.visible.charset import decode_html

TEXT = "Räksmörgås 1 249,50 kr"


@pytest.mark.parametrize(
    ("raw", "declared"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode(), None),
        (TEXT.encode(), "us-ascii"),
        (TEXT.encode(), "utf-16"),
        (TEXT.encode(), "x-unknown-9"),
        (TEXT.encode(), "hex"),
        (TEXT.encode("utf-16"), "utf-8"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-8-sig"), "iso-8859-1"),
        (TEXT.encode("latin-1"), "iso-8859-1"),
        (TEXT.encode("latin-1"), "utf-8"),
        (TEXT.encode("latin-1"), None),
        (TEXT.encode("cp850"), "cp850"),
    ],
)
def test_text_is_read_whatever_is_declared(raw: bytes, declared: str | None) -> None:
    assert decode_html(raw, declared) == TEXT


def test_meta_charset_counts_when_mime_says_nothing() -> None:
    raw = '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2">Łódź'.encode("iso-8859-2")
    assert decode_html(raw, None).endswith("Łódź")


@given(st.binary(max_size=200), st.one_of(st.none(), st.text(max_size=12)))
def test_any_bytes_decode(raw: bytes, declared: str | None) -> None:
    assert isinstance(decode_html(raw, declared), str)
