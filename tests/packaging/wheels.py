"""Wheels made on the spot, so that pip really installs and nothing is downloaded."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path

from package.distributions import Pin


def make_wheel(folder: Path, name: str, files: Mapping[str, str]) -> Pin:
    """A pure Python wheel of version 1.0 with these files (PyPA, "Binary distribution format"), and the pin of it."""
    metadata = f"{name}-1.0.dist-info"
    contents = dict(files) | {
        f"{metadata}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{metadata}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},{_digest(text)},{len(text.encode())}\n" for path, text in contents.items())
    contents[f"{metadata}/RECORD"] = record + f"{metadata}/RECORD,,\n"
    wheel = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as opened:
        for path, text in contents.items():
            opened.writestr(path, text)
    return Pin(name, "1.0", frozenset({hashlib.sha256(wheel.read_bytes()).hexdigest()}))


def _digest(text: str) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
    return f"sha256={digest}"
