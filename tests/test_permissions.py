"""The IAM policies of the functions: whole, valid, given to the right roles, and in force in the sandbox.

That each allows what its function does, and nothing else, is what the whole suite says at its end
(`tests/sandbox/permissions_report.py`).
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from cfnlint.api import ManualArgs, lint
from chalice.deploy.appgraph import ApplicationGraphBuilder, DependencyBuilder
from chalice.deploy.models import FileBasedIAMPolicy, LambdaFunction, ManagedIAMRole

from app import app
from tests.sandbox import permissions_report
from tests.sandbox.api import chalice_config
from tests.sandbox.application import PROJECT
from tests.sandbox.aws import AwsEmulator
from tests.sandbox.clients import REGION, make_session
from tests.sandbox.functions import running_function
from tests.sandbox.permissions import (
    Permission,
    Permissions,
    Policy,
    Record,
    permissions_in,
    permissions_of,
    policies_module,
)
from tests.sandbox.permissions_of_calls import Place
from tests.sandbox.template import load_template

POLICIES = policies_module()
FUNCTIONS: list[str] = POLICIES.functions()
DEPLOYMENT = POLICIES.Deployment(
    "aws",
    "eu-north-1",
    "123456789012",
    "prod",
    "somebodys-invoices",
    "arn:aws:sns:eu-north-1:123456789012:app/APNS/paypulse",
    "paypulse-parse-invoice",
)
#: IAM user guide, "IAM and AWS STS quotas": all inline policies of a role, without white space.
MOST_CHARACTERS = 10_240
ACCOUNT = "123456789012"


def declared() -> set[str]:
    """Every Lambda function that there is: of app.py, and the container."""
    return {"api_handler", POLICIES.CONTAINER, *(source.name for source in app.event_sources)}


def statements(function: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = POLICIES.load(function)["Statement"]
    return found


# The files


def test_every_function_has_a_policy_and_every_policy_a_function() -> None:
    assert set(FUNCTIONS) == declared()


def test_chalice_gives_each_function_a_role_with_its_own_policy() -> None:
    config = chalice_config(PROJECT, app, "prod")
    graph = ApplicationGraphBuilder().build(config, "prod")
    models = DependencyBuilder().build_dependencies(graph)
    files = {}
    for function in models:
        if isinstance(function, LambdaFunction):
            assert isinstance(function.role, ManagedIAMRole)
            assert function.role.role_name == f"paypulse-cloud-prod-{function.resource_name}"
            assert function.role.trust_policy["Statement"][0]["Principal"] == {"Service": "lambda.amazonaws.com"}
            assert isinstance(function.role.policy, FileBasedIAMPolicy)
            files[function.resource_name] = Path(function.role.policy.filename)
            assert function.function_name == DEPLOYMENT.function_name(function.resource_name)
    assert files == {name: PROJECT / ".chalice" / f"policy-{name}.json" for name in declared() - {POLICIES.CONTAINER}}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_policy_names_every_action_and_every_resource(function: str) -> None:
    sids = [statement["Sid"] for statement in statements(function)]
    assert len(set(sids)) == len(sids)
    for statement in statements(function):
        assert statement.keys() == {"Sid", "Effect", "Action", "Resource"}
        assert statement["Effect"] == "Allow"
        assert re.fullmatch(r"[A-Za-z0-9]+", statement["Sid"])
        assert all(re.fullmatch(r"[a-z0-9]+:[A-Za-z]+", action) for action in statement["Action"])
        assert "*" not in statement["Resource"]
        assert all(resource.split(":", 5)[5].strip("*") for resource in statement["Resource"])
    written = permissions_in(function, POLICIES.load(function))
    assert len({(each.action, each.resource) for each in written}) == len(written)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_policy_fits_into_a_role(function: str) -> None:
    document = POLICIES.complete(function, DEPLOYMENT)
    assert len(json.dumps(document, separators=(",", ":"))) < MOST_CHARACTERS


def findings(*documents: Mapping[str, Any]) -> list[str]:
    """What cfn-lint, which has the Service Authorization Reference, says of policies."""
    policies = {
        f"Policy{number}": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}
        for number, document in enumerate(documents)
    }
    template = json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": policies})
    return [match.rule.id for match in lint(template, config=ManualArgs(include_checks=["I3510"], regions=[REGION]))]


def test_aws_knows_the_actions_and_allows_them_on_such_resources() -> None:
    assert findings(*(POLICIES.complete(function, DEPLOYMENT) for function in FUNCTIONS)) == []
    assert findings(policy(allow("dynamodb:Conjure", on=TABLE))) == ["W3037"]
    assert findings(policy(allow("dynamodb:GetItem", on=OBJECTS))) == ["I3510"]


def names_of_the_stack() -> dict[str, set[str]]:
    """What the template makes, by the service in an ARN, as the ARN's last part."""
    found: dict[str, set[str]] = {service: set() for service in ("dynamodb", "sqs", "sns", "secretsmanager")}
    for body in load_template()["Resources"].values():
        properties = body.get("Properties", {})
        if body["Type"] == "AWS::DynamoDB::Table":
            table = f"table/{properties['TableName']}"
            indexes = properties.get("GlobalSecondaryIndexes", [])
            found["dynamodb"] |= {table, *(f"{table}/index/{index['IndexName']}" for index in indexes)}
            if "StreamSpecification" in properties:
                found["dynamodb"].add(f"{table}/stream/*")
        elif body["Type"] == "AWS::SQS::Queue":
            found["sqs"].add(properties["QueueName"])
        elif body["Type"] == "AWS::SNS::Topic":
            found["sns"].add(str(properties["TopicName"]))
        elif body["Type"] == "AWS::SecretsManager::Secret":
            found["secretsmanager"].add(f"secret:{properties['Name']}-??????")
    return found


@pytest.mark.parametrize("function", FUNCTIONS)
def test_policy_names_what_the_stack_makes(function: str) -> None:
    known = names_of_the_stack()
    # What people make by hand, and what the application makes.
    known["sns"] |= {"app/${PushApplication}", "endpoint/${PushApplication}/*"}
    known["secretsmanager"] |= {"secret:gmail/user/*", "secret:Gemini-API-Key", "secret:Gemini-API-Key-??????"}
    known["s3"] = {"${InvoicesBucket}", "${InvoicesBucket}/invoices/*", "${InvoicesBucket}/exports/*"}
    known["lambda"] = {"function:${ParserFunction}"}
    known["logs"] = {"log-group:/aws/lambda/${FunctionName}:*"}
    for statement in statements(function):
        for resource in statement["Resource"]:
            _arn, partition, service, region, account, last = resource.split(":", 5)
            assert last in known[service], resource
            assert (partition, region, account) == ("aws", *(("", "") if service == "s3" else ("*", "*"))), resource


# Completed for a deployment


def test_completed_policies_leave_nothing_open(tmp_path: Path) -> None:
    written = POLICIES.write(tmp_path, DEPLOYMENT)
    assert {path.name for path in written} == {f"policy-{name}.json" for name in declared() - {POLICIES.CONTAINER}}
    text = "".join(path.read_text() for path in written)
    assert "${" not in text
    assert ":*:*:" not in text
    handing_over = json.loads((tmp_path / "policy-parse_invoice.json").read_text())
    assert handing_over == POLICIES.complete("parse_invoice", DEPLOYMENT)
    invoked = "arn:aws:lambda:eu-north-1:123456789012:function:paypulse-parse-invoice"
    assert invoked in [resource for each in handing_over["Statement"] for resource in each["Resource"]]


def test_policies_are_completed_from_the_outputs_of_the_stack() -> None:
    outputs = {
        "IngestionQueueArn": "arn:aws-cn:sqs:cn-north-1:210987654321:IngestionQueue",
        "InvoicesBucket": "somebodys-invoices",
    }
    deployment = POLICIES.Deployment.of_outputs(outputs, stage="beta")
    resources = {each for one in POLICIES.complete("api_handler", deployment)["Statement"] for each in one["Resource"]}
    assert {
        "arn:aws-cn:dynamodb:cn-north-1:210987654321:table/Users",
        "arn:aws-cn:s3:::somebodys-invoices",
        "arn:aws-cn:logs:cn-north-1:210987654321:log-group:/aws/lambda/paypulse-cloud-beta:*",
        "arn:aws-cn:sns:cn-north-1:210987654321:app/APNS*/*",
    } <= resources


def test_without_a_container_the_dispatching_function_may_parse() -> None:
    alone = POLICIES.Deployment("aws", REGION, ACCOUNT, "prod", "somebodys-invoices")
    parsing = POLICIES.complete("parse_invoice", alone)
    assert "lambda:InvokeFunction" not in json.dumps(parsing)
    container = json.dumps(POLICIES.complete(POLICIES.CONTAINER, DEPLOYMENT))
    own_log = container.replace("/aws/lambda/paypulse-parse-invoice:", "/aws/lambda/paypulse-cloud-prod-parse_invoice:")
    assert json.loads(own_log.replace("APNS/paypulse", "APNS*/*")) == parsing


# In force


class Bench:
    """A boto3 session whose calls are those of a function with a policy made up here."""

    def __init__(self, url: str, policy: Mapping[str, Any]) -> None:
        self.record = Record()
        self.written = permissions_in("planted", policy)
        self._url = url
        self._session = make_session()
        rules = Policy((each, each.resource) for each in self.written)
        Permissions({"planted": rules}, Place(REGION, ACCOUNT), self.record).register(self._session)

    def client(self, service: str) -> Any:
        options = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}, signature_version="s3v4")
        config = options if service == "s3" else Config(retries={"total_max_attempts": 1})
        return self._session.client(service, endpoint_url=self._url, config=config)

    def problems(self, *, whole: bool = True) -> list[str]:
        return permissions_report.problems(self.record, self.written, whole=whole)


def allow(*actions: str, on: str | list[str]) -> dict[str, Any]:
    resources = [on] if isinstance(on, str) else on
    return {
        "Sid": f"S{len(actions)}{len(resources)}",
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": resources,
    }


def policy(*allowed: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(allowed)}


def refused(call: Any, **parameters: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    assert "is not authorized to perform" in str(caught.value)
    return caught.value.response["Error"]["Code"], caught.value.response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """An AWS where there is something: a bucket, a secret and two tables."""
    with AwsEmulator() as emulator:
        session = make_session()
        session.client("s3", endpoint_url=emulator.url).create_bucket(
            Bucket="planted", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        secrets = session.client("secretsmanager", endpoint_url=emulator.url)
        secrets.create_secret(Name="Key", SecretString="x")
        for table in ("One", "Two"):
            session.client("dynamodb", endpoint_url=emulator.url).create_table(
                TableName=table,
                KeySchema=[{"AttributeName": "ID", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "ID", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )
        yield emulator.url


@pytest.fixture(autouse=True)
def _in_a_function() -> Iterator[None]:
    token = running_function.set("planted")
    yield
    running_function.reset(token)


TABLE = "arn:aws:dynamodb:*:*:table/One"
ITEM = {"ID": {"S": "1"}}


def test_call_that_the_policy_does_not_allow_is_refused_and_reported(url: str) -> None:
    bench = Bench(url, policy(allow("dynamodb:GetItem", on=TABLE)))
    dynamodb = bench.client("dynamodb")
    assert refused(dynamodb.put_item, TableName="One", Item=ITEM) == ("AccessDeniedException", 400)
    for table in ("Two", "Three"):
        assert refused(dynamodb.get_item, TableName=table, Key=ITEM) == ("AccessDeniedException", 400)
    assert "Item" not in dynamodb.get_item(TableName="One", Key=ITEM)
    assert bench.problems(whole=False) == [
        f"planted may not dynamodb:GetItem on arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/Three and 1 others",
        f"planted may not dynamodb:PutItem on arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/One",
    ]


def test_permission_that_nobody_used_is_reported_of_a_whole_run_only(url: str) -> None:
    tables = [TABLE, "arn:aws:dynamodb:*:*:table/Two"]
    bench = Bench(url, policy(allow("dynamodb:GetItem", "dynamodb:Scan", on=tables)))
    for table in ("One", "Two"):
        bench.client("dynamodb").get_item(TableName=table, Key=ITEM)
    bench.client("dynamodb").scan(TableName="Two")
    assert bench.problems(whole=False) == []
    assert bench.problems() == [f"policy-planted.json: nobody used dynamodb:Scan on {TABLE}"]


def test_permission_that_another_one_covers_is_surplus(url: str) -> None:
    bench = Bench(url, policy(allow("dynamodb:GetItem", on=[TABLE, "arn:aws:dynamodb:*:*:table/O*"])))
    bench.client("dynamodb").get_item(TableName="One", Key=ITEM)
    assert bench.problems() == ["policy-planted.json: nobody used dynamodb:GetItem on arn:aws:dynamodb:*:*:table/O*"]


def test_calls_outside_of_functions_are_nobody_s_business(url: str) -> None:
    bench = Bench(url, policy())
    token = running_function.set(None)
    bench.client("dynamodb").put_item(TableName="Two", Item=ITEM)
    running_function.reset(token)
    assert bench.problems() == []


def test_function_without_a_policy_may_do_nothing(url: str) -> None:
    bench = Bench(url, policy(allow("dynamodb:GetItem", on=TABLE)))
    token = running_function.set("forgotten")
    assert refused(bench.client("dynamodb").get_item, TableName="One", Key=ITEM)[1] == 400
    running_function.reset(token)


def test_transaction_needs_each_of_its_actions(url: str) -> None:
    actions = ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem")
    exists = {"TableName": "One", "Key": {"ID": {"S": "4"}}, "ConditionExpression": "attribute_not_exists(ID)"}
    items = [
        {"Put": {"TableName": "One", "Item": {"ID": {"S": "1"}}}},
        {"Update": {"TableName": "One", "Key": {"ID": {"S": "2"}}, "UpdateExpression": "REMOVE gone"}},
        {"Delete": {"TableName": "One", "Key": {"ID": {"S": "3"}}}},
        {"ConditionCheck": exists},
    ]
    for missing in actions:
        bench = Bench(url, policy(allow(*(each for each in actions if each != missing), on=TABLE)))
        assert refused(bench.client("dynamodb").transact_write_items, TransactItems=items)[1] == 400
    bench = Bench(url, policy(allow(*actions, on=TABLE)))
    bench.client("dynamodb").transact_write_items(TransactItems=items)
    assert bench.problems() == []


def test_index_is_a_resource_of_its_own(url: str) -> None:
    bench = Bench(url, policy(allow("dynamodb:Query", on=TABLE)))
    wanted = {"KeyConditionExpression": "ID = :id", "ExpressionAttributeValues": {":id": {"S": "1"}}}
    bench.client("dynamodb").query(TableName="One", **wanted)
    assert refused(bench.client("dynamodb").query, TableName="One", IndexName="By-date", **wanted)[1] == 400


OBJECTS = "arn:aws:s3:::planted/invoices/*"


def test_objects_are_allowed_by_prefix_and_versions_apart(url: str) -> None:
    bench = Bench(url, policy(allow("s3:PutObject", "s3:DeleteObject", on=OBJECTS)))
    s3 = bench.client("s3")
    s3.put_object(Bucket="planted", Key="invoices/a b.pdf", Body=b"x")
    assert refused(s3.put_object, Bucket="planted", Key="elsewhere/a", Body=b"x") == ("AccessDenied", 403)
    s3.delete_objects(Bucket="planted", Delete={"Objects": [{"Key": "invoices/gone"}]})
    old = {"Objects": [{"Key": "invoices/gone", "VersionId": "null"}]}
    assert refused(s3.delete_objects, Bucket="planted", Delete=old) == ("AccessDenied", 403)
    source = {"Bucket": "planted", "Key": "invoices/a b.pdf"}
    copy = {"Bucket": "planted", "Key": "invoices/b.pdf", "CopySource": source}
    assert refused(s3.copy_object, **copy) == ("AccessDenied", 403)
    reader = Bench(url, policy(allow("s3:GetObject", "s3:PutObject", on=OBJECTS)))
    reader.client("s3").copy_object(**copy)
    assert reader.problems() == []


@pytest.mark.parametrize("operation", ["get_object", "head_object"])
def test_only_who_may_list_a_bucket_is_told_that_an_object_does_not_exist(url: str, operation: str) -> None:
    blind = Bench(url, policy(allow("s3:GetObject", on=OBJECTS)))
    assert refused(getattr(blind.client("s3"), operation), Bucket="planted", Key="invoices/none")[1] == 403
    seeing = Bench(url, policy(allow("s3:GetObject", on=OBJECTS), allow("s3:ListBucket", on="arn:aws:s3:::planted")))
    with pytest.raises(ClientError, match=r"NoSuchKey|404"):
        getattr(seeing.client("s3"), operation)(Bucket="planted", Key="invoices/none")
    assert seeing.problems() == []


def test_link_needs_its_signer_s_permission(url: str) -> None:
    bench = Bench(url, policy(allow("s3:GetObject", on=OBJECTS)))
    link = {"ClientMethod": "get_object", "ExpiresIn": 60}
    bench.client("s3").generate_presigned_url(Params={"Bucket": "planted", "Key": "invoices/a"}, **link)
    assert bench.problems() == []
    with pytest.raises(PermissionError, match="s3:GetObject"):
        bench.client("s3").generate_presigned_url(Params={"Bucket": "planted", "Key": "exports/a"}, **link)


def test_secret_has_six_letters_behind_its_name_unless_it_does_not_exist(url: str) -> None:
    def reader(*names: str) -> Any:
        secrets = [f"arn:aws:secretsmanager:*:*:secret:{name}" for name in names]
        return Bench(url, policy(allow("secretsmanager:GetSecretValue", on=secrets))).client("secretsmanager")

    assert refused(reader("Key").get_secret_value, SecretId="Key") == ("AccessDeniedException", 400)
    assert reader("Key-??????").get_secret_value(SecretId="Key")["SecretString"] == "x"
    assert refused(reader("None-??????").get_secret_value, SecretId="None") == ("AccessDeniedException", 400)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        reader("None", "None-??????").get_secret_value(SecretId="None")


def test_endpoints_are_their_application_s(url: str) -> None:
    endpoint = "arn:aws:sns:eu-north-1:123456789012:endpoint/APNS/paypulse/1f"
    message = {"TargetArn": endpoint, "Message": "x"}
    for only in ("app/APNS/paypulse", "endpoint/APNS/paypulse/*"):
        bench = Bench(url, policy(allow("sns:Publish", on=f"arn:aws:sns:*:*:{only}")))
        assert refused(bench.client("sns").publish, **message) == ("AuthorizationError", 403)


def test_call_that_nobody_has_thought_about_is_no_call(url: str) -> None:
    with pytest.raises(LookupError, match=r"dynamodb\.ListTables"):
        Bench(url, policy()).client("dynamodb").list_tables()


def test_sandbox_does_not_start_with_a_function_that_lambda_could_not_run(tmp_path: Path) -> None:
    container = type("Container", (), {"settings": type("Settings", (), {"parse_invoice_container": ""})})
    outputs = {
        "IngestionQueueArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:Q",
        "InvoicesBucket": "b",
        "PushApplicationArn": "",
    }
    for function in FUNCTIONS:
        (tmp_path / f"policy-{function}.json").write_text(json.dumps(policy()))
    with pytest.raises(PermissionError, match="logs:CreateLogStream"):
        permissions_of(tmp_path, app, container, outputs, Record())


# At the end of the tests


def run_pytest(folder: Path, test: str, *arguments: str) -> tuple[int, str]:
    """A test session of its own, of one test, that ends with the report."""
    hooks = "pytest_sessionfinish, pytest_terminal_summary, pytest_testnodedown"
    (folder / "conftest.py").write_text(f"from tests.sandbox.permissions_report import {hooks}\n")
    (folder / "pytest.ini").write_text("[pytest]\ntestpaths = .\n")
    head = "from tests.sandbox.permissions import RECORD, Refusal\n"
    (folder / "test_one.py").write_text(f"{head}\ndef test_one():\n    {test}\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", str(folder), *arguments]
    environ = {"PYTHONPATH": str(PROJECT)}
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, done.stdout + done.stderr


def test_refusal_in_a_worker_process_fails_even_a_part_of_the_tests(tmp_path: Path) -> None:
    refusal = "RECORD.refused.add(Refusal('api_handler', 's3:PutObject', 'x'))"
    status, text = run_pytest(tmp_path, refusal, "-n", "1", "test_one.py")
    assert (status, "api_handler may not s3:PutObject on x" in text, "nobody used" in text) == (1, True, False), text


def test_run_of_all_tests_is_told_what_nobody_used(tmp_path: Path) -> None:
    assert run_pytest(tmp_path, "pass", "-k", "one")[0] == 0
    status, text = run_pytest(tmp_path, "pass")
    assert (status, "policy-api_handler.json: nobody used" in text) == (1, True), text


def test_files_and_code_are_compared_permission_by_permission() -> None:
    written = permissions_report.written_permissions()
    assert len(set(written)) == len(written)
    everything = Record(used=set(written))
    assert permissions_report.problems(everything, written, whole=True) == []
    one: Permission = written[0]
    everything.used.discard(one)
    assert permissions_report.problems(everything, written, whole=True) == [
        f"policy-{one.policy}.json: nobody used {one.action} on {one.resource}"
    ]
