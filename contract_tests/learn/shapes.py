"""Which members came where, with their types: what a server's answers, callbacks and records look like. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
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
"""What texts look like, the first that fits, where their names say what they are."""
NAMED: Final = re.compile(r"(id|url|time)$", re.IGNORECASE)
SHAPE: Final = "shape of "
"""How the name of a kind begins."""
SOMETIMES: Final = "?"
"""Behind a type that did not come each time."""
ABSENT: Final = "absent"
SEPARATOR: Final = ", "


def shapes(asked: Iterable[Asked]) -> dict[str, str]:
    """The members of each kind of body in words, such as `data.taskId text`; the kind as `callbacks.first`."""
    seen: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for kind, body in _bodies(asked):
        seen[f"{SHAPE}{kind}"].append(dict(_members(body, "")))
    return {kind: SEPARATOR.join(_said(found)) for kind, found in sorted(seen.items())}


def otherwise(then: str, now: str) -> str:
    """What is otherwise now: a member that is new, that comes no more, or that is of another type; empty where nothing
    is. One that came sometimes may be there or not."""
    before, after = _types(then), _types(now)
    told = []
    for name in dict.fromkeys([*before, *after]):
        was, came = before.get(name, {ABSENT}), after.get(name, {ABSENT})
        if was.isdisjoint(came) or (came - was - {ABSENT} and ABSENT not in came):
            told.append(f"{name} {' or '.join(sorted(came))}, was {' or '.join(sorted(was))}")
    return "; ".join(told)


def _bodies(asked: Iterable[Asked]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for each in asked:
        if each.exchange.code is None or not isinstance(each.exchange.envelope, dict):
            continue
        yield ("answers" if each.exchange.code == 200 else "refusals"), each.exchange.envelope
        for arrival in each.callbacks:
            body = parsed(arrival.body)
            data = body.get("data") if isinstance(body, dict) else None
            if isinstance(data, dict):
                yield f"callbacks at {data.get('callbackType')}", body
        for poll in each.polls:
            if poll.code == 200 and isinstance(poll.record, dict):
                yield f"records at {poll.record.get('status')}", poll.record


def _members(value: Any, name: str) -> Iterator[tuple[str, str]]:
    """Each member by its path, with its type; of a list those of its items."""
    if isinstance(value, dict):
        for key, inner in value.items():
            path = f"{name}.{key}" if name else str(key)
            yield path, _form(inner) if isinstance(inner, str) and NAMED.search(key) else TYPES.get(type(inner), "null")
            yield from _members(inner, path)
    elif isinstance(value, list):
        for item in value:
            yield from _members(item, f"{name}[]")


def _form(text: str) -> str:
    fits = (f"text-{name}" for name, pattern in FORMS.items() if re.fullmatch(pattern, text, re.IGNORECASE))
    return next(fits, "text" if text else "text-empty")


def _said(found: list[Mapping[str, str]]) -> Iterator[str]:
    for name in sorted({name for each in found for name in each}):
        types = {each[name] for each in found if name in each}
        always = all(name in each for each in found)
        yield f"{name} {'|'.join(sorted(types))}{'' if always else SOMETIMES}"


def _types(said: str) -> dict[str, set[str]]:
    """The types of each member; ABSENT among them where it did not come each time."""
    found = {}
    for each in filter(None, said.split(SEPARATOR)):
        name, _, types = each.rpartition(" ")
        found[name] = {*types.removesuffix(SOMETIMES).split("|")} | ({ABSENT} if types.endswith(SOMETIMES) else set())
    return found
