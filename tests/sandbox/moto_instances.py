"""moto's models without the lists in which moto 5.2.5 keeps every one that was ever made, copies included.

Queries and listings copy what they look at, so a sandbox would grow with each: by gigabytes after some thousand
requests. The lists serve moto's dashboard only, and its reset, which closes files that close when they are forgotten.
"""

from __future__ import annotations

from typing import Any

from moto.core.common_models import BaseModel


def install() -> None:
    """For this process; doing it twice changes nothing."""
    base: Any = BaseModel
    base.__new__ = _forgotten


def _forgotten(cls: type[BaseModel], *_args: Any, **_options: Any) -> BaseModel:
    return super(BaseModel, cls).__new__(cls)
