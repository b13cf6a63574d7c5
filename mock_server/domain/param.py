"""Writes a request as polling tells it: as one line of JSON, its keys sorted. Pure."""

import json
from collections.abc import Mapping
from math import isinf
from typing import Any


def param(fields: Mapping[str, Any]) -> str:
    """The request as text."""
    return json.dumps(_finite(fields), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _finite(value: Any) -> Any:
    """The value with null for numbers that a double cannot hold: JSON has no infinity."""
    if isinstance(value, Mapping):
        return {name: _finite(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and isinf(value) else value
