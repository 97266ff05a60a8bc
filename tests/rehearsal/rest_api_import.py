"""What API Gateway does with the Swagger document of an import, as calls that create one resource at a time.

`chalice deploy` imports a Swagger 2 document (`ImportRestApi`, `PutRestApi` with mode `overwrite`); ministack ignores
the document. Sources: API Gateway API reference, "ImportRestApi"; developer guide, "OpenAPI extensions".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

_METHODS = frozenset({"get", "put", "post", "delete", "patch", "head", "options"})
#: Extensions that Chalice writes only if asked, and this translation does not know.
_UNKNOWN = ("x-amazon-apigateway-policy", "x-amazon-apigateway-endpoint-configuration", "securityDefinitions")


class ImportRefused(ValueError):
    """API Gateway would not take the document, or this translation does not know a part of it."""


@dataclass(frozen=True, slots=True)
class Method:
    """Arguments of `put_method` and `put_integration`, without the ids of API and resource."""

    http_method: str
    request_parameters: dict[str, bool]
    integration: Json


@dataclass(frozen=True, slots=True)
class Resource:
    """One segment of a path; `path` is whole, `/` for the root."""

    path: str
    methods: list[Method] = field(default_factory=list)

    @property
    def parent(self) -> str:
        return self.path.rpartition("/")[0] or "/"

    @property
    def part(self) -> str:
        return self.path.rpartition("/")[2]


def resources(document: Mapping[str, Any]) -> list[Resource]:
    """Every resource of the document, parents first; raises `ImportRefused`."""
    if document.get("swagger") != "2.0":
        raise ImportRefused("only Swagger 2.0 is translated")
    for name in _UNKNOWN:
        if document.get(name):
            raise ImportRefused(f"{name} is not translated")
    found: dict[str, Resource] = {}
    for path, operations in document["paths"].items():
        for each in _with_ancestors(path):
            found.setdefault(each, Resource(each))
        found[path].methods.extend(_methods(path, operations))
    _check_siblings(found)
    return sorted(found.values(), key=lambda each: (each.path != "/", each.path.count("/"), each.path))


def _with_ancestors(path: str) -> Iterator[str]:
    """
    >>> list(_with_ancestors("/v1/user/me")), list(_with_ancestors("/"))
    (['/', '/v1', '/v1/user', '/v1/user/me'], ['/'])
    """
    yield "/"
    whole = ""
    for part in path.strip("/").split("/"):
        if part:
            whole += f"/{part}"
            yield whole


def _methods(path: str, operations: Mapping[str, Any]) -> Iterator[Method]:
    for name, operation in operations.items():
        if name not in _METHODS:
            raise ImportRefused(f"{path}: {name} is not an HTTP method")
        if operation.get("security"):
            raise ImportRefused(f"{path}: security is not translated")
        given = operation["x-amazon-apigateway-integration"]
        if given["type"] != "aws_proxy":
            raise ImportRefused(f"{path}: integration {given['type']} is not translated")
        yield Method(
            name.upper(),
            {
                f"method.request.{each['in']}.{each['name']}": bool(each["required"])
                for each in operation.get("parameters", [])
                if each["in"] == "path"
            },
            {
                "type": given["type"].upper(),
                "integrationHttpMethod": given["httpMethod"],
                "uri": given["uri"],
                "passthroughBehavior": given["passthroughBehavior"].upper(),
                "contentHandling": given["contentHandling"],
            },
        )


def _check_siblings(found: Mapping[str, Resource]) -> None:
    """API Gateway: "A sibling of this resource already has a variable path part -- only one is allowed"."""
    variables: dict[str, str] = {}
    for resource in found.values():
        if resource.part.startswith("{") and variables.setdefault(resource.parent, resource.part) != resource.part:
            raise ImportRefused(f"{resource.path}: a sibling already has the variable {variables[resource.parent]}")


class RestApis:
    """Imports documents with an API Gateway client that knows none."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def create(self, document: Mapping[str, Any], endpoint_type: str) -> Json:
        """What `ImportRestApi` answers; `endpoint_type` as in its parameter `endpointConfigurationTypes`."""
        wanted = resources(document)
        api = self._client.create_rest_api(
            name=document["info"]["title"],
            version=document["info"]["version"],
            endpointConfiguration={"types": [endpoint_type]},
            binaryMediaTypes=document.get("x-amazon-apigateway-binary-media-types", []),
        )
        self._fill(api["id"], wanted)
        return self._answer(api["id"])

    def overwrite(self, api_id: str, document: Mapping[str, Any]) -> Json:
        """What `PutRestApi` answers in the mode `overwrite`: name and id stay, resources are the document's."""
        wanted = resources(document)
        present = sorted(self._resources(api_id), key=lambda each: len(each["path"]), reverse=True)
        for each in present:
            if each["path"] != "/":
                self._client.delete_resource(restApiId=api_id, resourceId=each["id"])
        self._fill(api_id, wanted)
        return self._answer(api_id)

    def _fill(self, api_id: str, wanted: list[Resource]) -> None:
        ids = {each["path"]: each["id"] for each in self._resources(api_id)}
        for resource in wanted:
            if resource.path not in ids:
                created = self._client.create_resource(
                    restApiId=api_id, parentId=ids[resource.parent], pathPart=resource.part
                )
                ids[resource.path] = created["id"]
            place = {"restApiId": api_id, "resourceId": ids[resource.path]}
            for method in resource.methods:
                self._client.put_method(
                    **place,
                    httpMethod=method.http_method,
                    authorizationType="NONE",
                    requestParameters=method.request_parameters,
                )
                self._client.put_integration(**place, httpMethod=method.http_method, **method.integration)

    def _resources(self, api_id: str) -> list[Json]:
        pages = self._client.get_paginator("get_resources").paginate(restApiId=api_id)
        return [each for page in pages for each in page["items"]]

    def _answer(self, api_id: str) -> Json:
        return {
            name: value.timestamp() if name == "createdDate" else value
            for name, value in self._client.get_rest_api(restApiId=api_id).items()
            if name != "ResponseMetadata"
        }
