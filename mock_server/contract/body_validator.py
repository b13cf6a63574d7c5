"""Compiles the rules of an edition into a validator of request bodies. Pure: a decoded body in, violations out.

A rule is a JSON Schema fragment with an id and a place in the document. Most bodies are accepted: one schema, merged of
all fragments, tells so, and what Python checks faster than the validator is checked in Python. Others are validated by
each fragment.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, Final

from jsonschema_rs import Draft202012Validator
from yarl import URL

from mock_server.contract.schema_merge import merged
from mock_server.core.addresses import plain_origin
from mock_server.core.errors import Violation
from mock_server.core.text import listed, shown

MEASURES: Final[Mapping[str, tuple[Callable[[str], int], str]]] = {
    "maxLength": (len, "characters"),
    "maxUtf16Length": (lambda text: len(text.encode("utf-16-le")) // 2, "UTF-16 units"),
    "maxUtf8Length": (lambda text: len(text.encode()), "bytes of UTF-8"),
    "maxCodePoints": (len, "code points"),
    "maxWords": (lambda text: len(text.split()), "words"),
}
"""Length keywords: how long a string is, and in what. The first is JSON Schema's own."""
UNITS: Final = {
    "code_points": "maxCodePoints",
    "utf16": "maxUtf16Length",
    "bytes": "maxUtf8Length",
    "words": "maxWords",
}
"""Their names where a profile fixes the unit of one limit."""
OWN: Final = tuple(MEASURES)[1:]
HTTP_URL: Final = "http-url"
"""A format of ours."""


UNKNOWN: Final = "additionalProperties"
"""The keyword by which properties are refused that nobody names."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rule:
    """One thing that a request must satisfy. A rule without `schema` needs state: `domain/state_rules` has it.

    `when` names the readings under which it holds, `model` the only one that it is about, if it is. `allowed` completes
    the sentence of its violation; `{unit}` in it stands for what a length is counted in.
    """

    id: str
    field: str
    place: str
    schema: Mapping[str, Any] | None
    allowed: str
    when: Mapping[str, str]
    model: str = ""

    def holds(self, names: Mapping[str, str]) -> bool:
        return all(names[question] == reading for question, reading in self.when.items())


class DecimalLimit:
    """A limit on the decimals of one property; `rule` is the number of the rule that states it."""

    def __init__(self, name: str, decimals: int, rule: int) -> None:
        self.name = name
        self.rule = rule
        self._decimals = decimals
        self._usual = frozenset(number / 10**decimals for number in range(10**decimals + 1))

    def holds(self, body: Mapping[str, Any]) -> bool:
        """Whether the property has no more decimals. Rounding is exact; a look into the set is faster."""
        value = body.get(self.name)
        if type(value) is not float:
            return True
        return value in self._usual or value == round(value, self._decimals)


class Contract:
    """What a request body must look like under one edition. `length` is the keyword that counts a string."""

    def __init__(self, rules: Sequence[Rule], length: str) -> None:
        self._length = length
        unit = MEASURES[length][1]
        self._rules = [replace(rule, allowed=rule.allowed.replace("{unit}", unit)) for rule in rules if rule.schema]
        self._types = {number for number, rule in enumerate(self._rules) if rule.id.endswith(".type")}
        self._schemas = [_counting(rule.schema, length) for rule in self._rules]
        self._decimal_limits = [
            DecimalLimit(name, decimals, number)
            for number, schema in enumerate(self._schemas)
            for name, keywords in schema.get("properties", {}).items()
            for decimals in _decimals(keywords)
        ]
        whole = merged(deepcopy(self._schemas))
        self._url = next((name for name, schema in whole["properties"].items() if _takes_url(schema)), None)
        self._fits: Callable[[Any], bool] = _compiled(whole).is_valid

    @cached_property
    def _each(self) -> Draft202012Validator:
        """Validates by every rule: the second step of an error's path is the number of the rule."""
        return _compiled({"allOf": self._schemas})

    def accepts(self, body: Any) -> bool:
        """Whether no rule is broken."""
        if not self._fits(body):
            return False
        for limit in self._decimal_limits:
            if not limit.holds(body):
                return False
        return self._url not in body or is_http_url(body[self._url])

    def violations(self, body: Any) -> list[Violation]:
        """Every broken rule once, in the document's order; of a field with a wrong type nothing but that."""
        keywords = self._broken(body)
        types = self._types & keywords.keys()
        mistyped = {self._rules[number].field for number in types}
        return [
            self._violation(self._rules[number], keywords[number], body)
            for number in sorted(keywords)
            if not types or number in types or not mistyped & {self._rules[number].field, "body"}
        ]

    def _broken(self, body: Any) -> dict[int, str | int]:
        """The numbers of the broken rules, each with the keyword that says so."""
        paths = [error.schema_path for error in self._each.iter_errors(body)]
        found = {int(path[1]): path[-1] for path in paths}
        if isinstance(body, dict):
            found |= {limit.rule: "multipleOf" for limit in self._decimal_limits if not limit.holds(body)}
        return found

    def _violation(self, rule: Rule, keyword: str | int, body: Any) -> Violation:
        text = f"{rule.field} {self._came(rule, keyword, body)}; allowed: {rule.allowed}"
        counted = ("string_length",) if keyword == self._length else ()
        values = partial(_values, rule, keyword, body)
        return Violation(rule.id, rule.field, text, rule.place, (*rule.when, *counted), values=values)

    def _came(self, rule: Rule, keyword: str | int, body: Any) -> str:
        """What came where the rule's keyword says something else."""
        if not isinstance(body, dict):
            return f"is {shown(body)}"
        if keyword == UNKNOWN:
            return f"has the unknown properties {listed(_unknown(rule, body))}"
        if rule.field not in body:
            return "is missing"
        value = body[rule.field]
        if keyword in MEASURES:
            count, unit = MEASURES[str(keyword)]
            return f"has {count(value)} {unit}"
        return f"is {shown(value)}"


def _values(rule: Rule, keyword: str | int, body: Any) -> Mapping[str, str]:
    """What a profile's own words can name of a broken rule."""
    value = body.get(rule.field) if isinstance(body, dict) else body
    said = ", ".join(_unknown(rule, body)) if keyword == UNKNOWN else shown(value)
    length = f"{MEASURES[f'{keyword}'][0](value)}" if keyword in MEASURES and isinstance(value, str) else ""
    return {"value": said, "length": length, "limit": _limit(rule.schema, keyword), "allowed": rule.allowed}


def _unknown(rule: Rule, body: Mapping[str, Any]) -> list[str]:
    """The properties that the rule does not name."""
    return sorted(set(body) - set((rule.schema or {})["properties"]))


def _limit(schema: Any, keyword: str | int) -> str:
    """What a keyword says in the schema of a rule; a length may be counted otherwise there."""
    if not isinstance(schema, Mapping):
        return ""
    for name, value in schema.items():
        if name == keyword or (name == "maxLength" and keyword in MEASURES):
            return str(value)
    return next((found for each in schema.values() if (found := _limit(each, keyword))), "")


def is_http_url(text: str) -> bool:
    """Whether a callback can be sent there: http or https, a host, a legal port. By the parser that will send it."""
    if plain_origin(text) is not None:
        return True
    try:
        url = URL(text, encoded=True)
        return url.scheme in ("http", "https") and bool(url.host)
    except ValueError:
        return False


def _decimals(schema: dict[str, Any]) -> Iterator[int]:
    """The decimals of a `multipleOf` of 0.1, 0.01, …: rounding to them is as exact, and cheaper."""
    step = re.fullmatch(r"0\.(0*1)", str(schema.get("multipleOf")))
    if step:
        del schema["multipleOf"]
        yield len(step[1])


def _takes_url(schema: dict[str, Any]) -> bool:
    """Whether a string that has to be a URI anyway has to be of the format HTTP_URL, too."""
    uri = {"format": schema.get("format")}
    taken = schema.get("type") == "string" and schema.get("if") == uri and schema["then"] == {"format": HTTP_URL}
    if taken:
        del schema["if"], schema["then"]
    return taken


def _compiled(schema: dict[str, Any]) -> Draft202012Validator:
    """With keywords or formats of ours a validator takes twice the time, so it has those that the schema uses."""
    used = json.dumps(schema)
    return Draft202012Validator(
        schema,
        validate_formats=True,
        formats={HTTP_URL: is_http_url} if f'"{HTTP_URL}"' in used else None,
        keywords={keyword: _measured(keyword) for keyword in OWN if f'"{keyword}"' in used} or None,
    )


def _counting(schema: Any, length: str) -> Any:
    """The schema with `maxLength` counted by the edition's measure."""
    if isinstance(schema, Mapping):
        return {length if key == "maxLength" else key: _counting(value, length) for key, value in schema.items()}
    return schema


def _measured(keyword: str) -> type:
    count, unit = MEASURES[keyword]

    class Measured:
        def __init__(self, parent_schema: Any, value: int, schema_path: Any) -> None:
            self.limit = value

        def validate(self, instance: Any) -> None:
            if isinstance(instance, str) and count(instance) > self.limit:
                raise ValueError(f"more than {self.limit} {unit}")

    return Measured
