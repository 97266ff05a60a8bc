"""Whether a Terraform package is what ``app.py`` and ``.chalice/config.json`` ask for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

_API: Final = "api_handler"
#: Chalice's own, where neither function nor stage say anything (chalice.constants).
_DEFAULTS: Final[Mapping[str, Any]] = {"lambda_memory_size": 128, "lambda_timeout": 60}
_KINDS: Final = frozenset(
    {
        "aws_api_gateway_deployment",
        "aws_api_gateway_rest_api",
        "aws_cloudwatch_event_rule",
        "aws_cloudwatch_event_target",
        "aws_iam_role",
        "aws_iam_role_policy",
        "aws_lambda_event_source_mapping",
        "aws_lambda_function",
        "aws_lambda_permission",
        "aws_s3_bucket_notification",
    }
)


def problems(template: Mapping[str, Any], declared: Mapping[str, Any], project: Path, stage: str) -> list[str]:
    """One sentence for each difference; none if the package is right.

    ``declared`` is what :mod:`package.declared` prints in the project that the package was made of.
    """
    return list(_Comparison(template, declared, project, stage).differences())


@dataclass(frozen=True)
class _Comparison:
    """What was found beside what is expected."""

    _template: Mapping[str, Any]
    _declared: Mapping[str, Any]
    _project: Path
    _stage: str

    @cached_property
    def _resources(self) -> Mapping[str, Any]:
        return dict(self._template["resource"])

    @cached_property
    def _config(self) -> Mapping[str, Any]:
        return self._read("config.json")

    @cached_property
    def _runtime(self) -> Mapping[str, Any]:
        return self._read("runtime.json")

    def _read(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self._project / ".chalice" / name).read_text(encoding="utf-8"))
        return found

    @cached_property
    def _triggers(self) -> Mapping[str, Mapping[str, Any]]:
        return dict(self._declared["triggers"])

    @cached_property
    def _functions(self) -> Mapping[str, str]:
        return {_API: "app.app"} | {name: str(each["handler"]) for name, each in self._triggers.items()}

    def differences(self) -> Iterator[str]:
        yield from _differ("kinds of resources", set(self._resources), _KINDS)
        functions = self._resources["aws_lambda_function"]
        yield from _differ("functions", set(functions), set(self._functions))
        for name in self._functions.keys() & functions.keys():
            yield from self._function(name, functions[name])
        yield from self._schedules()
        yield from self._mappings()
        yield from self._objects()
        yield from self._permissions()
        yield from self._api()

    def _setting(self, function: str, name: str) -> Any:
        """By function, else by stage, else for all."""
        stage = self._config["stages"][self._stage]
        for place in (stage.get("lambda_functions", {}).get(function, {}), stage, self._config):
            if name in place:
                return place[name]
        return _DEFAULTS.get(name)

    def _environment(self, function: str) -> dict[str, str]:
        stage = self._config["stages"][self._stage]
        places = (self._config, stage, stage.get("lambda_functions", {}).get(function, {}))
        return {name: value for place in places for name, value in place.get("environment_variables", {}).items()}

    def _function(self, name: str, found: Mapping[str, Any]) -> Iterator[str]:
        full = f"{self._config['app_name']}-{self._stage}" + ("" if name == _API else f"-{name}")
        expected = {
            "function_name": full,
            "handler": self._functions[name],
            "runtime": f"python{self._runtime['python']}",
            "architectures": [self._runtime["architecture"]],
            "memory_size": self._setting(name, "lambda_memory_size"),
            "timeout": self._setting(name, "lambda_timeout"),
            "filename": "${path.module}/deployment.zip",
        }
        for field, value in expected.items():
            yield from _differ(f"{name}: {field}", found.get(field), value)
        environment = found.get("environment", {}).get("variables", {})
        yield from _differ(f"{name}: environment", environment, self._environment(name))
        yield from self._policy(name, str(found["role"]))

    def _policy(self, name: str, role: str) -> Iterator[str]:
        file = self._setting(name, "iam_policy_file")
        found = self._resources["aws_iam_role_policy"].get(role.removeprefix("${aws_iam_role.").removesuffix(".arn}"))
        if file is None or found is None:
            yield f"{name}: has no policy of its own"
            return
        yield from _differ(f"{name}: policy", json.loads(found["policy"]), self._read(file))

    def _of_kind(self, *kinds: str) -> dict[str, Mapping[str, Any]]:
        return {name: trigger for name, trigger in self._triggers.items() if trigger["kind"] in kinds}

    def _schedules(self) -> Iterator[str]:
        rules, targets = (self._resources[f"aws_cloudwatch_event_{kind}"] for kind in ("rule", "target"))
        found = {targets[name]["arn"]: rule["schedule_expression"] for name, rule in rules.items() if name in targets}
        expected = {_arn(name): trigger["expression"] for name, trigger in self._of_kind("schedule").items()}
        yield from _differ("schedules", found, expected)

    def _mappings(self) -> Iterator[str]:
        mappings = self._resources["aws_lambda_event_source_mapping"].values()
        found = {each["function_name"]: (each["event_source_arn"], each["batch_size"]) for each in mappings}
        queue = "arn:${data.aws_partition.chalice.partition}:sqs:${data.aws_region.chalice.name}:"
        queue += "${data.aws_caller_identity.chalice.account_id}:"
        expected = {
            _arn(name): (trigger.get("stream") or queue + trigger["queue"], trigger["batch"])
            for name, trigger in self._of_kind("queue", "stream").items()
        }
        yield from _differ("queues and streams", found, expected)

    def _objects(self) -> Iterator[str]:
        found = {
            each["lambda_function_arn"]: (
                bucket["bucket"],
                each["events"],
                each["filter_prefix"],
                each["filter_suffix"],
            )
            for bucket in self._resources["aws_s3_bucket_notification"].values()
            for each in bucket["lambda_function"]
        }
        expected = {
            _arn(name): (trigger["bucket"], trigger["events"], trigger["prefix"], trigger["suffix"])
            for name, trigger in self._of_kind("objects").items()
        }
        yield from _differ("object events", found, expected)

    def _permissions(self) -> Iterator[str]:
        """Who may invoke: S3, EventBridge and API Gateway need to be told, queues and streams are read by Lambda."""
        permissions = self._resources["aws_lambda_permission"].values()
        found = {(each["function_name"], each["principal"]) for each in permissions}
        expected = {(_arn(name), "events.amazonaws.com") for name in self._of_kind("schedule")}
        expected |= {(_arn(name), "s3.amazonaws.com") for name in self._of_kind("objects")}
        yield from _differ("permissions", found, expected | {(_arn(_API), "apigateway.amazonaws.com")})

    def _api(self) -> Iterator[str]:
        [api], [deployment] = (
            self._resources[f"aws_api_gateway_{kind}"].values() for kind in ("rest_api", "deployment")
        )
        document = json.loads(self._template["locals"]["chalice_api_swagger"])
        found = {path: sorted(method.upper() for method in methods) for path, methods in document["paths"].items()}
        expected = {path: sorted(methods) for path, methods in self._declared["routes"].items()}
        yield from _differ("API: routes", found, expected)
        addresses = {
            method["x-amazon-apigateway-integration"]["uri"]
            for path in document["paths"].values()
            for method in path.values()
        }
        yield from _differ("API: functions behind it", addresses, {"${aws_lambda_function.api_handler.invoke_arn}"})
        endpoint = [self._config["api_gateway_endpoint_type"]]
        yield from _differ("API: endpoint", api["endpoint_configuration"]["types"], endpoint)
        compressed = self._setting(_API, "minimum_compression_size")
        yield from _differ("API: compression", api.get("minimum_compression_size"), compressed)
        yield from _differ("API: stage", deployment["stage_name"], self._setting(_API, "api_gateway_stage"))


def _arn(function: str) -> str:
    return f"${{aws_lambda_function.{function}.arn}}"


def _differ(what: str, found: object, expected: object) -> Iterator[str]:
    if found != expected:
        yield f"{what}: found {found!r}, expected {expected!r}"
