"""The stack: parameters stay, changes are shown, and what holds data is never replaced."""

from __future__ import annotations

from typing import Any

import pytest
from deploy import template
from deploy.errors import DeployError

from tests.deploy.account import STACK, Account
from tests.sandbox.template import STACK_TEMPLATE


def parameters(account: Account) -> dict[str, str]:
    [stack] = account.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    return {each["ParameterKey"]: each["ParameterValue"] for each in stack["Parameters"]}


def test_a_parameter_stays_until_it_is_given_anew(account: Account) -> None:
    account.stack(AlarmEmail="ops@example.org", InvoicesBucketName="my-invoices")
    account.stack(AlarmEmail="night@example.org")
    assert parameters(account)["AlarmEmail"] == "night@example.org"
    assert account.outputs()["InvoicesBucket"] == "my-invoices"
    assert "nothing to do" in account.stack()
    assert account.writes == []


def test_without_data_the_stack_goes_down_to_what_it_keeps_and_comes_back(account: Account) -> None:
    account.stack()
    outputs = account.outputs()
    account.client("dynamodb").put_item(TableName="Users", Item={"UserID": {"S": "user_1"}, "Email": {"S": "a@b.se"}})
    account.stack(mode="data-only")
    assert account.buckets() == [outputs["InvoicesBucket"]]
    assert account.client("ecr").describe_repositories()["repositories"] == []
    account.stack()
    assert account.outputs()["RentalInvoicesStreamArn"] == outputs["RentalInvoicesStreamArn"]
    assert account.client("dynamodb").scan(TableName="Users")["Count"] == 1
    assert len(account.buckets()) == 2


def test_a_parameter_that_the_template_does_not_have_is_refused(account: Account) -> None:
    status, said = account.run("up", "--stage", "prod", "--parameter", "AlarmMail=a@b.example")
    assert (status, "The stack has no parameter AlarmMail" in said) == (1, True)
    assert account.writes == []


def test_a_change_of_the_template_is_named_and_made(account: Account) -> None:
    account.stack()
    path = account.root / ".chalice" / "stack.yaml"
    path.write_text(path.read_text().replace("RetentionInDays: !Ref LogRetentionInDays", "RetentionInDays: 7"))
    assert "change ApiAccessLogs" in account.stack()
    assert "nothing to do" in account.stack()


def test_a_replacement_of_data_is_refused_and_undone(account: Account) -> None:
    account.stack()

    def replacing(parsed: dict[str, Any], **_others: object) -> None:
        change = {"LogicalResourceId": "Users", "Replacement": "True", "Action": "Modify"}
        parsed["Changes"] = [{"Type": "Resource", "ResourceChange": change}]

    account.client("cloudformation").meta.events.register("after-call.cloudformation.DescribeChangeSet", replacing)
    with pytest.raises(DeployError, match="an empty resource in the place of Users"):
        account.stack(AlarmEmail="a@example.org")
    assert "cloudformation.ExecuteChangeSet" not in account.writes
    assert account.writes[-1] == "cloudformation.DeleteChangeSet"


def test_a_failed_creation_takes_its_empty_tables_away_but_never_imported_ones(account: Account) -> None:
    asked: list[bool] = []
    events = account.client("cloudformation").meta.events
    events.register(
        "provide-client-params.cloudformation.ExecuteChangeSet",
        lambda params, **_others: asked.append(params["RetainExceptOnCreate"]),
    )
    account.stack()

    def importing(parsed: dict[str, Any], **_others: object) -> None:
        parsed["Changes"] = [{"ResourceChange": {"LogicalResourceId": "Users", "Action": "Import"}}]

    events.register("after-call.cloudformation.DescribeChangeSet", importing)
    account.stack(AlarmEmail="a@example.org")
    assert asked == [True, False]


def test_the_template_fits_into_a_request() -> None:
    assert len(template.body(template.read(STACK_TEMPLATE))) < template.LONGEST_BODY - 2_000
    with pytest.raises(DeployError, match="CloudFormation takes 51200"):
        template.body({"Description": "x" * template.LONGEST_BODY})


def test_what_holds_data_stands_under_no_condition_and_the_rest_can_go() -> None:
    resources = template.read(STACK_TEMPLATE)["Resources"]
    guards = {
        "AWS::ApplicationAutoScaling::ScalableTarget",
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        "AWS::S3::BucketPolicy",
    }
    for name in template.kept(template.read(STACK_TEMPLATE)):
        assert "Condition" not in resources[name], name
    staying = {body["Type"] for body in resources.values() if "Condition" not in body}
    assert staying - {resources[name]["Type"] for name in template.kept({"Resources": resources})} == guards
