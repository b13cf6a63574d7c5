"""Probes that a server must refuse: one for each rule and each way to break it.

A rule of a known keyword gets its probes from its value, a rule of the prose from its id.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from contract_tests.documents.extend import Rule
from contract_tests.probes.request import (
    GONE,
    MULTIBYTE,
    UNKNOWN_AUDIO,
    Expected,
    Probe,
    Requests,
    breaking,
    in_words,
    named,
    probe,
)

WRONG_TYPES: Final[Mapping[str, tuple[Any, ...]]] = {
    "string": (5, True, None, ["x"], {"x": 1}),
    "number": ("0.5", True, None, [0.5], {"x": 1}),
    "boolean": ("true", 1, 0, None, [True]),
}
"""By the documented type, values of every other JSON type: no server may turn one into the other."""
ELSEWHERE: Final[Mapping[str, tuple[str, ...]]] = {
    "model": ("V3", "V3_5", "V4_5ALL", "V5_5", "chirp-v4"),
    "vocalGender": ("male", "female", "F"),
}
"""By field: values that other editions list, or that mean the same as one that is listed."""
LEFT_TO_QUESTIONS: Final[Mapping[str, str]] = {
    "extend.personaId.custom": "persona_without_custom",
    "extend.model.source": "model_mismatch",
    "extend.body.properties": "extra_properties",
}
"""Rules of which a question asks whether they hold, and the question: what a target does there is observed."""


class Refusals(Requests):
    """Requests that break one rule each. They cost nothing on a server that conforms."""

    def __iter__(self) -> Iterator[Probe]:
        # That it refuses tracks of nobody comes first: requests about them cost nothing then, whatever else it takes.
        for rule in sorted(self.holding, key=lambda rule: rule.id != "extend.audioId.known"):
            makers = BY_KEYWORD.get(rule.keyword) or BY_RULE.get(rule.id)
            if makers is not None and rule.id not in LEFT_TO_QUESTIONS:
                yield from makers(self, rule)
            elif changes := breaking(rule):
                yield self._refused(rule, in_words(changes), changes)
        yield from self._too_long()
        yield from self._not_authorized()
        yield from self._no_json()
        yield from self._other_methods()

    def _wrong_types(self, rule: Rule) -> Iterator[Probe]:
        return self._each(rule, WRONG_TYPES[rule.value])

    def _missing(self, rule: Rule) -> Iterator[Probe]:
        yield self._refused(rule, f"{rule.field} is missing", {rule.field: GONE})

    def _not_listed(self, rule: Rule) -> Iterator[Probe]:
        first = rule.value[0]
        other_case = first.lower() if first != first.lower() else first.upper()
        others = [each for each in ELSEWHERE.get(rule.field, ()) if each not in rule.value]
        return self._each(rule, ("unlisted", other_case, f"{first} ", f" {first}", "", *others))

    def _below(self, rule: Rule) -> Iterator[Probe]:
        return self._each(rule, (rule.value - 0.01, rule.value - 1))

    def _above(self, rule: Rule) -> Iterator[Probe]:
        return self._each(rule, (rule.value + 0.01, rule.value + 1))

    def _finer(self, rule: Rule) -> Iterator[Probe]:
        return self._each(rule, (0.655, 0.001, 0.6505))

    def _no_url(self, rule: Rule) -> Iterator[Probe]:
        return self._each(rule, ("", "/callback", "callback.example.com"))

    # Refusals, by the id of a rule of the prose.

    def _missing_when_custom(self, rule: Rule) -> Iterator[Probe]:
        yield self._refused(rule, f"{rule.field} is missing with defaultParamFlag true", {rule.field: GONE})

    def _not_past_start(self, rule: Rule) -> Iterator[Probe]:
        return self._each(rule, (0, -1, -0.01))

    def _not_before_end(self, rule: Rule) -> Iterator[Probe]:
        for value in (self.track.duration + 1, self.track.duration + 1000):
            says = f"continueAt is {value}, the source lasts {self.track.duration}"
            yield self._refused(rule, says, {"continueAt": value})
        # How long a track is told to last may be rounded.
        for value in (self.track.duration, round(self.track.duration + 0.01, 2)):
            says = f"continueAt is {value}, the source lasts {self.track.duration}"
            yield probe("extend.continueAt.exact", says, self.request({"continueAt": value}), self.refused)

    def _unknown_track(self, rule: Rule) -> Iterator[Probe]:
        for value in (UNKNOWN_AUDIO, "no-such-track", ""):
            says = f"audioId is {json.dumps(value)}"
            yield self._probe(rule, says, {"audioId": value}, self.missing)

    def _unknown_persona(self, rule: Rule) -> Iterator[Probe]:
        yield self._probe(rule, "personaId is of nobody", {"personaId": "no-such-persona"}, self.missing)

    def _other_scheme(self, rule: Rule) -> Iterator[Probe]:
        for value in ("http://", "ftp://127.0.0.1/callback", "mailto:someone@example.com", "file:///callback"):
            yield self._refused(rule, f"callBackUrl is {value}", {"callBackUrl": value})

    # Refusals that do not follow from one rule of the schema.

    def _too_long(self) -> Iterator[Probe]:
        for limit, track in self.limits(max):
            for character in ("x", MULTIBYTE):
                length = limit.characters + 1
                says = f"{limit.field} has {length} characters, {named(character)}, for {limit.model}"
                body = self.request({limit.field: character * length}, track)
                yield probe(limit.rule, says, body, self.refused, model=limit.model)
            says = f"{limit.field} has {limit.characters + 1} characters, the last a blank, for {limit.model}"
            body = self.request({limit.field: f"{'x' * limit.characters} "}, track)
            yield probe(limit.rule, says, body, self.refused, model=limit.model)

    def _not_authorized(self) -> Iterator[Probe]:
        body = self.request({})
        yield probe("extend.auth.missing", "no Authorization header", body, self.unauthorized, key=None)
        for scheme in ("Basic ", "Token ", "", "Bearer"):
            says = f"the key under {scheme!r} in place of 'Bearer '"
            yield probe("extend.auth.scheme", says, body, self.unauthorized, scheme=scheme)
        yield probe("extend.auth.key", "a key that was never given out", body, self.unauthorized, key="bad")

    def _no_json(self) -> Iterator[Probe]:
        text = json.dumps(self.request({}))
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
            headers = {"Content-Type": kind}
            yield probe("extend.contentType", f"Content-Type is {kind}", text, self.no_success, headers=headers)
        broken = {
            "cut in the middle": text[: len(text) // 2],
            "empty": "",
            "NaN in a weight": text.replace('"styleWeight": 0.65', '"styleWeight": NaN'),
            "a trailing comma": text[:-1] + ",}",
            "a list": f"[{text}]",
            "null": "null",
            "a string": json.dumps(text),
        }
        for says, body in broken.items():
            yield probe("extend.body.json", f"the body is {says}", body, self.no_success)
        yield probe("extend.body.encoding", "the body is in UTF-16", text.encode("utf-16"), self.no_success)

    def _other_methods(self) -> Iterator[Probe]:
        for method in ("GET", "PUT", "PATCH", "DELETE"):
            yield probe("extend.method", f"{method} in place of POST", self.request({}), self.no_success, method=method)

    def _each(self, rule: Rule, values: Iterable[object]) -> Iterator[Probe]:
        for value in values:
            yield self._refused(rule, f"{rule.field} is {json.dumps(value)}", {rule.field: value})

    def _refused(self, rule: Rule, says: str, changes: Mapping[str, Any]) -> Probe:
        return self._probe(rule, says, changes, self.refused)

    def _probe(self, rule: Rule, says: str, changes: Mapping[str, Any], expected: Expected) -> Probe:
        return probe(rule.id, says, self.request(changes), expected)


Maker = Callable[[Refusals, Rule], Iterator[Probe]]
BY_KEYWORD: Final[Mapping[str, Maker]] = {
    "type": Refusals._wrong_types,
    "required": Refusals._missing,
    "enum": Refusals._not_listed,
    "minimum": Refusals._below,
    "maximum": Refusals._above,
    "multipleOf": Refusals._finer,
    "format": Refusals._no_url,
}
BY_RULE: Final[Mapping[str, Maker]] = {
    "extend.prompt.custom": Refusals._missing_when_custom,
    "extend.style.custom": Refusals._missing_when_custom,
    "extend.title.custom": Refusals._missing_when_custom,
    "extend.continueAt.custom": Refusals._missing_when_custom,
    "extend.continueAt.start": Refusals._not_past_start,
    "extend.continueAt.end": Refusals._not_before_end,
    "extend.callBackUrl.http": Refusals._other_scheme,
    "extend.personaId.known": Refusals._unknown_persona,
    "extend.audioId.known": Refusals._unknown_track,
}
