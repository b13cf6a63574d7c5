"""What the documents say of one profile, read from `openapi/` and `fixtures/`: rules with their sources, codes, limits.

The harness reads the same data as the mock and shares none of its code, so that a mistake of one is seen by the other.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

HERE: Final = Path(__file__).parent
ROOT: Final = next(place for place in (HERE.parent / "mock_server" / "_data", HERE.parent) if place.is_dir())
EXTEND: Final = "/api/v1/generate/extend"
RECORD_INFO: Final = "/api/v1/generate/record-info"
ENDINGS: Final = {"maxLength": "length"}
"""Schema keywords whose rule is called otherwise."""
ANNOTATIONS: Final = {"description", "example"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that a request must satisfy, where the document says so, and the sentence. `when` names the readings
    under which it holds."""

    id: str
    field: str
    keyword: str
    value: Any
    place: str
    quote: str
    when: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Characters that a field may have for a model."""

    model: str
    field: str
    characters: int
    place: str
    quote: str
    when: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One profile as the documents have it. `picks` is the reading of each question that the profile takes."""

    profile: str
    document: Path
    callback_document: Path
    rules: tuple[Rule, ...]
    limits: tuple[Limit, ...]
    models: tuple[str, ...]
    properties: Mapping[str, Mapping[str, Any]]
    codes: Mapping[int, str]
    callback_codes: Mapping[int, str]
    example: Mapping[str, Any]
    callback_example: Mapping[str, Any]
    picks: Mapping[str, str]
    questions: Mapping[str, Mapping[str, Any]]
    family: Mapping[str, Any]

    @classmethod
    def read(cls, profile: str) -> "Published":
        """Raises LookupError, with the names that exist, for a profile that does not."""
        file = _profile(profile)
        document = _Source.read(ROOT / "openapi" / file["document"])
        callbacks = _Source.read(ROOT / "openapi" / file["callback_document"])
        schema = document.tree["paths"][EXTEND]["post"]["requestBody"]["content"]["application/json"]["schema"]
        questions = {entry["id"]: entry for entry in _load("openapi/questions.yaml")}
        example = _examples(file["document"]) / "extend-request.json"
        callback_example = _examples(file["callback_document"]) / "callback-complete.json"
        return cls(
            profile=profile,
            document=document.path,
            callback_document=callbacks.path,
            rules=tuple(_rules(document, schema)),
            limits=tuple(_limits(document, schema, file.get("limits", {}).get("extend", ()))),
            models=tuple(schema["properties"]["model"]["enum"]),
            properties=schema["properties"],
            codes=_codes(document.tree["paths"][EXTEND]["post"]["responses"]["200"]),
            callback_codes=_codes(_callback(callbacks.tree)["responses"]["200"]),
            example=json.loads(example.read_text("utf-8")),
            callback_example=json.loads(callback_example.read_text("utf-8")),
            picks={question: entry["picks"][profile] for question, entry in questions.items()},
            questions=questions,
            family=_load("openapi/family.yaml"),
        )

    def holding(self, picks: Mapping[str, str]) -> tuple[Rule, ...]:
        """The rules that hold under these readings."""
        return tuple(rule for rule in self.rules if all(picks[name] == pick for name, pick in rule.when.items()))


def profiles() -> list[str]:
    return sorted(path.stem for path in (ROOT / "openapi" / "profiles").glob("*.yaml"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """A document, its text, and its lines without backticks and curly quotes."""

    path: Path
    tree: Any
    lines: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> "_Source":
        text = path.read_text("utf-8")
        plain = text.replace("`", "").replace("’", "'")
        return cls(path=path, tree=yaml.safe_load(text), lines=tuple(plain.splitlines()))

    def found(self, quote: str, after: str = "") -> tuple[str, str]:
        """The place and the line of a quote, the first at or after a line that begins with `after`."""
        starts = [number for number, line in enumerate(self.lines) if line.strip() == after] or [0]
        for start in (*starts, 0):
            for number, line in enumerate(self.lines[start:], start + 1):
                if quote in line:
                    return f"{self.path.name}:{number}", line.strip()
        return self.path.name, quote


def _rules(source: _Source, schema: Mapping[str, Any]) -> Iterator[Rule]:
    prose = _load("openapi/rules/extend.yaml")["rules"]
    conditions = {entry["id"]: entry.get("when", {}) for entry in prose}
    stated = set()
    for name in schema["required"]:
        place, quote = source.found(f"- {name}", "required:")
        rule = f"extend.{name}.required"
        stated.add(rule)
        yield _rule(rule, name, "required", True, place, quote, conditions.get(rule, {}))
    for name, keywords in schema["properties"].items():
        for keyword, value in keywords.items():
            if keyword not in ANNOTATIONS:
                place, quote = source.found(f"{keyword}:", f"{name}:")
                rule = f"extend.{name}.{ENDINGS.get(keyword, keyword)}"
                stated.add(rule)
                yield _rule(rule, name, keyword, value, place, quote, {})
    for entry in prose:
        field = entry.get("field", "body")
        if entry["id"] not in stated and field in (*schema["properties"], "body"):
            place, quote = source.found(entry["quote"], f"{field}:")
            yield _rule(entry["id"], field, entry["id"].split(".")[-1], None, place, quote, entry.get("when", {}))


def _rule(id: str, field: str, keyword: str, value: Any, place: str, quote: str, when: Mapping[str, str]) -> Rule:
    return Rule(id=id, field=field, keyword=keyword, value=value, place=place, quote=quote, when=when)


def _limits(source: _Source, schema: Mapping[str, Any], lines: Any) -> Iterator[Limit]:
    for line in lines:
        place, quote = source.found(line["quote"])
        for model in line["models"]:
            for field, characters in line["characters"].items():
                yield Limit(
                    model=model,
                    field=field,
                    characters=characters,
                    place=place,
                    quote=quote,
                    when=line.get("when", {}),
                )
    for field, keywords in schema["properties"].items():
        if "maxLength" in keywords:
            place, quote = source.found("maxLength:", f"{field}:")
            for model in schema["properties"]["model"]["enum"]:
                yield Limit(
                    model=model, field=field, characters=keywords["maxLength"], place=place, quote=quote, when={}
                )


def _codes(response: Mapping[str, Any]) -> dict[int, str]:
    """`- **402**: Insufficient …` lines, by code."""
    schema = response["content"]["application/json"]["schema"]["allOf"][0]["properties"]["code"]
    return {int(code): text.strip() for code, text in re.findall(r"- \**(\d+)\**: (.+)", schema["description"])}


def _callback(tree: Mapping[str, Any]) -> Mapping[str, Any]:
    (expressions,) = tree["paths"][EXTEND]["post"]["callbacks"].values()
    (item,) = expressions.values()
    found: Mapping[str, Any] = item["post"]
    return found


def _profile(name: str) -> dict[str, Any]:
    if name not in profiles():
        raise LookupError(f"profile {name!r} is unknown. Known: {', '.join(profiles())}.")
    file: dict[str, Any] = _load(f"openapi/profiles/{name}.yaml")
    return {**_profile(file["extends"]), **file} if "extends" in file else file


def _examples(document: str) -> Path:
    """Where the examples of a document are."""
    return ROOT / "fixtures" / "documents" / document.removesuffix(".openapi.yaml")


def _load(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_bytes())
