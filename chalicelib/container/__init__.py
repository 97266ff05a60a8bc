"""Everything wired together, lazily: a cold start makes only what its first event needs.

One container lives as long as the Lambda environment. Imports stand inside the properties for the same reason. Each
class adds a layer to the one before: ``neighbours`` (the outside world), ``people`` (accounts), ``ingestion`` (mail to
records), ``application`` (the rest, and what ``app.py`` calls).
"""

from __future__ import annotations

from chalicelib.container.application import Container

__all__ = ["Container"]
