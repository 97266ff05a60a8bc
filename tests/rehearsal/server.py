"""ministack with what it lacks, served until a signal ends it. Runs in the interpreter that has ministack.

Settings are ministack's own environment variables, and `LAMBDA_PYTHON`: the interpreter that runs the functions, which
has what Lambda's runtime brings and nothing else. `GET /_rehearsal/placeholders` answers `gaps.placeholders`, and
`POST /_rehearsal/week` lets a week pass.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import boto3
from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.app import app as ministack

from tests.rehearsal import gaps
from tests.rehearsal.rest_api_import import ImportRefused, RestApis

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


def main() -> None:
    gaps.close(os.environ["LAMBDA_PYTHON"])
    config = Config()
    config.bind = [f"127.0.0.1:{os.environ['GATEWAY_PORT']}"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    asyncio.run(_serve(config))


async def _serve(config: Config) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await serve(_app, config, shutdown_trigger=ended.wait)


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    """ministack's ASGI application, except for what it lacks."""
    if scope["type"] != "http":
        await ministack(scope, receive, send)
        return
    query = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
    method, path = scope["method"], scope["path"]
    if path == "/_rehearsal/placeholders":
        await _answer(send, 200, gaps.placeholders)
    elif path == "/_rehearsal/week":
        gaps.let_a_week_pass()
        await _answer(send, 200, {})
    elif path.startswith("/restapis") and "mode" in query and method in {"POST", "PUT"}:
        await _import(scope, receive, send, query)
    else:
        # Policies of buckets and queues refuse what comes without TLS; AWS's endpoints are reached with it only.
        headers = [*scope["headers"], (b"x-forwarded-proto", b"https")]
        await ministack({**scope, "headers": headers}, receive, send)


async def _import(scope: Scope, receive: Receive, send: Send, query: dict[str, str]) -> None:
    """`ImportRestApi` and `PutRestApi`; whoever may reach this server may do both."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    apis = RestApis(boto3.client("apigateway", endpoint_url=f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}"))
    try:
        document = json.loads(body)
        if scope["method"] == "POST":
            status, answer = 201, await asyncio.to_thread(apis.create, document, query["endpointConfigurationTypes"])
        elif query["mode"] == "overwrite":
            status, answer = 200, await asyncio.to_thread(apis.overwrite, scope["path"].split("/")[2], document)
        else:
            raise ImportRefused(f"mode {query['mode']} is not translated")
    except (ImportRefused, ValueError, KeyError) as exc:
        status, answer = 400, {"__type": "BadRequestException", "message": repr(exc)}
    await _answer(send, status, answer)


async def _answer(send: Send, status: int, content: Any) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(content).encode()})


if __name__ == "__main__":
    main()
