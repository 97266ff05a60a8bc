"""``make destroy``: everything but data; or data too, when somebody says so and means it."""

from __future__ import annotations

from tests.deploy.account import STACK, Account
from tests.deploy.conftest import with_data


def test_a_dry_run_destroys_nothing(deployed: Account) -> None:
    before = set(deployed.functions())
    said = deployed.down("--dry-run", "--with-data")
    assert deployed.writes == []
    assert set(deployed.functions()) == before
    assert "would delete AWS::DynamoDB::Table RentalInvoices" in said
    assert f"would delete stack {STACK}" in said


def test_data_goes_only_when_stage_and_account_are_typed(deployed: Account) -> None:
    for answer in ("", "y", "yes", "prod", "prod 000000000000"):
        status, said = deployed.run("down", "--stage", "prod", "--with-data", answer=answer)
        assert (status, "nothing was deleted" in said) == (1, True)
        assert deployed.writes == []


def test_destroying_keeps_the_data_until_that_is_to_go_too(account: Account) -> None:
    account.up()
    with_data(account)
    kept = account.outputs()
    said = account.down()
    assert account.functions() == {}
    assert account.rest_apis() == []
    assert account.client("events").list_rules()["Rules"] == []
    assert roles(account) == []
    assert account.client("apigateway").get_account().get("cloudwatchRoleArn", "") == ""
    assert account.client("s3").get_object(Bucket=kept["InvoicesBucket"], Key="invoices/u/rental/a.pdf")
    assert account.client("dynamodb").scan(TableName="Users")["Count"] == 1
    assert "Its data stays" in said
    assert "would set parameter Mode to running" in account.up("--dry-run")
    account.fail("dynamodb.DeleteTable")
    answer = f"prod {account.number}"
    status, _ = account.run("down", "--stage", "prod", "--with-data", answer=answer)
    assert status == 1
    account.down("--with-data", answer=answer)
    assert (account.tables(), account.buckets(), account.functions()) == ([], [], {})
    assert account.client("secretsmanager").list_secrets()["SecretList"] == []
    assert account.client("sqs").list_queues().get("QueueUrls", []) == []
    assert account.client("logs").describe_log_groups()["logGroups"] == []
    assert "is gone, with its data" in account.down("--with-data", answer=answer)
    assert account.writes == []


def roles(account: Account) -> list[str]:
    return [role["RoleName"] for role in account.client("iam").list_roles()["Roles"]]
