"""The probe, one request with the answer that is expected; and the valid request that every probe changes."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from math import floor
from random import Random
from typing import Any, Final

from contract_tests.documents import rules
from contract_tests.documents.extend import Limit, Rule
from contract_tests.documents.published import Published

GONE: Final = ...
"""In place of a value: leave the property out."""
JSON: Final = "application/json"
STAGES: Final = ("text", "first", "complete")
STATUSES: Final = ("PENDING", "TEXT_SUCCESS", "FIRST_SUCCESS", "SUCCESS")
"""In the order in which a task that goes well has them; those behind the first come with the callback of a stage."""
ATTEMPTS: Final = 4
"""How often a callback is sent: "if 3 consecutive retries fail, the system will stop", as the siblings document."""
UNKNOWN_AUDIO: Final = "00000000-0000-4000-8000-000000000000"
UNKNOWN_TASK: Final = "suno-contract-asks-who-is-there"
MULTIBYTE: Final = "漢"
"""One character, one UTF-16 unit, three bytes of UTF-8."""
ASTRAL: Final = "😀"
"""One character, two UTF-16 units, four bytes of UTF-8."""


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


@dataclass(frozen=True, slots=True)
class Reply:
    """What the receiver does with one callback.

    With a status it answers: once the answer to the request has come, or after `holds` seconds. With status 0 it does
    not answer: it ends the connection at the next callback to the same URL, or after `holds` seconds.
    """

    status: int = 200
    holds: float = 0.0

    @property
    def fails(self) -> bool:
        return not 200 <= self.status < 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One request and what a conforming server answers.

    `rule` is an id of the registry, `says` what is tried in words. `body` is JSON text or other bytes; `$URL` in it
    becomes the receiver's URL for the probe. `key` is `own`, `bad`, the name of another key, or None for a request
    without Authorization; `scheme` is what stands before the key. `question` is the question that the probe asks where
    the documents leave the answer open, and `readings` says of each reading whether it accepts the request: the answer
    gets no verdict then. `fails` is the code that the last callback must carry. `replies` are what the receiver does
    with the first callbacks; it answers all others with 200. Probes of one `group` are sent at the same time. `model`
    is the model whose limit the request exceeds, and `more` what the path and the query of the callback URL have beside
    what tells it from others. A key such as `own~cut` is the own one in another spelling. `harmless` marks a request
    about a track that the target is known to refuse. `path` is that of another operation than extend. One that
    `hurries` does not wait for its turn.
    """

    id: str
    rule: str
    says: str
    expected: Expected
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"
    key: str | None = "own"
    scheme: str = "Bearer "
    question: str = ""
    readings: Mapping[str, bool] = field(default_factory=dict)
    fails: int | None = None
    replies: tuple[Reply, ...] = ()
    group: str = ""
    model: str = ""
    more: tuple[str, str] = ("", "")
    harmless: bool = False
    path: str = ""
    hurries: bool = False

    def __post_init__(self) -> None:
        """Raises LookupError for a rule that is not in the registry."""
        rules.check(self.rule)

    @property
    def nearly_a_key(self) -> bool:
        """Whether it is sent with what only a target can refuse that knows its keys."""
        return self.key == "bad" or "~" in (self.key or "")

    def about_nobody(self, tracks: Iterable[Track]) -> "Probe | None":
        """The same request about a track of nobody, of which no task can come; None where it names no track."""
        body = self.body
        for track, coding in product(tracks, ("utf-8", "utf-16-le")):
            body = body.replace(json.dumps(track.id).encode(coding), json.dumps(UNKNOWN_AUDIO).encode(coding))
        nobody = replace(self, id=f"{self.id}, about a track of nobody", body=body, harmless=True)
        return nobody if body != self.body else None

    @property
    def cost(self) -> int:
        """How many tasks a conforming server starts for it at most."""
        return 1 if self.expected.accepted or self.question else 0

    def is_refused(self, picks: Mapping[str, str]) -> bool:
        """Whether it asks a question, and is refused by the reading of it that is picked."""
        return not self.readings.get(picks.get(self.question, ""), True)

    @property
    def disturbs(self) -> bool:
        """Whether the receiver does not take some callback at first."""
        return any(reply.status != 200 for reply in self.replies)

    @property
    def gives_up(self) -> bool:
        """Whether one callback fails so often that a server, as documented, stops sending it."""
        return sum(reply.fails for reply in self.replies) >= ATTEMPTS

    @property
    def owed(self) -> int:
        """How many callbacks a server sends for it: one per stage, and one more for each that is not received."""
        return len(STAGES) + sum(reply.status != 200 for reply in self.replies) - self.gives_up


ACCEPTED: Final = Expected(codes=frozenset({200}))
UNREADABLE: Final = frozenset({400, 401, 404, 405, 409, 413, 415, 422})
"""Codes that refuse what is no request of the API at all, whatever a profile says."""


class Requests:
    """Makes requests for one profile and the source tracks of a target. Most requests are about the first track."""

    def __init__(self, published: Published, tracks: tuple[Track, ...], seed: int = 0) -> None:
        self.published = published
        self.tracks = tracks
        self.track = tracks[0]
        self._seed = seed
        self.holding = published.holding(published.picks)
        terms = published.terms
        self.refused = Expected(codes=frozenset({terms.invalid}))
        self.unauthorized = Expected(codes=frozenset({terms.unauthorized}))
        self.missing = Expected(codes=frozenset({terms.not_found, terms.invalid}))
        self.no_success = Expected(codes=UNREADABLE | {*self.missing.codes, terms.unauthorized, terms.exists})

    def drawing(self, what: str) -> Random:
        """A source of random values for one purpose; the same seed draws the same, whatever else is drawn."""
        return Random(f"{self._seed} {what}")  # noqa: S311, no secret hangs on it

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

    def limits(self, choose: Callable[[int, int], int]) -> Iterator[tuple[Limit, Track]]:
        """Each limit with a track of its model; models without a track are left out: no request for them is valid.

        Where two readings of a question have different limits, `choose` takes one. With min no reading refuses a text
        of that length, with max every reading refuses a longer one.
        """
        chosen: dict[tuple[str, str], Limit] = {}
        for limit in self.published.limits:
            known = chosen.setdefault((limit.model, limit.field), limit)
            if choose(limit.characters, known.characters) != known.characters:
                chosen[limit.model, limit.field] = limit
        for limit in chosen.values():
            for track in self.tracks:
                if track.model == limit.model:
                    yield limit, track
                    break


def breaking(rule: Rule) -> dict[str, Any]:
    """The changes of a request that break a rule of a profile's own; none where it does not say them."""
    return with_gone(rule.breaks or {})


def with_gone(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes of a request that data says: null leaves a member out."""
    return {name: GONE if value is None else value for name, value in changes.items()}


def in_words(changes: Mapping[str, Any]) -> str:
    """What changes make of a request."""
    said = [f"no {name}" if value is GONE else f"{name} {json.dumps(value)}" for name, value in changes.items()]
    return f"the request has {' and '.join(said)}"


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
        **more,
    )


def named(character: str) -> str:
    return {1: "one byte each", 3: "three bytes each", 4: "four bytes each"}[len(character.encode())]
