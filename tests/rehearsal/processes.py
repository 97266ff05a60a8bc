"""Ending what was started, and everything that it started itself."""

from __future__ import annotations

import os
import signal
import subprocess
import time

_ENDS_WITHIN = 10.0  # seconds
_PAUSE = 0.05


def end_group(leader: subprocess.Popen[bytes]) -> None:
    """Ends the process group of a process that was started with `start_new_session`; harmless when nothing is left."""
    deadline = time.monotonic() + _ENDS_WITHIN
    there = _signal(leader.pid, signal.SIGTERM)
    while there and time.monotonic() < deadline:
        time.sleep(_PAUSE)
        leader.poll()  # a dead child that nobody asks about stays in its group
        there = _signal(leader.pid, 0)
    if there:
        _signal(leader.pid, signal.SIGKILL)
    leader.wait()


def _signal(group: int, number: int) -> bool:
    """Whether there was anybody to signal."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True
