"""Open questions that are asked in one request: where it is accepted, one task answers them all. Pure."""

import json
from collections.abc import Iterable, Iterator
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
    """A request, and the probes that ask its questions alone."""

    probe: Probe
    alone: tuple[Probe, ...]


class AtOnce(Requests):
    """Makes requests that ask several questions."""

    def asking(self, only: str) -> Iterator[Together]:
        """One for each group, of the first probe of each question whose rule matches a pattern."""
        first: dict[str, Probe] = {}
        for each in Questions(self.published, self.tracks):
            if fnmatchcase(each.rule, only):
                first.setdefault(each.question, each)
        for group in GROUPS:
            yield from self.of([first[question] for question in group if question in first])

    def halves(self, asked: Together) -> Iterator[Together]:
        """The same questions in two requests, but for those that are left alone."""
        middle = len(asked.alone) // 2
        yield from self.of(asked.alone[:middle])
        yield from self.of(asked.alone[middle:])

    def of(self, alone: Iterable[Probe]) -> Iterator[Together]:
        """The request that asks what these ask alone; none for one question."""
        asked = tuple(alone)
        if len(asked) < FEWEST:
            return
        sources = [self._source(each) for each in asked]
        source = next((each for each in sources if each != self.track), self.track)
        changes = {name: value for each in asked for name, value in self._changes(each).items()}
        names = ", ".join(each.question for each in asked)
        whole = json.dumps(self.request(changes, source), ensure_ascii=False)
        yield Together(
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
