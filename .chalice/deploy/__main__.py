"""``python .chalice/deploy``: see ``command``."""

import sys
from pathlib import Path

# Python put this folder first, where a module of ours would hide one of the standard library's of the same name. Needed
# are the folder above (this package, policies) and the one above that (chalicelib).
_CHALICE = Path(__file__).resolve().parents[1]
sys.path[:1] = [str(_CHALICE), str(_CHALICE.parent)]

from deploy.command import main  # noqa: E402 - only now can it be found

if __name__ == "__main__":
    sys.exit(main())
