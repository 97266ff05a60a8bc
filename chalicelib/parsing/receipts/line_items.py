"""Line items of a receipt, where its table is plain: a name, perhaps a quantity and a unit price, and an amount."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

import msgspec

from chalicelib.parsing.receipts.charges import Charge
from chalicelib.parsing.receipts.labels import Kind, classify
from chalicelib.parsing.values.amounts import find_amounts, parse_number
from chalicelib.parsing.values.dates import find_dates
from chalicelib.parsing.visible.rows import is_value

_MOST_ITEMS = 200
_LONGEST_NAME = 160
_QUANTITY_BEFORE = re.compile(r"^(?P<quantity>\d{1,3}) ?(?:x|×|st\b|stk\b|pcs\b|\*)\.?\s+(?=\S)", re.IGNORECASE)
_QUANTITY_AFTER = re.compile(
    r"(?:\s[x×]\s?(?P<times>\d{1,3})|[\s,(]+(?P<pieces>\d{1,3})\s?(?:st|stk|pcs)\.?\)?)$", re.IGNORECASE
)
_QUANTITY_CELL = re.compile(
    r"^(?:antal|qty|quantity|menge|st)?:?\s*[x×]?\s?(?P<quantity>\d{1,3}(?:[.,]\d{1,3})?)\s?"
    r"(?P<unit>x|×|st|stk|pcs|kg|g|l|st\.|stück|lb|hg)?$",
    re.IGNORECASE,
)
_NOT_AN_ITEM = re.compile(
    r"\b(?:visa|mastercard|maestro|amex|american express|swish|klarna|paypal|apple pay|google pay|vipps"
    r"|mobilepay|kortnummer"
    r"|card ending|betalkort|debit|kredit(?:kort)?|bankkort|org\.? ?nr|order(?:nummer| number)|kvitto(?:nummer"
    r"|nr)|telefon|tel)\b",
    re.IGNORECASE,
)
_STOPS = frozenset({Kind.SUBTOTAL, Kind.TOTAL, Kind.PAID, Kind.DUE})


class LineItem(msgspec.Struct, frozen=True, kw_only=True):
    """One line: ``amount`` is what the whole line costs, ``unit_price`` what one piece costs, when it is printed."""

    name: str
    amount: Decimal
    quantity: Decimal = Decimal(1)
    unit: str | None = None
    unit_price: Decimal | None = None
    line: int = 0


def read_line_items(lines: Sequence[str], charges: Sequence[Charge], *, decimal_hint: str | None) -> list[LineItem]:
    """The goods of a receipt: rows of an unknown label with an amount at their end, before the first total.

    >>> from chalicelib.parsing.receipts.charges import read_charges
    >>> rows = ["Pad thai\\t2\\t139,00 kr\\t278,00 kr", "Leverans\\t39,00 kr", "Totalt\\t317,00 kr"]
    >>> items = read_line_items(rows, read_charges(rows), decimal_hint=",")
    >>> [(item.name, str(item.quantity), str(item.amount)) for item in items]
    [('Pad thai', '2', '278.00')]
    """
    end = _end_of_items(charges, len(lines))
    by_line: dict[int, list[Charge]] = {}
    for charge in charges:
        by_line.setdefault(charge.line, []).append(charge)
    items: list[LineItem] = []
    for index in sorted(by_line):
        if index >= end or len(items) >= _MOST_ITEMS:
            break
        item = _item_of(lines[index], by_line[index], index, decimal_hint)
        if item is not None:
            items.append(item)
    return items


def _end_of_items(charges: Sequence[Charge], end: int) -> int:
    """Items stand before the first exact subtotal or total that has other amounts in front of it."""
    seen = False
    for charge in charges:
        if charge.kind is None and charge.amount.looks_like_money and not charge.is_prose:
            seen = True
        elif seen and charge.kind in _STOPS and not charge.is_prose:
            return charge.line
    return end


def _item_of(line: str, charges: Sequence[Charge], index: int, hint: str | None) -> LineItem | None:
    if any(charge.kind not in (None, Kind.DECOY, Kind.WEAK_TOTAL) or charge.is_prose for charge in charges):
        return None
    if any(charge.is_exact or _opens_with_a_sum(charge) for charge in charges) or not any(
        charge.amount.looks_like_money for charge in charges
    ):
        return None
    cells = line.split("\t")
    if len(cells) == 1:
        return _single_cell_item(line, charges, index)
    name = next((cell for cell in cells if re.search(r"[^\W\d_]{2}", cell) and not is_value(cell)), None)
    if name is None or not is_value(cells[-1]) or not _is_item_name(name):
        return None
    amounts = [amount for cell in cells if is_value(cell) for amount in find_amounts(cell, decimal_hint=hint)]
    money = [amount.value for amount in amounts if amount.looks_like_money] or [amounts[-1].value]
    quantity, unit = _quantity(name, [cell for cell in cells if cell is not name], hint)
    total = money[-1]
    unit_price = money[0] if len(money) > 1 and _fits(money[0], quantity, total) else None
    return LineItem(
        name=_clean_name(name), amount=total, quantity=quantity, unit=unit, unit_price=unit_price, line=index
    )


def _opens_with_a_sum(charge: Charge) -> bool:
    """ "Summa inkl. moms" sums up; "Plus, monthly fee" is sold."""
    return charge.kind is Kind.WEAK_TOTAL and classify(charge.label.split()[0]) == (Kind.WEAK_TOTAL, True)


def _single_cell_item(line: str, charges: Sequence[Charge], index: int) -> LineItem | None:
    """ "Kaffe 45,00 kr": a name with one marked amount at the end."""
    charge = charges[0]
    if len(charges) != 1 or charge.after or not charge.amount.mark or not _is_item_name(charge.label):
        return None
    if not line.startswith(charge.label) or len(charge.label.split()) > 8:
        return None
    quantity, unit = _quantity(charge.label, [], None)
    return LineItem(
        name=_clean_name(charge.label), amount=charge.amount.value, quantity=quantity, unit=unit, line=index
    )


def _is_item_name(name: str) -> bool:
    if len(name) > _LONGEST_NAME or not re.search(r"[^\W\d_]{2}", name) or name.endswith(":"):
        return False
    if _NOT_AN_ITEM.search(name):
        return False
    dates = find_dates(name)
    return not dates or len(name) - sum(date.end - date.start for date in dates) > 8


def _quantity(name: str, others: Sequence[str], hint: str | None) -> tuple[Decimal, str | None]:
    for cell in others:
        match = _QUANTITY_CELL.match(cell.strip())
        amounts = find_amounts(cell)
        if match and not any(amount.looks_like_money for amount in amounts):
            value = parse_number(match["quantity"], decimal_hint=hint)
            if value:
                return value, (match["unit"] or "").strip(".x×").lower() or None
    match = _QUANTITY_BEFORE.match(name)
    if match:
        return Decimal(match["quantity"]) or Decimal(1), None
    match = _QUANTITY_AFTER.search(name)
    if match:
        return Decimal(match["times"] or match["pieces"]) or Decimal(1), "st" if match["pieces"] else None
    return Decimal(1), None


def _fits(unit_price: Decimal, quantity: Decimal, total: Decimal) -> bool:
    return abs(unit_price * quantity - total) <= Decimal("0.02")


def _clean_name(name: str) -> str:
    cleaned = _QUANTITY_AFTER.sub("", _QUANTITY_BEFORE.sub("", name)).strip(" \u00a0-–,:•*")
    return cleaned or name.strip()
