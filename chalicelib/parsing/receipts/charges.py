"""Every amount of a document with the label that stands beside, above or before it, and what that label means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from chalicelib.parsing.receipts.labels import Kind, classify
from chalicelib.parsing.receipts.vocabulary import compile_phrases, date_labels, identifier_labels
from chalicelib.parsing.values.amounts import Amount, find_amounts
from chalicelib.parsing.values.currencies import ISO_CODES
from chalicelib.parsing.values.dates import find_dates
from chalicelib.parsing.visible.rows import is_value


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """A labelled amount. ``kind`` is ``None`` for an unknown label, as goods have.

    ``line`` is its line's index. ``is_prose`` marks an amount inside a sentence. ``is_exact`` marks a label that is a
    known phrase and nothing else. ``siblings`` counts the amounts that share the label. ``after`` is what follows
    directly ("per month", "off your next order").
    """

    amount: Amount
    label: str
    line: int
    kind: Kind | None = None
    is_exact: bool = False
    is_prose: bool = False
    siblings: int = 1
    after: str = ""


_LABEL_CURRENCY = re.compile(r"\b(SEK|NOK|DKK|EUR|USD|GBP|CAD|AUD|CHF|INR|PLN|ISK|NZD|JPY|kr)\b|([€£$])")
_SUMMARY_HEADER = compile_phrases(
    identifier_labels.ORDER, identifier_labels.INVOICE, date_labels.PURCHASE, date_labels.DUE
)
#: The end of a sentence, not the dot of "incl." or "nr.".
_SENTENCE_END = re.compile(
    r"(?<=[a-zåäöéü)]{4})(?<!incl)(?<!inkl)(?<!excl)(?<!exkl)(?<!eksk)[.!?] +(?=[A-ZÅÄÖÉÜ])|[!?] +"
)
#: "... and paid by Swish, 320 kr": how it was paid stands between the deed and the amount.
_BY_MEANS = re.compile(r"\s(?:med|via|by|with|using|per|mit|par|con|con la|met)\s(?:\S+\s?){1,2}$", re.IGNORECASE)
_LONGEST_LABEL = 70
_LONGEST_HEADING = 45
_MOST_LINES = 3000
_MOST_CHARGES = 2000
_MOST_AMOUNTS_OF_A_LINE = 40


def read_charges(lines: Sequence[str], *, decimal_hint: str | None = None) -> list[Charge]:
    """All amounts of a document with their labels, in order.

    >>> found = read_charges(["Subtotal\\t$10.00", "Total", "$12.00", "You were charged $12.00 today."])
    >>> [(charge.label, str(charge.amount.value), charge.kind and charge.kind.value) for charge in found]
    [('Subtotal', '10.00', 'subtotal'), ('Total', '12.00', 'total'), ('You were charged', '12.00', 'paid')]
    """
    charges: list[Charge] = []
    borrowed = _labels_above(lines[:_MOST_LINES], decimal_hint)
    for index, line in enumerate(lines[:_MOST_LINES]):
        if len(charges) >= _MOST_CHARGES:
            break
        if any(character.isdigit() for character in line):
            charges.extend(_charges_of_line(index, line, borrowed.get(index), decimal_hint))
    return charges


def _labels_above(lines: Sequence[str], hint: str | None) -> dict[int, list[str]]:
    """Labels for lines that hold values only: the line above, a run of labels above, or a header row above."""
    found: dict[int, list[str]] = {}
    index = 0
    while index < len(lines):
        run = _run_of_values(lines, index)
        if not run:
            if _heads_a_summary(lines, index):
                found[index] = lines[index - 1].split("\t")
            index += 1
            continue
        headings = [lines[i] for i in range(max(index - run, 0), index)]
        cells = lines[index].split("\t")
        above = lines[index - 1].split("\t") if index else []
        if run == 1 and len(above) == len(cells) and _names_the_cells(lines, index):
            found[index] = above
        elif run > 1 and len(headings) == run and all(_is_heading(line) for line in headings):
            for offset, heading in enumerate(headings):
                found[index + offset] = [heading]
        index += run
    return found


def _heads_a_summary(lines: Sequence[str], index: int) -> bool:
    """Whether a row stands under a header that names numbers and dates too ("Invoice no | Due date | To pay")."""
    cells = lines[index].split("\t")
    above = lines[index - 1].split("\t") if index else []
    if len(cells) < 3 or len(above) != len(cells) or any(character.isdigit() for character in lines[index - 1]):
        return False
    named = any(_SUMMARY_HEADER.search(cell) for cell in above)
    return named and any(classify(cell)[0] in (Kind.TOTAL, Kind.DUE, Kind.PAID) for cell in above)


def _names_the_cells(lines: Sequence[str], index: int) -> bool:
    """Whether the line above a row of values is its header, or the heading of a single value."""
    above = lines[index - 1]
    if "\t" in above:
        return not any(is_value(cell) for cell in above.split("\t"))
    return _is_heading(above) and not _is_labelled_run(lines, index)


def _run_of_values(lines: Sequence[str], start: int) -> int:
    """How many lines from ``start`` on hold nothing but one value (or, for the first, a row of values)."""
    end = start
    while end < len(lines) and lines[end] and all(is_value(cell) for cell in lines[end].split("\t")):
        end += 1
        if "\t" in lines[start]:
            break
    return end - start


def _is_heading(line: str) -> bool:
    return len(line) <= _LONGEST_HEADING and "\t" not in line and not is_value(line)


def _is_labelled_run(lines: Sequence[str], index: int) -> bool:
    """Several money labels above one value: which of them it belongs to is not known."""
    above = [line for line in lines[max(index - 2, 0) : index] if _is_heading(line) and not find_amounts(line)]
    return len(above) == 2 and all(classify(line)[1] for line in above)


def _charges_of_line(index: int, line: str, borrowed: list[str] | None, hint: str | None) -> Iterator[Charge]:
    flat = line.replace("\t", " \t ")
    amounts = _relevant_amounts(flat, hint)
    if borrowed is not None:
        for amount in amounts:
            column = min(flat[: amount.start].count("\t"), len(borrowed) - 1)
            yield _charge(amount, borrowed[column], index, 1, "")
        return
    segments = _segments(flat, amounts)
    for amount, (label, siblings) in zip(amounts, segments, strict=True):
        after = flat[amount.end : amount.end + 40].partition("\t")[0].strip()
        if len(label) > _LONGEST_LABEL and "\t" not in label:
            yield _prose_charge(amount, flat, index, after)
        else:
            yield _charge(amount, label, index, siblings, after)


def _relevant_amounts(flat: str, hint: str | None) -> list[Amount]:
    """Amounts outside dates; a bare number counts only at the end of its cell ("2 nights" is part of a name)."""
    amounts = find_amounts(flat, decimal_hint=hint)[:_MOST_AMOUNTS_OF_A_LINE]
    dates = find_dates(flat, day_first=True) if amounts else []
    return [
        amount
        for amount in amounts
        if not any(found.start < amount.end and amount.start < found.end for found in dates)
        and (amount.looks_like_money or not flat[amount.end :].partition("\t")[0].strip(" .)"))
    ]


def _segments(flat: str, amounts: Sequence[Amount]) -> list[tuple[str, int]]:
    """For each amount the text before it back to the previous amount; amounts in a row share one label."""
    labels: list[str] = []
    position = 0
    for amount in amounts:
        between = flat[position : amount.start]
        if labels and not re.search(r"[^\W\d_]{2}", between):
            labels.append(labels[-1])
        else:
            labels.append(_clean_label(between))
        position = amount.end
    if amounts and not labels[0] and len(set(labels)) == 1:
        after = _clean_label(flat[amounts[-1].end :])
        labels = [after if len(after) <= _LONGEST_HEADING else ""] * len(labels)
    return [(label, labels.count(label)) for label in labels]


def _clean_label(text: str) -> str:
    """The cell next to the amount that has words, else all of them; the last sentence of a paragraph."""
    cells = [cell.strip(" \u00a0") for cell in text.split("\t")]
    worded = [cell for cell in cells if re.search(r"[^\W\d_]{2}", cell)]
    label = worded[0] if worded else " ".join(cells)
    return _SENTENCE_END.split(label)[-1].strip(" \u00a0,;|•-–")


def _charge(amount: Amount, label: str, line: int, siblings: int, after: str) -> Charge:
    kind, is_exact = _meaning(label)
    if amount.mark is None:
        amount = _with_label_currency(amount, label)
    words = len(label.split())
    return Charge(
        amount=amount,
        label=label,
        line=line,
        kind=kind,
        is_exact=is_exact,
        is_prose=words > 6 and not is_exact,
        siblings=siblings,
        after=after,
    )


def _meaning(label: str) -> tuple[Kind | None, bool]:
    """As ``classify``; a label that ends in a means of payment means what stands before that."""
    kind, is_exact = classify(label)
    return (kind, is_exact) if kind else (classify(_BY_MEANS.sub("", label))[0], False)


def _with_label_currency(amount: Amount, label: str) -> Amount:
    """ "Total (SEK)" beside "217,00" says the currency in the label."""
    match = _LABEL_CURRENCY.search(label)
    if not match:
        return amount
    mark = match[0]
    return msgspec.structs.replace(amount, mark=mark, currency=mark if mark in ISO_CODES else None)


def _prose_charge(amount: Amount, flat: str, line: int, after: str) -> Charge:
    """An amount in a sentence means what the few words around it say."""
    before = re.split(r"[.!?;] ", flat[max(amount.start - 80, 0) : amount.start])[-1].strip()
    kind, _ = _meaning(" ".join(before.split()[-6:]))
    return Charge(amount=amount, label=before, line=line, kind=kind, is_prose=True, after=after)
