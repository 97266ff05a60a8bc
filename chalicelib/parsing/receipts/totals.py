"""Which amount of a receipt is the grand total, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations

import msgspec

from chalicelib.parsing.receipts.charges import Charge
from chalicelib.parsing.receipts.labels import Kind
from chalicelib.parsing.receipts.line_items import LineItem
from chalicelib.parsing.receipts.vocabulary import compile_phrases, purchase_phrases
from chalicelib.parsing.values.amounts import Amount

_SCORES = {Kind.TOTAL: 10.0, Kind.PAID: 9.0, Kind.DUE: 8.0, Kind.WEAK_TOTAL: 5.0, Kind.REFUND: 10.0}
ZERO = Decimal(0)
_CENT = Decimal("0.01")
#: Öresavrundning: Swedish cash receipts are rounded to whole crowns.
_ROUNDING = Decimal("0.50")
_NOT_THE_BILL = re.compile(
    r"^(?:[/à@]|per\b|/ ?\w|off\b|or more\b|eller mer\b|rabatt\b|i rabatt\b|discount\b|each\b|a month\b"
    r"|a year\b|om året\b"
    r"|i månaden\b|monthly\b|pro monat\b|par mois\b|al mes\b|al mese\b|i mnd\b|om måneden\b|kuukaudessa\b|st\b|/st"
    r"|gift\b|presentkort|in credit|i tillgodo|poäng|points|saved\b|sparat\b|billigare\b|over\b|and (?:up"
    r"|over)\b|minimum)",
    re.IGNORECASE,
)
_LEADS_AWAY = re.compile(
    r"\b(?:over|över|above|minst|at least|from|från|ab|until|up to|upp till|save|spara|saved|next|nästa|will be"
    r"|kommer att"
    r"|then|därefter|sedan|instead of|istället för|worth|värd|värt|limit|only|endast|bara|just|fr\.|dès|vanaf|desde"
    r"|get|få|win|vinn|earn|tjäna|spend|handla för|köp för|orders? of|if you|om du|was|tidigare|normally"
    r"|normalt)\s*$",
    re.IGNORECASE,
)
_IN_TOTAL = re.compile(
    r"(?:in total|i totalt|totalt|total|altogether|insgesamt|i alt|en total|au total|yhteensä)\b", re.IGNORECASE
)
_CHARGED_AFTER = compile_phrases(purchase_phrases.CHARGED)
_MOST_PARTS = 9


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """The chosen total (``None``: none found), the amounts it was printed as, and the reasons to look again."""

    value: Decimal | None = None
    printed: tuple[Amount, ...] = ()
    adds_up: bool = False
    score: float = 0.0
    reasons: tuple[str, ...] = ()


class _Candidate(msgspec.Struct):
    value: Decimal
    score: float
    line: int
    charges: list[Charge]

    @property
    def is_strong(self) -> bool:
        return any(map(_is_firm, self.charges))


def _is_firm(charge: Charge) -> bool:
    """A label of a total outside running text."""
    return charge.kind in (Kind.TOTAL, Kind.PAID, Kind.DUE, Kind.REFUND) and not charge.is_prose


def choose_total(charges: Sequence[Charge], items: Sequence[LineItem], *, is_refund: bool = False) -> Total:
    """Scores every labelled total, prefers what the other lines add up to, and flags what stays open.

    >>> from chalicelib.parsing.receipts.charges import read_charges
    >>> rows = ["Subtotal\\t$25.00", "Shipping\\t$5.00", "Total\\t$30.00", "You saved $5.00"]
    >>> choose_total(read_charges(rows), []).value
    Decimal('30.00')
    """
    candidates = _candidates(charges, is_refund=is_refund)
    if not candidates:
        return _only_amount(charges)
    for candidate in candidates:
        if adds_up(candidate.value, charges, items):
            candidate.score += 4
    candidates.sort(key=lambda found: (found.score, found.line), reverse=True)
    best, reasons = _settle(candidates, charges)
    if best.value == 0:
        reasons.append("total_zero")
    if best.score < 5:
        reasons.append("total_uncertain")
    fits = adds_up(best.value, charges, items)
    if not fits and _has_parts(charges, items, best.value):
        reasons.append("items_do_not_add_up")
    printed = tuple(charge.amount for charge in best.charges)
    return Total(value=best.value, printed=printed, adds_up=fits, score=best.score, reasons=tuple(reasons))


def _candidates(charges: Sequence[Charge], *, is_refund: bool) -> list[_Candidate]:
    found: dict[Decimal, _Candidate] = {}
    for charge in charges:
        score = _score(charge, charges, is_refund=is_refund)
        if score <= 0:
            continue
        known = found.get(charge.amount.value)
        if known is None:
            found[charge.amount.value] = _Candidate(charge.amount.value, score, charge.line, [charge])
        else:
            if _is_firm(charge) or not any(map(_is_firm, known.charges)):
                known.line = max(known.line, charge.line)
            known.score = max(known.score, score) + 1.0
            known.charges.append(charge)
    for charge in charges:
        known = found.get(charge.amount.value)
        if known is not None and charge.kind is None and charge.amount.mark and charge not in known.charges:
            known.score += 0.5
            known.charges.append(charge)
    return list(found.values())


def _score(charge: Charge, charges: Sequence[Charge], *, is_refund: bool) -> float:
    kind, amount = charge.kind, charge.amount
    if not amount.looks_like_money and not (charge.is_exact and charge.siblings == 1):
        return 0.0
    if _NOT_THE_BILL.match(charge.after) and not charge.is_exact:
        return 0.0
    if kind is None and _CHARGED_AFTER.match(charge.after.lstrip(" .,")) and not _LEADS_AWAY.search(charge.label):
        kind = Kind.PAID
    if kind is None and _IN_TOTAL.match(charge.after):
        kind = Kind.PAID
    if kind is None or kind not in _SCORES or (kind is Kind.REFUND and not is_refund):
        return 0.0
    if kind is Kind.PAID and amount.value < 0 and not is_refund:
        return 0.0  # what came in for an earlier bill
    if _LEADS_AWAY.search(charge.label) or (charge.siblings > 1 and not _is_largest_sibling(charge, charges)):
        return 0.0
    return _SCORES[kind] + _adjustment(charge, kind)


def _adjustment(charge: Charge, kind: Kind) -> float:
    """How much the form of a label and of its amount speak for or against a total."""
    amount = charge.amount
    adjustment = 2.0 * charge.is_exact - 4.0 * charge.is_prose
    if kind is Kind.WEAK_TOTAL and _CHARGED_AFTER.search(charge.after):
        adjustment += 2.0
    if amount.mark is None:
        adjustment -= 1.0 if amount.decimals == 2 else 5.0
    return adjustment - 7.0 * (amount.value == 0)


def _is_largest_sibling(charge: Charge, charges: Sequence[Charge]) -> bool:
    """Of several amounts in one row ("Total 80,00 20,00 100,00") the largest with a currency, if any has one."""
    siblings = [other for other in charges if other.line == charge.line and other.label == charge.label]
    marked = [other for other in siblings if other.amount.mark] or siblings
    return charge is max(marked, key=lambda other: abs(other.amount.value))


def _settle(candidates: list[_Candidate], charges: Sequence[Charge]) -> tuple[_Candidate, list[str]]:
    """The best candidate, unless a rival's difference is explained by a line in between: then the later one."""
    best = candidates[0]
    reasons: list[str] = []
    for rival in candidates[1:]:
        if (
            rival.value == 0
            or abs(rival.value) == abs(best.value)
            or not rival.is_strong
            or rival.score < best.score - 7
        ):
            continue
        difference = abs(best.value - rival.value)
        if _is_sum_of_parts(difference, charges, (Kind.CREDIT,)):
            best = max(best, rival, key=lambda found: found.line)
            reasons.append("partly_paid_by_credit")
        elif _is_sum_of_parts(
            difference, charges, (Kind.DISCOUNT, Kind.TAX, Kind.DELIVERY, Kind.FEE, Kind.TIP, Kind.SAVED)
        ):
            best = max(best, rival, key=lambda found: (found.line, found.score))
        elif difference < 1 and rival.value == rival.value.to_integral_value() and rival.line > best.line:
            best = rival  # rounded to whole crowns
        elif difference < 1 and best.value == best.value.to_integral_value() and best.line > rival.line:
            continue
        elif rival.score >= best.score - 5:
            reasons.append("total_ambiguous")
    return best, list(dict.fromkeys(reasons))


def _parts(charges: Sequence[Charge], kinds: Sequence[Kind]) -> list[Decimal]:
    """Distinct amounts of these kinds, in order; a row with several amounts counts with its last.

    What is taken off under a name of its own ("Black week -400:-", "ROT-avdrag") is a discount.
    """
    lines: dict[tuple[int, str], Decimal] = {}
    for charge in charges:
        kind = Kind.DISCOUNT if charge.kind is None and charge.amount.value < 0 else charge.kind
        if kind in kinds and not charge.is_prose and charge.amount.looks_like_money and charge.amount.value:
            lines[charge.line, charge.label] = abs(charge.amount.value)
    return list(lines.values())[:_MOST_PARTS]


def _is_sum_of_parts(difference: Decimal, charges: Sequence[Charge], kinds: Sequence[Kind]) -> bool:
    parts = _parts(charges, kinds)
    return any(
        abs(sum(chosen) - difference) <= _CENT
        for size in range(1, len(parts) + 1)
        for chosen in combinations(parts, size)
    )


def adds_up(total: Decimal, charges: Sequence[Charge], items: Sequence[LineItem]) -> bool:
    """Whether items or subtotal, with charges added and discounts taken off, make up the total.

    Tax may be inside the prices or come on top, and a subtotal may or may not have the discount and the fees above it
    in it; savings are told only. Rounding to whole crowns is allowed for.
    """
    taxes = _parts(charges, (Kind.TAX,))
    discounts = _parts(charges, (Kind.DISCOUNT,))
    reductions = sum(_parts([charge for charge in charges if charge.amount.value < 0], (Kind.SAVED,)), ZERO)
    credits_used = sum(_parts(charges, (Kind.CREDIT,)), ZERO)
    wanted = abs(total)
    tolerance = _ROUNDING if wanted == wanted.to_integral_value() and wanted > 20 else _CENT
    changes = [
        tax - discount - credit
        for tax in {ZERO, sum(taxes, ZERO), max(taxes, default=ZERO)}
        for discount in {ZERO, sum(discounts, ZERO), sum(discounts, reductions), *discounts}
        for credit in {ZERO, credits_used}
    ]
    return any(abs(abs(base + change) - wanted) <= tolerance for base in _bases(charges, items) for change in changes)


def _bases(charges: Sequence[Charge], items: Sequence[LineItem]) -> set[Decimal]:
    """What the bill may start from: the goods or a subtotal, with the charges that are not yet in it."""
    extras = [
        charge
        for charge in charges
        if charge.kind in (Kind.DELIVERY, Kind.FEE, Kind.TIP) and not charge.is_prose and charge.amount.looks_like_money
    ]
    extra = _signed_sum(extras)
    goods = sum((item.amount for item in items), ZERO)
    bases = {goods, goods + extra, -goods, -goods + extra} if items else set()
    sums = [charge for charge in charges if charge.kind is Kind.SUBTOTAL or _is_bare_sum(charge)]
    for charge in sums:
        value = abs(charge.amount.value)
        below = _signed_sum([other for other in extras if other.line > charge.line])
        bases |= {value, value + extra, value + below, value + goods, value + goods + extra}
    return bases


def _is_bare_sum(charge: Charge) -> bool:
    return charge.kind is Kind.WEAK_TOTAL and charge.is_exact and charge.amount.looks_like_money


def _signed_sum(charges: Sequence[Charge]) -> Decimal:
    """One amount a line: a row repeats its unit price."""
    by_line = {(charge.line, charge.label): charge.amount.value for charge in charges}
    return sum(by_line.values(), ZERO)


def _has_parts(charges: Sequence[Charge], items: Sequence[LineItem], total: Decimal) -> bool:
    """Whether there is enough of a bill to expect that it adds up."""
    return bool(_parts(charges, (Kind.SUBTOTAL,))) or len(items) >= 2 or any(item.amount > abs(total) for item in items)


def _only_amount(charges: Sequence[Charge]) -> Total:
    """Without any labelled total: the one amount that the document states, if it is only one; to be reviewed."""
    refused = (
        Kind.DECOY,
        Kind.SAVED,
        Kind.DISCOUNT,
        Kind.TAX,
        Kind.CREDIT,
        Kind.REFUND,
        Kind.DELIVERY,
        Kind.FEE,
        Kind.TIP,
    )
    stated = [
        charge
        for charge in charges
        if charge.amount.mark
        and charge.kind not in refused
        and not _LEADS_AWAY.search(charge.label)
        and not _NOT_THE_BILL.match(charge.after)
    ]
    values = {charge.amount.value for charge in stated}
    if len(values) != 1:
        return Total(reasons=("total_missing",))
    printed = tuple(charge.amount for charge in stated)
    return Total(value=values.pop(), printed=printed, score=3.0, reasons=("total_unlabelled",))
