"""One edition's rules → a compiled validator of request bodies. Pure: a decoded body in, violations out.

A rule is a JSON Schema fragment with an id and a place in the document. To explain a refusal, all fragments stand
under one `allOf`, so that an error's position there is the rule that it breaks. To accept a body, which most are, the
same fragments are merged into one schema first, which takes a small part of the time.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from jsonschema_rs import Draft202012Validator
from yarl import URL

from mock_server import wording
from mock_server.errors import Violation

MEASURES: Final[Mapping[str, tuple[Callable[[str], int], str]]] = {
    "maxLength": (len, "characters"),
    "maxUtf16Length": (lambda text: len(text.encode("utf-16-le")) // 2, "UTF-16 units"),
    "maxUtf8Length": (lambda text: len(text.encode()), "bytes of UTF-8"),
}
"""Length keywords: how long a string is, and in what. The first is JSON Schema's own."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rule:
    """One thing that a request must satisfy. Without `schema` it needs state and is enforced in `rules`.

    `when` names the readings under which it holds. `allowed` completes the sentence of its violation; `{unit}` in it
    stands for what a length is counted in.
    """

    id: str
    field: str
    place: str
    schema: Mapping[str, Any] | None
    allowed: str
    when: Mapping[str, str]

    def holds(self, names: Mapping[str, str]) -> bool:
        return all(names[question] == reading for question, reading in self.when.items())


class Contract:
    """What a request body must look like under one edition. `length` is the keyword that counts a string."""

    def __init__(self, rules: Sequence[Rule], length: str) -> None:
        self._count, unit = MEASURES[length]
        self._unit, self._length = unit, length
        self._rules = [replace(rule, allowed=rule.allowed.format(unit=unit)) for rule in rules if rule.schema]
        schemas = [_counting(rule.schema, length) for rule in self._rules]
        self._explains = _compiled({"allOf": schemas})
        whole = merged(schemas)
        self._steps = [(name, places) for name, schema in whole["properties"].items() for places in _decimals(schema)]
        self._fits: Callable[[Any], bool] = _compiled(whole).is_valid

    def accepts(self, body: Any) -> bool:
        """Whether no rule is broken."""
        if not self._fits(body):
            return False
        for name, places in self._steps:
            value = body.get(name)
            if value is not None and value != round(value, places):
                return False
        return True

    def violations(self, body: Any) -> list[Violation]:
        """Every broken rule once, in the document's order; of a field with a wrong type nothing but that."""
        paths = [error.schema_path for error in self._explains.iter_errors(body)]
        broken = {self._rules[int(path[1])]: path[-1] for path in paths}
        mistyped = {rule.field for rule in broken if rule.id.endswith(".type")}
        return [
            Violation(rule.id, rule.field, self._message(rule, keyword, body), rule.place)
            for rule, keyword in broken.items()
            if not mistyped or rule.id.endswith(".type") or not mistyped & {rule.field, "body"}
        ]

    def _message(self, rule: Rule, keyword: str | int, body: Any) -> str:
        return f"{rule.field} {self._came(rule, keyword, body)}; allowed: {rule.allowed}"

    def _came(self, rule: Rule, keyword: str | int, body: Any) -> str:
        """What came where the rule's keyword says something else."""
        if not isinstance(body, dict):
            return f"is {wording.shown(body)}"
        if keyword == "additionalProperties":
            unknown = sorted(set(body) - set((rule.schema or {})["properties"]))
            return f"has the unknown properties {wording.listed(unknown)}"
        if rule.field not in body:
            return "is missing"
        value = body[rule.field]
        if keyword == self._length:
            return f"has {self._count(value)} {self._unit}"
        return f"is {wording.shown(value)}"


def is_http_url(text: str) -> bool:
    """Whether a callback can be sent there: http or https, a host, a legal port. By the parser that will send it."""
    try:
        url = URL(text, encoded=True)
        return url.scheme in ("http", "https") and bool(url.host)
    except ValueError:
        return False


def merged(schemas: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """One schema that accepts what all of them accept; where two say something else of a keyword, both stay."""
    whole: dict[str, Any] = {}
    branches: dict[str, dict[str, Any]] = {}
    for schema in schemas:
        if "if" in schema:
            branch = branches.setdefault(json.dumps(schema["if"]), {"if": schema["if"], "then": {}})
            _merge(branch["then"], schema["then"])
        else:
            _merge(whole, schema)
    for branch in branches.values():
        whole.setdefault("allOf", []).append(branch)
    return whole


def _decimals(schema: dict[str, Any]) -> Iterator[int]:
    """Take a `multipleOf` of 0.1, 0.01, … out of a schema and tell its decimals: rounding is as exact, and cheaper."""
    step = str(schema.get("multipleOf"))
    if re.fullmatch(r"0\.0*1", step):
        del schema["multipleOf"]
        yield len(step) - len("0.")


def _merge(whole: dict[str, Any], part: Mapping[str, Any]) -> None:
    if "if" in part and "if" in whole:
        whole.setdefault("allOf", []).append(part)
        return
    for keyword, value in part.items():
        if keyword == "required":
            whole["required"] = [*whole.get("required", ()), *value]
        elif keyword == "properties":
            for name, schema in value.items():
                _merge(whole.setdefault("properties", {}).setdefault(name, {}), schema)
        elif keyword in whole:
            whole.setdefault("allOf", []).append({keyword: value})
        else:
            whole[keyword] = value


def _compiled(schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator(
        schema,
        validate_formats=True,
        formats={"http-url": is_http_url},
        keywords={keyword: _measured(keyword) for keyword in MEASURES if keyword != "maxLength"},
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
