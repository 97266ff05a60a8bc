"""Answers of moto that cost what they say, not what they could say.

For every member that a structure may have, moto 5.2.5 tries half a dozen names that a Python object could keep it
under. A DynamoDB attribute may have ten members and has one: a page of items takes tens of milliseconds. A plain dict
whose keys are all members needs no guessing in JSON; anything else is left to moto, as are the answers of REST services
(Lambda, API Gateway), which are divided into headers and a body.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.serialize import JSONSerializer

_guess_members: Callable[[Any, Any, Any, Any, str], None] = JSONSerializer._serialize_type_structure


def install() -> None:
    """For this process; doing it twice changes nothing."""
    serializer_class: Any = JSONSerializer
    serializer_class._serialize_type_structure = _serialize_structure


def _serialize_structure(serializer: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
    picker = serializer._value_picker
    members = shape.members
    if type(value) is not dict or getattr(picker, "response_transformers", None) or not value.keys() <= members.keys():
        _guess_members(serializer, serialized, value, shape, key)
        return
    wrapper: Any = serializer.MAP_TYPE() if key else serialized
    for name, member in members.items() if len(value) > 1 else ((name, members[name]) for name in value):
        found = value.get(name)
        if found is not None:
            member.parent = shape
            serializer._serialize(wrapper, found, member, name)
    if key:
        serializer._default_serialize(serialized, wrapper, shape, key)
