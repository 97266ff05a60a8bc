"""What the functions read from their environment, from what the stack put out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deploy.stage import Stage

#: Environment variable to stack output.
FROM_OUTPUTS = {
    "INVOICES_BUCKET": "InvoicesBucket",
    "INGESTION_QUEUE_URL": "IngestionQueueUrl",
    "INGESTION_QUEUE_NAME": "IngestionQueueName",
    "NOTIFICATION_TOPIC_ARN": "NewInvoiceTopicArn",
    "RENTAL_INVOICES_STREAM_ARN": "RentalInvoicesStreamArn",
}
#: So many of a function at a time at most, so that a large import leaves the API its share. What Lambda cannot start at
#: once, it keeps and starts later: true of S3 events and of asynchronous calls, which these functions get. (The queue's
#: function has a bound on its event source instead: a throttled message would count as delivered.)
AT_A_TIME = {"parse_invoice": 50, "parse_retail_invoice": 50, "parse_invoice_container": 50}
#: Lambda refuses to reserve what would leave less for all other functions (developer guide, "Configuring reserved
#: concurrency").
UNRESERVED = 100


def environment(stage: Stage, container: str) -> dict[str, str]:
    """Environment variables of every function: those of ``config.json``, and over them those of the stack.

    ``container`` is the name of the container function, or empty.
    """
    outputs = stage.outputs()
    variables = {name: outputs[output] for name, output in FROM_OUTPUTS.items()}
    variables["PUSH_APPLICATION_ARN"] = stage.parameters().get("PushPlatformApplicationArn", "")
    variables["PARSE_INVOICE_CONTAINER"] = container
    return {**_configured(stage), **{name: value for name, value in variables.items() if value}}


def _configured(stage: Stage) -> dict[str, str]:
    """What a person wrote into ``config.json``, for all stages and for this one."""
    shared: dict[str, str] = stage.chalice_config().get("environment_variables", {})
    return {**shared, **stage.chalice_stage().get("environment_variables", {})}


def reserved(stage: Stage) -> dict[str, int]:
    """How many of a function at a time; empty in an account that has too few (new ones begin with ten)."""
    limits = stage.client("lambda").get_account_settings()["AccountLimit"]
    enough = limits["ConcurrentExecutions"] >= UNRESERVED + sum(AT_A_TIME.values())
    return dict(AT_A_TIME) if enough else {}


def staged_config(stage: Stage, variables: Mapping[str, str], concurrency: Mapping[str, int]) -> dict[str, Any]:
    """``config.json`` with this stage alone in it, complete."""
    config, settings = stage.chalice_config(), dict(stage.chalice_stage())
    functions = {name: dict(values) for name, values in settings.get("lambda_functions", {}).items()}
    for function, number in concurrency.items():
        functions.setdefault(function, {})["reserved_concurrency"] = number
    settings |= {"environment_variables": dict(variables), "lambda_functions": functions}
    return {**config, "stages": {stage.name: settings}}
