"""The REST API as an app calls it: every answer is checked for its form, held to the OpenAPI document and decoded
strictly."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from tests.app import documented, swift

Model = TypeVar("Model")

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
READONLY = "https://www.googleapis.com/auth/gmail.readonly"


@dataclass(frozen=True)
class Answer:
    """One answer whose form was checked; ``text`` is its body."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)

    @property
    def error(self) -> str:
        """The code of an error answer."""
        return str(self.body["error"]["code"])

    @property
    def error_message(self) -> str:
        return str(self.body["error"]["message"])

    @property
    def refused(self) -> tuple[int, str]:
        """Status and code of an error answer."""
        return self.status, self.error

    def data(self, model: type[Model]) -> Model:
        """The ``data`` of a success, decoded strictly."""
        assert self.status < 300, self.text
        return swift.decode(model, self.body["data"])


def checked(answer: Answer) -> Answer:
    """The answer, if it has one of the two forms of SPEC section 3 and the headers that every answer carries."""
    headers = {name.lower(): value for name, value in answer.headers.items()}
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["strict-transport-security"].startswith("max-age=")
    if answer.status == 204:
        assert answer.text == ""
        return answer
    assert headers["content-type"] == JSON
    if answer.status < 400:
        assert set(answer.body) == {"message", "code", "data"}
        assert swift.decode(int, answer.body["code"]) == answer.status
        swift.decode(str, answer.body["message"])
    else:
        assert set(answer.body) == {"error"}
        assert set(answer.body["error"]) == {"code", "message"}
        assert swift.decode(str, answer.body["error"]["message"])
    return answer


class Client:
    """One app on one phone; ``token`` is sent with every call once there is one."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self._address = urlsplit(url).netloc
        self.token = token

    def send(
        self, method: str, path: str, body: bytes | None = None, content_type: str | None = JSON, **headers: str
    ) -> Answer:
        """Any request; ``body`` goes as it is. ``Authorization`` can be given, else it is the client's own."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if content_type is not None:
            given["Content-Type"] = content_type
        if self.token is not None:
            given.setdefault("Authorization", f"Bearer {self.token}")
        connection = http.client.HTTPConnection(self._address, timeout=40)
        try:
            connection.request(method, path, body, given)
            answer = connection.getresponse()
            received = checked(Answer(answer.status, dict(answer.getheaders()), answer.read().decode()))
            documented.check(method, path, received.status, received.body if received.text else None)
            return received
        finally:
            connection.close()

    def fetch(self, path: str) -> Answer:
        """A file of the public documentation, which is in no envelope."""
        connection = http.client.HTTPConnection(self._address, timeout=40)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
            return Answer(answer.status, dict(answer.getheaders()), answer.read().decode())
        finally:
            connection.close()

    def send_raw(self, method: str, path: str) -> int:
        """The status alone, for answers that API Gateway gives when a function has died."""
        connection = http.client.HTTPConnection(self._address, timeout=40)
        try:
            connection.request(method, path, None, {"Authorization": f"Bearer {self.token}"})
            return connection.getresponse().status
        finally:
            connection.close()

    def get(self, path: str, **query: str | int) -> Answer:
        return self.send("GET", f"{path}?{urlencode(query)}" if query else path)

    def post(self, path: str, body: Any = None) -> Answer:
        """An empty POST carries a JSON content type and no body, as the app sends it."""
        return self.send("POST", path, None if body is None else json.dumps(body).encode())

    def patch(self, path: str, body: Any) -> Answer:
        return self.send("PATCH", path, json.dumps(body).encode())

    def delete(self, path: str) -> Answer:
        return self.send("DELETE", path)

    # The calls of the shipped app

    def sign_up(self, name: str, email: str, password: str) -> swift.Session:
        """Registers, and stays logged in."""
        answer = self.post("/v1/auth/signup", {"name": name, "email": email, "password": password})
        session = answer.data(swift.Session)
        assert (answer.status, session.token_type) == (201, "Bearer")
        self.token = session.access_token
        return session

    def profile(self) -> swift.Profile:
        return self.get("/v1/user/me").data(swift.Profile)

    def connect(self, account: str, **changes: Any) -> Answer:
        """What the app sends after Google's consent screen; a change to ``None`` leaves the field out."""
        body = {
            "access_token": f"ya29.{account}",
            "refresh_token": f"1//{account}",
            "username": "whatever the phone says",
            "email": "whatever@phone.example",
            "scope": ["openid", "email", READONLY],
            "token_type": "Bearer",
            "expires_in": 3600,
            "client_info": {},
        } | changes
        kept = {name: value for name, value in body.items() if value is not None}
        return self.post("/v1/auth/gmail/store-tokens", kept)

    def ingest(self) -> swift.Ingestion:
        answer = self.post("/v1/invoices/rental/ingest")
        assert answer.status == 200
        return answer.data(swift.Ingestion)

    def ingest_latest(self) -> int:
        """The status, which is all that the app reads."""
        return self.post("/v1/invoices/rental/ingest/latest").status

    def rentals(self, **query: str | int) -> swift.RentalList:
        return self.get("/v1/invoices/rental", **query).data(swift.RentalList)

    def rental(self, invoice_id: str) -> swift.RentalInvoice:
        return self.get(f"/v1/invoices/rental/{invoice_id}").data(swift.RentalInvoice)

    def documents(self, **query: str | int) -> list[swift.Document]:
        return self.get("/v1/documents", **query).data(swift.DocumentList).documents

    def register_device(self, device_token: str) -> swift.Device:
        answer = self.post("/v1/user/devices", {"device_token": device_token, "platform": "ios"})
        assert answer.status == 201
        return answer.data(swift.Device)
