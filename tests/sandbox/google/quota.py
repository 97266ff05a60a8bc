"""Gmail's quota units: https://developers.google.com/workspace/gmail/api/reference/quota."""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable

from tests.sandbox.google.errors import gmail_error

#: Every operation of the emulator and what one call of it costs. A batch costs what its calls cost.
UNITS = {
    "gmail.messages.list": 5,
    "gmail.messages.get": 20,
    "gmail.attachments.get": 20,
    "gmail.history.list": 2,
    "gmail.getProfile": 1,
    "gmail.labels.list": 1,
    "gmail.watch": 100,
    "gmail.stop": 50,
    "gmail.batch": 0,
    "oauth.certs": 0,
    "oauth.token": 0,
    "oauth.tokeninfo": 0,
    "oauth.userinfo": 0,
    "oauth.revoke": 0,
}
USER_UNITS_PER_MINUTE = 6_000
_WINDOW_SECONDS = 60.0


class UserQuota:
    """6,000 units per user in any 60 seconds; a refused call costs nothing. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._spent: dict[str, deque[tuple[float, int]]] = defaultdict(deque)
        self._lock = threading.Lock()

    def spend(self, account: str, units: int) -> None:
        """Raises Gmail's 403 `rateLimitExceeded` when the minute's units do not suffice."""
        now = self._clock()
        with self._lock:
            calls = self._spent[account]
            while calls and calls[0][0] <= now - _WINDOW_SECONDS:
                calls.popleft()
            if sum(cost for _, cost in calls) + units > USER_UNITS_PER_MINUTE:
                limit = "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user'"
                raise gmail_error("rateLimitExceeded", limit)
            calls.append((now, units))
