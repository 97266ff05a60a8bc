"""The CloudFormation template says what the specification says (SPEC section 5, reference/data-storage.txt)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from cfnlint.api import ManualArgs, lint

from chalicelib.domain.exports import KEPT_FOR
from tests.sandbox.template import STACK_TEMPLATE, load_template

TEMPLATE = load_template()
RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]


@dataclass(frozen=True, slots=True)
class Table:
    """What one table must be; `indexes` maps a name to (hash, range, projection)."""

    hash_key: str
    range_key: str | None = None
    indexes: tuple[tuple[str, str, str | None, str], ...] = ()
    provisioned: bool = False
    stream: str | None = None
    recovery: bool = False
    ttl: str | None = None


DETAIL = Table("InvoiceID")
BOTH = "NEW_AND_OLD_IMAGES"
TABLES = {
    "RentalInvoices": Table(
        "UserID",
        "InvoiceID",
        (("due_date_year-due_date_month-index", "due_date_year", "due_date_month", "ALL"),),
        provisioned=True,
        stream=BOTH,
    ),
    "Users": Table("UserID", indexes=(("Email-index", "Email", None, "ALL"),)),
    "RetailInvoices": Table(
        "UserID",
        "InvoiceID",
        (
            ("invoice_date-index", "UserID", "invoice_date", "ALL"),
            ("sub_type-invoice_date-index", "UserID_SubType", "invoice_date", "ALL"),
        ),
        stream=BOTH,
        recovery=True,
    ),
    "FoodDeliveryInvoices": DETAIL,
    "ClothingInvoices": DETAIL,
    "TechnologyInvoices": DETAIL,
    "SubscriptionInvoices": DETAIL,
    "GroceryInvoices": DETAIL,
    "MiscellaneousUtilityInvoices": DETAIL,
    "MiscellaneousInvoices": DETAIL,
    "TravelInvoices": DETAIL,
    "VendorConfig": Table("vendor_id"),
    "IngestionLedger": Table(
        "UserID",
        "DocumentID",
        (("state-index", "UserID_State", "updated_at", "ALL"),),
        recovery=True,
        ttl="expires_at",
    ),
    "IngestionRuns": Table("UserID", "RunID", ttl="expires_at"),
    "Sessions": Table("SessionID", indexes=(("UserID-index", "UserID", None, "KEYS_ONLY"),), ttl="expires_at"),
    "RateLimits": Table("LimitKey", ttl="expires_at"),
    "ExtractionCache": Table("ContentHash", ttl="expires_at"),
    "UserVendors": Table("UserID", "vendor_id"),
    "Exports": Table("UserID", "ExportID", ttl="expires_at"),
}


def of_type(resource_type: str) -> dict[str, dict[str, Any]]:
    return {name: body for name, body in RESOURCES.items() if body["Type"] == resource_type}


def keys(schema: list[dict[str, str]]) -> tuple[str, str | None]:
    by_role = {entry["KeyType"]: entry["AttributeName"] for entry in schema}
    return by_role["HASH"], by_role.get("RANGE")


def as_declared(properties: dict[str, Any]) -> Table:
    hash_key, range_key = keys(properties["KeySchema"])
    return Table(
        hash_key,
        range_key,
        tuple(
            (index["IndexName"], *keys(index["KeySchema"]), index["Projection"]["ProjectionType"])
            for index in properties.get("GlobalSecondaryIndexes", [])
        ),
        provisioned=properties["BillingMode"] == "PROVISIONED",
        stream=properties.get("StreamSpecification", {}).get("StreamViewType"),
        recovery=properties.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled", False),
        ttl=properties.get("TimeToLiveSpecification", {}).get("AttributeName"),
    )


def test_cfn_lint_finds_nothing() -> None:
    findings = lint(STACK_TEMPLATE.read_text(encoding="utf-8"), config=ManualArgs(regions=["eu-north-1"]))
    assert [str(finding) for finding in findings] == []


def test_the_template_declares_exactly_the_specified_tables() -> None:
    declared = {body["Properties"]["TableName"] for body in of_type("AWS::DynamoDB::Table").values()}
    assert declared == set(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_table_has_its_keys_indexes_billing_stream_recovery_and_expiry(name: str) -> None:
    assert as_declared(RESOURCES[name]["Properties"]) == TABLES[name]


@pytest.mark.parametrize("name", TABLES)
def test_table_is_encrypted_kept_and_keyed_by_strings(name: str) -> None:
    resource = RESOURCES[name]
    assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"
    assert resource["Properties"]["SSESpecification"] == {"SSEEnabled": True}
    assert {entry["AttributeType"] for entry in resource["Properties"]["AttributeDefinitions"]} == {"S"}


def test_rental_invoices_and_its_index_scale_from_one_to_ten_at_seventy_percent() -> None:
    properties = RESOURCES["RentalInvoices"]["Properties"]
    five = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    assert properties["ProvisionedThroughput"] == five
    assert properties["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"] == five

    targets = of_type("AWS::ApplicationAutoScaling::ScalableTarget")
    index = "table/${RentalInvoices}/index/due_date_year-due_date_month-index"
    assert {
        (body["Properties"]["ScalableDimension"], body["Properties"]["ResourceId"]["Fn::Sub"])
        for body in targets.values()
    } == {
        (f"dynamodb:{kind}:{unit}CapacityUnits", resource)
        for kind, resource in (("table", "table/${RentalInvoices}"), ("index", index))
        for unit in ("Read", "Write")
    }
    bounds = {(body["Properties"]["MinCapacity"], body["Properties"]["MaxCapacity"]) for body in targets.values()}
    assert bounds == {(1, 10)}

    policies = of_type("AWS::ApplicationAutoScaling::ScalingPolicy")
    assert {body["Properties"]["ScalingTargetId"]["Ref"] for body in policies.values()} == set(targets)
    for body in policies.values():
        tracking = body["Properties"]["TargetTrackingScalingPolicyConfiguration"]
        target = targets[body["Properties"]["ScalingTargetId"]["Ref"]]["Properties"]
        unit = target["ScalableDimension"].rsplit(":", 1)[1].removesuffix("Units")
        assert tracking["TargetValue"] == 70
        metric = tracking["PredefinedMetricSpecification"]["PredefinedMetricType"]
        assert metric == f"DynamoDB{unit}Utilization"


@pytest.mark.parametrize("name", ["InvoicesBucket", "LambdaArtifactsBucket"])
def test_bucket_is_versioned_encrypted_private_and_refuses_plain_http(name: str) -> None:
    properties = RESOURCES[name]["Properties"]
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    [encryption] = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(properties["PublicAccessBlockConfiguration"]) == 4

    [policy] = [
        body["Properties"]["PolicyDocument"]
        for body in of_type("AWS::S3::BucketPolicy").values()
        if body["Properties"]["Bucket"] == {"Ref": name}
    ]
    denials = [statement for statement in policy["Statement"] if statement["Effect"] == "Deny"]
    assert [statement["Condition"] for statement in denials] == [{"Bool": {"aws:SecureTransport": "false"}}]


def test_invoices_bucket_is_kept_and_expires_only_leftovers() -> None:
    resource = RESOURCES["InvoicesBucket"]
    assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"
    rules = resource["Properties"]["LifecycleConfiguration"]["Rules"]
    expiring = [rule for rule in rules if {"ExpirationInDays", "ExpirationDate"} & rule.keys()]
    assert [(rule["Prefix"], timedelta(days=rule["ExpirationInDays"])) for rule in expiring] == [("exports/", KEPT_FOR)]
    assert {"AbortIncompleteMultipartUpload", "NoncurrentVersionExpiration"} <= {key for r in rules for key in r}


def test_lambda_may_read_archives_of_this_account_only() -> None:
    statements = RESOURCES["LambdaArtifactsBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    [allowed] = [statement for statement in statements if statement["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "lambda.amazonaws.com"}
    assert allowed["Action"] == "s3:GetObject"
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_queue_gives_up_after_five_deliveries_and_hides_a_message_for_fifteen_minutes() -> None:
    queue = RESOURCES["IngestionQueue"]["Properties"]
    assert (queue["QueueName"], queue["VisibilityTimeout"]) == ("IngestionQueue", 900)
    assert queue["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": ["IngestionDeadLetterQueue", "Arn"]},
        "maxReceiveCount": 5,
    }
    assert RESOURCES["IngestionDeadLetterQueue"]["Properties"]["QueueName"] == "IngestionDeadLetterQueue"
    assert all(body["Properties"]["SqsManagedSseEnabled"] for body in of_type("AWS::SQS::Queue").values())


def test_topic_secrets_and_identity_pool_have_their_names() -> None:
    assert RESOURCES["NewInvoiceTopic"]["Properties"]["TopicName"] == "NewInvoiceTopicNotification"
    secrets = {body["Properties"]["Name"]: body for body in of_type("AWS::SecretsManager::Secret").values()}
    assert set(secrets) == {"Google-OAuth-Client-ID", "PayPulseAppJWTSecret"}
    assert secrets["PayPulseAppJWTSecret"]["Properties"]["GenerateSecretString"]["PasswordLength"] >= 43
    assert {body["DeletionPolicy"] for body in secrets.values()} == {"Retain"}
    pool = RESOURCES["GuestIdentityPool"]["Properties"]
    assert pool["IdentityPoolName"] == "WallenstamAppIdentityPool"
    assert pool["AllowUnauthenticatedIdentities"] is True


def test_a_guest_may_register_for_push_and_nothing_else() -> None:
    role = RESOURCES["GuestRole"]["Properties"]
    statements = [line for policy in role["Policies"] for line in policy["PolicyDocument"]["Statement"]]
    assert [(line["Effect"], line["Action"]) for line in statements] == [("Allow", "sns:CreatePlatformEndpoint")]
    assert "ManagedPolicyArns" not in role
    [trust] = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"] == {
        "StringEquals": {"cognito-identity.amazonaws.com:aud": {"Ref": "GuestIdentityPool"}},
        "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "unauthenticated"},
    }


def test_log_groups_forget() -> None:
    groups = of_type("AWS::Logs::LogGroup")
    assert groups
    assert all("RetentionInDays" in body["Properties"] for body in groups.values())


#: Chalice's functions, and the one of the image; each has a policy file.
FUNCTIONS = sorted(path.stem.removeprefix("policy-") for path in STACK_TEMPLATE.parent.glob("policy-*.json"))


def at_lambda(function: str) -> str:
    """A function's name as Chalice makes it; the REST API's has the stage's name alone."""
    return "${AppName}-${Stage}" + ("" if function == "api_handler" else f"-{function}")


def test_every_function_and_the_api_have_a_log_group_that_is_kept_for_a_month() -> None:
    groups = of_type("AWS::Logs::LogGroup")
    names = {str(body["Properties"]["LogGroupName"]) for body in groups.values()}
    wanted = {str({"Fn::Sub": f"/aws/lambda/{at_lambda(function)}"}) for function in FUNCTIONS}
    assert len(wanted) >= 11
    assert names == wanted | {"/aws/apigateway/PayPulseAPI"}
    assert {str(body["Properties"]["RetentionInDays"]) for body in groups.values()} == {
        str({"Ref": "LogRetentionInDays"})
    }
    assert TEMPLATE["Parameters"]["LogRetentionInDays"]["Default"] == 30


def watched(metric: str) -> set[str]:
    """What the alarms on a metric of Lambda look at."""
    alarms = [body["Properties"] for body in of_type("AWS::CloudWatch::Alarm").values()]
    return {
        str(alarm["Dimensions"][0]["Value"]["Fn::Sub"])
        for alarm in alarms
        if (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Lambda", metric)
    }


def test_errors_of_every_function_ring_and_throttles_of_those_that_many_events_reach() -> None:
    assert watched("Errors") == {at_lambda(function) for function in FUNCTIONS}
    schedules = {"discover_vendors", "fetch_latest_invoice", "fetch_retail_invoices"}
    schedules |= {"remind_due_invoices", "renew_gmail_watches"}
    assert watched("Throttles") == {at_lambda(function) for function in set(FUNCTIONS) - schedules}
    assert watched("IteratorAge") == {at_lambda("send_invoice_notification")}


@pytest.mark.parametrize("queue", ["IngestionDeadLetterQueue", "FailedEventsQueue"])
def test_one_letter_in_a_queue_of_failures_rings(queue: str) -> None:
    [alarm] = [
        body["Properties"]
        for body in of_type("AWS::CloudWatch::Alarm").values()
        if body["Properties"]["Dimensions"][0]["Value"] == {"Fn::GetAtt": [queue, "QueueName"]}
    ]
    assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert alarm["Threshold"] == 1
    assert RESOURCES[queue]["Properties"]["MessageRetentionPeriod"] == 14 * 86_400


def test_images_are_scanned_and_their_tags_never_move() -> None:
    [repository] = of_type("AWS::ECR::Repository").values()
    properties = repository["Properties"]
    assert properties["ImageScanningConfiguration"] == {"ScanOnPush": True}
    assert properties["ImageTagMutability"] == "IMMUTABLE"
    [statement] = properties["RepositoryPolicyText"]["Statement"]
    assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}


def test_the_dashboard_is_json_and_shows_functions_queues_and_the_api() -> None:
    [dashboard] = of_type("AWS::CloudWatch::Dashboard").values()
    text, _words = dashboard["Properties"]["DashboardBody"]["Fn::Sub"]
    shown = str([widget["properties"]["metrics"] for widget in json.loads(text)["widgets"]])
    for namespace in ("AWS/ApiGateway", "AWS/Lambda", "AWS/SQS", "AWS/DynamoDB"):
        assert namespace in shown


def test_every_exception_from_checkov_s_rules_has_a_reason() -> None:
    skips = [
        skip for body in RESOURCES.values() for skip in body.get("Metadata", {}).get("checkov", {}).get("skip", [])
    ]
    assert skips
    assert [skip["id"] for skip in skips if len(skip["comment"].split()) < 4] == []


def test_outputs_name_every_table_bucket_queue_and_topic() -> None:
    referenced = {value.get("Ref") for value in (output["Value"] for output in TEMPLATE["Outputs"].values())}
    expected = {"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SNS::Topic"}
    assert {name for name, body in RESOURCES.items() if body["Type"] in expected} <= referenced
