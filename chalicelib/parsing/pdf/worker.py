"""The worker: a process with the parser loaded that forks a child for every document, so that each starts clean.

Started by :mod:`chalicelib.parsing.pdf.isolation` as ``python -m``; it reads requests from standard input and writes
replies to standard output until its parent closes the pipe. It has a single thread, which is what makes forking safe.
"""

from __future__ import annotations

import gc
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable
from typing import Final, NoReturn

import msgspec

from chalicelib.errors import DocumentIgnored, DocumentRejected
from chalicelib.parsing.pdf.jobs import JOBS
from chalicelib.parsing.pdf.protocol import LARGEST_REPLY, PREFIX_SIZE, Reply, Request, frame, frame_length

REQUESTS: Final = 0
REPLIES: Final = 1
_OUT_OF_MEMORY_EXIT: Final = 77
_CHUNK: Final = 65536
_MEMORY_CHECK_SECONDS: Final = 0.05
#: ru_maxrss counts KiB on Linux and bytes on macOS (getrusage(2) of either).
_RSS_UNIT: Final = 1 if sys.platform == "darwin" else 1024


class _ParentGone(Exception):
    """The pipe from the parent is closed."""


def main() -> None:
    """Serves requests until the parent goes away."""
    _preload()
    try:
        while True:
            length = frame_length(_read_exactly(REQUESTS, PREFIX_SIZE))
            request = msgspec.msgpack.decode(_read_exactly(REQUESTS, length), type=Request)
            _write_all(REPLIES, frame(_run_in_child(request)))
    except (_ParentGone, BrokenPipeError):
        return


def _preload() -> None:
    """Imports what the jobs import at first use, and keeps the garbage collector off those pages."""
    import pdfplumber  # noqa: F401

    gc.collect()
    gc.freeze()


def _run_in_child(request: Request) -> Reply:
    output, child_output = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(output)
        _be_the_child(request, child_output)
    os.close(child_output)
    deadline = time.monotonic() + request.seconds
    try:
        body = _collect(output, deadline)
    except _ParentGone:
        os.kill(pid, signal.SIGKILL)
        raise
    finally:
        os.close(output)
    if body is None:
        os.kill(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    peak = usage.ru_maxrss * _RSS_UNIT
    if body is None:
        return Reply(status="unreadable", reason="timeout", peak_memory=peak)
    reply = _reply(body, os.waitstatus_to_exitcode(status), peak)
    if reply.reason == "parser_crashed" and peak > 0.8 * request.memory:
        # Running out of memory while handling just that raises whatever the interpreter happens to be doing.
        return msgspec.structs.replace(reply, reason="out_of_memory")
    return reply


def _collect(output: int, deadline: float) -> bytes | None:
    """Everything the child writes until it ends; ``None`` when it does not end in time or writes too much."""
    parts: list[bytes] = []
    size = 0
    while (left := deadline - time.monotonic()) > 0:
        ready, _, _ = select.select([output, REQUESTS], [], [], left)
        if output in ready:
            part = os.read(output, _CHUNK)
            if not part:
                return b"".join(parts)
            parts.append(part)
            size += len(part)
            if size > LARGEST_REPLY:
                return None
        elif REQUESTS in ready:
            # Nobody sends a second request before the first one's reply: this is the end of the parent.
            raise _ParentGone
    return None


def _reply(body: bytes, exit_code: int, peak: int) -> Reply:
    """What became of the child: its own reply, or the explanation of its death."""
    if exit_code == 0:
        try:
            return msgspec.structs.replace(msgspec.msgpack.decode(body, type=Reply), peak_memory=peak)
        except msgspec.DecodeError:
            return Reply(status="unreadable", reason="parser_crashed", peak_memory=peak)
    reason = {_OUT_OF_MEMORY_EXIT: "out_of_memory", -signal.SIGXCPU: "timeout", -signal.SIGKILL: "out_of_memory"}
    return Reply(status="unreadable", reason=reason.get(exit_code, "parser_crashed"), peak_memory=peak)


def _be_the_child(request: Request, output: int) -> NoReturn:
    """Runs the job within its limits and leaves without returning to the worker's loop, whatever happens."""
    exit_code = 1
    try:
        _limit(request)
        os.dup2(os.open(os.devnull, os.O_RDWR), REQUESTS)
        os.dup2(REQUESTS, REPLIES)
        _write_all(output, msgspec.msgpack.encode(_outcome(request)))
        exit_code = 0
    except MemoryError:
        exit_code = _OUT_OF_MEMORY_EXIT
    finally:
        os._exit(exit_code)


def _outcome(request: Request) -> Reply:
    try:
        return Reply(status="done", result=msgspec.msgpack.encode(JOBS[request.job].run(request.document)))
    except DocumentRejected as exc:
        status = "ignored" if isinstance(exc, DocumentIgnored) else "unreadable"
        return Reply(status=status, reason=exc.reason)  # type: ignore[arg-type]
    except MemoryError:
        raise
    except RecursionError:
        return Reply(status="unreadable", reason="too_complex")
    except Exception:  # noqa: BLE001 - the boundary of the child: any bug that a document triggers is the document's failure
        return Reply(status="unreadable", reason="parser_crashed")


def _limit(request: Request) -> None:
    """Bounds the child's memory, CPU time, files and processes, and forbids core dumps.

    Where the system does not enforce an address space limit (macOS), a timer watches the resident size instead.
    """
    seconds = int(request.seconds) + 1
    space = _address_space() + request.memory
    for kind, limit in (
        ("RLIMIT_CORE", 0),
        ("RLIMIT_CPU", seconds),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_NOFILE", 64),
        ("RLIMIT_NPROC", 0),
        ("RLIMIT_AS", space),
        ("RLIMIT_DATA", space),
    ):
        _set_limit(kind, limit)
    ceiling = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT + request.memory
    signal.signal(signal.SIGALRM, _memory_watch(ceiling))
    signal.setitimer(signal.ITIMER_REAL, _MEMORY_CHECK_SECONDS, _MEMORY_CHECK_SECONDS)


def _set_limit(kind: str, limit: int) -> None:
    """Lowers one limit; a kind the system does not know or will not lower is left as it is."""
    number = getattr(resource, kind, None)
    if number is None:
        return
    _, hard = resource.getrlimit(number)
    allowed = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    try:
        resource.setrlimit(number, (allowed, allowed))
    except (ValueError, OSError):
        return


def _address_space() -> int:
    """The size of this process's address space in bytes, where the system tells (Linux, proc(5)); else a guess."""
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 1 << 30


def _memory_watch(ceiling: int) -> Callable[[int, object], None]:
    def check(_signal: int, _frame: object) -> None:
        if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT > ceiling:
            os._exit(_OUT_OF_MEMORY_EXIT)

    return check


def _read_exactly(source: int, length: int) -> bytes:
    parts = []
    while length:
        part = os.read(source, min(length, 1 << 20))
        if not part:
            raise _ParentGone
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _write_all(target: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(target, view) :]


if __name__ == "__main__":
    main()
