"""Probes that a server must refuse although it refuses others like them: the rules without custom parameters, several
faults in one body, and keys that are nearly right."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from contract_tests.documents.extend import Rule
from contract_tests.documents.published import Published
from contract_tests.probes.refusals import BY_KEYWORD, BY_RULE, LEFT_TO_QUESTIONS, WRONG_TYPES, Refusals
from contract_tests.probes.request import GONE, Probe, Requests, Track, probe

WITH: Final = "with original parameters"
AT_ONCE: Final = "faults in one body"
SPELLINGS: Final[Mapping[str, str]] = {
    "cut": "the key without its last character",
    "tail": "the key without its first character",
    "longer": "the key with a character more",
    "before": "the key with a character before it",
    "case": "the key in another case",
    "blank": "the key with a blank in it",
    "empty": "no key behind the scheme",
    "other": "another key of the same length",
}
"""What is sent in place of a key: by the name that `Keys` gives it, in words."""
SEVERAL: Final[tuple[tuple[str, Mapping[str, Any]], ...]] = (
    ("extend.styleWeight.maximum", {"styleWeight": 2, "title": 5}),
    ("extend.style.custom", {"style": GONE, "vocalGender": "x"}),
    ("extend.title.type", {"title": 5, "style": 5, "audioWeight": -1}),
    ("extend.callBackUrl.type", {"callBackUrl": None, "model": "unlisted", "continueAt": -1, "styleWeight": 0.655}),
)
"""Bodies with more than one fault, and the rule that each breaks first."""


class Originals(Refusals):
    """The rules that hold with `defaultParamFlag` false, each broken there."""

    def __iter__(self) -> Iterator[Probe]:
        for rule in self.holding:
            makers = BY_KEYWORD.get(rule.keyword) or BY_RULE.get(rule.id)
            if makers is not None and rule.keyword != "custom" and not _of_custom(rule):
                yield from map(_said, makers(self, rule))
        yield from map(_said, self._too_long())

    def request(self, changes: Mapping[str, Any], track: Track | None = None) -> dict[str, Any]:
        return super().request({"defaultParamFlag": False, **changes}, track)

    def _wrong_types(self, rule: Rule) -> Iterator[Probe]:
        for value in (None, WRONG_TYPES[rule.value][0]):
            yield self._refused(rule, f"{rule.field} is {value!r}", {rule.field: value})


def _of_custom(rule: Rule) -> bool:
    """Whether a rule may hold with custom parameters alone."""
    return rule.field in ("defaultParamFlag", "personaId") or rule.id in (*LEFT_TO_QUESTIONS, "extend.prompt.required")


def _said(each: Probe) -> Probe:
    return replace(each, id=f"{each.id}, {WITH}", says=f"{each.says}, {WITH}")


class NearMisses(Requests):
    """Several faults in one body, and keys that are nearly right."""

    def __iter__(self) -> Iterator[Probe]:
        fields = {*self.published.properties}
        for rule, changes in SEVERAL:
            if {*changes} <= fields:
                says = f"{len(changes)} {AT_ONCE}: {', '.join(changes)}"
                yield probe(rule, says, self.request(changes), self.refused)
        body = self.request({})
        for spelling, says in SPELLINGS.items():
            yield probe("extend.auth.key", says, body, self.unauthorized, key=f"own~{spelling}")
        for scheme in ("BearerToken ", "Bearer-"):
            says = f"the key under {scheme!r} in place of 'Bearer '"
            yield probe("extend.auth.scheme", says, body, self.unauthorized, scheme=scheme)


class Polls(Requests):
    """Polls for a task by those who have no right to it. `others` are names of keys of other accounts."""

    def __init__(self, published: Published, tracks: tuple[Track, ...], others: Iterable[str] = ()) -> None:
        super().__init__(published, tracks)
        self._others = tuple(others)

    def __iter__(self) -> Iterator[Probe]:
        yield self._poll("polling.auth.missing", "no Authorization header", None)
        for scheme in ("Basic ", ""):
            yield self._poll("polling.auth.scheme", f"the key is under {scheme!r} in place of 'Bearer '", "own", scheme)
        yield self._poll("polling.auth.key", "the key was never given out", "bad")
        for spelling in ("cut", "longer", "case", "empty"):
            yield self._poll("polling.auth.key", f"it is {SPELLINGS[spelling]}", f"own~{spelling}")
        for key in self._others:
            yield self._poll("polling.auth.other", "the task is of another account", key)

    def _poll(self, rule: str, says: str, key: str | None, scheme: str = "Bearer ") -> Probe:
        return probe(rule, says, b"", self.unauthorized, method="GET", key=key, scheme=scheme)
