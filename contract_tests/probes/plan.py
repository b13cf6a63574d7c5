"""What a run is about. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from contract_tests.documents.published import Published
from contract_tests.probes.all import Probes
from contract_tests.probes.request import Probe, Track
from contract_tests.probes.triggers import Trigger, triggered


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is tried. `only` is a pattern of rule ids; `callback_timeout` in seconds. Where the target cannot reach the
    receiver, the run does not listen, and polls for the end of each task. `retries`: for how many retries of a callback
    the run has time, none, the first, or with 3 all that are documented. The `seed` decides what is drawn: which
    weights go together, one more continueAt, the texts of the parallel tasks."""

    published: Published
    tracks: tuple[Track, ...]
    only: str = "*"
    bad_key: bool = True
    callback_timeout: float = 300.0
    triggers: tuple[Trigger, ...] = ()
    listens: bool = True
    retries: int = 0
    seed: int = 0

    def probes(self) -> Iterator[Probe]:
        """The probes that are asked for, free ones first."""
        probes = Probes(self.published, self.tracks, self.seed)
        deliveries = probes.deliveries(self.retries) if self.listens else ()
        for probe in (*probes, *triggered(self.triggers, probes.request({})), *deliveries):
            if fnmatchcase(probe.rule, self.only):
                yield probe

    def not_provoked(self) -> list[str]:
        """The documented codes that neither a request nor a trigger brings about."""
        tried = {probe.rule for probe in self.probes()} | {f"code.{code}" for code in (401, 404, 422)}
        codes = [f"code.{code}" for code in self.published.failures]
        return [code for code in codes if code not in tried and fnmatchcase(code, self.only)]
