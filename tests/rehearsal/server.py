"""ministack with what it lacks, served until a signal ends it. Runs in the interpreter that has ministack.

Settings are ministack's own environment variables, and `LAMBDA_PYTHON`: the interpreter that runs the functions, which
has what Lambda's runtime brings and nothing else. `GET /_rehearsal/placeholders` tells which resources of a
CloudFormation template were accepted and not made, as `[{"type", "logical_id"}, ..]`. `POST /_rehearsal/week` makes
every schedule believe that it looked at the clock a week ago: all that fire at least weekly fire once.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import boto3
from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.app import app as ministack
from ministack.core import iam_actions
from ministack.services import eventbridge, lambda_svc
from ministack.services.cloudformation import provisioners

from tests.rehearsal.rest_api_import import ImportRefused, RestApis

#: CloudFormation types that ministack refuses, and that no function and no trigger needs.
PLACEHOLDER_TYPES = ("AWS::ApplicationAutoScaling::ScalableTarget", "AWS::ApplicationAutoScaling::ScalingPolicy")

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_WEEK = 7 * 86_400  # seconds
_placeholders: list[dict[str, str]] = []


def main() -> None:
    sys.executable = os.environ["LAMBDA_PYTHON"]  # what ministack starts its Lambda workers with
    lambda_svc._LAMBDA_STATE_TRANSITION_DELAY = 0.0  # noqa: SLF001 - who finds a function pending asks again in 5 s
    eventbridge._SCHEDULER_TICK_INTERVAL = 1  # noqa: SLF001
    iam_actions.extract_resource_arn = _push_resources(iam_actions.extract_resource_arn)
    for each in PLACEHOLDER_TYPES:
        if each in provisioners._RESOURCE_HANDLERS:  # noqa: SLF001
            sys.exit(f"ministack knows {each} by now: it needs no placeholder")
        provisioners._RESOURCE_HANDLERS[each] = _placeholder(each)  # noqa: SLF001
    config = Config()
    config.bind = [f"127.0.0.1:{os.environ['GATEWAY_PORT']}"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    asyncio.run(_serve(config))


async def _serve(config: Config) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await serve(_app, config, shutdown_trigger=ended.wait)  # type: ignore[arg-type]


def _push_resources(known: Callable[..., str]) -> Callable[..., str]:
    """Names the resource of calls about push, which ministack's IAM takes for calls about everything.

    Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon SNS".
    """

    def resource_arn(service: str, method: str, path: str, headers: Any, body: bytes, query: Any, *rest: str) -> str:
        if service == "sns":
            form = parse_qs(body.decode())
            for name in ("PlatformApplicationArn", "EndpointArn"):
                if name in form:
                    return form[name][0]
        return known(service, method, path, headers, body, query, *rest)

    return resource_arn


def _placeholder(resource_type: str) -> dict[str, Any]:
    def create(logical_id: str, _properties: Any, stack_name: str) -> tuple[str, dict[str, str]]:
        _placeholders.append({"type": resource_type, "logical_id": logical_id})
        return f"{stack_name}-{logical_id}", {}

    def update(physical_id: str, *_properties: Any) -> tuple[str, dict[str, str]]:
        return physical_id, {}

    def delete(_physical_id: str, _properties: Any) -> None:
        """Nothing was made."""

    return {"create": create, "update": update, "delete": delete}


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    """ministack's ASGI application, except for what it lacks."""
    if scope["type"] != "http":
        await ministack(scope, receive, send)
        return
    query = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
    method, path = scope["method"], scope["path"]
    if path == "/_rehearsal/placeholders":
        await _answer(send, 200, _placeholders)
    elif path == "/_rehearsal/week":
        a_week_ago = time.time() - _WEEK
        for key in list(eventbridge._rules._data):  # noqa: SLF001
            eventbridge._rule_last_fired[key] = a_week_ago  # noqa: SLF001
        await _answer(send, 200, {})
    elif path.startswith("/restapis") and "mode" in query and method in {"POST", "PUT"}:
        await _import(scope, receive, send, query)
    else:
        # Policies of buckets and queues refuse what comes without TLS; AWS's endpoints are reached with it only.
        headers = [*scope["headers"], (b"x-forwarded-proto", b"https")]
        await ministack({**scope, "headers": headers}, receive, send)


async def _import(scope: Scope, receive: Receive, send: Send, query: dict[str, str]) -> None:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    apis = RestApis(boto3.client("apigateway", endpoint_url=f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}"))
    try:
        document = json.loads(body)
        if scope["method"] == "POST":
            answer = await asyncio.to_thread(apis.create, document, query["endpointConfigurationTypes"])
        elif query["mode"] == "overwrite":
            answer = await asyncio.to_thread(apis.overwrite, scope["path"].split("/")[2], document)
        else:
            raise ImportRefused(f"mode {query['mode']} is not translated")
    except (ImportRefused, ValueError, KeyError) as exc:
        await _answer(send, 400, {"__type": "BadRequestException", "message": repr(exc)})
        return
    await _answer(send, 201 if scope["method"] == "POST" else 200, answer)


async def _answer(send: Send, status: int, content: Any) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(content).encode()})


if __name__ == "__main__":
    main()
