"""The plan of a run: the probes that are sent, for which profile and tracks, and how long callbacks may take. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from contract_tests.documents.published import Published
from contract_tests.probes.all import Probes
from contract_tests.probes.near_misses import Polls
from contract_tests.probes.order import ordered
from contract_tests.probes.request import Probe, Track
from contract_tests.probes.triggers import Trigger, triggered


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run tries.

    `only` is a pattern of rule ids, `callback_timeout` is in seconds. `listens` is false where the target cannot reach
    the receiver: the run then polls for the end of each task. `retries` is how many retries of a callback the run has
    time for: 0, 1, or all 3 that are documented. `seed` decides what is drawn: which weights go together, one more
    continueAt, and the texts of the parallel tasks. `budget` is how many tasks may be started, None for any number.
    """

    published: Published
    tracks: tuple[Track, ...]
    only: str = "*"
    bad_key: bool = True
    callback_timeout: float = 300.0
    triggers: tuple[Trigger, ...] = ()
    listens: bool = True
    retries: int = 0
    seed: int = 0
    budget: int | None = None

    def probes(self) -> Iterator[Probe]:
        """The probes that are asked for, in the order in which they are sent."""
        probes = Probes(self.published, self.tracks, self.seed)
        deliveries = probes.deliveries(self.retries) if self.listens else ()
        every = (*probes, *triggered(self.triggers, probes.request({})), *deliveries)
        yield from ordered((probe for probe in every if fnmatchcase(probe.rule, self.only)), self.budget)

    def polls(self) -> Iterator[Probe]:
        """Polls for a task that show nothing to whom it does not belong. They are free."""
        no_credits = self.published.terms.no_credits
        others = [trigger.value for trigger in self.triggers if trigger.of_account(no_credits)]
        for probe in Polls(self.published, self.tracks, others):
            if fnmatchcase(probe.rule, self.only) and (self.bad_key or not probe.nearly_a_key):
                yield probe

    def not_provoked(self) -> list[str]:
        """The rules of documented codes that neither a probe nor a trigger brings about."""
        terms = self.published.terms
        by_rules = (terms.unauthorized, terms.not_found, terms.invalid)
        tried = {probe.rule for probe in self.probes()} | {f"code.{code}" for code in by_rules}
        codes = [f"code.{code}" for code in self.published.failures]
        return [code for code in codes if code not in tried and fnmatchcase(code, self.only)]
