"""Runs parsing jobs on untrusted PDFs in child processes with bounded time and memory.

A hostile PDF can make a parser loop, recurse, or unpack gigabytes from a kilobyte; in a process of its own it can
only lose its own life. A warm worker (``isolation_worker``) holds the loaded parser and forks a child for every
document; its environment holds no secrets and it inherits no descriptors. There are as many workers as processors at
most, each is used by one thread at a time, and they end with this process: their standard input is a pipe that only we
hold open.

Only pipes are used, since AWS Lambda has no ``/dev/shm`` and so no ``multiprocessing`` queues or locks.
"""

from __future__ import annotations

import atexit
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec

from chalicelib.domain.invoices import RentalNotice
from chalicelib.errors import DocumentIgnored, DocumentUnreadable
from chalicelib.parsing.pdf.document import check_looks_like_pdf
from chalicelib.parsing.pdf.protocol import LARGEST_REPLY, PREFIX_SIZE, Reply, Request, frame, frame_length

_WORKER_MODULE: Final = "chalicelib.parsing.pdf.worker"
_ROOT: Final = str(Path(__file__).resolve().parents[2])
#: Variables that an interpreter may need to start; nothing else of the environment is passed on.
_PASSED_ON: Final = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TZ")
#: What a worker that must be started, and one that must kill its child, may take beyond the document's own time.
_GRACE_SECONDS: Final = 1.5
_MOST_WORKERS: Final = 4
#: A worker lost this soon after it was asked had died, or been killed, while it was idle.
_FOUND_DEAD_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one document: wall (and CPU) time, and memory beyond what the loaded parser itself occupies (60 MB)."""

    seconds: float = 8.0
    memory: int = 320 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Run:
    """A job's value and the largest resident size, in bytes, of the process that computed it."""

    value: Any
    peak_memory: int


class _WorkerLost(Exception):
    """The worker ended, or does not answer in time."""


class _Worker:
    """One worker process. Not for two threads at once."""

    def __init__(self) -> None:
        stdin, self._requests = os.pipe()
        self._replies, stdout = os.pipe()
        os.set_blocking(self._requests, False)
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-s", "-m", _WORKER_MODULE],
                stdin=stdin,
                stdout=stdout,
                stderr=subprocess.DEVNULL,
                env=_environment(),
                close_fds=True,
                start_new_session=True,
            )
        except BaseException:
            self._close()
            raise
        finally:
            os.close(stdin)
            os.close(stdout)

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, request: Request) -> Reply:
        """Sends a request and waits for the reply; raises ``_WorkerLost``."""
        deadline = time.monotonic() + request.seconds + _GRACE_SECONDS
        self._send(frame(request), deadline)
        length = frame_length(self._receive(PREFIX_SIZE, deadline))
        if length > LARGEST_REPLY + 1024:
            raise _WorkerLost
        return msgspec.msgpack.decode(self._receive(length, deadline), type=Reply)

    def _send(self, data: bytes, deadline: float) -> None:
        view = memoryview(data)
        with selectors.DefaultSelector() as selector:
            selector.register(self._requests, selectors.EVENT_WRITE)
            while view:
                if not selector.select(max(deadline - time.monotonic(), 0)):
                    raise _WorkerLost
                try:
                    view = view[os.write(self._requests, view) :]
                except OSError as exc:
                    raise _WorkerLost from exc

    def _receive(self, length: int, deadline: float) -> bytes:
        parts = []
        with selectors.DefaultSelector() as selector:
            selector.register(self._replies, selectors.EVENT_READ)
            while length:
                if not selector.select(max(deadline - time.monotonic(), 0)):
                    raise _WorkerLost
                part = os.read(self._replies, length)
                if not part:
                    raise _WorkerLost
                parts.append(part)
                length -= len(part)
        return b"".join(parts)

    def stop(self) -> None:
        """Kills the worker and the child it may have: they are a process group of their own."""
        self._close()
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _close(self) -> None:
        os.close(self._requests)
        os.close(self._replies)


class _Pool:
    """Idle workers, last used first; threads beyond the number of workers wait for one."""

    def __init__(self, size: int) -> None:
        self.process = os.getpid()
        self._free = threading.Semaphore(size)
        self._idle: list[_Worker] = []
        self._lock = threading.Lock()

    def ask(self, request: Request) -> Reply:
        """Runs the request on a worker. One found dead is replaced; one that dies at work is the document's failure."""
        with self._free:
            while True:
                with self._lock:
                    worker = self._idle.pop() if self._idle else None
                fresh, started = worker is None, time.monotonic()
                worker = worker or _Worker()
                try:
                    reply = worker.ask(request)
                except _WorkerLost:
                    worker.stop()
                    if fresh or time.monotonic() - started > _FOUND_DEAD_SECONDS:
                        return Reply(status="unreadable", reason="parser_crashed")
                except BaseException:
                    worker.stop()
                    raise
                else:
                    with self._lock:
                        self._idle.append(worker)
                    return reply

    def stop(self) -> None:
        with self._lock:
            workers, self._idle = self._idle, []
        for worker in workers:
            worker.stop()

    def idle_workers(self) -> list[int]:
        """The process ids of the workers that wait for work."""
        with self._lock:
            return [worker.pid for worker in self._idle]


def _environment() -> dict[str, str]:
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    path = os.pathsep.join(dict.fromkeys([_ROOT, *(entry for entry in sys.path if entry)]))
    return passed_on | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONNOUSERSITE": "1"}


_pool: _Pool | None = None
_pool_lock = threading.Lock()


def _current_pool() -> _Pool:
    """This process's pool; a forked copy of the process must not share its parent's pipes and gets its own."""
    global _pool  # noqa: PLW0603
    with _pool_lock:
        if _pool is None or _pool.process != os.getpid():
            _pool = _Pool(min(os.cpu_count() or 1, _MOST_WORKERS))
        return _pool


@atexit.register
def stop_workers() -> None:
    """Ends the idle workers of this process; the next document starts new ones."""
    if _pool is not None and _pool.process == os.getpid():
        _pool.stop()


def idle_workers() -> list[int]:
    """The process ids of this process's workers that wait for work."""
    return _pool.idle_workers() if _pool is not None and _pool.process == os.getpid() else []


def run_isolated(job: str, pdf: bytes, result: type[Any], limits: Limits | None = None) -> Run:
    """Runs a job of ``jobs.JOBS`` on a PDF in a child process; returns its value and its peak memory.

    Raises ``DocumentIgnored`` and ``DocumentUnreadable`` as the job does, and ``DocumentUnreadable`` with the reasons
    timeout, out_of_memory, too_complex and parser_crashed for what kills a child. Nothing else, whatever the bytes.
    """
    check_looks_like_pdf(pdf)
    limits = limits or Limits()
    reply = _current_pool().ask(Request(job=job, document=pdf, seconds=limits.seconds, memory=limits.memory))
    if reply.status == "ignored":
        raise DocumentIgnored(reply.reason)
    if reply.status == "unreadable":
        raise DocumentUnreadable(reply.reason)
    return Run(msgspec.msgpack.decode(reply.result, type=result), reply.peak_memory)


def parse_rental_notice_isolated(pdf: bytes, limits: Limits | None = None) -> RentalNotice:
    """:func:`chalicelib.parsing.rental.notice.parse_rental_notice` in a child process; raises as ``run_isolated``."""
    notice: RentalNotice = run_isolated("rental_notice", pdf, RentalNotice, limits).value
    return notice


def count_pdf_pages_isolated(pdf: bytes, limits: Limits | None = None) -> int:
    """:func:`chalicelib.parsing.pdf.document.count_pages` in a child process; raises as ``run_isolated``."""
    pages: int = run_isolated("page_count", pdf, int, limits).value
    return pages
