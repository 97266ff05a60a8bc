"""Chalice's own command line, for the Python version that the project was packaged for.

    cd build/app && python ../../.chalice/package/lambda_chalice.py deploy --stage prod

Chalice deploys for the Python version that happens to run it (``Config.lambda_python_version``: "we may open this up to
configuration later"). On a machine with Python 3.11 or 3.13 it would therefore put wheels for 3.12 into functions that
cannot load them. Here that one property answers with what ``runtime.json`` says; all else is Chalice.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

_NOTED = Path(".chalice") / "runtime.json"


def main() -> int:
    """Runs Chalice on the project in the current folder; returns its exit status."""
    if not _NOTED.exists():
        sys.stderr.write(f"{_NOTED} is missing: run this in a project that .chalice/package has built\n")
        return 2
    runtime = f"python{json.loads(_NOTED.read_text(encoding='utf-8'))['python']}"
    from chalice.cli import main as chalice
    from chalice.config import Config

    Config.lambda_python_version = property(lambda _: runtime)  # type: ignore[method-assign, assignment]
    # Chalice warns of what is intended here.
    warnings.filterwarnings("ignore", message="You are currently running python")
    return int(chalice() or 0)


if __name__ == "__main__":
    sys.exit(main())
