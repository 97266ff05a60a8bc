"""What IAM asks of a call: an API operation and its parameters as actions on ARNs.

Sources: Service Authorization Reference (DynamoDB, S3, Secrets Manager, SNS, SQS, Lambda); DynamoDB developer guide,
"Using IAM with DynamoDB transactions"; S3 user guide, "Required permissions for Amazon S3 API operations". Knows the
operations that the application uses; another one has to be written down here first.

Two things are written down nowhere. An operation on a platform endpoint is refused with the ARN of its platform
application, while later documents name the endpoint: both are asked for. A secret that does not exist has no suffix;
some report a made-up one, some none: both are asked for (`of_absence`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import unquote

from chalice.app import BaseEventSourceConfig, DynamoDBEventConfig, SQSEventConfig

Parameters = Mapping[str, Any]


class Need(NamedTuple):
    """One action on one resource."""

    action: str
    resource: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the calls go."""

    region: str
    account: str

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"


_TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
_OBJECT_ACTIONS = {
    "GetObject": ("s3:GetObject",),
    "HeadObject": ("s3:GetObject",),
    "PutObject": ("s3:PutObject",),
    "CreateMultipartUpload": ("s3:PutObject",),
    "UploadPart": ("s3:PutObject",),
    "CompleteMultipartUpload": ("s3:PutObject",),
    "AbortMultipartUpload": ("s3:AbortMultipartUpload",),
}
_BUCKET_ACTIONS = {
    "ListObjectsV2": "s3:ListBucket",
    "ListObjectVersions": "s3:ListBucketVersions",
    "ListMultipartUploads": "s3:ListBucketMultipartUploads",
}
#: Parameters that ask for more than the operation does.
_S3_EXTRAS = frozenset({"ACL", "Tagging", "VersionId", "ObjectLockMode", "SSEKMSKeyId", "GrantRead"})
_SUFFIX = "-AbCdEf"


def of_call(service: str, operation: str, parameters: Parameters, place: Place) -> list[Need]:
    """What one call needs, all of it; `service` as botocore's events spell it. LookupError for an unknown operation."""
    reader = _READERS.get(service)
    found = list(reader(operation, parameters, place)) if reader else []
    if not found:
        raise LookupError(f"permissions_of_calls knows no {service}.{operation}: write down what IAM asks for it")
    return found


def of_absence(service: str, operation: str, parameters: Parameters, place: Place) -> list[Need]:
    """What it takes to be told that something does not exist, rather than "access denied".

    S3 API reference, GetObject and HeadObject: 404 for whoever may list the bucket, 403 for others.
    """
    if service == "s3":
        return [Need("s3:ListBucket", f"arn:aws:s3:::{parameters['Bucket']}")]
    if service == "secrets-manager":
        return [Need(f"secretsmanager:{operation}", place.arn("secretsmanager", f"secret:{parameters['SecretId']}"))]
    return []


def of_lambda(function_name: str, source: BaseEventSourceConfig | None, place: Place) -> list[Need]:
    """What Lambda itself does in a function's name: it writes the log, reads queue or stream, and keeps failed events.

    Lambda developer guide, "Defining Lambda function permissions with an execution role", and the managed policies
    AWSLambdaBasicExecutionRole (whose CreateLogGroup is left out: the deployment makes the group, with its retention),
    AWSLambdaSQSQueueExecutionRole and AWSLambdaDynamoDBExecutionRole.
    """
    stream = place.arn("logs", f"log-group:/aws/lambda/{function_name}:log-stream:2025/01/31/[$LATEST]0123456789abcdef")
    needs = [Need("logs:CreateLogStream", stream), Need("logs:PutLogEvents", stream)]
    if isinstance(source, SQSEventConfig):
        arn = source.queue_arn or place.arn("sqs", str(source.queue))
        needs += [Need(f"sqs:{action}", arn) for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")]
    if isinstance(source, DynamoDBEventConfig):
        actions = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
        needs += [Need(f"dynamodb:{action}", source.stream_arn) for action in actions]
    if source is not None and not isinstance(source, SQSEventConfig):
        needs.append(Need("sqs:SendMessage", place.arn("sqs", "FailedEventsQueue")))
    return needs


def _dynamodb(operation: str, parameters: Parameters, place: Place) -> Iterator[Need]:
    def on(action: str, table: str) -> Need:
        return Need(f"dynamodb:{action}", place.arn("dynamodb", f"table/{table}"))

    if operation in {"GetItem", "PutItem", "UpdateItem", "DeleteItem"}:
        yield on(operation, parameters["TableName"])
    elif operation in {"Query", "Scan"}:
        index = f"/index/{parameters['IndexName']}" if "IndexName" in parameters else ""
        yield on(operation, parameters["TableName"] + index)
    elif operation in {"BatchGetItem", "BatchWriteItem"}:
        yield from (on(operation, table) for table in parameters["RequestItems"])
    elif operation == "TransactWriteItems":
        for item in parameters["TransactItems"]:
            for kind, request in item.items():
                yield on(_TRANSACTION[kind], request["TableName"])


def _s3(operation: str, parameters: Parameters, _place: Place) -> Iterator[Need]:
    if extras := _S3_EXTRAS & parameters.keys():
        raise LookupError(f"permissions_of_calls knows no s3.{operation} with {', '.join(sorted(extras))}")
    bucket = f"arn:aws:s3:::{parameters['Bucket']}"
    for action in _OBJECT_ACTIONS.get(operation, ()):
        yield Need(action, f"{bucket}/{parameters['Key']}")
    if operation in _BUCKET_ACTIONS:
        yield Need(_BUCKET_ACTIONS[operation], bucket)
    elif operation == "CopyObject":
        # botocore makes one text of it, quoted.
        yield Need("s3:GetObject", f"arn:aws:s3:::{unquote(parameters['CopySource'])}")
        yield Need("s3:PutObject", f"{bucket}/{parameters['Key']}")
    elif operation == "DeleteObjects":
        for each in parameters["Delete"]["Objects"]:
            yield Need(
                "s3:DeleteObjectVersion" if "VersionId" in each else "s3:DeleteObject", f"{bucket}/{each['Key']}"
            )


def _secrets_manager(operation: str, parameters: Parameters, place: Place) -> Iterator[Need]:
    name = parameters["Name" if operation == "CreateSecret" else "SecretId"]
    if operation in {"CreateSecret", "GetSecretValue", "PutSecretValue", "DeleteSecret"}:
        yield Need(f"secretsmanager:{operation}", place.arn("secretsmanager", f"secret:{name}{_SUFFIX}"))


def _sns(operation: str, parameters: Parameters, _place: Place) -> Iterator[Need]:
    action = f"sns:{operation}"
    endpoint = parameters.get("EndpointArn") or parameters.get("TargetArn")
    if operation == "CreatePlatformEndpoint":
        yield Need(action, parameters["PlatformApplicationArn"])
    elif operation in {"GetEndpointAttributes", "SetEndpointAttributes", "DeleteEndpoint", "Publish"} and endpoint:
        yield Need(action, endpoint.rpartition("/")[0].replace(":endpoint/", ":app/"))
        yield Need(action, endpoint)
    elif operation in {"Publish", "Subscribe"}:
        yield Need(action, parameters["TopicArn"])
    elif operation == "Unsubscribe":
        yield Need(action, parameters["SubscriptionArn"].rpartition(":")[0])


def _sqs(operation: str, parameters: Parameters, place: Place) -> Iterator[Need]:
    if operation in {"SendMessage", "SendMessageBatch"}:
        yield Need("sqs:SendMessage", place.arn("sqs", parameters["QueueUrl"].rpartition("/")[2]))


def _lambda(operation: str, parameters: Parameters, place: Place) -> Iterator[Need]:
    if operation == "Invoke":
        name = parameters["FunctionName"].rpartition("function:")[2]
        yield Need("lambda:InvokeFunction", place.arn("lambda", f"function:{name}"))


_READERS: dict[str, Callable[[str, Parameters, Place], Iterator[Need]]] = {
    "dynamodb": _dynamodb,
    "s3": _s3,
    "secrets-manager": _secrets_manager,
    "sns": _sns,
    "sqs": _sqs,
    "lambda": _lambda,
}
