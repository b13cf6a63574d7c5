"""All probes for a target, in the order in which they are sent: free ones first."""

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.documents.published import Published
from contract_tests.probes.acceptances import Acceptances, Deliveries, Questions
from contract_tests.probes.near_misses import NearMisses, Originals
from contract_tests.probes.refusals import Refusals
from contract_tests.probes.request import Probe, Track
from contract_tests.probes.texts import Texts


class Probes:
    """All probes for one profile and the source tracks of a target. The seed decides what is drawn."""

    def __init__(self, published: Published, tracks: tuple[Track, ...], seed: int = 0) -> None:
        self._free = (Refusals(published, tracks), Originals(published, tracks), NearMisses(published, tracks))
        self._texts = Texts(published, tracks)
        self._acceptances = Acceptances(published, tracks, seed)
        self._deliveries = Deliveries(published, tracks)
        self._questions = Questions(published, tracks)

    def __iter__(self) -> Iterator[Probe]:
        """Refusals, which are free; then acceptances, those that test most at once first; then open questions."""
        for each in self._free:
            yield from each
        yield from self._acceptances
        yield from self._texts
        yield from self._acceptances.weights()
        yield from self._questions

    def deliveries(self, retries: int) -> Iterator[Probe]:
        """Probes of callbacks that are not received, for a run with time for so many retries."""
        return self._deliveries.of(retries)

    def request(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """The documented example for the first track, changed."""
        return self._acceptances.request(changes)
