"""Hypothesis strategies for a profile: requests that it accepts, and requests that break one rule of it.

Both shrink towards the documented example.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from contract_tests.documents.extend import Rule
from contract_tests.probes.refusals import LEFT_TO_QUESTIONS, WRONG_TYPES
from contract_tests.probes.request import ACCEPTED, GONE, Expected, Probe, Requests, Track, breaking, probe

Request = dict[str, Any]
Values = SearchStrategy[Any]
FREE: Final = 200
"""Characters of a text for which no limit is documented."""
WRITTEN: Final = st.characters(exclude_categories=("C", "Z"))
"""Characters that no server has a reason to strip."""
FIXED: Final = frozenset({"defaultParamFlag", "audioId", "model", "callBackUrl"})
"""Fields that follow the track, the kind of request and the receiver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A request that breaks one rule, and what a conforming server answers."""

    rule: str
    expected: Expected
    body: Request

    @property
    def probe(self) -> Probe:
        """The request as it is sent."""
        return probe(self.rule, f"the request breaks {self.rule}", self.body, self.expected)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way to break a rule: the tracks it works for, and the changes of a request that break it for one of them."""

    rule: str
    tracks: tuple[Track, ...]
    changes: Callable[[Track], SearchStrategy[Request]]
    expected: Expected


def valid_probe(body: Request) -> Probe:
    """A request that breaks no rule, as it is sent."""
    return probe("extend.valid", "the request breaks no rule", body, ACCEPTED)


class Strategies(Requests):
    """Strategies of requests for the source tracks of a target. `$URL` stands for the callback URL, as in probes."""

    def valid(self) -> SearchStrategy[Request]:
        """Requests that every reading of the documents accepts."""
        return st.one_of(*(self._valid(track, custom) for track in self.tracks for custom in (True, False)))

    def broken(self, only: str = "*") -> SearchStrategy[Broken]:
        """Requests with custom parameters that break one rule, of the rules whose id matches a pattern."""
        return st.one_of(*(self._broken(fault) for fault in self.faults() if fnmatchcase(fault.rule, only)))

    def faults(self) -> Iterator[Fault]:
        """A way to break each rule that holds in the profile, but for those that an open question decides about."""
        lengths = {limit.rule: limit.field for limit, _ in self.limits(max)}
        for rule in self.holding:
            make = BY_RULE.get(rule.id) or BY_KEYWORD.get(rule.keyword)
            if rule.id in {*LEFT_TO_QUESTIONS, *lengths}:
                continue
            if make is not None:
                expected = self.missing if rule.id.endswith(".known") else self.refused
                changes = partial(_changes, rule.field, partial(make, rule))
                yield Fault(rule=rule.id, tracks=self.tracks, changes=changes, expected=expected)
            elif own := breaking(rule):
                model = own.get("model", "")
                tracks = tuple(track for track in self.tracks if track.model == model) if model else self.tracks
                always = partial(_always, own)
                yield Fault(rule=rule.id, tracks=tracks, changes=always, expected=self.refused)
        for id, field in lengths.items():
            limited = tuple(track for track in self.tracks if self._limit(field, track, max) is not None)
            changes = partial(_changes, field, partial(self._too_long, field))
            yield Fault(rule=id, tracks=limited, changes=changes, expected=self.refused)

    def _broken(self, fault: Fault) -> SearchStrategy[Broken]:
        def broken(body: Request, changes: Request) -> Broken:
            return Broken(rule=fault.rule, expected=fault.expected, body=_present({**body, **changes}))

        return st.one_of(
            *(st.builds(broken, self._valid(track, custom=True), fault.changes(track)) for track in fault.tracks)
        )

    def _valid(self, track: Track, custom: bool) -> SearchStrategy[Request]:
        needed = {
            rule.field for rule in self.holding if rule.keyword == "required" or custom & (rule.keyword == "custom")
        }
        fields: dict[str, Values] = {}
        for name, documented in self.request({"defaultParamFlag": custom}, track).items():
            fields[name] = st.just(documented)
            if name not in FIXED:
                fields[name] |= self._others(name, track)
            if name not in {*needed, *FIXED, "prompt"}:
                fields[name] |= st.just(GONE)
        return st.fixed_dictionaries(fields).map(_present)

    def _others(self, name: str, track: Track) -> Values:
        """Legal values of a property beside the documented one."""
        keywords = self.published.properties[name]
        if name == "continueAt":
            return st.integers(100, round(track.duration * 100) - 100).map(_hundredths)
        if keywords["type"] == "number":
            return st.integers(keywords["minimum"] * 100, keywords["maximum"] * 100).map(_hundredths)
        if "enum" in keywords:
            return st.sampled_from(keywords["enum"])
        return _texts(self._limit(name, track, min) or FREE)

    def _limit(self, field: str, track: Track, choose: Callable[[int, int], int]) -> int | None:
        wanted = (track.model, field)
        return next((each.characters for each, _ in self.limits(choose) if (each.model, each.field) == wanted), None)

    def _too_long(self, field: str, track: Track) -> Values:
        limit = self._limit(field, track, max) or FREE
        return st.integers(limit + 1, limit + 100).map(_long)


def _changes(field: str, values: Callable[[Track], Values], track: Track) -> SearchStrategy[Request]:
    """Changes of one field."""
    return values(track).map(lambda value: {field: value})


def _always(changes: Request, track: Track) -> SearchStrategy[Request]:
    return st.just(changes)


def _texts(limit: int) -> Values:
    """Texts of at most `limit` characters, however they are counted: short ones of any script, long ones in ASCII."""
    return st.text(WRITTEN, min_size=1, max_size=min(40, limit // 4)) | st.integers(1, limit).map(_long)


def _long(characters: int) -> str:
    return "x" * characters


def _hundredths(number: int) -> float:
    return number / 100


def _present(body: Request) -> Request:
    return {name: value for name, value in body.items() if value is not GONE}


# Values that break a rule.


def _wrong_type(rule: Rule, track: Track) -> Values:
    return st.sampled_from(WRONG_TYPES[rule.value])


def _missing(rule: Rule, track: Track) -> Values:
    return st.just(GONE)


def _not_listed(rule: Rule, track: Track) -> Values:
    return _texts(FREE).filter(lambda text: text not in rule.value)


def _below(rule: Rule, track: Track) -> Values:
    return st.integers(1, 10**6).map(lambda steps: round(rule.value - steps / 100, 2))


def _above(rule: Rule, track: Track) -> Values:
    return st.integers(1, 10**6).map(lambda steps: round(rule.value + steps / 100, 2))


def _finer(rule: Rule, track: Track) -> Values:
    return st.builds(lambda step, rest: (step * 10 + rest) / 1000, st.integers(0, 99), st.integers(1, 9))


def _no_url(rule: Rule, track: Track) -> Values:
    return _texts(FREE).map(lambda text: f"/{text}")


def _other_scheme(rule: Rule, track: Track) -> Values:
    return st.sampled_from(("ftp://127.0.0.1/callback", "mailto:someone@example.com", "file:///callback"))


def _before_start(rule: Rule, track: Track) -> Values:
    return st.integers(0, 10**6).map(lambda steps: 0 - steps / 100)


def _past_end(rule: Rule, track: Track) -> Values:
    return st.integers(100, 10**6).map(lambda steps: round(track.duration + steps / 100, 2))


def _unknown(rule: Rule, track: Track) -> Values:
    return _texts(FREE).map(lambda text: f"no-such-{text}")


Maker = Callable[[Rule, Track], Values]
BY_KEYWORD: Final[Mapping[str, Maker]] = {
    "type": _wrong_type,
    "required": _missing,
    "custom": _missing,
    "enum": _not_listed,
    "minimum": _below,
    "maximum": _above,
    "multipleOf": _finer,
    "format": _no_url,
}
BY_RULE: Final[Mapping[str, Maker]] = {
    "extend.continueAt.start": _before_start,
    "extend.continueAt.end": _past_end,
    "extend.callBackUrl.http": _other_scheme,
    "extend.personaId.known": _unknown,
    "extend.audioId.known": _unknown,
}
