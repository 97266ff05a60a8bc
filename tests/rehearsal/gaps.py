"""Where ministack 1.5.33 does otherwise than AWS, as far as this deployment meets it, and how that is closed.

Runs in the interpreter that has ministack, and uses its insides: another version of it may need another module.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from ministack.core import iam_actions, lambda_runtime
from ministack.core.responses import error_response_json
from ministack.services import ecr, eventbridge, lambda_svc
from ministack.services.cloudformation import provisioners

#: CloudFormation types that ministack refuses, and that no function and no trigger needs: accepted, and not made.
PLACEHOLDER_TYPES = ("AWS::ApplicationAutoScaling::ScalableTarget", "AWS::ApplicationAutoScaling::ScalingPolicy")

_WEEK = 7 * 86_400  # seconds

#: The resources that were accepted and not made, as `{"type", "logical_id"}`.
placeholders: list[dict[str, str]] = []


def close(lambda_python: str) -> None:
    """Closes every gap; `lambda_python` is the interpreter that runs the functions. Exits where one is no more."""
    sys.executable = lambda_python  # what ministack starts its Lambda workers with
    os.environ["PYTHONPATH"] = str(Path(__file__).with_name("runtime"))  # ... and they inherit
    # Who finds a function pending looks again after five seconds, for each of two dozen functions and updates.
    lambda_svc._LAMBDA_STATE_TRANSITION_DELAY = 0.0
    eventbridge._SCHEDULER_TICK_INTERVAL = 1
    lambda_runtime._REAP_GRACE = 0.2  # seconds for a worker of a deleted function
    iam_actions.extract_resource_arn = _naming_push_resources(iam_actions.extract_resource_arn)
    iam_actions.extract_iam_action = _batches_as_their_parts(iam_actions.extract_iam_action)
    ecr._describe_images = _missing_what_is_not_there(ecr._describe_images)
    for each in PLACEHOLDER_TYPES:
        if each in provisioners._RESOURCE_HANDLERS:
            sys.exit(f"ministack knows {each} by now: it needs no placeholder")
        provisioners._RESOURCE_HANDLERS[each] = _placeholder(each)


def let_a_week_pass() -> None:
    """Makes every schedule believe that it looked at the clock a week ago: what fires at least weekly fires once."""
    for key in list(eventbridge._rules._data):
        eventbridge._rule_last_fired[key] = time.time() - _WEEK


def _naming_push_resources(known: Callable[..., str]) -> Callable[..., str]:
    """Calls about push name a resource to IAM: ministack takes some for calls about everything, and calls an endpoint
    `app/<platform>/<application>/<id>` instead of `endpoint/...`.

    Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon SNS".
    """

    def resource_arn(service: str, *request: Any) -> str:
        body: bytes = request[3]
        form = parse_qs(body.decode()) if service == "sns" else {}
        if "PlatformApplicationArn" in form:
            return form["PlatformApplicationArn"][0]
        for name in ("EndpointArn", "TargetArn"):
            if name in form:
                return form[name][0].replace(":app/", ":endpoint/")
        return known(service, *request)

    return resource_arn


def _batches_as_their_parts(known: Callable[..., str | None]) -> Callable[..., str | None]:
    """A batch needs the permission of its parts: SQS's `SendMessageBatch` needs `sqs:SendMessage`, and `DeleteObjects`
    of versions needs `s3:DeleteObjectVersion` (ministack asks so for every object but the first).

    Source: SQS API reference, `SendMessageBatch`; S3 API reference, `DeleteObjects`.
    """

    def iam_action(service: str, *request: Any) -> str | None:
        action = known(service, *request)
        method, _path, _headers, body, query = request
        if service == "sqs" and action:
            return action.removesuffix("Batch")
        if service == "s3" and method == "POST" and "delete" in query:
            targets = iam_actions._s3_batch_delete_targets("", body)
            return "s3:DeleteObjectVersion" if targets and targets[0][1] else action
        return action

    return iam_action


def _missing_what_is_not_there(known: Callable[..., Any]) -> Callable[..., Any]:
    """`DescribeImages` of an image that does not exist is an error (ECR API reference); ministack answers none."""

    def describe_images(data: Mapping[str, Any]) -> Any:
        answer = known(data)
        if data.get("imageIds") and json.loads(answer[2]).get("imageDetails") == []:
            return error_response_json("ImageNotFoundException", "The image requested does not exist", 400)
        return answer

    return describe_images


def _placeholder(resource_type: str) -> dict[str, Any]:
    def create(logical_id: str, _properties: Any, stack_name: str) -> tuple[str, dict[str, str]]:
        placeholders.append({"type": resource_type, "logical_id": logical_id})
        return f"{stack_name}-{logical_id}", {}

    def update(physical_id: str, *_properties: Any) -> tuple[str, dict[str, str]]:
        return physical_id, {}

    def delete(_physical_id: str, _properties: Any) -> None:
        """Nothing was made."""

    return {"create": create, "update": update, "delete": delete}
