"""Memory and time of the functions: enough for what was measured (``.chalice/package/measure.py``)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.adapters.aws import AwsClients
from chalicelib.adapters.gemini import Gemini
from chalicelib.adapters.secrets import AppSecrets
from chalicelib.parsing.pdf.isolation import Limits
from chalicelib.settings import Settings
from tests.sandbox.application import PROJECT
from tests.sandbox.template import load_template

PROD: dict[str, Any] = json.loads((PROJECT / ".chalice" / "config.json").read_text())["stages"]["prod"]
#: Megabytes of a Lambda function that has one whole vCPU (developer guide, "Configure Lambda function memory").
WHOLE_CPU = 1769
#: An API call of API Gateway ends after so many seconds (quotas, "Integration timeout").
LONGEST_CALL = 29
#: What may be asked of AWS before and after a document is read, with all attempts.
MARGIN = 30.0
MEBIBYTES_OF_THE_APPLICATION = 110
MEBIBYTES_OF_A_WORKER = 60


def setting(function: str, name: str) -> int:
    return int(PROD["lambda_functions"].get(function, {}).get(name, PROD[name]))


@pytest.mark.parametrize("function", ["api_handler", "work_on_ingestion", "parse_invoice"])
def test_who_hashes_passwords_or_opens_pdfs_has_a_whole_processor(function: str) -> None:
    assert setting(function, "lambda_memory_size") >= WHOLE_CPU


@pytest.mark.parametrize("function", ["parse_invoice", "work_on_ingestion"])
def test_a_hostile_pdf_meets_its_own_limit_before_lambda_s(function: str) -> None:
    own = MEBIBYTES_OF_THE_APPLICATION + 2 * MEBIBYTES_OF_A_WORKER + Limits().memory / 2**20
    assert setting(function, "lambda_memory_size") > own


@pytest.mark.parametrize("function", ["parse_invoice", "parse_retail_invoice", "work_on_ingestion"])
def test_a_parser_outlasts_the_longest_document_and_the_slowest_model(function: str) -> None:
    gemini = Gemini(AppSecrets(AwsClients()), Settings())
    assert setting(function, "lambda_timeout") > Limits().seconds + gemini.longest_call + MARGIN


def test_the_api_ends_when_its_caller_stops_waiting() -> None:
    assert setting("api_handler", "lambda_timeout") == LONGEST_CALL


def test_the_queue_hides_a_message_for_as_long_as_it_is_worked_on() -> None:
    hidden = load_template()["Resources"]["IngestionQueue"]["Properties"]["VisibilityTimeout"]
    assert setting("work_on_ingestion", "lambda_timeout") < hidden
