"""What a person sees of a mail: hidden text, layout, quotations, hostile markup."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.parsing.visible.text import VisibleText, plain_text, visible_text

DECOY = "Total 9999,00 kr"


@pytest.mark.parametrize(
    "markup",
    [
        f'<p style="display:none">{DECOY}</p>',
        f'<p style="DISPLAY : NONE !important">{DECOY}</p>',
        f'<p style="visibility:hidden">{DECOY}</p>',
        f'<p style="opacity:0">{DECOY}</p>',
        f'<p style="font-size:0">{DECOY}</p>',
        f'<p style="font-size:1px">{DECOY}</p>',
        f'<div style="font-size:0.05em"><span>{DECOY}</span></div>',
        f'<div style="max-height:0;overflow:hidden">{DECOY}</div>',
        f'<div style="height:0;width:0">{DECOY}</div>',
        f'<div style="width:0px;overflow:hidden">{DECOY}</div>',
        f'<p style="color:#ffffff">{DECOY}</p>',
        f'<p style="color:white;background:#fff">{DECOY}</p>',
        f'<table bgcolor="#222222"><tr><td><font color="#222222">{DECOY}</font></td></tr></table>',
        f'<p style="color:transparent">{DECOY}</p>',
        f'<p style="color:rgba(255,255,255,1)">{DECOY}</p>',
        f"<p hidden>{DECOY}</p>",
        f'<p style="mso-hide:all">{DECOY}</p>',
        f'<p style="position:absolute;left:-9999px">{DECOY}</p>',
        f'<p style="text-indent:-9999px">{DECOY}</p>',
        f'<p style="position:absolute;clip:rect(0,0,0,0)">{DECOY}</p>',
        f'<p style="transform:scale(0)">{DECOY}</p>',
        f"<!-- {DECOY} -->",
        f"<!--[if mso]><p>{DECOY}</p><![endif]-->",
        f"<script>{DECOY}</script><style>{DECOY}</style><template>{DECOY}</template>",
        f"<head><title>{DECOY}</title></head>",
        f"<p><s>{DECOY}</s></p>",
        f'<style>.preheader{{display:none}}</style><span class="a preheader">{DECOY}</span>',
        f'<style>#x{{visibility:hidden}}</style><span id="x">{DECOY}</span>',
        f'<style>div .x > span{{font-size:0}}</style><div><p class="x"><span>{DECOY}</span></p></div>',
        f'<style>.x{{display:none!important}}</style><span class="x" style="display:block">{DECOY}</span>',
    ],
)
def test_text_that_nobody_sees_is_left_out(markup: str) -> None:
    assert visible_text(f"<html><body>{markup}<p>Total 12,00 kr</p></body></html>").lines == ("Total 12,00 kr",)


@pytest.mark.parametrize(
    "markup",
    [
        '<td style="font-size:0px"><div style="font-size:13px">Total 12,00 kr</div></td>',
        '<div style="visibility:hidden"><span style="visibility:visible">Total 12,00 kr</span></div>',
        '<table bgcolor="#003366"><tr><td><font color="#ffffff">Total 12,00 kr</font></td></tr></table>',
        '<div style="background-image:url(x.png);color:#fff">Total 12,00 kr</div>',
        "<style>@media (max-width:600px){.x{display:none}}</style><p class=x>Total 12,00 kr</p>",
        '<style>.x{display:none}</style><p class="x" style="display:block">Total 12,00 kr</p>',
        "<style>.x{display:none} .x{display:block}</style><p class=x>Total 12,00 kr</p>",
        '<p aria-hidden="true">Total 12,00 kr</p>',
        "<style>p{color:#fff} broken{{{</style><p style='color:#000'>Total 12,00 kr</p>",
        "<p>T&#111;tal&nbsp;1&#8203;2&#44;0&#x30; kr</p>",
        "<p>To\u00adtal 1\u2060２,00 kr</p>",
        '<p>Total 12,00 kr <a href="https://t.example/?id=1">https://t.example/?id=1</a></p>',
    ],
)
def test_text_that_people_see_stays(markup: str) -> None:
    text = visible_text(f"<html><body>{markup}</body></html>").text
    assert text.replace("\u00a0", " ") == "Total 12,00 kr"


def test_rows_and_columns_stay_recognisable() -> None:
    html = """<table><tr><td><table><tr><td>Subtotal</td><td align=right><p>10,00 kr</p></td></tr></table></td></tr>
    <tr><td>Frakt<br>Totalt</td><td>5,00 kr<br>15,00 kr</td></tr></table>
    <div style="display:flex"><span>Att betala</span><span>15,00 kr</span></div>
    <div><div style="float:left">Moms</div><div style="float:right">3,00 kr</div></div>
    <div><div style="display:inline-block">Betalt</div><div style="display:inline-block">15,00 kr</div></div>"""
    assert visible_text(html).lines == (
        "Subtotal\t10,00 kr",
        "Frakt\t5,00 kr",
        "Totalt\t15,00 kr",
        "Att betala\t15,00 kr",
        "Moms\t3,00 kr",
        "Betalt\t15,00 kr",
    )


def test_thousand_separators_survive() -> None:
    assert visible_text("<p>1&nbsp;249,00 &#8239;</p>").lines == ("1\u00a0249,00",)


def test_a_reply_loses_its_quoted_tail_and_a_forward_keeps_its_content() -> None:
    reply = "<p>Tack!</p><p>Den 3 feb. 2025 kl. 10:11 skrev Butiken:</p><blockquote>Totalt 12,00 kr</blockquote>"
    forward = "<p>fyi</p><p>---------- Forwarded message ---------<br>From: Butiken &lt;a@b.example&gt;<br>Date: x<br>"
    forward += "Subject: Kvitto<br>To: Bo</p><p>Totalt 12,00 kr</p>"
    assert visible_text(reply, subject="Sv: Kvitto").lines == ("Tack!",)
    seen = visible_text(forward, subject="Fwd: Kvitto")
    assert (seen.lines, seen.forwarded_from) == (("fyi", "Totalt 12,00 kr"), "Butiken")


@pytest.mark.parametrize(
    ("subject", "kept"), [("VB: Kvitto", True), ("Kvitto", True), ("SV: Kvitto", False), ("Re: Receipt", False)]
)
def test_an_original_message_block_is_read_by_its_subject(subject: str, kept: bool) -> None:
    body = (
        "-----Ursprungligt meddelande-----\nFrån: Butiken\nSkickat: 2025-01-01\nTill: Bo\nÄmne: Kvitto\nSumma 12,00 kr"
    )
    assert ("Summa 12,00 kr" in plain_text(body, subject=subject).lines) is kept


def test_plain_columns_become_cells() -> None:
    body = "Kaffe          45,00\nTotalt ........ 45,00 kr\n| Moms | 5,00 |\nVisa .... 4410"
    assert plain_text(body).lines == ("Kaffe\t45,00", "Totalt\t45,00 kr", "Moms\t5,00", "Visa .... 4410")


def test_deep_nesting_is_cut_and_said() -> None:
    seen = visible_text("<div>" * 60_000 + "Total 12 kr" + "</div>" * 60_000)
    assert seen.truncated


@pytest.mark.parametrize("html", ["<p>Total 12 kr</p>" * 60_000, "<table><tr><td>" * 30_000 + "x", "x" * 5_000_000])
def test_output_is_bounded_for_megabytes(html: str) -> None:
    seen = visible_text(html)
    assert seen.truncated
    assert len(seen.text) <= 210_000


def test_direction_overrides_are_dropped_and_said() -> None:
    seen = visible_text("<p>Total \u202e00,21\u202c kr</p>")
    assert seen.reorders_text
    assert seen.lines == ("Total 00,21 kr",)


def test_alternative_texts_and_language_are_kept_apart() -> None:
    seen = visible_text('<html lang="sv-SE"><body><img alt="Butiken"><p>Hej</p></body></html>')
    assert seen == VisibleText(lines=("Hej",), image_texts=("Butiken",), language="sv-SE")


_FRAGMENTS = (
    "<div> </div> <table> <tr> <td> </table> <p/style=' display:none '> <b> <!-- --> &# <style> </style> .a{ } "
    "Total 12,00 kr <a/href=x> <pre> <br > \x00 \ud800 \u202e \x85"
)
FRAGMENTS = st.sampled_from(_FRAGMENTS.split(" "))


@given(st.lists(st.one_of(FRAGMENTS, st.text(max_size=8)), max_size=60).map("".join), st.text(max_size=20))
@settings(max_examples=150, deadline=None)
def test_any_markup_yields_clean_lines(html: str, subject: str) -> None:
    for seen in (visible_text(html, subject=subject), plain_text(html, subject=subject)):
        assert all(line and line == line.strip(" \t\n") for line in seen.lines)
        assert not any("\n" in line or "\x00" in line or "\u202e" in line for line in seen.lines)
