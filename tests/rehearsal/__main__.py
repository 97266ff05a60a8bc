"""`python -m tests.rehearsal`: exit status 0 when everything that was deployed works and is what was asked for."""

from __future__ import annotations

import sys

from tests.rehearsal.rehearsal import main

sys.exit(main())
