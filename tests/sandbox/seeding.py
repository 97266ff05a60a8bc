"""What a fresh world holds before the first request: vendor configs, and an SNS application for push."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from chalicelib.adapters.dynamodb import DynamoDB
from chalicelib.adapters.vendors import Vendors
from chalicelib.services.vendors import load_vendors
from tests.sandbox.clients import AwsClients


class Clients(Protocol):
    """Whatever has boto3's clients, by service."""

    def client(self, service: str) -> Any:
        """The client of a service."""


def load_vendor_configs(clients: Clients, folder: Path) -> int:
    """Loads the folder's files as a deployment does, through the sandbox's own clients; returns how many rows."""
    own: Any = clients
    summary = load_vendors.load_vendor_configs(Vendors(DynamoDB(own)), folder)
    return len(summary.written) + len(summary.unchanged)


def create_gemini_key(clients: AwsClients) -> None:
    """The secret that switches the model on; any key will do for the emulator."""
    secrets = clients.client("secretsmanager")
    try:
        secrets.create_secret(Name="Gemini-API-Key", SecretString="sandbox")
    except secrets.exceptions.ResourceExistsException:
        secrets.put_secret_value(SecretId="Gemini-API-Key", SecretString="sandbox")


def create_push_application(clients: AwsClients) -> str:
    """The platform application that a person makes by hand in AWS, with Apple's credentials; returns its ARN."""
    answer = clients.client("sns").create_platform_application(
        Name="paypulse-ios", Platform="APNS_SANDBOX", Attributes={"PlatformCredential": "sandbox"}
    )
    return str(answer["PlatformApplicationArn"])
