"""What the schema of profiles, `openapi/profile.schema.json`, says of a key. Pure."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from mock_server.contract.documents import OPENAPI, Pointer

SCHEMA: Final = OPENAPI / "profile.schema.json"


@cache
def schema() -> dict[str, Any]:
    """The whole of it, read once."""
    whole: dict[str, Any] = json.loads(SCHEMA.read_text("utf-8"))
    return whole


def node(pointer: Sequence[str | int]) -> Any:
    """The node at a place of the schema; an empty one where something else than a mapping is there."""
    found: Any = schema()
    for step in pointer:
        found = found[step]
    return found if isinstance(found, dict) else {}


def allowed_at(pointer: Sequence[str | int]) -> str:
    """What the innermost node around a place of the schema says of what is allowed."""
    steps = list(pointer)
    while steps and "description" not in node(steps):
        steps.pop()
    return str(node(steps)["description"])


def means(key: Pointer) -> str:
    """What the schema says of a key of a profile; nothing of one that a profile cannot have."""
    found: Any = schema()
    for step in key:
        found = found.get("properties", {}).get(step, found.get("additionalProperties"))
        if not isinstance(found, dict):
            return ""
    return str(found.get("description", ""))
