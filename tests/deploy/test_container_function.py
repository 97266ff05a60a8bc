"""Where docker is, PDFs are parsed by the container function."""

from __future__ import annotations

from tests.deploy.account import STACK, Account

CONTAINER = f"{STACK}-parse_invoice_container"


def test_the_image_is_built_once_and_its_function_gets_the_pdfs(account: Account) -> None:
    account.programs.docker = True
    # What AWS says while it tells new roles around, and while a function or an event source is being changed.
    role = "The role defined for the function cannot be assumed by Lambda."
    account.fail("lambda.CreateFunction", "InvalidParameterValueException", role)
    account.fail("lambda.PutFunctionEventInvokeConfig", "InvalidParameterValueException", "The execution role may not.")
    account.fail("lambda.UpdateEventSourceMapping", "ResourceInUseException", "Busy.")
    account.fail("apigateway.UpdateAccount", "BadRequestException", "The role ARN lacks permissions.")
    account.up()
    build = next(words for words in account.programs.ran if words[:2] == ["docker", "build"])
    assert "--provenance=false" in build
    assert ["docker", "push"] in [words[:2] for words in account.programs.ran]
    functions = account.functions()
    assert functions[CONTAINER]["PackageType"] == "Image"
    assert functions[CONTAINER]["Timeout"] == functions[f"{STACK}-parse_invoice"]["Timeout"]
    own = functions[CONTAINER]["Environment"]["Variables"]
    assert own["INVOICES_BUCKET"] == account.outputs()["InvoicesBucket"]
    assert "PARSE_INVOICE_CONTAINER" not in own
    dispatcher = functions[f"{STACK}-parse_invoice"]["Environment"]["Variables"]
    assert dispatcher["PARSE_INVOICE_CONTAINER"] == CONTAINER
    config = account.client("lambda").get_function_event_invoke_config(FunctionName=CONTAINER)
    assert config["DestinationConfig"]["OnFailure"]["Destination"] == account.outputs()["FailedEventsQueueArn"]
    # The same sources: no docker is needed any more.
    account.programs.docker = False
    account.up()
    assert (account.writes, account.programs.ran) == ([], [])


def test_without_docker_it_says_who_parses(deployed: Account) -> None:
    said = deployed.up("--dry-run")
    assert "PDFs will be parsed by the zip" in said
    assert CONTAINER not in deployed.functions()
