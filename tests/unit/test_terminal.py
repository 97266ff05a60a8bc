"""What people see in a terminal."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest

from tests.sandbox.terminal import Column, Terminal, bar, clipped, columns, encodable, harmless, standing_bars, table


class Screen(io.TextIOWrapper):
    """A stream that can be a terminal."""

    def __init__(self, encoding: str = "utf-8", *, is_terminal: bool = False) -> None:
        self.bytes = io.BytesIO()
        self._is_terminal = is_terminal
        super().__init__(self.bytes, encoding=encoding, write_through=True)

    def isatty(self) -> bool:
        return self._is_terminal

    @property
    def shown(self) -> str:
        return self.bytes.getvalue().decode(self.encoding)


@contextmanager
def window(size: str) -> Iterator[None]:
    """COLUMNS is what shutil.get_terminal_size asks first."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = size
    try:
        yield
    finally:
        os.environ.pop("COLUMNS")
        if before is not None:
            os.environ["COLUMNS"] = before


@pytest.mark.parametrize(
    ("is_terminal", "environ", "coloured"),
    [
        (True, {}, True),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
        (False, {}, False),
    ],
)
def test_colours_are_for_terminals_of_people_who_do_not_refuse_them(
    is_terminal: bool, environ: dict[str, str], coloured: bool
) -> None:
    screen = Screen(is_terminal=is_terminal)
    terminal = Terminal.of(screen, environ)
    terminal.line(terminal.paint("rent", "green", "bold"))
    assert ("\x1b[32;1m" in screen.shown) is coloured
    assert "rent" in screen.shown


@pytest.mark.parametrize(("size", "width"), [("20", 60), ("90", 90), ("300", 100)])
def test_width_follows_the_window_within_reason(size: str, width: int) -> None:
    with window(size):
        assert Terminal.of(Screen(), {}).width == width


def test_stream_without_unicode_gets_substitutes_of_the_same_width() -> None:
    screen = Screen("ascii")
    Terminal(screen).lines(["✓ Förråd │ ▇█", "日本 …"], indent=0)
    assert screen.shown == "+ Forrad | ##\n?? ~\n"


def test_latin_1_stream_keeps_its_own_letters() -> None:
    assert encodable("Förråd ✓", "iso-8859-1") == "Förråd +"


def test_step_is_replaced_by_its_result_on_a_terminal_only() -> None:
    for is_terminal, shown in ((True, "  · ask\r\x1b[2Kanswer\n"), (False, "answer\n")):
        screen = Screen(is_terminal=is_terminal)
        terminal = Terminal(screen)
        terminal.began("ask")
        terminal.done("answer")
        assert screen.shown == shown


@pytest.mark.parametrize(
    "hostile", ["\x1b]0;title\x07", "\x1b[2J", "a\rb", "a\nb", "\u202efdp.exe", "\u200b", "\x9b31m", "\ud800"]
)
def test_text_of_a_mail_cannot_steer_the_terminal(hostile: str) -> None:
    assert not {each for each in harmless(hostile) if each < " " or "\x7f" <= each <= "\x9f" or each == "\u202e"}
    assert "\ufffd" in harmless(hostile)


def test_too_wide_table_takes_from_its_widest_flexible_column_first() -> None:
    head = [Column("Name", flexible=True), Column("From", flexible=True), Column("Kronor", "right")]
    lines = list(table(head, [["n" * 30, "f" * 10, "10 513"]], 40))
    assert [columns(line) for line in lines] == [40, 40]
    assert lines[1] == f"{'n' * 21}… {'f' * 10} 10 513"


def test_table_never_cuts_a_number() -> None:
    lines = list(table([Column("Name", flexible=True), Column("Kronor", "right")], [["n" * 30, "10 513"]], 5))
    assert lines[1].endswith(" 10 513")


def test_wide_characters_count_twice() -> None:
    assert clipped("日本語日本語", 5) == "日本…"


def test_lying_bars_are_in_proportion_and_never_invisible() -> None:
    assert [bar(Decimal(each), Decimal(80), 10) for each in (80, 40, 1)] == ["█" * 10, "█" * 5, "▏"]
    assert [bar(Decimal(each), Decimal(80), 10) for each in (0, -5)] == ["", ""]
    assert bar(Decimal(0), Decimal(0), 10) == ""


def test_standing_bars_start_at_zero_and_leave_gaps() -> None:
    assert standing_bars([Decimal(8), Decimal(6), None, Decimal(4)], 4, 2) == [
        "██",
        "██ ██",
        "██ ██    ██",
        "██ ██    ██",
    ]


def test_chart_of_nothing_is_empty() -> None:
    assert standing_bars([], 2, 1) == ["", ""]
    assert standing_bars([None, Decimal(0)], 2, 1) == ["", ""]
