"""Reads JSON that may be anything, or none."""

import json
from typing import Any


def parsed(raw: bytes | str) -> Any:
    """The value; None where it is no JSON."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None
