"""What the documents say of one profile, read from `openapi/` and `fixtures/`: rules with their sources, codes, limits.

The harness reads the same data as the mock and shares none of its code, so that a mistake of one is seen by the other.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

from contract_tests.documents.files import ROOT, Source, load

EXTEND: Final = "/api/v1/generate/extend"
RECORD_INFO: Final = "/api/v1/generate/record-info"
CALLBACK: Final = "callback-"
"""What stands before the code of a failure that a callback tells of."""
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
    citations: tuple[tuple[str, str, str], ...]

    @classmethod
    def read(cls, profile: str) -> "Published":
        """Raises LookupError, with the names that exist, for a profile that does not."""
        file = _profile(profile)
        document = Source.read(ROOT / "openapi" / file["document"])
        callbacks = Source.read(ROOT / "openapi" / file["callback_document"])
        schema = document.tree["paths"][EXTEND]["post"]["requestBody"]["content"]["application/json"]["schema"]
        questions = {entry["id"]: entry for entry in load("openapi/questions.yaml")}
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
            codes=_answer_codes(document),
            callback_codes=_callback_codes(callbacks),
            example=json.loads(example.read_text("utf-8")),
            callback_example=json.loads(callback_example.read_text("utf-8")),
            picks={question: entry["picks"][profile] for question, entry in questions.items()},
            questions=questions,
            family=load("openapi/family.yaml"),
            citations=tuple(_citations(document, callbacks)),
        )

    @property
    def failures(self) -> list[str]:
        """The codes of failures: `429` of an answer, `callback-501` of a callback."""
        of_callbacks = [f"{CALLBACK}{code}" for code in self.callback_codes if code != 200]
        return [f"{code}" for code in self.codes if code != 200] + of_callbacks

    def cited(self, rule: str) -> tuple[str, str]:
        """The place and the line that a rule on answers, callbacks or polling follows; empty where no source has it."""
        return next(((place, quote) for glob, place, quote in self.citations if fnmatchcase(rule, glob)), ("", ""))

    def holding(self, picks: Mapping[str, str]) -> tuple[Rule, ...]:
        """The rules that hold under these readings."""
        return tuple(rule for rule in self.rules if all(picks[name] == pick for name, pick in rule.when.items()))


def profiles() -> list[str]:
    return sorted(path.stem for path in (ROOT / "openapi" / "profiles").glob("*.yaml"))


def _rules(source: Source, schema: Mapping[str, Any]) -> Iterator[Rule]:
    prose = load("openapi/rules/extend.yaml")["rules"]
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


def _limits(source: Source, schema: Mapping[str, Any], lines: Any) -> Iterator[Limit]:
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


def _citations(document: Source, callbacks: Source) -> Iterator[tuple[str, str, str]]:
    """Pattern of rule ids, place and line, of the codes and of what openapi/judged.yaml lists."""
    for code in _answer_codes(document):
        yield f"code.{code}", *_first(document.found(f"- {each}:") for each in (f"**{code}**", code))
    for code in _callback_codes(callbacks):
        yield f"code.{CALLBACK}{code}", *_first([callbacks.found(f"- **{code}**:", "callbacks:")])
    shared = (Source.read(ROOT / "openapi" / name) for name in ("family.yaml", "questions.yaml"))
    sources = [document, callbacks, *shared]
    for entry in load("openapi/judged.yaml"):
        place, quote = "", ""
        if "quote" in entry:
            place, quote = _first(source.found(entry["quote"], entry.get("after", "")) for source in sources)
        for glob in entry["rules"]:
            yield glob, place, quote


def _first(found: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """The first that has a line."""
    return next(each for each in found if ":" in each[0])


def _answer_codes(document: Source) -> dict[int, str]:
    return _codes(document.tree["paths"][EXTEND]["post"]["responses"]["200"])


def _callback_codes(document: Source) -> dict[int, str]:
    return _codes(_callback(document.tree)["responses"]["200"])


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
    file: dict[str, Any] = load(f"openapi/profiles/{name}.yaml")
    return {**_profile(file["extends"]), **file} if "extends" in file else file


def _examples(document: str) -> Path:
    """Where the examples of a document are."""
    return ROOT / "fixtures" / "documents" / document.removesuffix(".openapi.yaml")
