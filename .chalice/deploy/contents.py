"""What files hold, as one short text: the same files give the same text on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

_LENGTH = 32


def fingerprint(root: Path, paths: Iterable[str], *others: str) -> str:
    """32 hexadecimal digits for files and folders (relative to ``root``; absent ones are empty) and other texts."""
    digest = hashlib.sha256()
    for path in sorted(file for name in paths for file in _files(root / name)):
        _add(digest, path.relative_to(root).as_posix().encode())
        _add(digest, path.read_bytes())
    for text in others:
        _add(digest, text.encode())
    return digest.hexdigest()[:_LENGTH]


def _add(digest: hashlib._Hash, part: bytes) -> None:
    digest.update(f"{len(part)}:".encode() + part)


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    for found in path.rglob("*"):
        if found.is_file() and "__pycache__" not in found.parts and found.suffix != ".pyc":
            yield found
