"""Amounts of credits, to the hundredth: exact, whatever was added before. Pure."""

from typing import Final

DECIMALS: Final = 2
"""Decimals of a price (D, sunoapi.org and kie: creditsConsumed has at most two)."""
Credits = int | float
"""A whole number where it is one."""


def exact(amount: Credits) -> Credits:
    """The amount to the hundredth, without what binary numbers leave behind it."""
    rounded = round(amount, DECIMALS)
    return int(rounded) if rounded == int(rounded) else rounded
