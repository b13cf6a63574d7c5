"""What a server must accept, each request with many facts, and what the documents leave open."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from contract_tests.requests import (
    ACCEPTED,
    GONE,
    MULTIBYTE,
    Expected,
    Probe,
    Requests,
    Track,
    named,
    probe,
)

READINGS: Final[Mapping[str, Mapping[str, bool]]] = {
    "extra_properties": {"accepted": True, "refused": False},
    "continue_at_min": {"above_0": True, "at_least_1": False},
    "prompt_required": {"custom_only": True, "always": False},
    "persona_without_custom": {"ignored": True, "refused": False},
    "model_mismatch": {"accepted": True, "refused": False},
    "v4_5all_title": {"100": True, "80": False},
}
"""By question: which reading accepts its probe, and which refuses it."""


class Acceptances(Requests):
    """Requests that break no rule. Each costs a task."""

    def __iter__(self) -> Iterator[Probe]:
        yield self._accepted("documented example", "extend.example", {})
        yield from self._originals()
        yield from self._at_limits()
        yield from self._continued()
        yield from self._written_otherwise()
        yield from self._weights()

    def deliveries(self) -> Iterator[Probe]:
        """What becomes of callbacks that are not received; it takes as long as the target waits before it retries."""
        for status in (500, 404, 302):
            yield probe(
                "delivery.retry",
                f"the receiver answers the first callback with {status}",
                self.request({}),
                ACCEPTED,
                answers=(status,),
                place="questions.yaml",
                quote="'200: Callback received successfully', no other",
            )

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
            at_model = [(limit, track) for limit, track in self.limits() if limit.model == model]
            for character in ("x", MULTIBYTE) if at_model else ():
                texts = {limit.field: character * limit.characters for limit, _ in at_model}
                says = f"every text at its limit for {model}, {named(character)}"
                yield self._accepted(says, "extend.length.limit", texts, at_model[0][1])

    def _continued(self) -> Iterator[Probe]:
        for value in (1, 1.5, 60.25, round(self.track.duration - 0.01, 2)):
            yield self._accepted(f"continueAt is {value}", "extend.continueAt.range", {"continueAt": value})

    def _written_otherwise(self) -> Iterator[Probe]:
        text = self.request({})
        for scheme in ("bearer ", "BEARER "):
            yield probe("extend.auth.case", f"the scheme is {scheme!r}", text, ACCEPTED, scheme=scheme)
        for kind in ("application/json; charset=utf-8", "Application/JSON"):
            yield probe(
                "extend.contentType.charset", f"Content-Type is {kind}", text, ACCEPTED, headers={"Content-Type": kind}
            )

    def _weights(self) -> Iterator[Probe]:
        fields = [rule.field for rule in self.holding if rule.keyword == "multipleOf"]
        steps = [number / 100 for number in range(101)]
        steps = [int(step) if step in (0, 1) else step for step in steps]
        for start in range(0, len(steps), len(fields)):
            values = dict(zip(fields, steps[start:], strict=False))
            yield self._accepted(f"weights {', '.join(map(str, values.values()))}", "extend.weights", values)

    def _optional(self) -> list[str]:
        needed = {rule.field for rule in self.holding if rule.keyword in ("required", "custom")}
        return [name for name in self.published.properties if name not in needed]

    def _accepted(self, says: str, rule: str, changes: Mapping[str, Any], track: Track | None = None) -> Probe:
        return probe(rule, says, self.request(changes, track), ACCEPTED)


class Questions(Requests):
    """Requests of which the documents leave open whether they are accepted."""

    def __iter__(self) -> Iterator[Probe]:
        """What the documents leave open: the answer is a reading of the target, and may cost a task."""
        for question, says, changes, track in self._open():
            places = self.published.questions[question]
            yield probe(
                f"question.{question}",
                says,
                self.request(changes, track),
                Expected(codes=frozenset({200, 404, 422})),
                question=question,
                readings=READINGS[question],
                place="questions.yaml",
                quote=places["question"],
            )

    def _open(self) -> Iterator[tuple[str, str, Mapping[str, Any], Track]]:
        """Question, what is sent, the change, the track."""
        track = self.track
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
        for other in [model for model in self.published.models if model != track.model][:1]:
            yield "model_mismatch", f"model is {other}, the source's {track.model}", {"model": other}, track
        for each in self.tracks:
            if each.model == "V4_5ALL":
                yield "v4_5all_title", "a title of 100 characters for V4_5ALL", {"title": "x" * 100}, each
