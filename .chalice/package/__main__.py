"""``python .chalice/package``: the package needs its parent folder on the path."""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from package.command import main  # noqa: E402 - only now can it be found

sys.exit(main())
