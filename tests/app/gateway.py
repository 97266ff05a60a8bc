"""Requests as API Gateway hands them to Lambda, with the caller's address: the local server knows one address only."""

from __future__ import annotations

import json
from typing import Any

from tests.app.client import Answer, checked
from tests.app.world import World
from tests.sandbox.application import PROJECT, Application, application_environ


class Gateway:
    """One more container of the application beside the sandbox's own, with an environment of its own."""

    def __init__(self, world: World, **environ: str) -> None:
        sandbox = world.sandbox
        of_sandbox = application_environ(sandbox.aws_url, sandbox.google_url, sandbox.outputs)
        application = Application(PROJECT / "app.py", of_sandbox | {"BCRYPT_COST": "4"} | environ)
        application.forget()
        self.app, self.container = application.app, application.container

    def send(
        self,
        method: str,
        resource: str,
        body: Any = None,
        *,
        source: str = "192.0.2.1",
        token: str | None = None,
        path: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """The answer to one request (API Gateway guide, "Input format of a Lambda function for proxy integration")."""
        given = {"Content-Type": "application/json", **(headers or {})}
        if token:
            given["Authorization"] = f"Bearer {token}"
        event = {
            "requestContext": {
                "httpMethod": method,
                "resourcePath": resource,
                "requestId": "request-1",
                "identity": {"sourceIp": source},
            },
            "headers": given,
            "multiValueQueryStringParameters": None,
            "pathParameters": path or {},
            "stageVariables": None,
            "body": None if body is None else json.dumps(body),
            "isBase64Encoded": False,
        }
        answer = self.app(event, None)
        return checked(Answer(answer["statusCode"], answer["headers"], answer["body"]))
