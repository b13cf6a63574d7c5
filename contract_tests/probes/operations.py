"""Probes of operations beside extend: each rule broken once, the documented request, and what may be had once only."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from contract_tests.documents.extend import Rule
from contract_tests.documents.operation import Operation
from contract_tests.documents.published import Published
from contract_tests.probes.refusals import WRONG_TYPES
from contract_tests.probes.request import (
    ACCEPTED,
    GONE,
    UNKNOWN_AUDIO,
    UNKNOWN_TASK,
    Expected,
    Probe,
    Track,
    breaking,
    in_words,
    probe,
    with_gone,
)

TASK: Final = "$TASK"
AUDIO: Final = "$AUDIO"
"""In a body: what the run puts in the place of it, a task of its own that has ended, and a track of that task."""
REFUSALS: Final = frozenset({400, 413, 422})
"""Codes that the pages list for a wrong request, beside that of the profile: which stands for what they do not tell."""
STEP: Final = 0.01
FINER: Final = 0.655
UNLISTED: Final = "unlisted"
UNKNOWN: Final[Mapping[str, str]] = {"taskId": UNKNOWN_TASK, "audioId": UNKNOWN_AUDIO, "personaId": "no-such-persona"}
OTHER_SCHEMES: Final = ("ftp://127.0.0.1/callback", "mailto:someone@example.com")
NO_URLS: Final = ("/callback", "callback.example.com")


class OperationProbes:
    """Probes of one operation, for one profile and the source tracks of a target. `upload` is the URL of a file that
    the target can load, empty for that of the pages."""

    def __init__(self, operation: Operation, published: Published, tracks: tuple[Track, ...], upload: str = "") -> None:
        self._operation = operation
        terms = published.terms
        self._model = next(iter(operation.models), tracks[0].model)
        self._upload = upload
        self._refused = Expected(codes=REFUSALS | {terms.invalid})
        self._missing = Expected(codes=REFUSALS | {terms.invalid, terms.not_found})
        self._unauthorized = Expected(codes=frozenset({terms.unauthorized}))
        self._exists = Expected(codes=frozenset({terms.exists}))

    def refusals(self) -> Iterator[Probe]:
        """Requests that break one rule each."""
        for rule in self._operation.rules:
            for says, value in self._broken(rule):
                expected = self._missing if rule.keyword == "known" else self._refused
                changes = {**self._beside(rule.field), rule.field: value} if value is not GONE else {rule.field: GONE}
                yield self._probe(rule.id, f"{rule.field} {says}", changes, expected)
            if changes := breaking(rule):
                yield self._probe(rule.id, in_words(changes), changes, self._refused)
        by_model = self._operation.by_model.get(self._model, {})
        for field, (most, unit) in {**self._operation.lengths, **by_model}.items():
            text = " ".join(["la"] * (most + 1)) if unit == "words" else "x" * (most + 1)
            yield self._probe(
                self._id(f"{field}.length"), f"{field} has {most + 1} {unit}", {field: text}, self._refused
            )
        yield self._probe(self._id("auth.missing"), "no Authorization header", {}, self._unauthorized, key=None)

    def valid(self) -> Probe:
        """The documented request. It costs a task."""
        return self._probe(self._id("valid"), "documented example", {}, ACCEPTED)

    def repeated(self) -> Iterator[Probe]:
        """The same once more, where what it makes may be had once."""
        if self._operation.has("audioId.once"):
            yield self._probe(self._id("audioId.once"), "the same track once more", {}, self._exists)

    def _broken(self, rule: Rule) -> Iterator[tuple[str, Any]]:
        match rule.keyword:
            case "required" | "custom":
                yield "is missing", GONE
            case "type":
                yield from ((f"is {json.dumps(value)}", value) for value in WRONG_TYPES[rule.value])
            case "enum":
                yield from ((f"is {json.dumps(value)}", value) for value in (UNLISTED, rule.value[0].upper()))
            case "format":
                yield from ((f"is {value}", value) for value in NO_URLS)
            case "http":
                yield from ((f"is {value}", value) for value in OTHER_SCHEMES)
            case "minimum" | "maximum":
                step = max(STEP, self._said(rule.field, "multipleOf", STEP))
                value = rule.value + (step if rule.keyword == "maximum" else -step)
                yield f"is {value}", value
            case "multipleOf":
                value = self._said(rule.field, "minimum", 0) + FINER
                yield f"is {value}", value
            case "known":
                yield "is of nobody", UNKNOWN[rule.field]

    def _probe(self, rule: str, says: str, changes: Mapping[str, Any], expected: Expected, **more: Any) -> Probe:
        body = {name: value for name, value in {**self._request(), **changes}.items() if value is not GONE}
        return probe(rule, says, body, expected, path=self._operation.path, **more)

    def _request(self) -> dict[str, Any]:
        """The documented example, with what is the target's in place of what is the page's."""
        own: dict[str, Any] = {"taskId": TASK, "audioId": AUDIO, "callBackUrl": "$URL", "model": self._model}
        own |= {"instrumental": False, **({"uploadUrl": self._upload} if self._upload else {})}
        example = self._operation.example
        return {name: own.get(name, value) for name, value in example.items() if name != "personaId"}

    def _said(self, field: str, keyword: str, otherwise: float) -> float:
        """What a keyword says of a number."""
        said = [rule.value for rule in self._operation.rules if (rule.field, rule.keyword) == (field, keyword)]
        return said[0] if said else otherwise

    def _beside(self, field: str) -> dict[str, Any]:
        """The changes by which a property may stand in the request."""
        return with_gone(self._operation.beside.get(field, {}))

    def _id(self, ending: str) -> str:
        return f"{self._operation.name}.{ending}"
