"""Senders that resemble a known vendor without being it: by their domain, or by the name they give themselves.

Compared are skeletons (after Unicode UTS #39, "Confusable Detection", cut down to the letters that Latin domains are
imitated with): what looks alike becomes alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from chalicelib.domain.vendors import VendorConfig

_CONFUSABLE = str.maketrans(
    {
        **dict(zip("0134589|!", "oleasbgll", strict=True)),
        **dict(zip("iıɩӏі", "lllll", strict=True)),
        **dict(zip("аеорсухѕԁɡһјкмтвнαορνκτ", "aeopcyxsdghjkmtbhaopvkt", strict=True)),
    }
)
_LONG, _MIDDLING = 6, 4
#: Words of a sender's name that say nothing of who it is.
_ROLES = frozenset(
    (
        *("ab", "as", "oy", "gmbh", "inc", "ltd", "sverige", "sweden", "nordic", "group", "the", "team", "info"),
        *("kundservice", "kundtjänst", "support", "service", "customer", "care", "noreply", "no", "reply"),
        *("order", "orders", "orderbekräftelse", "kvitto", "receipt", "receipts", "faktura", "invoice", "billing"),
    )
)


def skeleton(text: str) -> str:
    """Letters only, with look-alikes made alike; punycode is decoded first (RFC 3492).

    >>> skeleton("ZALAND0") == skeleton("zalando") == skeleton("zаlаndo"), skeleton("Arnazon") == skeleton("amazon")
    (True, True)
    """
    plain = unicodedata.normalize("NFKD", _decoded(text[:200].strip().casefold())).casefold()
    letters = "".join(c for c in plain.translate(_CONFUSABLE) if c.isalnum())
    return letters.replace("rn", "m").replace("vv", "w")


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return label


def resembled_vendor(domain: str, names: Sequence[str], vendors: Iterable[VendorConfig]) -> str | None:
    """The name of the vendor that a stranger's domain or one of its display names resembles, or ``None``.

    The sender is known to be none of the vendors. Short names are compared whole; of longer ones a single changed
    letter, or a part of a longer label, is enough.

    >>> known = [VendorConfig(vendor_id="z", vendor_name="Zalando", email_patterns=("zalando.se",))]
    >>> [resembled_vendor(d, ["Shop"], known) for d in ("zaland0.example", "zalando-kvitto.example", "yllegatan.se")]
    ['Zalando', 'Zalando', None]
    >>> resembled_vendor("a.example", ["Zalando Kundservice"], known)
    'Zalando'
    """
    labels = [part for label in domain.split(".")[:-1] for part in (label, *_parts(label))]
    shown = [skeleton(label) for label in labels]
    called = [word for name in names for word in _name_words(name)]
    for vendor in vendors:
        for brand in _brands(vendor):
            if any(_resembles(label, brand) for label in shown) or any(_is_named(word, brand) for word in called):
                return vendor.vendor_name
    return None


def _parts(label: str) -> list[str]:
    return label.split("-") if "-" in label and not label.startswith("xn--") else []


def _brands(vendor: VendorConfig) -> Iterator[str]:
    """The vendor's name, and the label that each of its domains is registered under."""
    found = {skeleton(vendor.vendor_name)}
    for pattern in vendor.email_patterns:
        labels = pattern.rpartition("@")[2].strip("*@. ").split(".")
        if len(labels) >= 2:
            found.add(skeleton(labels[-2]))
    yield from sorted(brand for brand in found if len(brand) >= 2)


def _resembles(label: str, brand: str) -> bool:
    if label == brand:
        return True
    return len(brand) >= _LONG and (brand in label or _is_one_edit_away(label, brand))


def _is_named(word: str, brand: str) -> bool:
    return word == brand or (len(brand) >= _LONG and _is_one_edit_away(word, brand))


def _name_words(name: str) -> Iterator[str]:
    """The whole name without words like "AB" and "Support", and each longer word of it."""
    words = [word for word in re.split(r"[\W_]+", name[:200]) if word and word.casefold() not in _ROLES]
    yield skeleton("".join(words))
    yield from (skeleton(word) for word in words if len(word) > _MIDDLING)


def _is_one_edit_away(text: str, other: str) -> bool:
    """One letter inserted, left out, changed, or swapped with its neighbour (Damerau 1964)."""
    if abs(len(text) - len(other)) > 1 or text == other:
        return False
    start = next((i for i, (a, b) in enumerate(zip(text, other, strict=False)) if a != b), min(len(text), len(other)))
    rest, others = text[start:], other[start:]
    if len(rest) > len(others):
        return rest[1:] == others
    if len(rest) < len(others):
        return rest == others[1:]
    return rest[1:] == others[1:] or (rest[:2] == others[1::-1] and rest[2:] == others[2:])
