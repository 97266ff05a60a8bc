"""Creates the sandbox's AWS world from the CloudFormation template, through the AWS API only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.sandbox.clients import AwsClients
from tests.sandbox.template import STACK_TEMPLATE, load_template

STACK_NAME = "paypulse-data"
EVENT_QUEUE = "sandbox-s3-events"

# What the application itself talks to. The rest of the template surrounds it in AWS (scaling, policies, guest
# credentials, logs, alarms, images): without effect on an emulator, and some refuse types that they do not know.
# Secrets are made through their own API below, since moto's CloudFormation cannot.
EMULATED_TYPES = frozenset({"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SNS::Topic", "AWS::SQS::Queue"})


def deploy_stack(clients: AwsClients, template_path: Path = STACK_TEMPLATE) -> dict[str, str]:
    """Creates what is missing and returns the stack's outputs by name, plus EventQueueUrl.

    A stack of the same template that already exists at the endpoint, under whatever name, is used as it is. Queue
    URLs are the endpoint's own (an emulator's outputs name amazonaws.com). Raises botocore's ClientError.
    """
    template = load_template(template_path)
    outputs = _existing_outputs(clients) or _create(clients, _emulated(template))
    _complete_tables(clients, template)
    _complete_bucket(clients, outputs["InvoicesBucket"])
    _complete_bucket(clients, outputs["LambdaArtifactsBucket"])
    _complete_secrets(clients, template)
    for queue in ("IngestionQueue", "IngestionDeadLetterQueue"):
        outputs[f"{queue}Url"] = clients.client("sqs").get_queue_url(QueueName=queue)["QueueUrl"]
    outputs["EventQueueUrl"] = _notify_event_queue(clients, outputs["InvoicesBucket"])
    return outputs


def _existing_outputs(clients: AwsClients) -> dict[str, str]:
    pages = clients.client("cloudformation").get_paginator("describe_stacks").paginate()
    for stack in (stack for page in pages for stack in page["Stacks"]):
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
        if "RentalInvoicesStreamArn" in outputs:
            return outputs
    return {}


def _emulated(template: dict[str, Any]) -> dict[str, Any]:
    resources = template["Resources"]
    emulated = {name: body for name, body in resources.items() if body["Type"] in EMULATED_TYPES}
    return {
        **template,
        "Resources": emulated,
        "Outputs": {
            name: output for name, output in template["Outputs"].items() if _referenced(output["Value"]) in emulated
        },
    }


def _referenced(value: dict[str, Any]) -> str:
    return str(value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0])


def _create(clients: AwsClients, template: dict[str, Any]) -> dict[str, str]:
    cloudformation = clients.client("cloudformation")
    cloudformation.create_stack(StackName=STACK_NAME, TemplateBody=json.dumps(template))
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=STACK_NAME, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )
    return _existing_outputs(clients)


def _complete_tables(clients: AwsClients, template: dict[str, Any]) -> None:
    """Expiry and recovery, which moto's CloudFormation leaves out."""
    dynamodb = clients.client("dynamodb")
    for body in template["Resources"].values():
        if body["Type"] != "AWS::DynamoDB::Table":
            continue
        properties = body["Properties"]
        name = properties["TableName"]
        expiry = properties.get("TimeToLiveSpecification")
        if expiry and not _expires(dynamodb, name):
            dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=expiry)
        if properties.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled"):
            dynamodb.update_continuous_backups(
                TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
            )


def _expires(dynamodb: Any, table: str) -> bool:
    status = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]["TimeToLiveStatus"]
    return status in {"ENABLED", "ENABLING"}


def _complete_bucket(clients: AwsClients, bucket: str) -> None:
    """Versions and the block on public access, which moto's CloudFormation leaves out."""
    s3 = clients.client("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "BlockPublicPolicy": True,
            "IgnorePublicAcls": True,
            "RestrictPublicBuckets": True,
        },
    )


def _complete_secrets(clients: AwsClients, template: dict[str, Any]) -> None:
    secrets = clients.client("secretsmanager")
    for body in template["Resources"].values():
        if body["Type"] != "AWS::SecretsManager::Secret":
            continue
        properties = body["Properties"]
        value = properties.get("SecretString")
        if value is None:
            value = secrets.get_random_password(**properties["GenerateSecretString"])["RandomPassword"]
        try:
            secrets.create_secret(Name=properties["Name"], SecretString=value)
        except secrets.exceptions.ResourceExistsException:
            continue  # its value may be somebody's: keep it


def _notify_event_queue(clients: AwsClients, bucket: str) -> str:
    """Sends the bucket's ObjectCreated events to the sandbox's own queue, next to whatever listens already."""
    sqs, s3 = clients.client("sqs"), clients.client("s3")
    url: str = sqs.create_queue(QueueName=EVENT_QUEUE)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    current = s3.get_bucket_notification_configuration(Bucket=bucket)
    current.pop("ResponseMetadata")
    others = [entry for entry in current.get("QueueConfigurations", []) if entry["QueueArn"] != arn]
    current["QueueConfigurations"] = others + [_suffix_notification(arn, suffix) for suffix in (".pdf", ".html")]
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=current)
    return url


def _suffix_notification(queue_arn: str, suffix: str) -> dict[str, Any]:
    # Lower-case names: AWS takes either spelling, moto only this one.
    rules = [{"Name": "prefix", "Value": "invoices/"}, {"Name": "suffix", "Value": suffix}]
    return {
        "Id": f"sandbox{suffix.replace('.', '-')}",
        "QueueArn": queue_arn,
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": rules}},
    }
