"""Secrets Manager: the application's own secrets, read once a container, and each user's Gmail grant."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from chalicelib.adapters.aws import AwsClients, aws_errors
from chalicelib.domain.gmail import GmailGrant
from chalicelib.errors import DependencyFailure

_ABSENT = {"ResourceNotFoundException", "InvalidRequestException"}


class AppSecrets:
    """Secrets of the application by name; each is fetched at first use and kept as long as the container lives."""

    def __init__(self, aws: AwsClients) -> None:
        self._aws = aws
        self._cache: dict[str, str] = {}

    def get(self, name: str) -> str:
        """The secret's text. Raises ``DependencyFailure``."""
        if name not in self._cache:
            self._cache[name] = self.fetch(name)
        return self._cache[name]

    def fetch(self, name: str) -> str:
        """The secret's text as it is now. Raises ``DependencyFailure``."""
        with aws_errors("secretsmanager", "GetSecretValue"):
            return str(self._aws.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"])

    def put(self, name: str, text: str) -> None:
        """Gives a secret that exists a new text."""
        with aws_errors("secretsmanager", "PutSecretValue"):
            self._aws.client("secretsmanager").put_secret_value(SecretId=name, SecretString=text)

    def get_field(self, name: str, field: str) -> str | None:
        """One field of a secret that is a JSON object; a secret that is plain text counts as any field but a secret.

        Google's client is stored either as its bare id or as ``{"client_id": .., "client_secret": ..}``: an iOS client
        has no secret of its own.
        """
        text = self.get(name).strip()
        if not text.startswith("{"):
            return text if field == "client_id" else None
        value = json.loads(text).get(field)
        return str(value) if value else None


class GmailGrants:
    """The secret ``gmail/user/{user_id}`` of each connected user."""

    def __init__(self, aws: AwsClients) -> None:
        self._aws = aws

    @property
    def _client(self) -> Any:
        return self._aws.client("secretsmanager")

    @staticmethod
    def _name(user_id: str) -> str:
        return f"gmail/user/{user_id}"

    def find(self, user_id: str) -> GmailGrant | None:
        """The stored grant, or ``None`` when Gmail was never connected or was forgotten."""
        try:
            with aws_errors("secretsmanager", "GetSecretValue"):
                answer = self._client.get_secret_value(SecretId=self._name(user_id))
        except DependencyFailure as exc:
            if exc.reason in _ABSENT:
                return None
            raise
        return msgspec.json.decode(answer["SecretString"], type=GmailGrant)

    def save(self, user_id: str, grant: GmailGrant) -> None:
        """Creates the secret or replaces its value, also when another request creates it at the same moment."""
        if self.replace(user_id, grant):
            return
        try:
            with aws_errors("secretsmanager", "CreateSecret"):
                self._client.create_secret(Name=self._name(user_id), SecretString=_text(grant))
        except DependencyFailure as exc:
            if exc.reason != "ResourceExistsException" or not self.replace(user_id, grant):
                raise

    def replace(self, user_id: str, grant: GmailGrant) -> bool:
        """Replaces the secret's value; false when there is no secret, and none then."""
        try:
            with aws_errors("secretsmanager", "PutSecretValue"):
                self._client.put_secret_value(SecretId=self._name(user_id), SecretString=_text(grant))
        except DependencyFailure as exc:
            if exc.reason not in _ABSENT:
                raise
            return False
        return True

    def forget(self, user_id: str) -> None:
        """Deletes the secret at once, without Secrets Manager's recovery window; forgetting twice is fine."""
        try:
            with aws_errors("secretsmanager", "DeleteSecret"):
                self._client.delete_secret(SecretId=self._name(user_id), ForceDeleteWithoutRecovery=True)
        except DependencyFailure as exc:
            if exc.reason not in _ABSENT:
                raise


def _text(grant: GmailGrant) -> str:
    return msgspec.json.encode(grant).decode()
