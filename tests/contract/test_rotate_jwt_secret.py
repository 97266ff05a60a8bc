"""The command that replaces the key of access tokens, against Secrets Manager."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.signing_keys import SigningKeys
from tests.sandbox import clients
from tests.sandbox.aws import AwsEmulator

SCRIPT = Path(__file__).parents[2] / ".chalice" / "rotate_jwt_secret.py"
NAME, BARE = "PayPulseAppJWTSecret", "B" * 64


@pytest.fixture(scope="module")
def aws() -> Iterator[clients.AwsClients]:
    with AwsEmulator() as emulator:
        of_test = clients.AwsClients(emulator.url)
        of_test.client("secretsmanager").create_secret(Name=NAME, SecretString=BARE)
        yield of_test
        of_test.close()


@pytest.fixture
def secret(aws: clients.AwsClients) -> Any:
    """Secrets Manager with the bare key that the stack makes."""
    secrets = aws.client("secretsmanager")
    secrets.put_secret_value(SecretId=NAME, SecretString=BARE)
    return secrets


def run(secret: Any, *arguments: str, name: str = NAME) -> subprocess.CompletedProcess[str]:
    environ = dict(os.environ) | {
        "AWS_ENDPOINT_URL": secret.meta.endpoint_url,
        "AWS_DEFAULT_REGION": clients.REGION,
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "JWT_SECRET_NAME": name,
    }
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)


def stored(secret: Any) -> SigningKeys:
    return SigningKeys.read(secret.get_secret_value(SecretId=NAME)["SecretString"])


def test_rotation_lets_a_new_key_sign_and_keeps_the_one_before(secret: Any) -> None:
    before = stored(secret)
    done = run(secret)
    after = stored(secret)
    assert (done.returncode, done.stderr) == (0, "")
    assert after.current != before.current
    assert after.keys == {**before.keys, after.current: after.secret}
    assert len(after.secret) >= 43


def test_retiring_leaves_the_current_key_alone(secret: Any) -> None:
    run(secret)
    current = stored(secret)
    assert run(secret, "--retire").returncode == 0
    assert stored(secret) == SigningKeys(current.current, {current.current: current.secret})


def test_second_rotation_waits_until_the_first_is_over(secret: Any) -> None:
    run(secret)
    before = stored(secret)
    refused = run(secret)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "retire it first" in refused.stderr
    assert stored(secret) == before


def test_output_names_keys_and_shows_none(secret: Any) -> None:
    done = run(secret)
    keys = stored(secret)
    assert keys.current in done.stdout
    assert not any(key in done.stdout + done.stderr for key in keys.keys.values())


def test_secret_that_is_not_there_is_told_in_one_line(secret: Any) -> None:
    refused = run(secret, name="NoSuchSecret")
    assert refused.returncode == 1
    assert refused.stderr == "nothing changed: secretsmanager GetSecretValue failed: ResourceNotFoundException\n"
