"""Which distributions the functions and the parser's image carry, beyond what pip's resolver says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

#: Of these only files are used, never what they depend on: Swagger UI's style and script (its plug-in wants Flask), and
#: the run-time half of Chalice, which Chalice itself puts into every archive (the image has to install it).
FILES_ONLY: Final = frozenset({"flask-openapi3-swagger", "chalice"})

#: Dependencies of dependencies that no function of ours reaches; each with the reason.
UNUSED: Final[Mapping[str, str]] = {
    "pillow": "pdfplumber draws pages with it; we read text",
    "pypdfium2": "pdfplumber draws pages with it; we read text",
    "pycparser": "compiles C declarations for cffi, at build time",
    "protobuf": "messages of gRPC; Gmail's API is called as REST",
    "proto-plus": "messages of gRPC; Gmail's API is called as REST",
    "googleapis-common-protos": "messages of gRPC; Gmail's API is called as REST",
    "pyasn1": "google-auth signs with it as a service account; we are none",
    "pyasn1-modules": "google-auth signs with it as a service account; we are none",
}

#: What Lambda's runtime for Python 3.12 brings, so that none of it may be vendored. It brings urllib3 too, but an older
#: one than google-genai's HTTP client is tested with: that one is vendored, and boto3 gets along with it.
OF_LAMBDA: Final = frozenset({"boto3", "botocore", "s3transfer", "jmespath", "python-dateutil", "six"})

_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?P<rest>.*)$")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Pin:
    """One distribution, under its normalized name (PEP 503), with the SHA-256 of the wheels that may be installed."""

    name: str
    version: str
    hashes: frozenset[str] = frozenset()

    def line(self) -> str:
        """As in a requirements file."""
        return " \\\n    ".join(
            [f"{self.name}=={self.version}", *(f"--hash=sha256:{each}" for each in sorted(self.hashes))]
        )


def normalized(name: str) -> str:
    """
    >>> normalized("Flask_OpenAPI3.swagger")
    'flask-openapi3-swagger'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def read_pins(path: Path) -> list[Pin]:
    """The pins of a requirements file. Raises ``ValueError`` for a line that is neither a pin nor a comment."""
    return list(_pins(path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()))


def _pins(lines: Iterable[str]) -> Iterator[Pin]:
    for line in lines:
        text = line.split("#", 1)[0].strip()
        if not text:
            continue
        found = _PIN.match(text)
        if not found:
            raise ValueError(f"not pinned: {text}")
        yield Pin(normalized(found["name"]), found["version"], frozenset(_HASH.findall(found["rest"])))
