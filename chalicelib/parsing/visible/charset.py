"""Bytes of a mail part to text, whatever its sender claims about them."""

from __future__ import annotations

import codecs
import re

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
#: The WHATWG Encoding Standard reads these labels as windows-1252, and so does every mail client.
_LATIN_LABELS = {"ascii", "us-ascii", "ansi_x3.4-1968", "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1"}
_META_SEARCH_BYTES = 4096


def decode_html(raw: bytes, declared: str | None = None) -> str:
    """Decodes an HTML or text body; never fails, and never believes a charset that its bytes contradict.

    In this order: a byte order mark; the charset declared in MIME, then in ``<meta>``, each only when the bytes fit it
    exactly; valid UTF-8; windows-1252, the fallback of the WHATWG Encoding Standard. UTF-8 that is labelled as a Latin
    charset or as UTF-16 is read as UTF-8, since multi-byte UTF-8 hardly ever arises by accident.

    >>> decode_html("Totalt 1 249,50 kr, grå".encode("latin-1"), "utf-8")
    'Totalt 1 249,50 kr, grå'
    >>> decode_html("blåbär 5 €".encode(), "iso-8859-1"), decode_html("blåbär".encode(), "utf-16")
    ('blåbär 5 €', 'blåbär')
    >>> decode_html("5 €".encode("windows-1252"), "x-unknown-9")
    '5 €'
    """
    for mark, codec in _BYTE_ORDER_MARKS:
        if raw.startswith(mark):
            return raw.decode(codec, errors="replace")
    meta = _META_CHARSET.search(raw[:_META_SEARCH_BYTES])
    labels = [label for label in (declared, meta[1].decode("ascii", "ignore") if meta else None) if label]
    for codec in (*_believable(raw, labels), "utf-8", *_legacy(labels)):
        try:
            return raw.decode(codec)
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return raw.decode("windows-1252", errors="replace")


def _codec_name(label: str) -> str | None:
    cleaned = label.strip().strip("\"'").casefold()
    if cleaned in _LATIN_LABELS:
        return "windows-1252"
    try:
        info = codecs.lookup(cleaned)
    except (LookupError, ValueError):
        return None
    # codecs such as "hex" or "zip" turn bytes into bytes: no charset of a text
    return info.name if getattr(info, "_is_text_encoding", True) else None


def _believable(raw: bytes, labels: list[str]) -> list[str]:
    """Declared multi-byte charsets that may be tried before UTF-8; UTF-16/32 only when its zero bytes are there."""
    names = [name for name in map(_codec_name, labels) if name]
    wide = raw.count(0, 0, 2000) * 4 > len(raw[:2000])
    ascii_escapes = b"\x1b" in raw[:_META_SEARCH_BYTES]
    return [
        name
        for name in names
        if (name.startswith(("utf-16", "utf-32")) and wide) or (name.startswith("iso2022") and ascii_escapes)
    ]


def _legacy(labels: list[str]) -> list[str]:
    names = [name for name in map(_codec_name, labels) if name]
    return [name for name in names if not name.startswith(("utf", "iso2022", "unicode", "raw", "idna", "punycode"))]
