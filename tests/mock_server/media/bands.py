"""How loud samples are below and above one frequency: the filters of R. Bristow-Johnson's Audio EQ Cookbook, twice."""

from collections.abc import Iterator, Sequence
from math import cos, pi, sin, sqrt

RATE = 24_000
SPLIT = 480.0
"""Hertz, between the lower and the upper half of the notes."""


def bands(samples: Sequence[float]) -> tuple[list[float], list[float]]:
    """The samples below, and those above."""
    angle = 2 * pi * SPLIT / RATE
    turn, alpha = cos(angle), sin(angle) / sqrt(2)
    divided = (1 + alpha, -2 * turn, 1 - alpha)
    low, high = ((1 - turn) / 2, 1 - turn, (1 - turn) / 2), ((1 + turn) / 2, -(1 + turn), (1 + turn) / 2)
    below, above = ([*filtered([*filtered(samples, each, divided)], each, divided)] for each in (low, high))
    return below, above


def filtered(
    samples: Sequence[float], over: tuple[float, float, float], under: tuple[float, float, float]
) -> Iterator[float]:
    came, before, told, earlier = 0.0, 0.0, 0.0, 0.0
    for each in samples:
        value = (over[0] * each + over[1] * came + over[2] * before - under[1] * told - under[2] * earlier) / under[0]
        came, before, told, earlier = each, came, value, told
        yield value


def loud(samples: Sequence[float]) -> float:
    """Their root mean square."""
    return sqrt(sum(each * each for each in samples) / len(samples))
