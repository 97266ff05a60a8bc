"""Accounts to deploy to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy import moto_gaps
from tests.deploy.account import Account
from tests.sandbox.aws import AwsEmulator


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    """An empty one."""
    moto_gaps.install()
    with AwsEmulator() as emulator:
        yield Account(emulator.url, tmp_path / "repository")


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """One that stage prod was deployed to once, without docker; for tests that leave it as it is."""
    moto_gaps.install()
    with AwsEmulator() as emulator:
        account = Account(emulator.url, tmp_path_factory.mktemp("deployed") / "repository")
        account.up()
        yield account


def with_data(account: Account) -> None:
    """Somebody signed up, connected Gmail and has an invoice."""
    account.client("dynamodb").put_item(TableName="Users", Item={"UserID": {"S": "user_1"}, "Email": {"S": "a@b.se"}})
    account.client("s3").put_object(
        Bucket=account.outputs()["InvoicesBucket"], Key="invoices/u/rental/a.pdf", Body=b"%PDF"
    )
    account.client("secretsmanager").create_secret(Name="gmail/user/user_1", SecretString="{}")
