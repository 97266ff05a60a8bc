"""Message and attachment resources.

https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages (Message, MessagePart,
MessagePartBody) and .../reference/rest/v1/Format (what each format holds).
"""

from __future__ import annotations

import base64
import binascii

from tests.sandbox.google import mime
from tests.sandbox.google.errors import gmail_error
from tests.sandbox.google.mail import Mail
from tests.sandbox.google.wire import Json

FORMATS = ("full", "raw", "metadata", "minimal")
#: Larger bodies come as attachments, whatever their type.
_INLINE_BYTES = 1024 * 1024
_ATTACHMENT_PREFIX = "ANGjdJ"


def resource(mail: Mail, history_id: int, form: str, header_names: list[str]) -> Json:
    """The message in one of `FORMATS` (any case). `header_names` limits the headers of `metadata`.

    `OSError` when the file has gone meanwhile.
    """
    form = (form or "full").lower()
    if form not in FORMATS:
        raise gmail_error("invalidArgument", f"Invalid value at 'format': {form[:40]!r}")
    message: Json = {
        "id": mail.id,
        "threadId": mail.id,
        "labelIds": list(mail.labels),
        "snippet": mail.snippet,
        "sizeEstimate": mail.size,
        "historyId": str(history_id),
        "internalDate": str(mail.internal_date),
    }
    if form == "raw":
        message["raw"] = encoded(mail.path.read_bytes())
    elif form == "metadata":
        root = mime.parse(mail.path.read_bytes())
        message["payload"] = {"mimeType": root.mime_type, "headers": _headers(root, header_names)}
    elif form == "full":
        message["payload"] = _part(mime.parse(mail.path.read_bytes()), mail.id)
    return message


def attachment(mail: Mail, attachment_id: str) -> Json:
    """An attachments resource: `size` and base64url `data`. An id of another message or of none is a 400."""
    part_id = _part_id(mail.id, attachment_id)
    for part in mime.parse(mail.path.read_bytes()).walk():
        if part.part_id == part_id and part_id is not None:
            return {"size": len(part.content), "data": encoded(part.content)}
    raise gmail_error("invalidArgument", "Invalid attachment token")


def encoded(data: bytes) -> str:
    """base64url with padding, as Gmail sends bytes (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(data).decode("ascii")


def _part(part: mime.Part, message_id: str) -> Json:
    node: Json = {
        "partId": part.part_id,
        "mimeType": part.mime_type,
        "filename": part.filename,
        "headers": _headers(part, []),
        "body": _body(part, message_id),
    }
    if part.children:
        node["parts"] = [_part(child, message_id) for child in part.children]
    return node


def _body(part: mime.Part, message_id: str) -> Json:
    size = len(part.content)
    if part.is_attachment or part.filename or size > _INLINE_BYTES:
        return {"attachmentId": _attachment_id(message_id, part.part_id), "size": size}
    return {"size": size, "data": encoded(part.content)} if size else {"size": 0}


def _headers(part: mime.Part, names: list[str]) -> list[Json]:
    wanted = {name.lower() for name in names}
    return [{"name": name, "value": value} for name, value in part.headers if not wanted or name.lower() in wanted]


def _attachment_id(message_id: str, part_id: str) -> str:
    token = base64.urlsafe_b64encode(f"{message_id}:{part_id}".encode()).decode("ascii")
    return _ATTACHMENT_PREFIX + token.rstrip("=")


def _part_id(message_id: str, attachment_id: str) -> str | None:
    token = attachment_id.removeprefix(_ATTACHMENT_PREFIX)
    try:
        text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    owner, _, part_id = text.partition(":")
    return part_id if owner == message_id else None
