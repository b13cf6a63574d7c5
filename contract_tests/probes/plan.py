"""The plan of a run: the probes that are sent, for which profile and tracks, and how long callbacks may take. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from contract_tests.documents.operation import Operation
from contract_tests.documents.published import Published
from contract_tests.probes.all import Probes
from contract_tests.probes.at_once import AtOnce, Together
from contract_tests.probes.near_misses import Polls
from contract_tests.probes.operations import OperationProbes
from contract_tests.probes.order import goes_well, ordered
from contract_tests.probes.request import Probe, Track
from contract_tests.probes.triggers import Trigger, triggered


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run tries.

    `only` is a pattern of rule ids, `callback_timeout` is in seconds. `listens` is false where the target cannot reach
    the receiver: the run then polls for the end of each task. `retries` is how many retries of a callback the run has
    time for: 0, 1, or all 3 that are documented. `seed` decides what is drawn: which weights go together, one more
    continueAt, and the texts of the parallel tasks. `budget` is how many tasks may be started, None for any number.
    `operations` are the names of those beside extend that are tried; `upload_url` is a file that the target can load:
    None for that of the pages, empty where there is none. `searches` says whether limits and models are looked for that
    the documents do not have, `knows` whether the profile was learned of the target, so that its picks are likely,
    `probes_rate` whether requests are sent until the target takes no more.
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
    operations: tuple[str, ...] = ()
    upload_url: str | None = None
    searches: bool = False
    knows: bool = False
    probes_rate: bool = False

    def probes(self, known: Collection[str] = (), spent: int = 0) -> Iterator[Probe]:
        """The probes that are asked for, in the order in which they are sent, but for questions whose answers are
        known, for which so many tasks were spent."""
        probes = Probes(self.published, self.tracks, self.seed)
        deliveries = probes.deliveries(self.retries) if self.listens else ()
        every = (*probes, *triggered(self.triggers, probes.request({})), *deliveries)
        chosen = [each for each in every if fnmatchcase(each.rule, self.only) and each.question not in known]
        if self.takes_track and not any(map(goes_well, chosen)):
            chosen.append(next(filter(goes_well, every)))
        yield from ordered(chosen, None if self.budget is None else self.budget - self.kept - spent)

    def at_once(self) -> Iterator[Together]:
        """Requests that ask several questions each, which the probes ask alone, and before them the probes that cost
        nothing on a target that is known; where limits are looked for."""
        if self.searches:
            yield from AtOnce(self.published, self.tracks).asking(self.only, self._picks)

    def of_operations(self) -> Iterator[tuple[Operation, list[Probe], list[Probe]]]:
        """Each of the chosen operations with what is sent first, and then once that has come to its end."""
        for each in self.published.operations:
            if each.name in self.operations:
                probes = OperationProbes(each, self.published, self.tracks, self.upload_url or "")
                yield each, self._only([*probes.refusals(), probes.valid()]), self._only(probes.repeated())

    def lacks_upload(self, operation: Operation, probe: Probe) -> bool:
        """Whether a request would cost a task and be about a file that the target cannot load."""
        return operation.takes_upload and self.upload_url == "" and bool(probe.cost)

    def of_operation_probes(self) -> Iterator[Probe]:
        """Everything that is sent to the chosen operations."""
        for _, first, then in self.of_operations():
            yield from (*first, *then)

    @property
    def _picks(self) -> Mapping[str, str]:
        """How the target reads the questions, as far as that is known."""
        return self.published.picks if self.knows else {}

    @property
    def takes_track(self) -> bool:
        """Whether some operation is about a track that the run has to make first."""
        return any(each.takes_track and first for each, first, _ in self.of_operations())

    @property
    def kept(self) -> int:
        """Tasks of the budget that are kept for the operations, as far as one is left for extend."""
        sent = ((each, probe) for each, first, then in self.of_operations() for probe in (*first, *then))
        cost = sum(probe.cost for each, probe in sent if not self.lacks_upload(each, probe))
        return cost if self.budget is None else max(min(cost, self.budget - 1), 0)

    def _only(self, probes: Iterable[Probe]) -> list[Probe]:
        return [probe for probe in probes if fnmatchcase(probe.rule, self.only)]

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
