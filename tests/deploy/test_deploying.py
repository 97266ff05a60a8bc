"""``make deploy``: what a first run makes, and what later ones leave alone."""

from __future__ import annotations

import json

from deploy.api_stage import ACCESS_LINE

from tests.deploy.account import STACK, Account

BACKGROUND = {
    f"{STACK}-{name}"
    for name in (
        "discover_vendors",
        "fetch_latest_invoice",
        "fetch_retail_invoices",
        "parse_invoice",
        "parse_retail_invoice",
        "remind_due_invoices",
        "renew_gmail_watches",
    )
}


def test_a_dry_run_in_an_empty_account_writes_nothing_and_says_what_each_step_would_do(account: Account) -> None:
    said = account.up("--dry-run")
    assert account.writes == []
    assert account.programs.ran == []
    assert f"would create stack {STACK}" in said
    assert "would pack the application and run `chalice deploy`" in said
    assert "would limit the API to 1000 requests a second, bursts of 5000" in said
    assert "nothing was changed" in said


def test_every_function_knows_its_stage(deployed: Account) -> None:
    functions, outputs = deployed.functions(), deployed.outputs()
    assert set(functions) == BACKGROUND | {STACK, f"{STACK}-work_on_ingestion", f"{STACK}-send_invoice_notification"}
    for function in functions.values():
        environment = function["Environment"]["Variables"]
        assert environment["INVOICES_BUCKET"] == outputs["InvoicesBucket"]
        assert environment["INGESTION_QUEUE_URL"] == outputs["IngestionQueueUrl"]
        assert environment["NOTIFICATION_TOPIC_ARN"] == outputs["NewInvoiceTopicArn"]
        assert environment["RENTAL_INVOICES_STREAM_ARN"] == outputs["RentalInvoicesStreamArn"]
        assert "PARSE_INVOICE_CONTAINER" not in environment


def test_the_committed_configuration_is_not_touched(deployed: Account) -> None:
    config = json.loads((deployed.root / ".chalice" / "config.json").read_text())
    assert "environment_variables" not in config["stages"]["prod"]
    staged = json.loads((deployed.root / "build" / "app" / ".chalice" / "config.json").read_text())
    assert staged["stages"]["prod"]["environment_variables"]["INGESTION_QUEUE_NAME"] == "IngestionQueue"


def test_vendors_are_loaded_and_the_client_id_is_stored(deployed: Account) -> None:
    count = deployed.client("dynamodb").scan(TableName="VendorConfig", Select="COUNT")["Count"]
    assert count == len(list((deployed.root / "vendor_configs").glob("*.json")))
    secret = deployed.client("secretsmanager").get_secret_value(SecretId="Google-OAuth-Client-ID")["SecretString"]
    assert json.loads(secret) == {"client_id": "1234-abc.apps.googleusercontent.com"}


def test_the_api_is_throttled_measured_and_logged_without_data(deployed: Account) -> None:
    gateway = deployed.client("apigateway")
    [api] = gateway.get_rest_apis()["items"]
    stage = gateway.get_stage(restApiId=api["id"], stageName="api")
    methods = stage["methodSettings"]["*/*"]
    assert (methods["throttlingBurstLimit"], methods["throttlingRateLimit"]) == (5_000, 1_000)
    assert (methods["metricsEnabled"], methods["dataTraceEnabled"]) == (True, False)
    assert stage["accessLogSettings"]["destinationArn"].endswith(":log-group:/aws/apigateway/PayPulseAPI")
    assert json.loads(stage["accessLogSettings"]["format"]) == json.loads(ACCESS_LINE)
    assert not {"identity", "path", "authorizer"} & {word.partition(".")[0] for word in ACCESS_LINE.split("$context.")}
    assert gateway.get_account()["cloudwatchRoleArn"] == deployed.outputs()["ApiLogsRoleArn"]


def test_what_functions_cannot_do_is_kept(deployed: Account) -> None:
    client, queue = deployed.client("lambda"), deployed.outputs()["FailedEventsQueueArn"]
    for name in BACKGROUND:
        config = client.get_function_event_invoke_config(FunctionName=name)
        assert config["DestinationConfig"]["OnFailure"]["Destination"] == queue
        assert config["MaximumRetryAttempts"] == 2
        role = client.get_function_configuration(FunctionName=name)["Role"].rpartition("/")[2]
        iam = deployed.client("iam")
        [policy] = iam.list_role_policies(RoleName=role)["PolicyNames"]
        statements = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]["Statement"]
        assert [each["Action"] for each in statements if each["Resource"] == [queue]] == [["sqs:SendMessage"]]


def test_the_stream_puts_a_poisonous_record_aside(deployed: Account) -> None:
    mapping = deployed.event_source(f"{STACK}-send_invoice_notification")
    queue = deployed.outputs()["FailedEventsQueueArn"]
    assert mapping["DestinationConfig"] == {"OnFailure": {"Destination": queue}}
    assert (mapping["BisectBatchOnFunctionError"], mapping["MaximumRetryAttempts"]) == (True, 10)


def test_a_large_import_leaves_the_api_its_share(deployed: Account) -> None:
    client = deployed.client("lambda")
    for name in ("parse_invoice", "parse_retail_invoice"):
        answer = client.get_function_concurrency(FunctionName=f"{STACK}-{name}")
        assert answer["ReservedConcurrentExecutions"] == 50
    assert deployed.event_source(f"{STACK}-work_on_ingestion")["ScalingConfig"] == {"MaximumConcurrency": 50}
    assert "ReservedConcurrentExecutions" not in client.get_function_concurrency(FunctionName=STACK)


def test_a_second_run_changes_nothing_and_tells_the_address(deployed: Account) -> None:
    said = deployed.up()
    assert deployed.writes == []
    assert deployed.programs.ran == []
    assert said.count("nothing to do") == 8
    [api] = deployed.rest_apis()
    assert f"https://{api}.execute-api.eu-north-1.amazonaws.com/api/v1" in said


def test_a_laptop_that_knows_nothing_goes_on_where_another_ended(deployed: Account) -> None:
    for path in (deployed.root / "build", deployed.root / ".chalice" / "deployed"):
        path.rename(path.with_name(f"{path.name}-elsewhere"))
    before = set(deployed.functions())
    deployed.up("--force")
    assert len(deployed.rest_apis()) == 1
    assert len(deployed.client("lambda").list_event_source_mappings()["EventSourceMappings"]) == 2
    assert set(deployed.functions()) == before
    record = json.loads((deployed.root / ".chalice" / "deployed" / "prod.json").read_text())
    assert {"rest_api", "sqs_event", "dynamodb_event"} <= {each["resource_type"] for each in record["resources"]}
