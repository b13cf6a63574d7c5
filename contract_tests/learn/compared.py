"""What became of the lines of a profile since it was learned. Pure."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from itertools import chain
from typing import Any, Final

from contract_tests.documents.published import Published
from contract_tests.learn.calibrate import Learned
from contract_tests.learn.evidence import HALF_TRIED, UNSEEN, UNTOLD, Left, Line, dotted, still_left
from contract_tests.learn.further import FEW
from contract_tests.learn.order import KEY as ORDER
from contract_tests.learn.price import KEY as PRICE
from contract_tests.learn.refunds import KEY as REFUNDS
from contract_tests.learn.tried import still_untried

EVERY: Final = "*"
"""The pattern of all lines."""
DATED: Final = "run of "
"""What evidence has of another run than that at the head of its file."""
LIVE, MOCK = "live", "mock"
Path = tuple[str | int, ...]
TOLD_IF_ASKED: Final = (PRICE, REFUNDS)
"""What a run that does not leave it open has seen."""
MODEL: Final = len(("models", "V5"))
"""Keys of the path of a line that says that a model is not there."""


class Outcome(Enum):
    """What became of a line."""

    MOVED = "moved"
    UNSEEN = "not looked at"
    UNCOMPARED = "not comparable"
    SAME = "the same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A line of the profile, or what a profile cannot say. `document` is what holds without the profile, `profile` what
    was seen then, `live` what is seen now, `mock` what the mock does that plays the profile; `who` has moved, and `why`
    says more."""

    line: str
    outcome: Outcome
    document: Any = None
    profile: Any = None
    live: Any = None
    mock: Any = None
    who: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the file of a profile says: its lines, what no profile can say, and what was left open, the last two with
    their details."""

    lines: Sequence[Line]
    unsayable: Mapping[str, str]
    left: Mapping[str, str]


def blamed(outcome: Outcome) -> str:
    """Who has moved, where somebody has: the server."""
    return LIVE if outcome is Outcome.MOVED else ""


def left_open(left: Mapping[str, str], path: Sequence[str | int]) -> str:
    """Why nothing is known of a line, or of a key above it; empty where it is."""
    return next((left[each] for end in range(len(path), 0, -1) if (each := dotted(path[:end])) in left), "")


def said(published: Published, path: Sequence[str | int]) -> Any:
    """What a profile says at the path of a line; None where it says nothing."""
    key, *rest = path
    trees: Mapping[str, Any] = {
        "picks": published.picks,
        "codes": published.codes,
        "refusals": {name: getattr(published.terms, str(name), None) for name in rest},
        "models": {name: _of_model(name, title, published) for name, title in published.family["model_names"].items()},
    }
    if key == "models" and len(rest) == 1:
        return "there" if rest[0] in published.models else "not there"
    found = trees.get(str(key), published.family.get(str(key)))
    for each in rest:
        found = found.get(each) if isinstance(found, Mapping) else None
    return found


def _of_model(model: str, name: str, published: Published) -> Mapping[str, Any]:
    """What a profile says of a model of its own, or the document in its place."""
    limits = {each.field: each.characters for each in published.limits if each.model == model}
    return {"name": name, "limits": {"extend": limits}}


def ends(value: Any) -> tuple[float, float]:
    """The least and the most of what a profile says of a delay."""
    if isinstance(value, Mapping):
        return min(value.values()), max(value.values())
    return (value[0], value[-1]) if isinstance(value, list) else (value, value)


def _without_models_that_are_gone(lines: Mapping[Path, Line], live: Container[Path]) -> Iterator[tuple[Path, Line]]:
    """The lines without those of a model that is not there any more, or without that which says so of one that is
    there again; `live` are the paths of those that are seen now."""
    absent = {
        path[1] for path, line in lines.items() if len(path) == MODEL and path[0] == "models" and line.value is None
    }
    present = {path[1] for path in lines if len(path) > MODEL and path[0] == "models"}
    for path, line in lines.items():
        if path[0] == "models" and path[1] in absent & present:
            is_gone = ("models", path[1]) in live
            if is_gone is not (len(path) == MODEL):
                continue
        yield path, line


def updated(kept: Kept, compared: Iterable[Compared], found: Learned, now: str, looked_for: str = EVERY) -> Kept:
    """What the profile says that is true now: what moved as it is seen now, or not at all where nothing says that; what
    nobody knew then and this run tells; and all else as it was. `now` says of what is new when it was seen, and only
    lines that match `looked_for` are."""
    moved = {each.line for each in compared if each.outcome is Outcome.MOVED and each.who == LIVE}
    gone = moved - {dotted(line.path) for line in found.lines}
    lines = {line.path: line for line in kept.lines if line.path[0] == "texts" or dotted(line.path) not in gone}
    for line in found.lines:
        then = lines.get(line.path)
        is_new = then is None and fnmatchcase(dotted(line.path), looked_for)
        is_other = then is not None and then.value != line.value
        is_text = line.path[0] == "texts" and fnmatchcase(dotted(line.path), looked_for)
        if is_new or (is_other and (is_text or dotted(line.path) in moved)):
            lines[line.path] = line._replace(seen=f"{line.seen}, {now}")
    lines = dict(_without_models_that_are_gone(lines, {line.path for line in found.lines}))
    known = {dotted(path) for path in lines}
    if looked_for != EVERY:
        return Kept(
            lines=[*lines.values()],
            unsayable={what: how for what, how in kept.unsayable.items() if what not in moved},
            left={what: why for what, why in kept.left.items() if what not in known},
        )
    open_now = {each.what: each.why for each in found.left if each.what not in known}
    stays = {what: why for what, why in kept.left.items() if what not in known and _is_still_open(what, why, open_now)}
    if _has_another_order(lines, found):  # whose rules have the places that they had
        stays |= {what: why for what, why in kept.left.items() if why == UNTOLD}
        open_now = {what: why for what, why in open_now.items() if why != UNTOLD}
    news = chain.from_iterable(_still_open(Left(*each), kept.left, moved) for each in open_now.items())
    return Kept(
        lines=[*lines.values()],
        unsayable={**found.unsayable, **{what: how for what, how in kept.unsayable.items() if what not in moved}},
        left={**stays, **dict(news)},
    )


def _has_another_order(lines: Mapping[Path, Line], found: Learned) -> bool:
    """Whether a profile stays with the order of rules that it had, and this run shows another of more rules."""
    now = {line.path: line.value for line in found.lines}
    return (ORDER,) in lines and now.get((ORDER,)) != lines[ORDER,].value


def _is_still_open(what: str, why: str, open_now: Mapping[str, str]) -> bool:
    """Whether this run does not tell what was open: where it is silent, it may not have come to it."""
    return why not in UNSEEN and (what in open_now or (why != FEW and what not in TOLD_IF_ASKED))


def _still_open(left: Left, before: Mapping[str, str], moved: Container[str]) -> Iterable[Left]:
    """What of that which this run left is open in another way than before: part of it only, or it has moved."""
    if left.why == HALF_TRIED:
        return still_untried(left, before)
    if left.why in UNSEEN:
        return still_left(left, before)
    is_part = left.what not in before and left_open(before, left.what.split("."))
    return [left] if left.what in moved or is_part else []
