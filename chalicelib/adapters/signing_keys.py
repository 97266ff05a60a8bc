"""The signing keys as Secrets Manager holds them, kept for a while."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from chalicelib.adapters.secrets import AppSecrets
from chalicelib.domain.signing_keys import SigningKeys
from chalicelib.errors import DependencyFailure

_log = logging.getLogger(__name__)
#: So long may a key that was taken out of the secret be believed by a container that has it.
KEPT_SECONDS = 300.0
#: Any token can name an unknown key: between two looks for one, so much time passes.
_BETWEEN_LOOKS = 5.0


class StoredSigningKeys:
    """Keys, fetched at first use, again when they are old, and at once for a token of a key that is not among them.

    ``clock`` is seconds of any origin.
    """

    def __init__(self, secrets: AppSecrets, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._secrets = secrets
        self._name = name
        self._clock = clock
        self._keys: SigningKeys | None = None
        self._fetched_at = 0.0
        self._looked_at: float | None = None

    def get(self, kid: str | None = None) -> SigningKeys:
        """The keys, with the one of that id if it exists. Raises ``DependencyFailure`` when none were ever read."""
        keys, now = self._keys, self._clock()
        if keys is None or now - self._fetched_at >= KEPT_SECONDS:
            return self._fetch(now)
        unknown = kid is not None and kid not in keys.keys
        if unknown and (self._looked_at is None or now - self._looked_at >= _BETWEEN_LOOKS):
            self._looked_at = now
            return self._fetch(now)
        return keys

    def replace(self, keys: SigningKeys) -> None:
        """Keeps these instead, for every container."""
        self._secrets.put(self._name, keys.text())
        self._keys = keys

    def _fetch(self, now: float) -> SigningKeys:
        try:
            self._keys = self._read()
        except DependencyFailure as exc:
            if self._keys is None:
                raise
            # Keys that were good a moment ago are better than nobody being able to do anything.
            _log.warning("signing keys: %s", exc)
        self._fetched_at = now
        return self._keys

    def _read(self) -> SigningKeys:
        try:
            return SigningKeys.read(self._secrets.fetch(self._name))
        except ValueError as exc:
            raise DependencyFailure("secretsmanager", "GetSecretValue", "signing_keys_unreadable") from exc
