"""Signing up, logging in, and staying logged in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.domain.users import Login, PasswordChange, Registration, User, new_user_id, normalise_email
from chalicelib.errors import Conflict, InvalidCredentials, InvalidToken, ValidationFailed

if TYPE_CHECKING:
    from chalicelib.adapters.passwords import Passwords
    from chalicelib.adapters.sessions import OpenSession, Sessions
    from chalicelib.adapters.tokens import AccessTokens, TokenClaims
    from chalicelib.adapters.users import Users
    from chalicelib.services.accounts.admission import Admission


class Session(NamedTuple):
    """What a person who proved who they are receives; lifetimes in seconds."""

    user: User
    access_token: str
    expires_in: int
    refresh_token: str


@dataclass(frozen=True, slots=True)
class Accounts:
    """The use cases around a person's own sessions."""

    users: Users
    passwords: Passwords
    tokens: AccessTokens
    sessions: Sessions
    admission: Admission

    def sign_up(self, registration: Registration, source: str) -> Session:
        """Registers a person who calls from the address ``source``. Raises ``UserAlreadyExists``, ``RateLimited``."""
        self.admission.sign_up(registration.email, source)
        user = User(
            user_id=new_user_id(),
            email=normalise_email(registration.email),
            name=registration.name.strip(),
            password_hash=self.passwords.hash(registration.password),
            created_at=datetime.now(UTC),
        )
        self.users.create(user)
        return self._open(user)

    def log_in(self, login: Login, source: str) -> Session:
        """Raises ``InvalidCredentials``, after the same work, for a wrong password and for an unknown address.

        Raises ``RateLimited`` for an attempt too many, whether its password is right or wrong.
        """
        self.admission.log_in(login.email, source)
        try:
            user = self.users.find_by_email(normalise_email(login.email))
        except ValidationFailed:
            user = None
        if not self.passwords.matches(login.password, user.password_hash if user else None) or user is None:
            raise InvalidCredentials("E-mail address or password is wrong")
        return self._open(user)

    def refresh(self, refresh_token: str, source: str) -> Session:
        """A new pair of tokens for a refresh token, which is spent by this.

        Raises ``InvalidToken``, ``TokenExpired``, ``UserNotFound`` and ``RateLimited``.
        """
        self.admission.refresh(refresh_token, source)
        session = self.sessions.rotate(refresh_token)
        user = self.users.get(session.user_id)
        if session.generation != user.session_generation:
            raise InvalidToken("The refresh token is not valid")
        return self._session(user, session)

    def change_password(self, user: User, change: PasswordChange, source: str) -> Session:
        """Ends every session, and opens the one that the answer is. Raises ``InvalidCredentials``, ``RateLimited``."""
        self.admission.log_in(user.email, source)
        if not self.passwords.matches(change.current_password, user.password_hash):
            raise InvalidCredentials("The current password is wrong")
        try:
            changed = self.users.change_password(user, self.passwords.hash(change.new_password))
        except Conflict as exc:
            raise InvalidCredentials("The current password is wrong") from exc
        self.sessions.close_all(user.user_id)
        return self._open(changed)

    def log_out(self, user: User, refresh_token: str | None, *, everywhere: bool) -> None:
        """Ends the session of one refresh token; everywhere, or without one, all sessions and their access tokens."""
        if refresh_token and not everywhere:
            self.sessions.close(refresh_token, user.user_id)
            return
        self.users.end_sessions(user.user_id)
        self.sessions.close_all(user.user_id)

    def authenticate(self, access_token: str) -> User:
        """The person behind a token. Raises ``InvalidToken``, ``TokenExpired``, ``UserNotFound``."""
        claims = self.tokens.verify(access_token)
        user = self.users.get(claims.user_id)
        if not self._is_open(claims, user):
            raise InvalidToken("The session was ended")
        return user

    def _is_open(self, claims: TokenClaims, user: User) -> bool:
        """A token without a session is of the time before anybody's sessions were ended."""
        if claims.session_id is None:
            return user.session_generation == 0
        return self.sessions.is_open(claims.session_id, user.user_id, user.session_generation)

    def _open(self, user: User) -> Session:
        return self._session(user, self.sessions.open(user.user_id, user.session_generation))

    def _session(self, user: User, session: OpenSession) -> Session:
        access_token = self.tokens.issue(user, session.session_id)
        return Session(user, access_token, self.tokens.lifetime, session.refresh_token)
