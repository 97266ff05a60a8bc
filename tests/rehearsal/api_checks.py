"""The REST API, and the thirteen functions of the reference documents, whatever stands behind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from tests.rehearsal import reference
from tests.rehearsal.checks import Check
from tests.rehearsal.deployed import API_HANDLER, Deployed
from tests.rehearsal.deployment import Deployment

_NAME: Final = "REST API"


@dataclass(frozen=True, slots=True)
class ApiChecks:
    """`app` is the Chalice application that was deployed."""

    app: Any
    deployment: Deployment
    deployed: Deployed

    def __call__(self) -> Iterator[Check]:
        """Endpoints, settings and stage."""
        yield self._methods()
        yield self._integrations()
        api, config = self.deployed.rest_api, self.deployment.config
        types = ", ".join(api["endpointConfiguration"]["types"])
        yield Check(_NAME, "endpoint", config["api_gateway_endpoint_type"], types, "config.json")
        smallest = str(api.get("minimumCompressionSize"))
        yield Check(_NAME, "compressed from", str(config["minimum_compression_size"]), smallest, "config.json")
        asked, found = sorted(self.app.api.binary_types), sorted(api["binaryMediaTypes"])
        count = f"{len(asked)} types"
        yield Check(_NAME, "binary", count, count if asked == found else ", ".join(found), "app.py")
        yield from self._stage()

    def _stage(self) -> Iterator[Check]:
        name, stage = self.deployment.stage["api_gateway_stage"], self.deployed.api_stage
        yield Check(_NAME, "stage", name, stage["stageName"], "config.json")
        found = stage.get("methodSettings", {}).get("*/*", {})
        for setting, limit in reference.THROTTLING.items():
            yield Check(_NAME, setting, str(limit), f"{found.get(setting, 0):.0f}", "architecture.txt")
        yield Check(_NAME, "metrics", "True", str(found.get("metricsEnabled")), "architecture.txt")
        group = stage.get("accessLogSettings", {}).get("destinationArn", "").partition(":log-group:")[2]
        asked = self.deployment.outputs["ApiAccessLogsArn"].partition(":log-group:")[2].removesuffix(":*")
        yield Check(_NAME, "access log", asked, group.removesuffix(":*"), "architecture.txt")

    def _methods(self) -> Check:
        asked = {f"{method} {path}" for path, methods in self.app.routes.items() for method in methods}
        found = {f"{method} {path}" for path, method, _uri in self.deployed.methods}
        differences = [f"+{each}" for each in sorted(found - asked)] + [f"-{each}" for each in sorted(asked - found)]
        return Check(_NAME, "methods", str(len(asked)), " ".join(differences) or str(len(found)), "app.py")

    def _integrations(self) -> Check:
        arn = self.deployed.functions[API_HANDLER]["FunctionArn"]
        asked = f"functions/{arn}/invocations"
        others = sorted({uri for _path, _method, uri in self.deployed.methods if not uri.endswith(asked)})
        return Check(_NAME, "calls", API_HANDLER, ", ".join(others) or API_HANDLER, "app.py")

    def thirteen(self) -> Iterator[Check]:
        """Each function of the reference documents has its triggers."""
        found = {f"{method} {path}" for path, method, _uri in self.deployed.methods}
        for name, triggers in reference.FUNCTIONS.items():
            deployed = self.deployed.trigger(name) if name in self.deployed.functions else ""
            missing = [each for each in triggers if each not in found and not _is(each, deployed)]
            asked = "; ".join(triggers)
            wrong = f"{deployed or 'nothing'} for {'; '.join(missing)}"
            yield Check(name, "triggers", asked, wrong if missing else asked, "reference")
        views = {view.view_name for methods in self.app.routes.values() for view in methods.values()}
        known = {*views, *self.deployed.functions}
        lost = sorted(set(reference.FUNCTIONS) - known)
        yield Check("all thirteen", "names", "kept", ", ".join(lost) or "kept", "reference")


def _is(asked: str, deployed: str) -> bool:
    """Whether a deployed trigger is the one that the documents ask for; they name no bucket and no batch size.

    >>> _is("s3:ObjectCreated:* invoices/*.pdf", "s3:ObjectCreated:* some-bucket/invoices/*.pdf")
    True
    """
    if asked == "weekly":
        return reference.is_weekly(deployed)
    if asked.startswith("s3:"):
        events, _space, filters = asked.partition(" ")
        return deployed.startswith(f"{events} ") and deployed.partition("/")[2] == filters
    return deployed == asked or deployed.startswith(f"{asked},")
