"""Which members came where, with their types: what a server's answers, callbacks and records look like. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from itertools import product
from typing import Any, Final

from contract_tests.documents.any_json import parsed
from contract_tests.reports.report import Asked

TYPES: Final = {str: "text", bool: "boolean", int: "number", float: "number", list: "list", dict: "object"}
FORMS: Final = {
    "UUID": r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}",
    "number": r"\d+",
    "hexadecimal": r"[0-9a-f]{16,}",
    "URL": r"https?://[^?#]*",
    "URL-with-query": r"https?://.*",
    "time": r"\d{4}-\d\d-\d\d.*",
}
"""What texts look like that differ from body to body, the first that fits."""
SAMPLES: Final = 2
"""Values that are not the same, at least, for a form to be told: what was seen in one value may be a word."""
ONCE: Final = "-once"
"""Behind the type of a member that was seen with one value, whose form nobody knows."""
EMPTY: Final = "-empty"
LONG: Final = 4
"""Decimals of a number that is called long."""
SHAPE: Final = "shape of "
"""How the name of a kind begins."""
SOMETIMES: Final = "?"
"""Behind a type that did not come each time."""
ABSENT: Final = "absent"
SEPARATOR: Final = ", "


def shapes(asked: Iterable[Asked]) -> dict[str, str]:
    """The members of each kind of body in words, such as `data.taskId text`; the kind as `callbacks.first`."""
    seen: dict[str, _Kind] = defaultdict(_Kind)
    for kind, body, sent in _bodies(asked):
        seen[f"{SHAPE}{kind}"].add(body, sent)
    return {kind: SEPARATOR.join(found.said()) for kind, found in sorted(seen.items())}


def otherwise(then: str, now: str) -> str:
    """What is otherwise now: a member that is new, that comes no more, or that is of another type or form; empty where
    nothing is. One that came sometimes may be there or not, and one that was seen with one value has any form."""
    before, after = _types(then), _types(now)
    told = []
    for name in dict.fromkeys([*before, *after]):
        was, came = before.get(name, {ABSENT}), after.get(name, {ABSENT})
        if not _meet(was, came) or (came - was - {ABSENT} and ABSENT not in came and not _meet(came - was, was)):
            told.append(f"{name} {' or '.join(sorted(came))}, was {' or '.join(sorted(was))}")
    return "; ".join(told)


def _meet(one: Iterable[str], two: Iterable[str]) -> bool:
    """Whether some type of one is some of the other."""
    return any(_alike(*pair) for pair in product(one, two))


def _alike(one: str, two: str) -> bool:
    same = one.partition("-")[0] == two.partition("-")[0]
    return one == two or (same and ONCE in f"{one}{two}" and EMPTY not in f"{one}{two}")


def _bodies(asked: Iterable[Asked]) -> Iterator[tuple[str, Mapping[str, Any], Set[str]]]:
    """Each body with its kind, and the texts of its request."""
    for each in asked:
        if each.exchange.code is None or not isinstance(each.exchange.envelope, dict):
            continue
        sent = {text for _, text in _members(parsed(each.exchange.sent), "") if isinstance(text, str)}
        yield ("answers" if each.exchange.code == 200 else "refusals"), each.exchange.envelope, sent
        for arrival in each.callbacks:
            body = parsed(arrival.body)
            data = body.get("data") if isinstance(body, dict) else None
            if isinstance(data, dict):
                yield f"callbacks at {data.get('callbackType')}", body, sent
        for poll in each.polls:
            if poll.code == 200 and isinstance(poll.record, dict):
                yield f"records at {poll.record.get('status')}", poll.record, sent


def _members(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Each member by its path; of a list those of its items."""
    if isinstance(value, dict):
        for key, inner in value.items():
            path = f"{name}.{key}" if name else str(key)
            yield path, inner
            yield from _members(inner, path)
    elif isinstance(value, list):
        for item in value:
            yield from _members(item, f"{name}[]")


class _Kind:
    """The bodies of one kind: how many came, in how many of them each member did, and with which types and values."""

    def __init__(self) -> None:
        self._bodies = 0
        self._came: Counter[str] = Counter()
        self._seen: dict[str, dict[str, set[Any]]] = defaultdict(lambda: defaultdict(set))

    def add(self, body: Mapping[str, Any], sent: Set[str]) -> None:
        """Another body. A text that repeats one of its request, for which None is kept, has no form of the server's."""
        self._bodies += 1
        members = [*_members(body, "")]
        self._came.update({name for name, _ in members})
        for name, value in members:
            kind = TYPES.get(type(value), "null")
            tells = kind == "number" or (kind == "text" and value not in sent)
            self._seen[name][kind].add(value if tells else None)

    def said(self) -> Iterator[str]:
        for name, found in sorted(self._seen.items()):
            types = sorted(each for kind, values in found.items() for each in _forms(kind, values))
            yield f"{name} {'|'.join(types)}{'' if self._came[name] == self._bodies else SOMETIMES}"


def _forms(kind: str, values: Set[Any]) -> Iterable[str]:
    """The types of a member's values, with forms where they differ."""
    if kind == "text":
        return _of_texts(values)
    return [_of_numbers(values) if kind == "number" else kind]


def _of_texts(found: Set[str | None]) -> Iterator[str]:
    own = {text for text in found if text}
    if "" in found:
        yield f"text{EMPTY}"
    if len(own) >= SAMPLES:
        forms = {_form(text) for text in own}
        yield from forms if "text" not in forms else {"text"}
    elif own or None in found:
        yield f"text{ONCE}"


def _of_numbers(found: Set[float]) -> str:
    """Whether numbers are whole, or long, all of them."""
    if len(found) < SAMPLES:
        return f"number{ONCE}"
    decimals = [len(f"{each}".partition(".")[2]) for each in found if isinstance(each, float) and not each.is_integer()]
    return "number-whole" if not decimals else "number-long" if min(decimals) > LONG else "number"


def _form(text: str) -> str:
    fits = (f"text-{name}" for name, pattern in FORMS.items() if re.fullmatch(pattern, text, re.IGNORECASE))
    return next(fits, "text")


def _types(said: str) -> dict[str, set[str]]:
    """The types of each member; ABSENT among them where it did not come each time."""
    found = {}
    for each in filter(None, said.split(SEPARATOR)):
        name, _, types = each.rpartition(" ")
        found[name] = {*types.removesuffix(SOMETIMES).split("|")} | ({ABSENT} if types.endswith(SOMETIMES) else set())
    return found
