"""Any bytes -> a MIME tree. Mail is untrusted: whatever the file holds, `parse` answers with a tree."""

from __future__ import annotations

import email.header
import email.parser
import email.utils
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from functools import cached_property

#: Gmail takes messages up to 50 MB in (https://support.google.com/mail/answer/6584); the rest is not looked at.
MAX_PARSED_BYTES = 50 * 1024 * 1024
_MAX_PARTS = 1_000
_MAX_DEPTH = 12
_MAX_ENCODED_HEADER = 100_000


@dataclass(frozen=True)
class Part:
    """One node. `part_id` is Gmail's: "" for the whole message, "0", "1" below it, "0.1" below "0"."""

    part_id: str
    message: Message
    children: tuple[Part, ...]

    @property
    def mime_type(self) -> str:
        return clean(self.message.get_content_type())

    @cached_property
    def headers(self) -> list[tuple[str, str]]:
        """Name and decoded value, in the order of the file."""
        return [(clean(name), decoded_header(value)) for name, value in self.message.raw_items()]

    @cached_property
    def filename(self) -> str:
        """RFC 2231 and RFC 2047 decoded, otherwise as the sender wrote it: it may hold paths and control characters."""
        parameters = Message()  # with raw 8-bit values decoded, which get_filename would replace
        for header, value in self.message.raw_items():
            if header.lower() in ("content-disposition", "content-type"):
                parameters[header] = unfolded(value)
        try:
            name = parameters.get_filename("")
        except Exception:  # noqa: BLE001 - boundary: the email package raises many types on hostile parameters
            return ""
        return decoded_header(name) if isinstance(name, str) else ""

    @property
    def disposition(self) -> str:
        value = decoded_header(self.message.get("content-disposition", ""))
        return value.partition(";")[0].strip().lower()

    @cached_property
    def content(self) -> bytes:
        """The body without its transfer encoding; what is broken stays as it is. Containers have none."""
        if self.message.get_content_type() == "message/rfc822":
            return b"\r\n".join(self._flattened(child) for child in self.children)
        if self.message.is_multipart():
            return b""
        try:
            payload = self.message.get_payload(decode=True)
        except Exception:  # noqa: BLE001 - boundary: lying transfer encodings
            payload = None
        if isinstance(payload, bytes):
            return payload
        return str(self.message.get_payload()).encode("utf-8", "replace")

    @property
    def text(self) -> str:
        """The content in its declared charset, else UTF-8, else Latin-1."""
        try:
            charset = self.message.get_content_charset("utf-8")
            return clean(self.content.decode(charset))
        except Exception:  # noqa: BLE001 - boundary: unknown or lying charsets raise LookupError, UnicodeError, ValueError
            return decoded_bytes(self.content)

    @property
    def is_attachment(self) -> bool:
        """What Gmail's `has:attachment` counts: no bodies, no containers, no pictures shown inside the text."""
        if self.mime_type.startswith("multipart/"):
            return False
        if self.filename or self.disposition == "attachment":
            picture = self.mime_type.startswith("image/") and "content-id" in self.message
            return not (picture and self.disposition != "attachment")
        return not self.mime_type.startswith(("text/", "image/"))

    @property
    def is_body(self) -> bool:
        """Whether it is text to read: also what calls itself a container but holds no part (a broken boundary)."""
        readable = self.mime_type in ("text/plain", "text/html") or self.mime_type.startswith("multipart/")
        return readable and not self.children and not self.filename

    def header(self, name: str) -> str:
        """The first value of a header, "" if there is none."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    def walk(self) -> Iterator[Part]:
        """This part and everything below it, first come first."""
        stack = [self]
        while stack:
            part = stack.pop()
            yield part
            stack.extend(reversed(part.children))

    @staticmethod
    def _flattened(part: Part) -> bytes:
        try:
            return part.message.as_bytes()
        except Exception:  # noqa: BLE001 - boundary: the generator refuses some of what the parser accepts
            return b""


def parse(data: bytes) -> Part:
    """The MIME tree of a message file. Never raises: what cannot be parsed is one part with the headers."""
    data = data[:MAX_PARSED_BYTES]
    try:
        return _tree(email.parser.BytesParser().parsebytes(data))
    except Exception:  # noqa: BLE001 - boundary: nesting bombs (RecursionError) and bugs of the email package
        return Part("", _unparsed(data), ())


def _tree(root: Message) -> Part:
    budget = iter(range(_MAX_PARTS))

    def build(message: Message, part_id: str) -> Part:
        prefix = f"{part_id}." if part_id else ""
        payload = message.get_payload() if message.is_multipart() and prefix.count(".") < _MAX_DEPTH else []
        children = [
            build(child, f"{prefix}{number}")
            for number, child in enumerate(payload)
            if isinstance(child, Message) and next(budget, None) is not None
        ]
        return Part(part_id, message, tuple(children))

    return build(root, "")


def _unparsed(data: bytes) -> Message:
    head, _, body = data.replace(b"\r\n", b"\n").partition(b"\n\n")
    message = email.parser.BytesHeaderParser().parsebytes(head[: 1024 * 1024] + b"\n\n")
    for name in ("content-type", "content-transfer-encoding"):
        del message[name]
    message.set_payload(body.decode("ascii", "surrogateescape"))
    return message


def unfolded(value: object) -> str:
    """A header on one line; raw 8-bit bytes are read as UTF-8, else Latin-1."""
    raw = str(value) if isinstance(value, email.header.Header) else value
    text = raw if isinstance(raw, str) else ""
    try:
        data = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # surrogates that stand for no byte: UTF-7 parameters can hold them
        data = text.encode("utf-8", "replace")
    return re.sub(r"\r?\n[ \t]*", " ", decoded_bytes(data))


def decoded_header(value: object) -> str:
    """A header as a reader sees it: unfolded, RFC 2047 words decoded (unless it is longer than any real one)."""
    text = unfolded(value)
    if "=?" not in text or len(text) > _MAX_ENCODED_HEADER:
        return text
    try:
        pieces = email.header.decode_header(text)
        return clean(str(email.header.make_header(pieces)))
    except Exception:  # noqa: BLE001 - boundary: unknown charsets, broken base64
        return text


def decoded_bytes(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def clean(text: str) -> str:
    """Without lone surrogates, which no JSON client could encode again."""
    return text.encode("utf-8", "replace").decode("utf-8")
