"""A deployment that ends half-way goes on from there, and ends where one that was never disturbed ends."""

from __future__ import annotations

import json

from tests.deploy.account import STACK, Account

#: Each step's writes, in order: the next run does what the one before could not.
OPERATIONS = (
    "cloudformation.CreateChangeSet",
    "cloudformation.ExecuteChangeSet",
    "cloudformation.UpdateTerminationProtection",
    "secretsmanager.PutSecretValue",
    "dynamodb.BatchWriteItem",
    "s3.PutObject",
    "lambda.PutFunctionEventInvokeConfig",
    "lambda.UpdateEventSourceMapping",
    "apigateway.UpdateAccount",
    "apigateway.UpdateStage",
)


def test_it_goes_on_after_a_failure_of_each_call_and_program(account: Account) -> None:
    # The program itself fails; or it did everything, and its record of that is lost.
    programs = {"package": False, "lambda_chalice": True}
    for operation in OPERATIONS[:5]:
        account.fail(operation)
        status, said = account.run("up", "--stage", "prod")
        assert (status, "run the same command again" in said) == (1, True), operation
    for program, works in programs.items():
        account.programs.failing[program] = works
        status, said = account.run("up", "--stage", "prod")
        assert (status, f"{program} ended with status 1" in said) == (1, True)
    for operation in OPERATIONS[5:]:
        account.fail(operation)
        status, _ = account.run("up", "--stage", "prod")
        assert status == 1, operation
    account.up()
    account.up()
    assert account.writes == []
    assert len(account.rest_apis()) == 1
    assert account.event_source(f"{STACK}-work_on_ingestion")["State"] == "Enabled"
    assert len(account.client("lambda").list_event_source_mappings()["EventSourceMappings"]) == 2
    what_changed_is_deployed_and_nothing_else(account)


def what_changed_is_deployed_and_nothing_else(account: Account) -> None:
    path = account.root / ".chalice" / "config.json"
    config = json.loads(path.read_text())
    own = {"GEMINI_MODEL": "gemini-of-tomorrow", "INVOICES_BUCKET": "mine"}
    config["stages"]["prod"]["environment_variables"] = own
    path.write_text(json.dumps(config))
    assert "run `chalice deploy --stage prod`" in account.up("--dry-run")
    account.up()
    assert [words[0] for words in account.programs.ran] == ["package", "lambda_chalice"]
    # The archive, the marker; and moto forgets a stage's settings when an API is deployed again.
    assert account.writes == ["s3.PutObject", "s3.PutObject", "apigateway.UpdateStage"]
    environment = account.functions()[STACK]["Environment"]["Variables"]
    assert environment["GEMINI_MODEL"] == "gemini-of-tomorrow"
    assert environment["INVOICES_BUCKET"] == account.outputs()["InvoicesBucket"]
