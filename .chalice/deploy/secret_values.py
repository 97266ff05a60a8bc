"""What a person knows and the stack cannot: the Google client id, and if wished a key for Gemini."""

from __future__ import annotations

from collections.abc import Mapping

from botocore.exceptions import ClientError

from deploy.prerequisites import GOOGLE_CLIENT_SECRET, google_client_text
from deploy.stage import Stage

GEMINI_KEY_SECRET = "Gemini-API-Key"  # noqa: S105 - a name


class SecretsStep:
    """Stores what the environment gives and Secrets Manager does not hold yet; never shows it.

    GOOGLE_CLIENT_ID (with GOOGLE_CLIENT_SECRET, for a client that has one) and GEMINI_API_KEY.
    """

    name = "Secrets"

    def __init__(self, stage: Stage, environ: Mapping[str, str]) -> None:
        self._stage = stage
        texts = {
            GOOGLE_CLIENT_SECRET: google_client_text(environ),
            GEMINI_KEY_SECRET: environ.get("GEMINI_API_KEY", ""),
        }
        self._wanted = {name: text for name, text in texts.items() if text}

    def plan(self) -> list[str]:
        return [f"store {name}" for name, text in self._wanted.items() if self._stored(name) != text]

    def apply(self) -> None:
        for name, text in self._wanted.items():
            if self._stored(name) != text:
                self._store(name, text)

    def _stored(self, name: str) -> str:
        secrets = self._stage.client("secretsmanager")
        try:
            return str(secrets.get_secret_value(SecretId=name)["SecretString"])
        except secrets.exceptions.ResourceNotFoundException:
            return ""

    def _store(self, name: str, text: str) -> None:
        secrets = self._stage.client("secretsmanager")
        try:
            secrets.put_secret_value(SecretId=name, SecretString=text)
        except ClientError as exc:
            if exc.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            secrets.create_secret(Name=name, SecretString=text)
