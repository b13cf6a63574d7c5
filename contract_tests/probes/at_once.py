"""Open questions that are asked in one request: where it is accepted, one task answers them all. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any, Final, NamedTuple

from contract_tests.probes.acceptances import Questions
from contract_tests.probes.request import GONE, Probe, Requests, Track

GROUPS: Final = (
    ("empty_text", "extra_properties", "continue_at_min", "model_mismatch"),
    ("prompt_required", "persona_without_custom"),
)
"""Questions whose requests go together: those with custom parameters, and those without."""
FEWEST: Final = 2
"""Questions of one request at least: one alone is asked by its own probe."""


class Together(NamedTuple):
    """A request, and the probes that ask its questions alone; of one question that is the request."""

    probe: Probe
    alone: tuple[Probe, ...]


def _alone(probe: Probe) -> Together:
    return Together(probe, (probe,))


class AtOnce(Requests):
    """Makes requests that ask several questions."""

    def asking(self, only: str, picks: Mapping[str, str]) -> Iterator[Together]:
        """The first probe of each question whose rule matches a pattern: alone where it is refused by the `picks` of a
        server that is known, since that costs nothing, and would have others refused; then the others of each group in
        one request."""
        first: dict[str, Probe] = {}
        for each in Questions(self.published, self.tracks):
            if fnmatchcase(each.rule, only):
                first.setdefault(each.question, each)
        likely = [question for question, probe in first.items() if probe.is_refused(picks)]
        yield from (_alone(first[question]) for question in likely)
        for group in GROUPS:
            asked = [first[question] for question in group if question in first and question not in likely]
            yield from [self.of(asked)] if len(asked) >= FEWEST else ()

    def halves(self, asked: Together) -> Iterator[Together]:
        """The same questions in two requests; one that is left alone is asked by its own probe."""
        middle = len(asked.alone) // 2
        for half in (asked.alone[:middle], asked.alone[middle:]):
            yield self.of(half) if len(half) >= FEWEST else _alone(*half)

    def of(self, alone: Iterable[Probe]) -> Together:
        """The request that asks what these ask alone."""
        asked = tuple(alone)
        sources = [self._source(each) for each in asked]
        source = next((each for each in sources if each != self.track), self.track)
        changes = {name: value for each in asked for name, value in self._changes(each).items()}
        names = ", ".join(each.question for each in asked)
        whole = json.dumps(self.request(changes, source), ensure_ascii=False)
        return Together(
            replace(
                asked[0],
                id=f"{asked[0].rule}: at once {names}",
                says=f"{len(asked)} open questions at once: {names}",
                body=whole.encode(),
                question="",
            ),
            asked,
        )

    def _source(self, probe: Probe) -> Track:
        """The track that a request is about."""
        return next(each for each in self.tracks if each.id == json.loads(probe.body)["audioId"])

    def _changes(self, probe: Probe) -> dict[str, Any]:
        """In what a request differs from the documented one for its track."""
        own, plain = json.loads(probe.body), self.request({}, self._source(probe))
        return {name: own.get(name, GONE) for name in {**plain, **own} if own.get(name) != plain.get(name)}
