"""What the parsing process and its worker say to each other over pipes: length-prefixed frames, MessagePack inside."""

from __future__ import annotations

import struct
from typing import Final, Literal

import msgspec

_LENGTH: Final = struct.Struct(">I")
PREFIX_SIZE: Final = _LENGTH.size
LARGEST_REPLY: Final = 32 * 1024 * 1024

Status = Literal["done", "ignored", "unreadable"]


class Request(msgspec.Struct, frozen=True):
    """Run ``job`` on ``document`` within ``seconds`` of wall and CPU time, with ``memory`` bytes beyond the start's."""

    job: str
    document: bytes
    seconds: float
    memory: int


class Reply(msgspec.Struct, frozen=True):
    """``result`` is the job's encoded value, or empty with a ``reason``; ``peak_memory`` is the child's, in bytes."""

    status: Status
    result: bytes = b""
    reason: str = ""
    peak_memory: int = 0


def frame(message: msgspec.Struct) -> bytes:
    """The message with its length in front."""
    body = msgspec.msgpack.encode(message)
    return _LENGTH.pack(len(body)) + body


def frame_length(prefix: bytes) -> int:
    """The number of bytes that follow ``prefix``."""
    return int(_LENGTH.unpack(prefix)[0])
