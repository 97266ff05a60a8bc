"""Which text of a mail is hidden: what the declarations of an element and its ancestors make of it.

Sizes, colours and visibility are inherited as in CSS; what cannot be known (background images, unknown colour words)
never hides anything.
"""

from __future__ import annotations

import re
from typing import NamedTuple

Colour = tuple[int, int, int]

_NAMED_COLOURS: dict[str, Colour] = {
    "white": (255, 255, 255),
    "black": (0, 0, 0),
    "red": (255, 0, 0),
    "green": (0, 128, 0),
    "blue": (0, 0, 255),
    "gray": (128, 128, 128),
    "grey": (128, 128, 128),
    "silver": (192, 192, 192),
    "whitesmoke": (245, 245, 245),
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
    "ghostwhite": (248, 248, 255),
    "navy": (0, 0, 128),
    "yellow": (255, 255, 0),
    "orange": (255, 165, 0),
}
_LENGTH = re.compile(r"(-?\d*\.?\d+)\s*(px|pt|em|rem|ex|ch|vw|vh|cm|mm|in|%)?")
_PIXELS = {"px": 1.0, "pt": 4 / 3, "rem": 16.0, "cm": 37.8, "mm": 3.78, "in": 96.0, "vw": 6.0, "vh": 6.0}
#: Text of the colour of its ground, give or take this much per channel, cannot be read.
_NO_CONTRAST = 10
_SMALLEST_READABLE_PIXELS = 2.0
_OFF_SCREEN_PIXELS = -500.0


class Style(NamedTuple):
    """The inherited part of an element's style. A colour or background of ``None`` is not known."""

    font_size: float = 16.0
    shown: bool = True
    colour: Colour | None = (0, 0, 0)
    background: Colour | None = (255, 255, 255)

    @property
    def is_readable(self) -> bool:
        """Whether text in this style can be seen."""
        if not self.shown or self.font_size < _SMALLEST_READABLE_PIXELS:
            return False
        if self.colour is None or self.background is None:
            return True
        return max(abs(a - b) for a, b in zip(self.colour, self.background, strict=True)) > _NO_CONTRAST


def pixels(value: str, em: float = 16.0) -> float | None:
    """A CSS length in pixels, relative to ``em``; ``None`` for keywords.

    >>> pixels("0"), pixels("1.5em"), pixels("12pt"), pixels("50%"), pixels("auto")
    (0.0, 24.0, 16.0, 8.0, None)
    """
    match = _LENGTH.match(value)
    if not match:
        return None
    number, unit = float(match[1]), match[2]
    if unit == "%":
        return number / 100 * em
    return number * (em if unit in ("em", "ex", "ch") else _PIXELS.get(unit or "px", 1.0))


def parse_colour(value: str) -> Colour | None:
    """A CSS colour as RGB, ``None`` when it is not understood.

    >>> parse_colour("#fff"), parse_colour("rgb(1, 2 ,3)"), parse_colour("whitish"), parse_colour("ffffff")
    ((255, 255, 255), (1, 2, 3), None, (255, 255, 255))
    """
    text = value.strip().lower()
    if text in _NAMED_COLOURS:
        return _NAMED_COLOURS[text]
    digits = re.fullmatch(r"#?([0-9a-f]{6})(?:[0-9a-f]{2})?", text) or re.fullmatch(r"#([0-9a-f]{3})[0-9a-f]?", text)
    if digits:
        code = digits[1] if len(digits[1]) == 6 else "".join(2 * digit for digit in digits[1])
        return int(code[:2], 16), int(code[2:4], 16), int(code[4:], 16)
    channels = re.match(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})", text)
    if channels:
        return min(int(channels[1]), 255), min(int(channels[2]), 255), min(int(channels[3]), 255)
    return None


def is_see_through(value: str) -> bool:
    """Whether a colour paints nothing: "transparent", or an alpha channel of zero."""
    return value.strip() == "transparent" or bool(re.search(r"rgba\([^)]*,\s*0?\.?0+\s*\)", value))


def hides_subtree(style: dict[str, str]) -> bool:
    """Whether an element with these declarations shows nothing of itself or its descendants."""
    clipped = style.get("overflow", "") == "hidden" or style.get("overflow-y", "") == "hidden"
    flat = any(_is_zero(style.get(name)) for name in ("max-height", "height", "max-width", "width"))
    no_area = _is_zero(style.get("height")) and _is_zero(style.get("width"))
    return (
        style.get("display") == "none"
        or style.get("mso-hide") == "all"
        or _is_zero(style.get("opacity"))
        or (flat and clipped)
        or no_area
        or _is_off_screen(style)
        or bool(re.search(r"scale[xy]?\(\s*0(?:\.0+)?\s*[,)]", style.get("transform", "")))
        or bool(re.search(r"rect\((?:\s*0(?:px)?[\s,]*){4}\)", style.get("clip", "")))
        or bool(re.search(r"inset\(\s*(?:50|100)%", style.get("clip-path", "")))
    )


def _is_zero(value: str | None) -> bool:
    return value is not None and pixels(value) is not None and abs(pixels(value) or 0.0) <= 0.01


def _is_off_screen(style: dict[str, str]) -> bool:
    names = ["text-indent"]
    if style.get("position") in ("absolute", "fixed", "relative"):
        names += ["left", "top", "right"]
    lengths = [pixels(style[name]) for name in names if name in style]
    return any(length is not None and length <= _OFF_SCREEN_PIXELS for length in lengths)


def inherit(parent: Style, style: dict[str, str]) -> Style:
    """The inherited style of an element with these declarations inside ``parent``."""
    return Style(
        font_size=_font_size(parent, style),
        shown={"hidden": False, "collapse": False, "visible": True}.get(style.get("visibility", ""), parent.shown),
        colour=_colour(parent, style),
        background=_background(parent, style),
    )


def _font_size(parent: Style, style: dict[str, str]) -> float:
    value = style.get("font-size")
    if value is None and "font" in style:
        short = re.search(r"(?:^|\s)(\d*\.?\d+(?:px|pt|em|rem|%))", style["font"])
        value = short[1] if short else None
    if value is None:
        return parent.font_size
    length = pixels(value, parent.font_size)
    return 16.0 if length is None else max(length, 0.0)


def _colour(parent: Style, style: dict[str, str]) -> Colour | None:
    value = style.get("color")
    if value is None or value == "inherit":
        return parent.colour
    if is_see_through(value):
        return parent.background
    return parse_colour(value)


def _background(parent: Style, style: dict[str, str]) -> Colour | None:
    image = style.get("background-image", "none")
    shorthand = style.get("background", "")
    if "url(" in image + shorthand or "gradient(" in image + shorthand:
        return None
    value = style.get("background-color") or shorthand
    if not value or value in ("none", "inherit", "initial", "0") or is_see_through(value):
        return parent.background
    for token in re.findall(r"rgba?\([^)]*\)|[#\w]+", value):
        colour = parse_colour(token)
        if colour is not None:
            return colour
        if token in ("none", "transparent"):
            return parent.background
    return None
