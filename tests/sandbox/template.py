"""Reads a CloudFormation template the way the service does: short intrinsics become their long form."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

STACK_TEMPLATE = Path(__file__).parents[2] / ".chalice" / "stack.yaml"


class _TemplateLoader(yaml.SafeLoader):  # type: ignore[misc]
    """PyYAML's safe loader plus CloudFormation's tags."""


def _intrinsic(loader: _TemplateLoader, tag: str, node: Any) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {tag if tag in {"Ref", "Condition"} else f"Fn::{tag}": value}


_TemplateLoader.add_multi_constructor("!", _intrinsic)


@cache
def load_template(path: Path = STACK_TEMPLATE) -> dict[str, Any]:
    """The template as plain data; `!Ref X` is `{"Ref": "X"}`, `!Sub x` is `{"Fn::Sub": "x"}`. Shared: do not change it.

    Source: AWS CloudFormation user guide, "Intrinsic function reference".
    """
    loader = _TemplateLoader(path.read_text(encoding="utf-8"))
    try:
        template: dict[str, Any] = loader.get_single_data()
    finally:
        loader.dispose()
    return template
