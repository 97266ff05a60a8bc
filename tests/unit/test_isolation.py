"""Parsing in child processes: what kills a child becomes a reason, and the next document is read."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.domain.invoices import RentalNotice
from chalicelib.errors import DocumentIgnored, DocumentRejected, DocumentUnreadable
from chalicelib.parsing.pdf import isolation
from chalicelib.parsing.pdf.isolation import (
    Limits,
    parse_rental_notice_isolated,
    run_isolated,
)
from chalicelib.parsing.pdf.retail import RetailPdf
from tests.sandbox.samples.rent_notices import expected_notice, render_rent_notice, sample_notice
from tests.sandbox.samples.swedish_invoices import render_swedish_document

FACTS: Final = sample_notice("labels", date(2025, 2, 1))
PDF: Final = render_rent_notice("labels", FACTS)
NOTICE: Final = expected_notice("labels", FACTS)
MIB: Final = 1024 * 1024


@pytest.fixture(autouse=True)
def _next_document_is_read() -> Iterator[None]:
    """Whatever a test did to a worker, the next document works."""
    yield
    assert parse_rental_notice_isolated(PDF) == NOTICE


def pdf_of(*objects: bytes) -> bytes:
    """A PDF of numbered objects, the first of which is the catalogue."""
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    xref = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n" % (size, table, size)
    return body + xref + b"startxref\n%d\n%%%%EOF\n" % len(body)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


def page_with(content: bytes, *more: bytes, resources: bytes = b"<< >>") -> bytes:
    """One page; ``content`` is object 4, ``more`` are objects 5 and up."""
    return pdf_of(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %s >>" % resources,
        content,
        *more,
    )


def memory_bomb(size: int) -> bytes:
    """A content stream that unpacks, twice, to ``size`` bytes of spaces."""
    packer = zlib.compressobj(9)
    once = b"".join(packer.compress(b" " * MIB) for _ in range(size // MIB)) + packer.flush()
    return page_with(stream(zlib.compress(once, 9), b"/Filter [/FlateDecode /FlateDecode]"))


def endless() -> bytes:
    """Twenty forms, each drawing the next one twenty times: 20^20 drawings."""
    entry = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F %d 0 R >> >>"
    forms = [stream(b"/F Do " * 20, entry % number) for number in range(6, 26)]
    return page_with(stream(b"/F Do"), *forms, stream(b""), resources=b"<< /XObject << /F 5 0 R >> >>")


def reason(pdf: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(DocumentUnreadable) as refused:
        parse_rental_notice_isolated(pdf, limits)
    return refused.value.reason


def text_of(pdf: bytes) -> str:
    document: RetailPdf = run_isolated("retail_pdf", pdf, RetailPdf).value
    return document.text


def test_notices_and_text_come_through_unchanged() -> None:
    assert parse_rental_notice_isolated(PDF) == NOTICE
    assert "Totalt att betala:" in text_of(PDF)


def test_text_keeps_columns_apart() -> None:
    line = next(line for line in text_of(PDF).splitlines() if line.lstrip().startswith("Hyra "))
    assert line.split("  ")[0].strip() == "Hyra"
    assert line.endswith(f"  {FACTS.money(FACTS.charges[0].amount)}")


def test_documents_of_other_kinds_are_ignored_not_unreadable() -> None:
    with pytest.raises(DocumentIgnored, match="not_a_rental_notice"):
        parse_rental_notice_isolated(render_swedish_document("electricity", date(2025, 2, 1)))


def test_a_document_that_unpacks_to_much_memory_runs_out_of_it() -> None:
    assert reason(memory_bomb(600 * MIB)) == "out_of_memory"


def test_memory_stays_below_half_a_gibibyte() -> None:
    run = run_isolated("rental_notice", PDF, RentalNotice)
    assert 0 < run.peak_memory + Limits().memory < 512 * MIB


def test_a_document_that_does_not_end_times_out() -> None:
    assert reason(endless(), Limits(seconds=0.7)) == "timeout"


@pytest.mark.parametrize(
    ("pdf", "expected"),
    [
        (page_with(stream(b"[" * 200_000)), "no_text"),
        (pdf_of(b"[" * 100_000), "no_pages"),
        (page_with(stream(b"xyz", b"/Filter /NoSuchDecode")), "truncated_or_damaged"),
        (page_with(stream(b"BT /F1 9 Tf (x) Tj ET"))[:-200], "truncated_or_damaged"),
    ],
    ids=["nested operands", "nested catalogue", "unknown filter", "cut off"],
)
def test_malformed_documents_have_reasons(pdf: bytes, expected: str) -> None:
    assert reason(pdf) == expected


def test_a_chain_of_tables_that_bites_its_tail_ends() -> None:
    looped = PDF.replace(b"/Size", b"/Prev %d /Size" % PDF.rindex(b"xref\n0 "), 1)
    assert looped != PDF
    outcome(looped)


def test_a_worker_serves_one_document_after_the_other() -> None:
    isolation.stop_workers()
    parse_rental_notice_isolated(PDF)
    first = isolation.idle_workers()
    reason(page_with(stream(b"")))
    assert isolation.idle_workers() == first
    assert len(first) == 1


def test_a_worker_that_died_is_replaced() -> None:
    parse_rental_notice_isolated(PDF)
    for worker in (died := isolation.idle_workers()):
        os.kill(worker, signal.SIGKILL)
    assert parse_rental_notice_isolated(PDF) == NOTICE
    assert set(isolation.idle_workers()).isdisjoint(died[-1:])


def test_many_threads_share_a_few_workers() -> None:
    pdfs = [render_rent_notice("table", sample_notice("table", date(2025, month, 1))) for month in range(1, 13)]
    with ThreadPoolExecutor(12) as threads:
        months = [
            notice.due_date.month % 12 + 1
            for notice in threads.map(parse_rental_notice_isolated, pdfs)
            if notice.due_date
        ]
    assert months == list(range(1, 13))
    assert len(isolation.idle_workers()) <= max(os.cpu_count() or 1, 1)


ORPHAN: Final = """
import os, sys
from chalicelib.parsing.pdf import isolation
isolation.parse_rental_notice_isolated(open(sys.argv[1], "rb").read())
print(*isolation.idle_workers(), flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waiting for a process that is not our child needs Linux")
@pytest.mark.parametrize("last_signal", [signal.SIGKILL, signal.SIGTERM])
def test_no_worker_survives_its_parent(tmp_path: Path, last_signal: signal.Signals) -> None:
    (tmp_path / "notice.pdf").write_bytes(PDF)
    command = [sys.executable, "-c", ORPHAN, str(tmp_path / "notice.pdf")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path.cwd()) as parent:
        assert parent.stdout is not None
        worker = os.pidfd_open(int(parent.stdout.readline()))
        parent.send_signal(last_signal)
    ended, _, _ = select.select([worker], [], [], 10)
    os.close(worker)
    assert ended == [worker]


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads the process file system")
def test_a_worker_gets_neither_secrets_nor_descriptors(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    isolation.stop_workers()
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "do-not-pass-on")
    with (tmp_path / "open.txt").open("w") as held:
        os.set_inheritable(held.fileno(), True)
        parse_rental_notice_isolated(PDF)
        (worker,) = isolation.idle_workers()
        environment = Path(f"/proc/{worker}/environ").read_bytes()
        targets = [os.readlink(entry) for entry in Path(f"/proc/{worker}/fd").iterdir()]
    assert b"do-not-pass-on" not in environment
    assert held.name not in targets


fuzzed = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@fuzzed
@given(cut=st.integers(0, len(PDF) - 1))
def test_a_truncated_notice_is_refused_or_read(cut: int) -> None:
    outcome(PDF[:cut])


@fuzzed
@given(flips=st.lists(st.integers(0, len(PDF) * 8 - 1), min_size=1, max_size=8))
def test_flipped_bits_are_refused_or_read(flips: list[int]) -> None:
    damaged = bytearray(PDF)
    for flip in flips:
        damaged[flip // 8] ^= 1 << flip % 8
    outcome(bytes(damaged))


@fuzzed
@given(noise=st.binary(max_size=2000), tail=st.sampled_from([b"", b"\nstartxref\n0\n%%EOF"]))
def test_random_bytes_are_refused(noise: bytes, tail: bytes) -> None:
    with pytest.raises(DocumentUnreadable):
        parse_rental_notice_isolated(b"%PDF-1.7\n" + noise + tail)


def outcome(pdf: bytes) -> None:
    """Reads the document; nothing but a notice or a rejection with a reason may come out."""
    try:
        parse_rental_notice_isolated(pdf)
    except DocumentRejected as refused:
        why = refused.reason
    else:
        why = "read"
    assert why.replace("_", "").isalpha()
