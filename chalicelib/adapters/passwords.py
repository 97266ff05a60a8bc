"""Passwords are kept as bcrypt hashes."""

from __future__ import annotations

from chalicelib.domain.users import LONGEST_PASSWORD_BYTES


class Passwords:
    """Hashing and checking, at one cost factor."""

    def __init__(self, cost: int) -> None:
        self._cost = cost
        # The form of a hash (Provos and Mazières 1999) that belongs to no password anybody knows: checking against it
        # takes as long as against a real one, from the first log-in on.
        self._of_nobody = f"$2b${cost:02d}$" + "." * 53

    def hash(self, password: str) -> str:
        """The bcrypt hash of a password of at most 72 bytes; ``ValueError`` for a longer one."""
        import bcrypt

        return bcrypt.hashpw(password.encode(), bcrypt.gensalt(self._cost)).decode()

    def check(self, candidate: bytes, hashed: str) -> bool:
        """One run of bcrypt: whether the bytes, 72 at most and none of them zero, have this hash."""
        import bcrypt

        return bcrypt.checkpw(candidate, hashed.encode())

    def matches(self, password: str, hashed: str | None) -> bool:
        """Whether the password has this hash. ``None`` (nobody has that e-mail) costs as much time, and is false."""
        candidate = password.encode()
        usable = len(candidate) <= LONGEST_PASSWORD_BYTES and b"\x00" not in candidate
        found = self.check(candidate if usable else b"unusable", hashed or self._of_nobody)
        return found and usable and hashed is not None
