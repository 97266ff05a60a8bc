"""Parsing beside the libraries that it stands on, and beside doing less."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

from chalicelib.domain.mail import MailContext
from chalicelib.parsing.markup.schema_org import extract_by_markup
from chalicelib.parsing.model.prompt import build_prompt
from chalicelib.parsing.pdf.isolation import parse_rental_notice_isolated
from chalicelib.parsing.receipts.rules import extract_by_rules
from chalicelib.parsing.rental.notice import parse_rental_notice
from chalicelib.parsing.visible.text import visible_text
from tests.bench.table import Row, ratio
from tests.bench.timing import median_seconds
from tests.golden.corpus import read_corpus
from tests.sandbox.samples.rent_notices import LAYOUTS, render_rent_notice, sample_notice

_GOLDEN = Path(__file__).parents[1] / "golden" / "retail"
_KILOBYTES = 150


def pdf_rows() -> Iterator[Row]:
    """A notice of every layout of the samples."""
    notices = _notices()
    plain = _pages_a_second(notices, _by_pdfminer)
    yield Row("pdfminer, raw text", f"{plain:.0f} pages/s")
    raw = _pages_a_second(notices, _by_pypdfium2)
    yield Row("pypdfium2, raw text", f"{raw:.0f} pages/s", f"{ratio(raw, plain)} pdfminer")
    parsed = _pages_a_second(notices, parse_rental_notice)
    yield Row("the rental parser, to a record", f"{parsed:.0f} pages/s", f"{ratio(parsed, plain)} pdfminer")
    apart = _pages_a_second(notices, parse_rental_notice_isolated)
    yield Row("... in a process for each", f"{apart:.0f} pages/s", f"{ratio(apart, parsed)} in-process")


def _notices() -> list[bytes]:
    from tests.app.mails import this_month

    return [render_rent_notice(layout, sample_notice(layout, this_month())) for layout in LAYOUTS]


def _pages_a_second(pdfs: list[bytes], read: Callable[[bytes], object]) -> float:
    import pypdfium2

    pages = sum(len(pypdfium2.PdfDocument(pdf)) for pdf in pdfs)
    return pages / median_seconds(lambda: [read(pdf) for pdf in pdfs], runs=3)


def _by_pdfminer(pdf: bytes) -> str:
    from pdfminer.high_level import extract_text

    return str(extract_text(io.BytesIO(pdf)))


def _by_pypdfium2(pdf: bytes) -> str:
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def html_rows() -> Iterator[Row]:
    """One mail of 150 KB, most of it styles, links and padding, as mails of shops are."""
    html = _heavy_mail()
    ours = median_seconds(lambda: visible_text(html), runs=9)
    tree = median_seconds(lambda: _by_selectolax(html), runs=9)
    standard = median_seconds(lambda: _by_html_parser(html), runs=9)
    yield Row("selectolax, text of the tree", _ms(tree), "with hidden text and styles")
    yield Row("html.parser, text of the events", _ms(standard), f"{ratio(standard, tree)} selectolax")
    yield Row("visible text", _ms(ours), f"{ratio(ours, tree)} selectolax, {ratio(ours, standard)} html.parser")
    prompt = build_prompt(visible_text(html).text, MailContext(subject="Kvitto")).size
    yield Row("bytes of the question to a model", f"{prompt:,}", f"{prompt / len(html.encode()):.1%} of the mail's")


def _heavy_mail() -> str:
    link = "https://click.shop.example/ls/click?upn=" + "u001.AbCdEfGhIjKlMnOpQrStUvWxYz0123456789" * 4
    line = (
        '<tr><td style="font-family:Arial,sans-serif;font-size:14px;line-height:20px;padding:8px 0">'
        f'<a href="{link}" style="color:#111;text-decoration:none">Provvara {{0}}</a></td>'
        '<td align="right" style="font-family:Arial,sans-serif;font-size:14px">{0},00 kr</td></tr>\n'
        '<tr><td style="display:none;max-height:0;overflow:hidden">' + "&#8199;&#65279;&#847; " * 12 + "</td></tr>\n"
    )
    style = "<style>" + ".a{color:#111;padding:0 8px}\n" * 400 + "</style>"
    size = len(line.encode())
    lines = "".join(line.format(number) for number in range(1, (_KILOBYTES * 1024 - len(style)) // size + 1))
    return f"<html><head>{style}</head><body><h1>Tack för ditt köp</h1><table>{lines}</table></body></html>"


def _by_selectolax(html: str) -> str:
    from selectolax.lexbor import LexborHTMLParser

    return str(LexborHTMLParser(html).text())


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def _by_html_parser(html: str) -> str:
    parser = _Texts()
    parser.feed(html)
    return "".join(parser.texts)


def method_rows() -> Iterator[Row]:
    """The golden mails, each method on those that it is for."""
    mails = [(row, row.html()) for row in read_corpus(_GOLDEN) if not row.is_pdf]
    raw = sum(len(html.encode()) for _row, html in mails)
    asked = sum(build_prompt(visible_text(html).text, row.mail).size for row, html in mails)
    text = sum(len(visible_text(html).text.encode()) for _row, html in mails)
    yield Row("bytes of clean text of all", f"{text:,}", f"{text / raw:.0%} of their HTML")
    yield Row("bytes of the questions, rules included", f"{asked:,}", f"{asked / raw:.0%} of their HTML")
    marked = [(html, row.mail) for row, html in mails if row.has_markup]
    markup = median_seconds(lambda: [extract_by_markup(html, mail) for html, mail in marked], runs=3) / len(marked)
    rules = median_seconds(lambda: [_by_rules(html, mail) for html, mail in marked], runs=3) / len(marked)
    yield Row("markup, a document", _ms(markup), f"{len(marked)} documents")
    yield Row("rules, the same documents", _ms(rules), f"{ratio(rules, markup)} markup")


def _by_rules(html: str, mail: MailContext) -> object:
    return extract_by_rules(visible_text(html, subject=mail.subject), mail)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"
