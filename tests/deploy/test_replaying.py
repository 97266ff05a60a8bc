"""``make replay``: events that functions gave up get their second chance, and are not lost on the way."""

from __future__ import annotations

import json

from tests.deploy.account import STACK, Account


def given_up(account: Account, function: str, payload: dict[str, object] | None) -> None:
    arn = f"arn:aws:lambda:eu-north-1:123456789012:function:{STACK}-{function}:$LATEST"
    record: dict[str, object] = {"requestContext": {"functionArn": arn, "condition": "RetriesExhausted"}}
    if payload is None:
        record["DDBStreamBatchInfo"] = {"batchSize": 3, "approximateArrivalOfFirstRecord": "2026-11-20T08:30:00Z"}
    else:
        record["requestPayload"] = payload
    url = account.outputs()["FailedEventsQueueUrl"]
    account.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(record))


def waiting(account: Account) -> int:
    url = account.outputs()["FailedEventsQueueUrl"]
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    return sum(
        int(number)
        for number in account.client("sqs")
        .get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        .values()
    )


def test_events_go_back_to_their_functions(deployed: Account) -> None:
    given_up(deployed, "parse_invoice", {"Records": []})
    given_up(deployed, "send_invoice_notification", None)
    status, said = deployed.run("replay", "--stage", "prod", "--dry-run")
    assert (status, "would hand about 2 events" in said, deployed.writes) == (0, True, [])
    invoked: list[object] = []
    deployed.client("lambda").meta.events.register(
        "provide-client-params.lambda.Invoke", lambda params, **_others: invoked.append(params["FunctionName"])
    )
    status, said = deployed.run("replay", "--stage", "prod")
    assert (status, invoked) == (0, [f"{STACK}-parse_invoice"]), said
    assert f"{STACK}-send_invoice_notification: 3 records of 2026-11-20T08:30:00Z were not announced" in said
    assert waiting(deployed) == 0


def test_an_event_that_its_function_does_not_take_stays(deployed: Account) -> None:
    given_up(deployed, "parse_invoice", {"Records": []})
    deployed.fail("lambda.Invoke")
    status, _ = deployed.run("replay", "--stage", "prod")
    assert (status, waiting(deployed)) == (1, 1)
