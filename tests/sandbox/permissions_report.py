"""What the tests say of the policies at their end: pytest's hooks, for `tests/conftest.py` to take over.

A refused call fails any run. A permission that no function used fails a run of the whole suite only, since less than
that proves nothing. The worker processes of pytest-xdist hand over what they saw.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

import pytest

from tests.sandbox.permissions import RECORD, Permission, Record, Refusal, permissions_in, policies_module

_OUTPUT = "permissions"
_PROBLEMS = pytest.StashKey[list[str]]()


def problems(record: Record, written: Iterable[Permission], *, whole: bool) -> list[str]:
    """One line for each; `written` is what the policy files allow, `whole` that everything was tried."""
    lines = []
    for (function, action), group in groupby(sorted(record.refused), key=lambda each: (each.function, each.action)):
        first, *others = [each.resource for each in group]
        lines.append(f"{function} may not {action} on {first}" + (f" and {len(others)} others" if others else ""))
    if whole:
        surplus = sorted(set(written) - record.used)
        lines += [f"policy-{each.policy}.json: nobody used {each.action} on {each.resource}" for each in surplus]
    return lines


def written_permissions() -> list[Permission]:
    """Everything that the policy files allow."""
    policies = policies_module()
    return [each for name in policies.functions() for each in permissions_in(name, policies.load(name))]


def _is_whole(config: pytest.Config) -> bool:
    chosen = ("keyword", "markexpr", "deselect", "lf", "collectonly")
    return config.args_source is pytest.Config.ArgsSource.TESTPATHS and not any(
        config.getoption(name, default=None) for name in chosen
    )


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """xdist: a worker process has ended."""
    output = getattr(node, "workeroutput", {}).get(_OUTPUT, {"used": [], "refused": []})
    RECORD.used.update(Permission(*each) for each in output["used"])
    RECORD.refused.update(Refusal(*each) for each in output["refused"])


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    worker_output = getattr(session.config, "workeroutput", None)
    if worker_output is not None:
        worker_output[_OUTPUT] = {"used": list(map(list, RECORD.used)), "refused": list(map(list, RECORD.refused))}
        return
    whole = exitstatus == pytest.ExitCode.OK and _is_whole(session.config)
    found = problems(RECORD, written_permissions(), whole=whole)
    session.config.stash[_PROBLEMS] = found
    if found and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if found := config.stash.get(_PROBLEMS, []):
        terminalreporter.section("IAM policies", red=True)
        terminalreporter.write_line(
            "Policies and code disagree; either a policy of .chalice is wrong or a test is missing:"
        )
        for line in found:
            terminalreporter.write_line(f"  {line}")
