"""The members of requests of which a recording shows that they make no difference. Pure."""

from array import array
from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from random import Random
from typing import Final

Outcome = tuple[int, int]
PARTS: Final = 128
"""Bits by which members are told apart in a sum: the same requests have the same sum, and others another."""


def without_effect(
    requests: Sequence[tuple["array[int]", Outcome]],
    members: Sequence[tuple[str, str]],
    compared: Sequence[int],
    kinds: Sequence[str],
    never: Container[str],
) -> frozenset[str]:
    """The names of which there are several values beside the same others, and always the same outcome. Requests are the
    numbers of their `members`, names with values, each once, and how they ended; `compared` has the number as which a
    member is compared, and `kinds` what values may differ in. Each member of a request is looked at once, so that names
    of their own, however many, cost no more than others."""
    draw = Random(0)  # noqa: S311, no secret hangs on it
    parts = [draw.getrandbits(PARTS) for _ in range(max(compared, default=-1) + 1)]
    sums = [sum(parts[compared[number]] for number in told) for told, _ in requests]
    by_name: dict[str, array[int]] = defaultdict(lambda: array("L"))
    for place, (told, _) in enumerate(requests):
        for number in told:
            by_name[members[number][0]].extend((place, number))
    found = []
    for name, told in by_name.items():
        values: dict[tuple[int, str], set[int]] = defaultdict(set)
        outcomes: dict[tuple[int, str], set[Outcome]] = defaultdict(set)
        for place, number in () if name in never else _pairs(told):
            others = (sums[place] - parts[compared[number]], kinds[number])
            values[others].add(number)
            outcomes[others].add(requests[place][1])
        if any(len(each) > 1 for each in values.values()) and all(len(each) == 1 for each in outcomes.values()):
            found.append(name)
    return frozenset(found)


def _pairs(told: "array[int]") -> Iterator[tuple[int, int]]:
    return zip(told[::2], told[1::2], strict=True)
