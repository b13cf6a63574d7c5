"""What was learned: a line of a profile with what was seen of it, and what stays open with the reason. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from contract_tests.target.exchange import Exchange

SHOWN = 3
"""Numbers of requests that a line names."""


class Line(NamedTuple):
    """`value` is what a profile says at `path`, a key in a key; `seen` says in words how often and where."""

    path: tuple[str | int, ...]
    value: Any
    seen: str


class Left(NamedTuple):
    """What is not in the profile, and why: it was not seen, or was seen in several ways."""

    what: str
    why: str


Found = Line | Left
OF: Final = " of "
"""Between a key of a profile and the rules of which it says nothing."""
ALL: Final = "all"
UNTOLD: Final = "no request showed which of them are told before others"
UNREFUSED: Final = "no request was refused for it"
HALF_TRIED: Final = "not every request about it was sent"
UNNAMED: Final = "no track of it came"
UNSEEN: Final = (UNTOLD, UNREFUSED, HALF_TRIED, UNNAMED)
"""Why nothing is known of rules that a run did not come to."""


def left_of(key: str, rules: Sequence[str], every: Collection[str], why: str) -> Iterable[Left]:
    """That nothing is known of these rules, or models, of all, in one line; nothing where there are none."""
    if rules:
        yield Left(f"{key}{OF}{ALL if len(rules) == len(every) > 1 else ', '.join(rules)}", why)


def left_rules(left: Mapping[str, str], why: str, every: Iterable[str]) -> set[str]:
    """The rules of all of which nothing was known for this reason, by what was left open."""
    names = {name for what, reason in left.items() if reason == why for name in what.partition(OF)[2].split(", ")}
    return {*every} if ALL in names else names


def still_left(left: Left, before: Mapping[str, str]) -> Iterable[Left]:
    """What stays open of what a run left, where another had come to more rules before."""
    if left.why not in UNSEEN:
        yield left
        return
    now = left_rules({left.what: left.why}, left.why, [ALL])
    then = left_rules(before, left.why, [ALL])
    both = [*then] if ALL in now else [*now] if ALL in then else [*then & now]
    places = [name for what in before for name in what.partition(OF)[2].split(", ")]
    both.sort(key=lambda name: (places.index(name) if name in places else 0, name))
    yield from left_of(left.what.partition(OF)[0], both, "", left.why)


def lines_of(found: Iterable[Found]) -> list[Line]:
    """What was learned, without what stays open."""
    return [each for each in found if isinstance(each, Line)]


def name(found: Found) -> str:
    """What it is about, as one word."""
    return dotted(found.path) if isinstance(found, Line) else found.what


def dotted(path: Iterable[str | int]) -> str:
    """The path of a line as one word."""
    return ".".join(map(str, path))


def times(exchanges: Iterable[Exchange]) -> str:
    """How often something was seen, and the numbers of the first requests in the journal."""
    numbers = sorted(each.number for each in exchanges)
    told = ", ".join(map(str, numbers[:SHOWN])) + (", …" if len(numbers) > SHOWN else "")
    return f"{len(numbers)} times: requests {told}" if len(numbers) != 1 else f"once: request {told}"
