"""What of an installed distribution Lambda never reads: rules, and the reason for each.

Rules are by path inside ``vendor/``; :func:`is_kept` decides about one file and touches no disk. Whole distributions
that are not needed are never installed (:mod:`package.distributions`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

#: Suffixes of what only compilers, type checkers and people read.
_UNREAD: Final = frozenset({".c", ".cpp", ".h", ".pxd", ".pxi", ".pyi", ".pyx", ".pyc", ".md", ".rst"})
_UNREAD_NAMES: Final = frozenset({"py.typed"})
#: Folders, wherever they are.
_UNREAD_FOLDERS: Final = frozenset({"__pycache__", "tests"})
#: Folders and files, from the top.
_UNREAD_TREES: Final = (
    "bin/",  # commands
    "cffi/",  # the compiler of declarations; what cryptography loads is _cffi_backend
    "google/genai/tests/",
)

#: googleapiclient's descriptions of Google's APIs are 100 MB; the application builds one (``static_discovery``).
_DESCRIPTIONS: Final = "googleapiclient/discovery_cache/documents/"
_DESCRIPTIONS_KEPT: Final = frozenset({"gmail.v1.json"})

#: pdfminer's tables for Chinese, Japanese and Korean fonts that bring no ToUnicode map of their own: 6 of 7 MiB are for
#: vertical writing and for encodings that no PDF of the last twenty years names. Kept: from characters to Unicode, and
#: the encoding that PDF libraries (iText, ReportLab, TCPDF) write for fonts they do not embed. The image has all.
_CHARACTER_MAPS: Final = "pdfminer/cmap/"
_CHARACTER_MAPS_KEPT: Final = re.compile(
    r"(to-unicode-Adobe-(GB1|CNS1|Japan1|Korea1)|Uni(GB|CNS|JIS|KS)-UCS2-H)\.json\.gz"
)

#: Swagger UI comes inside a plug-in for Flask. ``chalicelib.http.reference.viewer`` serves these two.
_SWAGGER: Final = "flask_openapi3_swagger/"
_SWAGGER_KEPT: Final = frozenset({"templates/swagger/css/swagger-ui.css", "templates/swagger/js/swagger-ui-bundle.js"})

#: Of metadata, what ``importlib.metadata`` is asked for at run time: httpx2 and pdfminer read their own version as they
#: are imported, opentelemetry finds its context by an entry point, pydantic looks through all entry points.
_METADATA: Final = ".dist-info/"
_METADATA_KEPT: Final = frozenset({"METADATA", "entry_points.txt"})
_METADATA_FIELDS: Final = ("Metadata-Version:", "Name:", "Version:")


def is_kept(path: str) -> bool:
    """Whether a file belongs into the archive, by its path in ``vendor/`` ("google/genai/types.py").

    >>> is_kept("google/genai/types.py"), is_kept("google/genai/types.pyi")
    (True, False)
    >>> is_kept("googleapiclient/discovery_cache/documents/youtube.v3.json")
    False
    """
    *folders, name = path.split("/")
    if Path(name).suffix in _UNREAD or name in _UNREAD_NAMES or _UNREAD_FOLDERS & set(folders):
        return False
    if path.startswith(_UNREAD_TREES):
        return False
    if path.startswith(_DESCRIPTIONS):
        return path.removeprefix(_DESCRIPTIONS) in _DESCRIPTIONS_KEPT
    if path.startswith(_CHARACTER_MAPS):
        return _CHARACTER_MAPS_KEPT.fullmatch(name) is not None
    if path.startswith(_SWAGGER):
        return path.removeprefix(_SWAGGER) in _SWAGGER_KEPT
    return _METADATA not in path or (name in _METADATA_KEPT and len(folders) == 1)


def prune(vendor: Path) -> None:
    """Removes what is not kept, and folders that it leaves empty; shortens metadata to names and versions."""
    for file in list(_files(vendor)):
        path = file.relative_to(vendor).as_posix()
        if not is_kept(path):
            file.unlink()
        elif path.endswith(".dist-info/METADATA"):
            lines = file.read_text(encoding="utf-8").split("\n\n", 1)[0].splitlines()
            file.write_text(
                "".join(f"{line}\n" for line in lines if line.startswith(_METADATA_FIELDS)), encoding="utf-8"
            )
    for folder in sorted((each for each in vendor.rglob("*") if each.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def _files(folder: Path) -> Iterator[Path]:
    return (each for each in folder.rglob("*") if each.is_file() or each.is_symlink())
