"""What moto lacks of the AWS that a deployment meets.

Installed into the emulator's process, in the manner of ``tests.sandbox.moto_transactions``.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from moto.apigateway.models import APIGatewayBackend
from moto.awslambda import urls
from moto.awslambda.responses import LambdaResponse
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import ChangeSet, Stack
from moto.cloudformation.parsing import OutputMap, get_model_map
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.common_models import CloudFormationModel
from moto.core.responses import ActionResult
from moto.s3.responses import S3Response
from moto.secretsmanager.models import secretsmanager_backends

#: What an ordinary account may run at a time; a test may choose another number.
concurrency = 1_000


@cache
def install() -> None:
    """Once a process."""
    get_model_map.cache_clear()
    _change_sets_leave_outputs_and_parameters()
    _stacks_are_protected()
    _rest_apis_are_imported_from_swagger()
    _lambda_tells_its_limits()
    _notification_filters_have_either_case()


def _change_sets_leave_outputs_and_parameters() -> None:
    apply = ChangeSet.apply

    def applied(self: Any) -> None:
        stack: Stack = self.stack
        before, declared = dict(stack.resource_map._parsed_resources), set(stack.resource_map._resource_json_map)
        self.template_dict["Resources"] = _wanted(self.template_dict["Resources"], self.parameters)
        apply(self)
        # A resource that moto cannot update stays as it was.
        parsed = stack.resource_map._parsed_resources
        parsed |= {name: before[name] for name, resource in parsed.items() if resource is None and name in before}
        for name in declared - self.template_dict["Resources"].keys():
            parsed.pop(name, None)
        stack.parameters = self.parameters
        known = stack.resource_map.keys()
        self.template_dict["Outputs"] = {
            name: output
            for name, output in self.template_dict["Outputs"].items()
            if _referenced(output["Value"]) in known and stack.resource_map[_referenced(output["Value"])] is not None
        }
        stack.output_map = OutputMap(stack.resource_map, self.template_dict, stack.stack_id)

    ChangeSet.apply = applied  # type: ignore[method-assign]


def _wanted(resources: dict[str, Any], parameters: dict[str, str]) -> dict[str, Any]:
    """Without those whose condition does not hold (any more): moto asks only when it creates one."""
    running = parameters.get("Mode") != "data-only"
    return {name: body for name, body in resources.items() if running or "Condition" not in body}


def _referenced(value: dict[str, Any]) -> str:
    return str(value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0])


class _Secret(CloudFormationModel):
    """AWS::SecretsManager::Secret."""

    def __init__(self, arn: str, name: str) -> None:
        self.physical_resource_id = arn
        self.name = name

    @staticmethod
    def cloudformation_name_type() -> str:
        return "Name"

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::SecretsManager::Secret"

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: dict[str, Any], account_id: str, region_name: str, **_others: Any
    ) -> _Secret:
        properties = cloudformation_json["Properties"]
        answer = secretsmanager_backends[account_id][region_name].create_secret(
            name=resource_name,
            secret_string=properties.get("SecretString", "generated"),
            secret_binary=None,
            description=None,
            tags=[],
            kms_key_id=None,
            client_request_token=None,
            replica_regions=[],
            force_overwrite=False,
        )
        return cls(json.loads(answer)["ARN"], resource_name)


def _stacks_are_protected() -> None:
    delete = CloudFormationResponse.delete_stack

    def named(self: Any) -> Stack | None:
        name = self._get_param("StackName")
        return next((stack for stack in self.cloudformation_backend.stacks.values() if stack.name == name), None)

    def update_termination_protection(self: Any) -> ActionResult:
        stack = named(self)
        assert stack is not None
        stack.enable_termination_protection = bool(self._get_param("EnableTerminationProtection"))
        return ActionResult({"StackId": stack.stack_id})

    def delete_stack(self: Any) -> ActionResult:
        stack = named(self)
        if stack is not None and stack.enable_termination_protection:
            raise ValidationError(
                message=f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
            )
        return delete(self)

    responses: Any = CloudFormationResponse
    responses.update_termination_protection = update_termination_protection
    responses.delete_stack = delete_stack


def _rest_apis_are_imported_from_swagger() -> None:
    put, imported = APIGatewayBackend.put_rest_api, APIGatewayBackend.import_rest_api

    def put_swagger(self: Any, function_id: str, api_doc: dict[str, Any], *args: Any, **options: Any) -> Any:
        return put(self, function_id, {**api_doc, "swagger": None}, *args, **options)

    def import_swagger(self: Any, api_doc: dict[str, Any], *args: Any, **options: Any) -> Any:
        info = {"description": "", **api_doc["info"]}
        return imported(self, {**api_doc, "swagger": None, "info": info}, *args, **options)

    APIGatewayBackend.put_rest_api = put_swagger  # type: ignore[method-assign]
    APIGatewayBackend.import_rest_api = import_swagger  # type: ignore[method-assign]


def _lambda_tells_its_limits() -> None:
    def get_account_settings(self: Any) -> tuple[int, dict[str, str], str]:
        return 200, {}, json.dumps({"AccountLimit": {"ConcurrentExecutions": concurrency}})

    responses: Any = LambdaResponse
    responses.get_account_settings = get_account_settings
    urls.url_paths["{0}/2016-08-19/account-settings/?$"] = LambdaResponse.dispatch


def _notification_filters_have_either_case() -> None:
    read = S3Response._notification_config_from_body

    def read_lower(self: Any) -> Any:
        for name in (b"Prefix", b"Suffix"):
            self.body = self.body.replace(b"<Name>%b</Name>" % name, b"<Name>%b</Name>" % name.lower())
        return read(self)

    S3Response._notification_config_from_body = read_lower  # type: ignore[method-assign]
