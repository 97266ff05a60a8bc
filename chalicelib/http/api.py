"""The REST API as a Chalice application whose routes speak our envelope.

Chalice's middleware never sees the exceptions of a view, and its content-type check answers in its own form; so
``Api.endpoint`` puts one wrapper around each view that authenticates, reads the body, and turns every result and every
error into an answer.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec  # noqa: TC002 - msgspec.Struct is named at run time
from chalice.app import Chalice, Response

from chalicelib.domain.users import User
from chalicelib.errors import DependencyFailure, InvalidCredentials, InvalidToken, PayPulseError
from chalicelib.http.bodies import JSON, read_body
from chalicelib.http.contracts import NOTHING, Answers, Contract, NoBody
from chalicelib.http.envelope import File, Reply, failure, success
from chalicelib.http.errors import answer_for
from chalicelib.http.identifiers import check_identifiers
from chalicelib.http.logs import Unit, unit_of_work
from chalicelib.http.queries import NoQuery, read_query

_log = logging.getLogger(__name__)
Body = TypeVar("Body")


@dataclass(frozen=True, slots=True)
class Call(Generic[Body]):
    """One authenticated and validated request, as a view sees it; ``body`` and ``query`` are those of its contract.

    ``source`` is the address that API Gateway saw; what a client says of itself (X-Forwarded-For) does not count.
    ``mount`` is what the address has in front of the route's path: API Gateway's stage ("/api"), or nothing.
    """

    body: Body
    path: Mapping[str, str]
    query: Any
    source: str
    mount: str
    _user: User | None

    @property
    def user(self) -> User:
        """The caller; only views of protected routes may ask."""
        if self._user is None:
            raise InvalidCredentials("This route needs a caller")
        return self._user


@dataclass(frozen=True, slots=True)
class Route:
    """What was declared about a route: enough to serve it, and to document it.

    ``contracts`` has one entry for each value of ``{invoice_type}`` that means something; for a path without that
    variable it is under "".
    """

    path: str
    method: str
    name: str
    public: bool
    contracts: Mapping[str, Contract]
    admit: Callable[[str | None], None] | None = None

    def contract(self, path_parameters: Mapping[str, str]) -> Contract:
        """The contract of a request."""
        return self.contracts.get(path_parameters.get("invoice_type", ""), NOTHING)


View = Callable[[Call[Any]], Reply | File]


class Api(Chalice):
    """Chalice with our kind of routes."""

    def __init__(self, app_name: str, authenticate: Callable[[str], User]) -> None:
        super().__init__(app_name=app_name)
        self._authenticate = authenticate
        self.declared: list[Route] = []

    def endpoint(
        self,
        *paths: str,
        method: str,
        name: str,
        answer: Answers | None = None,
        body: type[msgspec.Struct] = NoBody,
        query: type[msgspec.Struct] = NoQuery,
        errors: tuple[type[PayPulseError], ...] = (),
        accepted: tuple[str, ...] = (JSON,),
        by_type: Mapping[str, Contract] | None = None,
        public: bool = False,
        admit: Callable[[str | None], None] | None = None,
    ) -> Callable[[View], View]:
        """Declares a view ``(Call) -> Reply`` at one or more paths, and what it reads and answers.

        The view's docstring, ``answer``, ``body``, ``query``, ``errors`` and ``accepted`` make its ``Contract``; a path
        with ``{invoice_type}`` has one contract for each type instead, ``by_type``. A public route has no user;
        ``admit`` may still turn callers away by their Authorization header, by raising.

        ``content_types=[]`` switches off Chalice's own check; ours answers in our form.
        """

        def decorate(view: View) -> View:
            plain = Contract(view.__doc__ or "", answer or {200: None}, body, query, errors, accepted)
            contracts = by_type or {"": plain}
            for path in paths:
                declared = Route(path, method, name, public, contracts, admit)
                self.declared.append(declared)
                self.route(path, methods=[method], name=name, content_types=[])(self._answering(declared, view))
            return view

        return decorate

    def _answering(self, route: Route, view: View) -> Callable[..., Response]:
        def answered(**path_parameters: str) -> Response:
            return self._answer(route, view, path_parameters)

        return answered

    def _answer(self, route: Route, view: View, path: dict[str, str]) -> Response:
        request: Any = self.current_request
        with unit_of_work(route.name, request.context.get("requestId")) as unit:
            try:
                return success(view(self._call(request, route, path, unit)))
            except PayPulseError as exc:
                unit.outcome = answer_for(exc).code
                if isinstance(exc, DependencyFailure):
                    _log.warning("%s", exc)
                return failure(exc)
            except Exception as exc:  # noqa: BLE001 - the API's boundary: whatever happens, the client gets our form
                unit.outcome = answer_for(exc).code
                log_unexpected(route.name, exc)
                return failure(exc)

    def _call(self, request: Any, route: Route, path: dict[str, str], unit: Unit) -> Call[Any]:
        """The request, authenticated and validated."""
        user = self._caller(route, request.headers.get("authorization"))
        unit.user_id = user.user_id if user else None
        check_identifiers(path)
        contract = route.contract(path)
        body: Any = NoBody()
        if contract.body is not NoBody:
            body = read_body(request.raw_body, request.headers.get("content-type"), contract.body, contract.accepted)
        query = read_query(request.query_params or {}, contract.query)
        source = str((request.context.get("identity") or {}).get("sourceIp") or "")
        return Call(body, path, query, source, _mount(request, route), user)

    def _caller(self, route: Route, authorization: str | None) -> User | None:
        """Who calls, before anything else of a request is looked at; nobody in particular on a public route."""
        if route.admit is not None:
            route.admit(authorization)
        return None if route.public else self._authenticate(bearer_token(authorization))


def _mount(request: Any, route: Route) -> str:
    address = str(request.context.get("path") or "")
    return address.removesuffix(route.path) if address.endswith(route.path) else ""


def log_unexpected(place: str, exc: BaseException) -> None:
    """Where an unexpected error happened and its type, never its text: that may quote a person's data."""
    frames = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in traceback.extract_tb(exc.__traceback__)
    ]
    _log.error("%s failed with %s at %s", place, type(exc).__name__, " > ".join(frames[-6:]))


def bearer_token(header: str | None) -> str:
    """The token of ``Authorization: Bearer <token>`` (RFC 6750, section 2.1; the scheme in any case)."""
    if not header or not header.strip():
        raise InvalidCredentials("The Authorization header is missing")
    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise InvalidToken("The Authorization header must be: Bearer <token>")
    return token.strip()
