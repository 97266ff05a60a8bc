"""The container function: parses the PDF whose key the dispatching ``parse_invoice`` function hands over.

The same code as in-process parsing; only the image differs, which carries the PDF libraries.
"""

from __future__ import annotations

import os
from typing import Any

from chalicelib.container import Container
from chalicelib.errors import ValidationFailed
from chalicelib.http.events import guarded

container = Container.from_environ(os.environ)


@guarded
def handle(event: Any, context: object) -> None:
    """``event`` is ``{"key": "invoices/..."}``. Raises only what Lambda should try again, and for any other event."""
    key = event.get("key") if isinstance(event, dict) else None
    if not isinstance(key, str):
        raise ValidationFailed("key", "must be the key of an object")
    container.parse_document(key)
