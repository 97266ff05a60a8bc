"""Tables, buckets, messages, secrets and guests as they were made, against the specification and the reference."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from tests.contract.test_stack import TABLES, Table
from tests.rehearsal import reference
from tests.rehearsal.checks import Check
from tests.rehearsal.local_aws import LocalAws

_BY: Final = "data-storage.txt"


@dataclass(frozen=True, slots=True)
class DataChecks:
    """`outputs` are the stack's."""

    aws: LocalAws
    outputs: Mapping[str, str]

    def __call__(self) -> Iterator[Check]:
        """One row a resource."""
        for name, table in TABLES.items():
            # ministack's CloudFormation sets neither recovery nor expiry; tests/contract/test_stack.py checks both.
            asked = replace(table, recovery=False, ttl=None)
            yield Check(f"table {name}", "is", _described(asked), _described(self._table(name)), _BY)
        for output in ("InvoicesBucket", "LambdaArtifactsBucket"):
            yield Check(
                f"bucket {self.outputs[output]}",
                "is",
                "versioned, AES256, private, TLS only",
                self._bucket(self.outputs[output]),
                "s3-buckets.txt",
            )
        yield Check("queue IngestionQueue", "is", "hidden for 900 s, given up after 5", self._queue(), "stack.yaml")
        yield Check("topic", "is", reference.TOPIC, self.outputs["NewInvoiceTopicArn"].rsplit(":", 1)[1], "reference")
        names = {each["Name"] for each in self.aws.client("secretsmanager").list_secrets()["SecretList"]}
        for secret in reference.SECRETS:
            yield Check(f"secret {secret}", "is", "there", "there" if secret in names else "missing", "reference")
        yield Check("guests", "is", f"{reference.IDENTITY_POOL}: sns:CreatePlatformEndpoint", self._guests(), "SPEC 5")

    def _table(self, name: str) -> Table:
        client = self.aws.client("dynamodb")
        found = client.describe_table(TableName=name)["Table"]
        indexes = found.get("GlobalSecondaryIndexes", [])
        return Table(
            *_keys(found["KeySchema"]),
            tuple(
                (each["IndexName"], *_keys(each["KeySchema"]), each["Projection"]["ProjectionType"]) for each in indexes
            ),
            provisioned=found.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED") == "PROVISIONED",
            stream=found.get("StreamSpecification", {}).get("StreamViewType"),
        )

    def _bucket(self, name: str) -> str:
        s3 = self.aws.client("s3")
        [rule] = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
        access = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
        policy = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])
        secure = {"Bool": {"aws:SecureTransport": "false"}}
        parts = [
            "versioned" if s3.get_bucket_versioning(Bucket=name).get("Status") == "Enabled" else "",
            rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"],
            "private" if all(access.values()) and len(access) == 4 else "",
            "TLS only" if any(each.get("Condition") == secure for each in policy["Statement"]) else "",
        ]
        return ", ".join(filter(None, parts))

    def _queue(self) -> str:
        answer = self.aws.client("sqs").get_queue_attributes(
            QueueUrl=self.outputs["IngestionQueueUrl"], AttributeNames=["VisibilityTimeout", "RedrivePolicy"]
        )["Attributes"]
        redrive = json.loads(answer["RedrivePolicy"])
        given_up = redrive["deadLetterTargetArn"] == self.outputs["IngestionDeadLetterQueueArn"]
        after = (
            f"given up after {redrive['maxReceiveCount']}" if given_up else f"goes to {redrive['deadLetterTargetArn']}"
        )
        return f"hidden for {answer['VisibilityTimeout']} s, {after}"

    def _guests(self) -> str:
        client, iam = self.aws.client("cognito-identity"), self.aws.client("iam")
        pool = self.outputs["GuestIdentityPoolId"]
        described = client.describe_identity_pool(IdentityPoolId=pool)
        roles = client.get_identity_pool_roles(IdentityPoolId=pool)["Roles"]
        if not described["AllowUnauthenticatedIdentities"] or set(roles) != {"unauthenticated"}:
            return f"{described['IdentityPoolName']}: roles {sorted(roles)}"
        role = roles["unauthenticated"].rsplit("/", 1)[1]
        documents = [
            iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
        ]
        allowed = [str(each["Action"]) for document in documents for each in document["Statement"]]
        return f"{described['IdentityPoolName']}: {', '.join(allowed)}"


def _keys(schema: list[dict[str, str]]) -> tuple[str, str | None]:
    by_role = {each["KeyType"]: each["AttributeName"] for each in schema}
    return by_role["HASH"], by_role.get("RANGE")


def _described(table: Table) -> str:
    """
    >>> _described(Table("UserID", "InvoiceID", provisioned=True, stream="NEW_AND_OLD_IMAGES"))
    'UserID, InvoiceID; provisioned; stream NEW_AND_OLD_IMAGES'
    """
    parts: list[Any] = [
        f"{table.hash_key}{f', {table.range_key}' if table.range_key else ''}",
        *(f"{name} ({', '.join(filter(None, keys))})" for name, *keys in sorted(table.indexes)),
        "provisioned" if table.provisioned else "on demand",
        f"stream {table.stream}" if table.stream else "",
    ]
    return "; ".join(filter(None, parts))
