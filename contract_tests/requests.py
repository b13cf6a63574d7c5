"""What a probe is, and the valid request that every probe changes in one place."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import floor
from typing import Any, Final

from contract_tests.published import Limit, Published

GONE: Final = ...
"""In place of a value: leave the property out."""
JSON: Final = "application/json"
MULTIBYTE: Final = "漢"
"""One character, one UTF-16 unit, three bytes of UTF-8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A source track of the target: its audioId, and the model and seconds that its rules follow."""

    id: str
    model: str
    duration: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a conforming server answers: `codes` of the envelope; none of them is 200 for a refusal."""

    codes: frozenset[int]

    @property
    def accepted(self) -> bool:
        return 200 in self.codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One request. `body` is JSON text or other bytes; `$URL` in it becomes the receiver's URL for the probe.

    `question` is set where the documents leave the answer open: then what is observed is a reading, no verdict.
    `key` is `own`, `bad`, the name of another, or None for no Authorization header at all; `scheme` is what stands
    before the key. `fails` is the code with which its callbacks are to end; `answers` are the HTTP statuses that its
    first callbacks get, and all further ones 200.
    """

    id: str
    rule: str
    says: str
    place: str
    quote: str
    expected: Expected
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"
    key: str | None = "own"
    scheme: str = "Bearer "
    question: str = ""
    readings: Mapping[str, bool] = field(default_factory=dict)
    fails: int | None = None
    answers: tuple[int, ...] = ()

    @property
    def cost(self) -> int:
        """Tasks that a conforming server starts for it, at most."""
        return 1 if self.expected.accepted or self.question else 0


REFUSED: Final = Expected(codes=frozenset({422}))
UNAUTHORIZED: Final = Expected(codes=frozenset({401}))
MISSING: Final = Expected(codes=frozenset({404, 422}))
ACCEPTED: Final = Expected(codes=frozenset({200}))
NO_SUCCESS: Final = Expected(codes=frozenset({400, 401, 404, 405, 409, 413, 415, 422, 500}))


class Requests:
    """Makes requests for one profile and the source tracks of a target; the first track is the one of most requests."""

    def __init__(self, published: Published, tracks: tuple[Track, ...]) -> None:
        self.published = published
        self.tracks = tracks
        self.track = tracks[0]
        self.holding = published.holding(published.picks)

    def request(self, changes: Mapping[str, Any], track: Track | None = None) -> dict[str, Any]:
        """The documented example for a track, changed; without a persona, which a target may not have."""
        source = track or self.track
        whole = {
            **self.published.example,
            "audioId": source.id,
            "model": source.model,
            "continueAt": min(60, floor(source.duration / 2)),
            "callBackUrl": "$URL",
            "personaId": GONE,
            **changes,
        }
        return {name: value for name, value in whole.items() if value is not GONE}

    def limits(self) -> Iterator[tuple[Limit, Track]]:
        """Each limit that holds, with a track of its model; of other models no valid request can be made."""
        picks = self.published.picks
        for limit in self.published.limits:
            for track in self.tracks:
                if track.model == limit.model and all(picks[name] == pick for name, pick in limit.when.items()):
                    yield limit, track
                    break


def probe(rule: str, says: str, body: Any, expected: Expected, **more: Any) -> Probe:
    if isinstance(body, dict):
        body = json.dumps(body, ensure_ascii=False)
    raw = body.encode() if isinstance(body, str) else body
    return Probe(
        id=f"{rule}: {says}",
        rule=rule,
        says=says,
        expected=expected,
        body=raw,
        **{"place": "", "quote": "", "headers": {}, **more},
    )


def named(character: str) -> str:
    return "one byte each" if character.isascii() else "three bytes each"
