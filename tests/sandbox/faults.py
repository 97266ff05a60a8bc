"""Faults on demand at any AWS call of the application, as botocore would meet them on the wire."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from http import HTTPStatus
from typing import Any, Literal
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from botocore.httpsession import URLLib3Session

from tests.sandbox.calls import CallLog, canonical, matches
from tests.sandbox.functions import running_function

When = Literal["before", "after"]

_LOST = {"connection_reset": ConnectionClosedError, "timeout": ReadTimeoutError}
_CODE_OF_STATUS = {
    400: "ValidationException",
    403: "AccessDenied",
    404: "ResourceNotFoundException",
    429: "ThrottlingException",
    500: "InternalServerError",
    503: "ServiceUnavailable",
}
_S3_STATUS = {"AccessDenied": 403, "NoSuchKey": 404, "NoSuchBucket": 404, "PreconditionFailed": 412}


class ProcessKilled(BaseException):
    """The function's process died at this point (time-out, out of memory): no handler of the application may see it."""


@dataclass(slots=True)
class _Fault:
    target: str
    left: int
    error: str
    delay: float
    when: When
    kill: bool
    skip: int
    function: str | None
    cleared: threading.Event


class AwsFaults:
    """Thread-safe. The oldest fault that matches a call is used up first.

    Register it on a boto3 session before the session's first client is made. It acts on single HTTP requests, so
    botocore's own retries behave, and use faults up, as they would against AWS.
    """

    def __init__(self, log: CallLog | None = None) -> None:
        self._log = log or CallLog()
        self._lock = threading.Lock()
        self._faults: list[_Fault] = []
        self._cleared = threading.Event()
        self._operations: dict[str, set[str]] = {}
        self._protocols: dict[str, str] = {}
        self._session: Any = None

    def register(self, session: Any) -> None:
        self._session = session
        session.events.register("before-call", self._note_protocol)
        session.events.register("before-send", self._before_send)

    def add(
        self,
        target: str,
        times: int = 1,
        error: str = "",
        delay: float = 0,
        when: When = "before",
        *,
        kill: bool = False,
        skip: int = 0,
        function: str | None = None,
    ) -> None:
        """Lets the next `times` requests of `target` fail, after `skip` more have passed.

        `target`: "dynamodb.PutItem", in any case, with `*`. `error`: a service's error code, an HTTP status ("500"),
        "connection_reset", "timeout", or "" to answer as usual after `delay` seconds. `when="after"`: the request
        reaches AWS and the answer is replaced (by "" : lost with its connection). `kill`: ProcessKilled is raised
        instead. `function`: only calls of that Lambda function. ValueError for what cannot be.
        """
        if times < 1 or skip < 0 or delay < 0:
            raise ValueError("times must be 1 or more, skip and delay must not be negative")
        if when not in {"before", "after"}:
            raise ValueError('when must be "before" or "after"')
        if error.isdigit() and not 400 <= int(error) <= 599:
            raise ValueError("an error status lies between 400 and 599")
        self._check_target(target)
        with self._lock:
            self._faults.append(_Fault(target, times, error, delay, when, kill, skip, function, self._cleared))

    def clear(self) -> None:
        """Also ends the delays under way."""
        with self._lock:
            self._faults.clear()
            self._cleared.set()
            self._cleared = threading.Event()

    def pending(self) -> dict[str, int]:
        """How many requests of each target are still to fail."""
        with self._lock:
            return {fault.target: fault.left for fault in self._faults}

    def _check_target(self, target: str) -> None:
        service, dot, operation = canonical(target).partition(".")
        if not dot or not service or not operation:
            raise ValueError(f"target must be service.Operation, not {target[:60]!r}")
        if self._session is None or "*" in service:
            return
        if not any(fnmatchcase(name, operation) for name in self._operations_of(service)):
            raise ValueError(f"AWS has no operation {target[:60]!r}")

    def _operations_of(self, service: str) -> set[str]:
        if service not in self._operations:
            names = {canonical(name): name for name in self._session.get_available_services()}
            if service not in names:
                raise ValueError(f"boto3 knows no service {service[:60]!r}")
            loader = self._session._session.get_component("data_loader")
            model = loader.load_service_model(names[service], "service-2")
            self._operations[service] = {operation.lower() for operation in model["operations"]}
        return self._operations[service]

    def _note_protocol(self, model: Any, event_name: str, **_kwargs: Any) -> None:
        self._protocols[event_name.split(".")[1]] = model.service_model.resolved_protocol

    def _take(self, name: str) -> _Fault | None:
        with self._lock:
            for fault in self._matching(name):
                if fault.skip:
                    fault.skip -= 1
                    continue
                fault.left -= 1
                if not fault.left:
                    self._faults.remove(fault)
                return fault
        return None

    def _matching(self, name: str) -> Iterator[_Fault]:
        for fault in list(self._faults):
            if matches(name, fault.target) and fault.function in {None, running_function.get()}:
                yield fault

    def _before_send(self, request: AWSPreparedRequest, event_name: str, **_kwargs: Any) -> AWSResponse | None:
        _event, service, operation = event_name.split(".", 2)
        fault = self._take(f"{service}.{operation}")
        if fault is None:
            return None
        if fault.delay:
            fault.cleared.wait(fault.delay)
        if fault.when == "after":
            status = URLLib3Session().send(request).status_code
            self._log.answer_lost(f"{service}.{operation}", status)
        if fault.kill:
            raise ProcessKilled(f"at {service}.{operation}")
        error = fault.error or ("connection_reset" if fault.when == "after" else "")
        if not error:
            return None
        if error in _LOST:
            raise _LOST[error](endpoint_url=request.url)
        return _error_response(request, self._protocols.get(service, "json"), error)


class _Body:
    """What botocore reads an answer's bytes from."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_kwargs: Any) -> Iterator[bytes]:
        yield self._content


def _error_response(request: AWSPreparedRequest, protocol: str, error: str) -> AWSResponse:
    """An error in the wire format of the service's protocol (Smithy: AWS JSON, AWS query, REST XML)."""
    code, status = _code_and_status(error, protocol)
    message = "made by the sandbox"
    if protocol == "rest-xml":
        content_type = "application/xml"
        text = f"<Error><Code>{escape(code)}</Code><Message>{message}</Message></Error>"
    elif protocol in {"query", "ec2"}:
        content_type = "text/xml"
        inner = f"<Type>Sender</Type><Code>{escape(code)}</Code><Message>{message}</Message>"
        text = f"<ErrorResponse><Error>{inner}</Error><RequestId>sandbox</RequestId></ErrorResponse>"
    else:
        content_type = "application/x-amz-json-1.0"
        fields: dict[str, Any] = {"__type": code, "message": message}
        if code == "TransactionCanceledException":
            fields["CancellationReasons"] = [{"Code": "TransactionConflict", "Message": message}]
        text = json.dumps(fields)
    content = b"" if request.method == "HEAD" else text.encode()
    headers = {"Content-Type": content_type, "x-amzn-RequestId": "sandbox"}
    return AWSResponse(request.url, status, headers, _Body(content))


def _code_and_status(error: str, protocol: str) -> tuple[str, int]:
    if error.isdigit():
        status = int(error)
        fallback = HTTPStatus(status).phrase.replace(" ", "") if status in set(HTTPStatus) else f"Http{status}"
        return _CODE_OF_STATUS.get(status, fallback), status
    if "Internal" in error:
        return error, 500
    if error in {"SlowDown", "ServiceUnavailable", "ServiceUnavailableException"}:
        return error, 503
    return error, _S3_STATUS.get(error, 400) if protocol == "rest-xml" else 400
