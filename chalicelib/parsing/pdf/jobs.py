"""What may be run on untrusted bytes in the isolated child process: a plain dict of named functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.domain.invoices import RentalNotice
from chalicelib.parsing.pdf.document import count_pages
from chalicelib.parsing.pdf.retail import RetailPdf, read_retail_pdf
from chalicelib.parsing.rental.notice import parse_rental_notice


@dataclass(frozen=True, slots=True)
class Job:
    """A function of a document's bytes, and the type (encodable by msgspec) that it returns."""

    run: Callable[[bytes], Any]
    result: type[Any]


JOBS: Final[dict[str, Job]] = {
    "rental_notice": Job(parse_rental_notice, RentalNotice),
    "retail_pdf": Job(read_retail_pdf, RetailPdf),
    "page_count": Job(count_pages, int),
}
