"""``python .chalice/deploy``: see ``command``."""

import sys
from pathlib import Path

# Python put this folder first, where a module of ours would hide one of the standard library's of the same name.
sys.path[0] = str(Path(__file__).resolve().parents[1])

from deploy.command import main  # noqa: E402 - only now can it be found

if __name__ == "__main__":
    sys.exit(main())
