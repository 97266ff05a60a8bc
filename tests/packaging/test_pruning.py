"""What of an installed distribution is kept, and that what is kept can still be imported and asked for its version."""

from __future__ import annotations

from pathlib import Path

import pytest
from package.pruning import is_kept, prune

METADATA = """Metadata-Version: 2.4
Name: sample
Version: 1.2
Requires-Dist: other

# Sample

Version: of the description
"""


@pytest.mark.parametrize(
    "path",
    [
        "google/genai/types.py",
        "cryptography/hazmat/bindings/_rust.abi3.so",
        "_cffi_backend.cpython-312-x86_64-linux-gnu.so",
        "certifi/cacert.pem",
        "googleapiclient/discovery_cache/__init__.py",
        "googleapiclient/discovery_cache/documents/gmail.v1.json",
        "pdfminer/cmapdb.py",
        "pdfminer/cmap/to-unicode-Adobe-Japan1.json.gz",
        "pdfminer/cmap/UniGB-UCS2-H.json.gz",
        "flask_openapi3_swagger/templates/swagger/js/swagger-ui-bundle.js",
        "opentelemetry_api-1.45.2.dist-info/entry_points.txt",
        "httpx2-2.16.2.dist-info/METADATA",
        "urllib3/util/ssl_match_hostname.py",
        "pyparsing/testing.py",
    ],
)
def test_what_the_functions_read_is_kept(path: str) -> None:
    assert is_kept(path)


@pytest.mark.parametrize(
    "path",
    [
        "bin/pdf2txt.py",
        "google/genai/types.pyi",
        "google/genai/tests/client/test_client_initialization.py",
        "pydantic/py.typed",
        "pydantic/__pycache__/main.cpython-312.pyc",
        "selectolax/lexbor.c",
        "cffi/api.py",
        "googleapiclient/discovery_cache/documents/youtube.v3.json",
        "googleapiclient/discovery_cache/documents/gmail.v2.json",
        "pdfminer/cmap/UniGB-UCS2-V.json.gz",
        "pdfminer/cmap/README.txt",
        "flask_openapi3_swagger/__init__.py",
        "flask_openapi3_swagger/templates/swagger/js/swagger-ui-bundle.js.map",
        "httpx2-2.16.2.dist-info/RECORD",
        "httpx2-2.16.2.dist-info/licenses/LICENSE.md",
        "httpx2-2.16.2.dist-info/licenses/METADATA",
    ],
)
def test_what_nobody_reads_in_lambda_is_not(path: str) -> None:
    assert not is_kept(path)


def test_pruning_leaves_no_empty_folder_and_shortens_metadata(tmp_path: Path) -> None:
    for path in ("sample/__init__.py", "sample/tests/data/one.json", "sample-1.2.dist-info/METADATA"):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(METADATA, encoding="utf-8")
    prune(tmp_path)
    assert sorted(each.relative_to(tmp_path).as_posix() for each in tmp_path.rglob("*")) == [
        "sample",
        "sample-1.2.dist-info",
        "sample-1.2.dist-info/METADATA",
        "sample/__init__.py",
    ]
    shortened = (tmp_path / "sample-1.2.dist-info" / "METADATA").read_text(encoding="utf-8")
    assert shortened == "Metadata-Version: 2.4\nName: sample\nVersion: 1.2\n"
