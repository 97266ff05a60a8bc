"""Several marked-up items of one mail as one purchase.

Legs of a journey, tickets of several travellers, an order beside its invoice or its reservation, JSON-LD beside
microdata: senders repeat one purchase in many items. They belong together when they share a number, or when one of
them has none. What does not belong together is not added up: the first purchase counts and the record is flagged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from chalicelib.parsing.markup.purchases import Kind, Purchase
from chalicelib.parsing.markup.values import Money

_T = TypeVar("_T")
_PRECEDENCE: tuple[Kind, ...] = ("order", "travel", "event", "restaurant", "invoice")


def merge(purchases: Sequence[Purchase], printed: Callable[[Decimal], bool]) -> Purchase:
    """One purchase of all items of a mail; ``printed`` tells whether an amount stands in the visible text.

    Cancelled items are left out unless all are cancelled.
    """
    live = [p for p in purchases if p.stage not in ("cancelled", "returned")] or list(purchases)
    groups = _groups(live)
    merged = _merge_group(groups[0], printed)
    reasons = list(merged.reasons)
    if len(live) < len(purchases):
        reasons.append("partly_cancelled")
    if len(groups) > 1:
        travels = all(p.kind == "travel" for group in groups for p in group)
        reasons.append("several_bookings" if travels else "several_orders")
        if travels:
            others = [_merge_group(group, printed) for group in groups[1:]]
            merged = replace(merged, legs=_unique(leg for p in (merged, *others) for leg in p.legs))
    return replace(merged, reasons=tuple(dict.fromkeys(reasons)))


def same_number(number: str) -> str:
    """A number for comparison, without spaces, hyphens and case.

    >>> same_number("AB-12 3") == same_number("ab123")
    True
    """
    return re.sub(r"[\W_]", "", number).casefold()


def _groups(purchases: Sequence[Purchase]) -> list[list[Purchase]]:
    """Purchases by shared number, in order of appearance; those without a number join the first group."""
    groups: list[tuple[set[str], list[Purchase]]] = []
    unnumbered: list[Purchase] = []
    for purchase in sorted(purchases, key=lambda p: _PRECEDENCE.index(p.kind)):
        numbers = {same_number(number) for number in purchase.numbers}
        home = next((group for group in groups if group[0] & numbers), None)
        if not numbers:
            unnumbered.append(purchase)
        elif home is not None:
            home[0].update(numbers)
            home[1].append(purchase)
        else:
            groups.append((numbers, [purchase]))
    if not groups:
        return _unnumbered_groups(unnumbered)
    ordered = [members for _, members in groups]
    ordered[0].extend(unnumbered)
    return ordered


def _unnumbered_groups(purchases: list[Purchase]) -> list[list[Purchase]]:
    """Orders without numbers are the same one only if they say the same; other kinds join the first of them."""
    orders = [p for p in purchases if p.kind == "order"]
    distinct = list(dict.fromkeys(orders))
    if len(distinct) > 1:
        return [[order] for order in distinct]
    return [purchases]


def _merge_group(group: list[Purchase], printed: Callable[[Decimal], bool]) -> Purchase:
    main = group[0]
    total, from_items, reasons = _total(group, printed)
    return replace(
        main,
        total=total,
        total_from_items=from_items,
        currency=_first(p.currency for p in group),
        invoice_date=_first(p.invoice_date for p in group),
        due_date=_first(p.due_date for p in group),
        numbers=_unique(number for p in group for number in p.numbers),
        seller=_first(p.seller for p in group),
        subject=_first(p.subject for p in group),
        payment_status=_first(p.payment_status for p in group),
        payment_method=_first(p.payment_method for p in group),
        discount=_first(p.discount for p in group),
        promo_code=_first(p.promo_code for p in group),
        tax=_first(p.tax for p in group),
        delivery_fee=_first(p.delivery_fee for p in group),
        lines=next((p.lines for p in group if p.lines), ()),
        kind="travel" if any(p.kind == "travel" for p in group) else main.kind,
        transport_type=_first(p.transport_type for p in group),
        carrier=_first(p.carrier for p in group),
        legs=_unique(leg for p in group for leg in p.legs),
        travellers=_unique(traveller for p in group for traveller in p.travellers),
        location=_first(p.location for p in group),
        description=_first(p.description for p in group),
        period=_first(p.period for p in group),
        reasons=tuple(dict.fromkeys([*(reason for p in group for reason in p.reasons), *reasons])),
    )


def _total(group: list[Purchase], printed: Callable[[Decimal], bool]) -> tuple[Money | None, bool, list[str]]:
    """The group's total, whether it is a sum of lines, and what is doubtful about it."""
    # an order states the whole; what its invoice still demands, or its reservations cost each, says less
    orders = [p for p in group if p.kind == "order" and p.total and not p.total_from_items]
    stated = orders or [p for p in group if p.total is not None and not p.total_from_items]
    if not stated:
        summed = next((p for p in group if p.total is not None), None)
        return (summed.total, True, []) if summed else (None, False, [])
    totals = [p.total for p in stated if p.total is not None]
    amounts = [total.amount for total in totals]
    if orders or stated[0].kind == "invoice":
        return totals[0], False, ["markup_states_several_totals"] if len(set(amounts)) > 1 else []
    if len(totals) == 1:
        return totals[0], False, []
    return _total_of_reservations(totals, printed)


def _total_of_reservations(
    totals: list[Money], printed: Callable[[Decimal], bool]
) -> tuple[Money | None, bool, list[str]]:
    """Each leg or traveller carries a price: its own, or that of the whole booking repeated.

    The visible text decides where it can; otherwise different prices are added, equal ones count once, flagged.
    """
    amounts = [total.amount for total in totals]
    summed = sum(amounts, Decimal(0))
    if len({total.currency for total in totals}) > 1:
        return totals[0], False, ["markup_states_several_totals"]
    repeated = len(set(amounts)) == 1
    if printed(summed):
        return totals[0]._replace(amount=summed), False, []
    if repeated:
        return totals[0], False, [] if printed(amounts[0]) else ["total_may_be_for_a_part"]
    return totals[0]._replace(amount=summed), False, ["total_is_sum_of_parts"]


def _first(candidates: Iterable[_T | None]) -> _T | None:
    return next((candidate for candidate in candidates if candidate is not None), None)


def _unique(candidates: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(candidates))
