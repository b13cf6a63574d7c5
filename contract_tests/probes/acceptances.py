"""Probes that a server must accept, probes of its retries, and probes of what the documents leave open."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from contract_tests.probes.request import (
    ACCEPTED,
    ASTRAL,
    ATTEMPTS,
    GONE,
    MULTIBYTE,
    STAGES,
    Expected,
    Probe,
    Reply,
    Requests,
    Track,
    named,
    probe,
)

READINGS: Final[Mapping[str, Mapping[str, bool]]] = {
    "empty_text": {"accepted": True, "refused": False},
    "extra_properties": {"accepted": True, "refused": False},
    "continue_at_min": {"above_0": True, "at_least_1": False},
    "prompt_required": {"custom_only": True, "always": False},
    "persona_without_custom": {"ignored": True, "refused": False},
    "model_mismatch": {"accepted": True, "refused": False},
    "v4_5all_title": {"100": True, "80": False},
}
"""By question: which reading accepts its probe, and which refuses it."""
LENGTHS: Final[Mapping[str, Mapping[str, bool]]] = {
    ASTRAL: {"code_points": True, "utf16": False, "bytes": False},
    MULTIBYTE: {"code_points": True, "utf16": True, "bytes": False},
}
"""By character: which reading of string_length accepts as many of it as the limit says. The first is decisive where it
is accepted, and costs nothing where it is not."""
WORDS: Final = (
    "amber",
    "birch",
    "comet",
    "delta",
    "ember",
    "fjord",
    "grove",
    "haze",
    "inlet",
    "jade",
    "kite",
    "lagoon",
)
SPOILED: Final = (0.07, 0.14, 0.28, 0.29, 0.47, 0.55, 0.56, 0.57, 0.58, 0.59, 0.94)
"""Weights that are no multiples of 0.01 to a server that divides floats by it, multiplies them by 100, or cuts them."""
WEIGHT: Final = 0.01
"""Of what weights are multiples."""
PARALLEL: Final = 3
HOLD: Final = 1.0
"""Seconds for which a callback is left without an answer: one that waits for it is told from one that does not."""
LONG_HOLD: Final = 20.0
"""More seconds than the 15 in which a receiver has to answer."""


class Acceptances(Requests):
    """Requests that break no rule. Each costs a task."""

    def __iter__(self) -> Iterator[Probe]:
        yield probe("extend.example", "documented example", self.request({}), ACCEPTED, replies=(Reply(holds=HOLD),))
        yield from self._originals()
        yield from self._at_limits()
        yield from self._continued()
        yield from self._written_otherwise()
        yield from self._parallel()

    def _originals(self) -> Iterator[Probe]:
        bare = dict.fromkeys(self.published.example, GONE)
        kept = {"defaultParamFlag": False, "audioId": self.track.id, "model": self.track.model, "callBackUrl": "$URL"}
        yield self._accepted("original parameters, with a prompt", "extend.original", bare | kept | {"prompt": "more"})
        yield self._accepted(
            "original parameters, with all others sent too", "extend.original", {"defaultParamFlag": False}
        )
        yield self._accepted(
            "custom parameters and nothing optional", "extend.minimal", dict.fromkeys(self._optional(), GONE)
        )

    def _at_limits(self) -> Iterator[Probe]:
        for model in self.published.models:
            at_model = [(limit, track) for limit, track in self.limits(min) if limit.model == model]
            if at_model:
                texts = {limit.field: "x" * limit.characters for limit, _ in at_model}
                says = f"every text at its limit for {model}, {named('x')}"
                yield self._accepted(says, "extend.length.limit", texts, at_model[0][1])
        of_track = [limit for limit, track in self.limits(min) if track is self.track]
        texts = {limit.field: MULTIBYTE * (limit.characters // 3) for limit in of_track}
        says = f"every text within its limit however it is counted, {named(MULTIBYTE)}"
        yield self._accepted(says, "extend.length.multibyte", texts)

    def _continued(self) -> Iterator[Probe]:
        drawn = round(self.drawing("continueAt").uniform(2, self.track.duration - 1), 2)
        inside = [value for value in (1, 1.5, 60.25) if value < self.track.duration]
        for value in (*inside, drawn):
            yield self._accepted(f"continueAt is {value}", "extend.continueAt.range", {"continueAt": value})
        last = round(self.track.duration - 0.01, 2)
        yield self._accepted(f"continueAt is {last}", "extend.continueAt.exact", {"continueAt": last})

    def _written_otherwise(self) -> Iterator[Probe]:
        text = self.request({})
        for scheme in ("bearer ", "BEARER "):
            yield probe("extend.auth.case", f"the scheme is {scheme!r}", text, ACCEPTED, scheme=scheme)
        for kind in ("application/json; charset=utf-8", "Application/JSON"):
            yield probe(
                "extend.contentType.charset", f"Content-Type is {kind}", text, ACCEPTED, headers={"Content-Type": kind}
            )

    def _parallel(self) -> Iterator[Probe]:
        """Tasks that are started at the same time. The receiver holds their first callbacks back, so that a server that
        mixes tasks up has all of them under way."""
        drawn = self.drawing("texts").sample(WORDS, PARALLEL)
        for number, word in enumerate(drawn):
            texts = {name: f"{word} {name} {number + 1}" for name in ("title", "style", "prompt")}
            yield probe(
                "extend.parallel",
                f"{PARALLEL} tasks at the same time, number {number + 1}, {word}",
                self.request(texts),
                ACCEPTED,
                replies=(Reply(holds=HOLD),),
                group="parallel",
            )

    def weights(self) -> Iterator[Probe]:
        """The ends of the range, the weights that floats spoil, each in every field, and some that are drawn."""
        fields = [rule.field for rule in self.holding if rule.keyword == "multipleOf" and rule.value == WEIGHT]
        drawn = self.drawing("weights").sample([number / 100 for number in range(1, 100)], 2 * len(fields))
        turned = [
            [SPOILED[(start + number) % len(SPOILED)] for number in range(len(fields))] for start in range(len(SPOILED))
        ]
        ends: list[list[float]] = [[0] * len(fields), [1] * len(fields)]
        for values in (*ends, drawn[: len(fields)], drawn[len(fields) :], *turned):
            says = f"weights {', '.join(map(str, values))}"
            yield self._accepted(says, "extend.weights", dict(zip(fields, values, strict=True)))

    def _optional(self) -> list[str]:
        needed = {rule.field for rule in self.holding if rule.keyword in ("required", "custom")}
        return [name for name in self.published.properties if name not in needed]

    def _accepted(self, says: str, rule: str, changes: Mapping[str, Any], track: Track | None = None) -> Probe:
        return probe(rule, says, self.request(changes, track), ACCEPTED)


class Deliveries(Requests):
    """Requests whose first callbacks the receiver does not take. They last as long as the target waits to retry."""

    def of(self, retries: int) -> Iterator[Probe]:
        """The requests for which a run with time for so many retries has time."""
        for rule, says, replies, needs in DELIVERIES:
            if retries >= needs:
                yield probe(rule, f"the receiver {says}", self.request({}), ACCEPTED, replies=replies)


LAST_LOST: Final = (*(Reply(),) * (len(STAGES) - 1), *(Reply(500),) * ATTEMPTS)
DELIVERIES: Final = (
    *[
        ("delivery.retry", f"answers the first callback with {status}", (Reply(status),), 1)
        for status in (500, 404, 302)
    ],
    ("delivery.retry", "closes the connection in place of an answer", (Reply(0),), 1),
    ("delivery.retry", "leaves the first callback without an answer", (Reply(0, holds=LONG_HOLD),), 1),
    ("delivery.received", "answers the first callback with 204", (Reply(204),), 1),
    ("delivery.given_up", "answers every attempt of the first callback with 500", (Reply(500),) * ATTEMPTS, 3),
    ("delivery.given_up", "answers every attempt of the last callback with 500", LAST_LOST, 3),
)
"""Rule, what the receiver does, how it does it, and the retries that it takes to see what comes of it."""


class Questions(Requests):
    """Requests that the documents neither allow nor forbid."""

    def __iter__(self) -> Iterator[Probe]:
        """The answer to each is a reading of the target; it may cost a task."""
        for question, says, changes, track in self._open():
            yield self._asking(question, says, self.request(changes, track), READINGS[question])
        limits = {limit.field: limit.characters for limit, track in self.limits(min) if track is self.track}
        for field, most in limits.items():
            for character, readings in LENGTHS.items():
                says = f"a {field} of {most} characters, {named(character)}"
                yield self._asking("string_length", says, self.request({field: character * most}), readings)

    def _asking(self, question: str, says: str, body: Mapping[str, Any], readings: Mapping[str, bool]) -> Probe:
        return probe(
            f"question.{question}",
            says,
            body,
            Expected(codes=ACCEPTED.codes | self.missing.codes),
            question=question,
            readings=readings,
        )

    def _open(self) -> Iterator[tuple[str, str, Mapping[str, Any], Track]]:
        """Of each probe: the question, what is tried in words, the change of the request, and its track."""
        track = self.track
        yield "empty_text", "an empty style with custom parameters", {"style": ""}, track
        yield "extra_properties", "a property that the document does not name", {"tempo": 90}, track
        yield "continue_at_min", "continueAt is 0.5", {"continueAt": 0.5}, track
        yield (
            "prompt_required",
            "no prompt with original parameters",
            {"defaultParamFlag": False, "prompt": GONE},
            track,
        )
        if "personaId" in self.published.properties:
            original = {"defaultParamFlag": False, "personaId": "persona_123"}
            yield "persona_without_custom", "a personaId with original parameters", original, track
        for other in self._others():
            source = next((each for each in reversed(self.tracks) if each.model != other), None)
            if source is not None:
                yield "model_mismatch", f"model is {other}, the source's {source.model}", {"model": other}, source
        for each in self.tracks:
            if each.model == "V4_5ALL":
                yield "v4_5all_title", "a title of 100 characters for V4_5ALL", {"title": "x" * 100}, each

    def _others(self) -> Iterable[str]:
        """The models of the profile, first those of given tracks, which the target has for sure."""
        given = {each.model for each in self.tracks}
        return sorted(self.published.models, key=lambda model: model not in given)
