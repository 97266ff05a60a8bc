"""Prints what the ``app.py`` of the current folder declares in the current environment, as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def main() -> int:
    """``{"routes": {path: [method, ..]}, "triggers": {function: {"kind": .., "handler": .., ..}}}``; returns 0."""
    sys.path[0] = str(Path.cwd())
    from chalice.app import DynamoDBEventConfig, S3EventConfig, ScheduledEventConfig, SQSEventConfig

    import app

    def described(source: Any) -> dict[str, Any]:
        match source:
            case ScheduledEventConfig():
                given = source.schedule_expression
                return {"kind": "schedule", "expression": given if isinstance(given, str) else given.to_string()}
            case S3EventConfig():
                filters = {"prefix": source.prefix, "suffix": source.suffix}
                return {"kind": "objects", "bucket": source.bucket, "events": source.events, **filters}
            case SQSEventConfig():
                return {"kind": "queue", "queue": source.queue, "batch": source.batch_size}
            case DynamoDBEventConfig():
                return {"kind": "stream", "stream": source.stream_arn, "batch": source.batch_size}
        raise TypeError(f"{type(source).__name__} is a trigger that nobody has described here yet")

    triggers = {
        source.name: {"handler": source.handler_string, **described(source)} for source in app.app.event_sources
    }
    routes = {path: sorted(methods) for path, methods in app.app.routes.items()}
    sys.stdout.write(json.dumps({"routes": routes, "triggers": triggers}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
