"""Characters that a reader does not see: dropped, so that neither padding nor tricks reach what is read."""

from __future__ import annotations

import re
import unicodedata

#: Zero-width and default-ignorable characters (Unicode 15, DerivedCoreProperties: Default_Ignorable_Code_Point), among
#: them soft hyphens, joiners, directional marks and variation selectors; plus the blank Braille pattern as a space.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_FULL_WIDTH = re.compile("[\uff01-\uff5e]")
_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")
_DIRECTION_OVERRIDES = re.compile("[\u202d\u202e\u2066-\u2068]")


def readable(text: str) -> str:
    """Text without invisible characters; full-width forms and digits of other scripts become ASCII.

    No-break and thin spaces stay: they separate thousands.

    >>> readable("1\\u200b2\\u200c3\\u00ad4,5\\u20606 kr"), readable("１２，５０"), readable("a\\x00b")
    ('1234,56 kr', '12,50', 'ab')
    """
    if text.isascii():
        return _CONTROLS.sub("", text)
    cleaned = _CONTROLS.sub("", _INVISIBLE.sub("", text)).replace("\u2800", " ").replace("\x85", " ")
    cleaned = _FULL_WIDTH.sub(lambda match: chr(ord(match[0]) - 0xFEE0), cleaned)
    return _FOREIGN_DIGIT.sub(lambda match: str(unicodedata.digit(match[0])), cleaned)


def reorders_text(text: str) -> bool:
    """Whether direction overrides make the text look other than it reads: "\\u202e05,21" shows as "12,50".

    >>> reorders_text("Totalt \\u202e05,21"), reorders_text("Totalt 12,50")
    (True, False)
    """
    return _DIRECTION_OVERRIDES.search(text) is not None
