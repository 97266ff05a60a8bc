"""Declared routes as operations: one for each path that a client can call, with every error it can answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from chalicelib import errors
from chalicelib.http.contracts import Contract, MediaType, NoBody
from chalicelib.http.queries import NoQuery

if TYPE_CHECKING:
    from chalicelib.http.api import Route

#: Raised by nothing of ours: stands for whatever is answered as 500.
Unexpected = Exception
ErrorType = type[Exception]

#: What a path begins with, and the group that it is shown in; the first that fits.
TAGS = (
    ("/v1/auth/gmail", "Gmail"),
    ("/v1/gmail", "Gmail"),
    ("/v1/auth", "Accounts"),
    ("/v1/user", "Accounts"),
    ("/v1/delete", "Accounts"),
    ("/v1/invoices/rental", "Rental invoices"),
    ("/v1/invoices/retail", "Retail invoices"),
    ("/v1/ingestions", "Ingestion"),
    ("/v1/documents", "Ingestion"),
    ("/v1/vendors", "Vendors"),
    ("/v1/", "Documentation"),
)


class Operation(NamedTuple):
    """One method of one path as clients see it: ``{invoice_type}`` has become a type."""

    id: str
    path: str
    method: str
    tag: str
    route: Route
    contract: Contract


def operations(declared: Iterable[Route]) -> Iterator[Operation]:
    """Every operation of the declared routes, in their order."""
    seen: set[str] = set()
    for route in declared:
        for invoice_type, contract in route.contracts.items():
            path = route.path.replace("{invoice_type}", invoice_type)
            name = f"{route.name}_{invoice_type}" if invoice_type else route.name
            if name in seen:  # a second path of the same view
                name += "_at" + path.translate(str.maketrans("/-.", "___", "{}"))
            seen.add(name)
            tag = next(tag for prefix, tag in TAGS if path.startswith(prefix))
            yield Operation(name, path, route.method, tag, route, contract)


def errors_of(operation: Operation) -> list[ErrorType]:
    """Every error that an operation can answer: those that follow from what it reads, and those it declares."""
    route, contract = operation.route, operation.contract
    found: list[ErrorType] = []
    if not route.public:
        found += [errors.InvalidCredentials, errors.InvalidToken, errors.TokenExpired, errors.UserNotFound]
    if contract.query is not NoQuery:
        found.append(errors.InvalidRequest)
    if contract.body is not NoBody:
        found += [errors.InvalidJson, errors.ValidationFailed, errors.UnsupportedMediaType]
        if any(field.required for field in msgspec.structs.fields(contract.body)):
            found.append(errors.MissingFields)
    found += contract.errors
    if not any(isinstance(answer, MediaType) for answer in contract.answers.values()):
        found.append(errors.DependencyFailure)
    return list(dict.fromkeys([*found, Unexpected]))
