"""Runs the harness against the plain server with one thing changed, and tells what it found."""

import io
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from contract_tests.documents.published import Published
from contract_tests.probes.plan import Plan
from contract_tests.probes.request import ATTEMPTS, Track
from contract_tests.probes.triggers import Trigger
from contract_tests.receiver.receiver import Receiver
from contract_tests.run.run import Run
from contract_tests.target.target import Limits, Target
from contract_tests.targets.behaviour import BUSY_KEY, EMPTY_KEY, KEY, Behaviour
from contract_tests.targets.plain_server import BROKEN, FAILING, Plain
from contract_tests.verdicts.results import Result, Verdict

BAD_KEY = "a-key-that-was-never-given-out"
PATIENCE = 2.0
"""Seconds to wait for a callback that may never come; those of the plain server come at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a run of the harness told: the rules that are violated and those that are deviated from, each once and in
    the order in which they became known, and what the run took."""

    violated: tuple[str, ...]
    deviated: tuple[str, ...]
    counts: Mapping[str, int]
    tasks: int
    requests: int
    took: float

    @property
    def told(self) -> tuple[str, ...]:
        return (*self.violated, *self.deviated)

    def named(self, patterns: tuple[str, ...]) -> str:
        """The rule told of that one of the patterns names; empty where there is none."""
        return next((rule for rule in self.told if _among(rule, patterns)), "")

    def first_names(self, patterns: tuple[str, ...]) -> bool:
        """Whether the first verdict is of a rule that the patterns name."""
        return bool(self.told) and _among(self.told[0], patterns)


def _among(rule: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(rule, pattern) for pattern in patterns)


def tried(published: Published, behaviour: Behaviour, *, only: str = "*", seed: int = 0, retries: bool = True) -> Tried:
    """One full run of the harness against a plain server of its own that behaves so."""
    started = time.monotonic()
    plan = Plan(
        published=published,
        tracks=tracks(behaviour),
        only=only,
        callback_timeout=PATIENCE,
        triggers=tuple(triggers(published)),
        retries=ATTEMPTS - 1 if retries else 0,
        seed=seed,
    )
    notes = io.StringIO()
    with Plain(behaviour=behaviour) as server, Receiver() as receiver:
        target = Target(server.url, {"own": KEY, "bad": BAD_KEY, **KEYS}, Limits(), notes)
        results = Run(plan, target, receiver).results()
        target.close()
    return Tried(
        violated=_rules(results, Verdict.VIOLATED),
        deviated=_rules(results, "deviated"),
        counts=Counter(result.verdict for result in results),
        tasks=target.spent,
        requests=notes.getvalue().count('"status"'),
        took=time.monotonic() - started,
    )


KEYS: Mapping[str, str] = {"EMPTY_KEY": EMPTY_KEY, "BUSY_KEY": BUSY_KEY}


def triggers(published: Published) -> list[Trigger]:
    """How the plain server is brought to every documented code."""
    audio = {str(code): id for id, code in BROKEN.items()} | {f"callback-{code}": id for id, code in FAILING.items()}
    found = [
        Trigger(code="402", kind="key-env", value="EMPTY_KEY"),
        Trigger(code="429", kind="key-env", value="BUSY_KEY"),
    ]
    found += [Trigger(code=code, kind="audio", value=id) for code, id in audio.items()]
    return [each for each in found if each.code in published.failures]


def tracks(behaviour: Behaviour) -> tuple[Track, ...]:
    """The source tracks of the plain server."""
    sources = behaviour.edition.sources.items()
    return tuple(Track(id=id, model=model, duration=seconds) for id, (model, seconds) in sources)


def _rules(results: list[Result], verdict: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(result.rule for result in results if result.verdict == verdict))
