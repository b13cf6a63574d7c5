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
SURE: Final = 5
"""Numbers of which none is long, after which one that is was not to be expected."""
NUMBER: Final = "number"
WHOLE, SHORT, LONGER = (f"{NUMBER}-{form}" for form in ("whole", "short", "long"))
PARAM: Final = "param"
"""The member of a record that repeats the request, as JSON in a text."""
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
        if not _meet(was, came) or (came - was - {ABSENT} and ABSENT not in came and not _meet(was, came - was)):
            told.append(f"{name} {' or '.join(sorted(came))}, was {' or '.join(sorted(was))}")
    return "; ".join(told)


def _meet(one: Iterable[str], two: Iterable[str]) -> bool:
    """Whether some type of one is some of the other."""
    return any(_alike(*pair) for pair in product(one, two))


def _alike(was: str, came: str) -> bool:
    if was == came:
        return True
    if EMPTY in f"{was}{came}" or was.partition("-")[0] != came.partition("-")[0]:
        return False
    if {was, came} == {NUMBER, SHORT}:
        return True
    return ONCE in was or (ONCE in came and not (LONGER in came and was in (WHOLE, SHORT)))


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
                own = _added(poll.record.get(PARAM), parsed(each.exchange.sent))
                yield f"records at {poll.record.get('status')}", {**poll.record, **own}, sent


def _added(param: Any, sent: Any) -> dict[str, Any]:
    """The members of a record's request that were not in the request, under names of their own."""
    told = parsed(param) if isinstance(param, str) else None
    if not isinstance(told, dict) or not isinstance(sent, dict):
        return {}
    return {f"{PARAM}.{name}": value for name, value in told.items() if name not in sent}


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
        self._numbers: Counter[str] = Counter()

    def add(self, body: Mapping[str, Any], sent: Set[str]) -> None:
        """Another body. A text that repeats one of its request, for which None is kept, has no form of the server's."""
        self._bodies += 1
        members = [*_members(body, "")]
        self._came.update({name for name, _ in members})
        for name, value in members:
            kind = TYPES.get(type(value), "null")
            self._numbers[name] += kind == NUMBER
            tells = kind == NUMBER or (kind == "text" and value not in sent)
            self._seen[name][kind].add(value if tells else None)

    def said(self) -> Iterator[str]:
        for name, found in sorted(self._seen.items()):
            numbers = self._numbers[name]
            types = sorted(each for kind, values in found.items() for each in _forms(kind, values, numbers))
            yield f"{name} {'|'.join(types)}{'' if self._came[name] == self._bodies else SOMETIMES}"


def _forms(kind: str, values: Set[Any], numbers: int) -> Iterable[str]:
    """The types of a member's values, with forms where they differ; so many numbers came."""
    if kind == "text":
        return _of_texts(values)
    return [_of_numbers(values, numbers) if kind == NUMBER else kind]


def _of_texts(found: Set[str | None]) -> Iterator[str]:
    own = {text for text in found if text}
    if "" in found:
        yield f"text{EMPTY}"
    if len(own) >= SAMPLES:
        forms = {_form(text) for text in own}
        yield from forms if "text" not in forms else {"text"}
    elif own or None in found:
        yield f"text{ONCE}"


def _of_numbers(found: Set[float], number: int) -> str:
    """Whether numbers are whole, or long, all of them; and whether none is long of so many that came."""
    decimals = [len(f"{each}".partition(".")[2]) for each in found if isinstance(each, float) and not each.is_integer()]
    if len(found) < SAMPLES:
        return f"{LONGER if any(each > LONG for each in decimals) else NUMBER}{ONCE}"
    if not decimals:
        return WHOLE
    if min(decimals) > LONG:
        return LONGER
    return SHORT if number >= SURE and max(decimals) <= LONG else NUMBER


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
