"""What of the application is in AWS, found by its names and written as Chalice records it.

Chalice knows what it deployed from a file, writes that file only when everything went well, and then is helpless: a
second REST API after a first run that was interrupted, or "already exists" for an event source. So its file is made
from AWS itself before each run, which also lets any laptop go on where another ended.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from deploy.errors import DeployError
from deploy.stage import APP_NAME, Stage

Resource = dict[str, Any]
API_HANDLER = "api_handler"


def found(stage: Stage) -> list[Resource]:
    """The entries of Chalice's record, in the order of their making (it deletes from the end)."""
    functions = list(_functions(stage))
    return [
        *_roles(stage),
        *functions,
        *_event_sources(stage, functions),
        *_rules(stage),
        *_notifications(stage, functions),
        *_rest_api(stage),
    ]


def write(resources: list[Resource], path: Path) -> None:
    """Chalice's ``deployed/<stage>.json``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    record = {"resources": resources, "schema_version": "2.0", "backend": "api"}
    path.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def rest_api_id(stage: Stage) -> str:
    """Id of the deployed REST API, or empty. Raises ``DeployError`` when several could be it."""
    pages = stage.client("apigateway").get_paginator("get_rest_apis").paginate()
    ids = [api["id"] for page in pages for api in page["items"] if api["name"] == APP_NAME]
    if len(ids) > 1:
        raise DeployError(
            f"There are {len(ids)} REST APIs called {APP_NAME} ({', '.join(ids)}): delete those that nobody uses "
            "(aws apigateway delete-rest-api) and run this again."
        )
    return ids[0] if ids else ""


def address(stage: Stage, api: str) -> str:
    """Where the REST API answers, without a slash at the end."""
    domain = stage.session.get_partition_for_region(stage.region)
    suffix = "amazonaws.com.cn" if domain == "aws-cn" else "amazonaws.com"
    return f"https://{api}.execute-api.{stage.region}.{suffix}/{stage.chalice_stage()['api_gateway_stage']}"


def function_name(resource: Resource) -> str:
    """A function's name at Lambda."""
    return str(resource["lambda_arn"].rpartition(":")[2])


def _short(stage: Stage, name: str) -> str | None:
    """What follows the stage's prefix; ``None`` for a name that is not the stage's."""
    return name.removeprefix(f"{stage.prefix}-") if name.startswith(f"{stage.prefix}-") else None


def _functions(stage: Stage) -> Iterator[Resource]:
    for page in stage.client("lambda").get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            name = function["FunctionName"]
            short = API_HANDLER if name == stage.prefix else _short(stage, name)
            if short and name != stage.container_function:
                yield {"name": short, "resource_type": "lambda_function", "lambda_arn": function["FunctionArn"]}


def _roles(stage: Stage) -> Iterator[Resource]:
    for page in stage.client("iam").get_paginator("list_roles").paginate():
        for role in page["Roles"]:
            name = role["RoleName"]
            short = _short(stage, name)
            # Roles that the stack made have names of CloudFormation's making; Chalice's are a function's.
            ours = short is not None and "-" not in short and name != stage.container_function
            if ours or name == stage.prefix:
                yield {
                    "name": f"{short}_role" if ours else "default-role",
                    "resource_type": "iam_role",
                    "role_arn": role["Arn"],
                    "role_name": name,
                }


def _event_sources(stage: Stage, functions: list[Resource]) -> Iterator[Resource]:
    names = {function["lambda_arn"]: function["name"] for function in functions}
    for page in stage.client("lambda").get_paginator("list_event_source_mappings").paginate():
        for mapping in page["EventSourceMappings"]:
            name, source = names.get(mapping["FunctionArn"]), mapping.get("EventSourceArn", "")
            common = {"event_uuid": mapping["UUID"], "lambda_arn": mapping["FunctionArn"]}
            if name and ":sqs:" in source:
                queue = {"queue_arn": source, "queue": source.rpartition(":")[2]}
                yield {"name": f"{name}-sqs-event-source", "resource_type": "sqs_event", **queue, **common}
            elif name:
                kind = {"resource_type": "dynamodb_event", "stream_arn": source}
                yield {"name": f"{name}-dynamodb-event-source", **kind, **common}


def _rules(stage: Stage) -> Iterator[Resource]:
    pages = stage.client("events").get_paginator("list_rules").paginate(NamePrefix=f"{stage.prefix}-")
    for rule in (rule for page in pages for rule in page["Rules"]):
        short = _short(stage, rule["Name"])
        yield {"name": short, "resource_type": "cloudwatch_event", "rule_name": rule["Name"]}


def _notifications(stage: Stage, functions: list[Resource]) -> Iterator[Resource]:
    bucket = stage.outputs().get("InvoicesBucket")
    if not bucket:
        return
    configured = stage.client("s3").get_bucket_notification_configuration(Bucket=bucket)
    told = {each["LambdaFunctionArn"] for each in configured.get("LambdaFunctionConfigurations", [])}
    for function in functions:
        if function["lambda_arn"] in told:
            yield {
                "name": f"{function['name']}-s3event",
                "resource_type": "s3_event",
                "bucket": bucket,
                "lambda_arn": function["lambda_arn"],
            }


def _rest_api(stage: Stage) -> Iterator[Resource]:
    if api := rest_api_id(stage):
        yield {
            "name": "rest_api",
            "resource_type": "rest_api",
            "rest_api_id": api,
            "rest_api_url": f"{address(stage, api)}/",
        }
