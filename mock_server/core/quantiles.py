"""A number that differs from time to time, by likelihood: on straight lines between pairs that are known. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

Quantiles = tuple[tuple[float, float], ...]
"""Pairs of a likelihood and the number that is not exceeded with it, in order."""


def quantiles(value: Any) -> Quantiles:
    """Of a number, a range, or numbers by likelihood."""
    if isinstance(value, int | float):
        return ((0.0, float(value)),)
    pairs = value.items() if isinstance(value, Mapping) else zip((0, 1), value, strict=True)
    return tuple(sorted((float(likelihood), float(number)) for likelihood, number in pairs))


def interpolated(known: Sequence[tuple[float, float]], likelihood: float) -> float:
    """The number at a likelihood."""
    before = known[0]
    for after in known:
        if likelihood <= after[0]:
            part = (likelihood - before[0]) / (after[0] - before[0]) if after[0] > before[0] else 1.0
            return before[1] + (after[1] - before[1]) * part
        before = after
    return before[1]
