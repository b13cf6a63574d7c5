"""What is sent to a target, one thing at a time, in the order of what it costs and what it is worth."""

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.documents.published import Published
from contract_tests.probes.acceptances import Acceptances, Deliveries, Questions
from contract_tests.probes.refusals import Refusals
from contract_tests.probes.request import Probe, Track


class Probes:
    """All probes for one profile and the source tracks of a target; what is drawn follows the seed."""

    def __init__(self, published: Published, tracks: tuple[Track, ...], seed: int = 0) -> None:
        self._refusals = Refusals(published, tracks)
        self._acceptances = Acceptances(published, tracks, seed)
        self._deliveries = Deliveries(published, tracks)
        self._questions = Questions(published, tracks)

    def __iter__(self) -> Iterator[Probe]:
        """Refusals first, which are free; then acceptances, those that carry most facts first; then open questions."""
        yield from self._refusals
        yield from self._acceptances
        yield from self._questions

    def deliveries(self, retries: int) -> Iterator[Probe]:
        """What becomes of callbacks that are not received, for a run that has time for so many retries."""
        return self._deliveries.of(retries)

    def request(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """The documented example for the first track, changed."""
        return self._acceptances.request(changes)
