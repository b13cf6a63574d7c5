"""What the suites of generated requests share: the target, the receiver, the documents, and how an answer is judged."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Final, NoReturn
from uuid import uuid4

import pytest
from hypothesis import Phase, currently_in_test_context, note, reject

from contract_tests import options as plugin
from contract_tests.documents import rules
from contract_tests.documents.published import Published
from contract_tests.probes.plan import Plan
from contract_tests.probes.request import Probe, Track
from contract_tests.reports import kept
from contract_tests.reports.rows import curl, printable
from contract_tests.run.choose import choose
from contract_tests.run.folder import claimed
from contract_tests.run.inputs import CannotRun, documents
from contract_tests.run.session import Session
from contract_tests.target.exchange import Exchange
from contract_tests.target.journal import NotNoted
from contract_tests.target.not_sent import Lenient, NotSent
from contract_tests.verdicts.answers import answer_findings, undecided
from contract_tests.verdicts.course import Finding
from contract_tests.verdicts.results import otherwise

SEARCH = (Phase.generate,)
"""The phases of Hypothesis that make no failure smaller."""
Decorator = Callable[[Callable[..., None]], Callable[..., None]]
CLAIM: Final = pytest.StashKey[ExitStack]()
"""Holds the folder of the reports as long as the session lasts."""
TOLD: Final = 100
"""Findings of generated requests that the reports tell."""
Options = Mapping[str, Any]
"""Those of `contract_tests.options.given`."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class World(Session):
    """A session of pytest. `failures` are those of the test that is running, `told` has the findings of generated
    requests that the journal has."""

    credits: Callable[[], float | None]
    failures: list[str] = field(default_factory=list)
    told: set[Finding] = field(default_factory=set)
    _numbers: Any = field(default_factory=count)

    @property
    def published(self) -> Published:
        return self.plan.published

    @property
    def tracks(self) -> tuple[Track, ...]:
        return self.plan.tracks

    def sent(self, probe: Probe) -> tuple[str, Exchange]:
        """Sends a probe; returns its callback URL and its answer. Raises AssertionError where the answer breaks a rule.

        Skips the test where the budget is spent, unless the test has failed already and Hypothesis only repeats it. The
        id of the probe is new in each session, so that --resume takes no answer to another request for this one.
        """
        __tracebackhide__ = True
        url = self.receiver.url(f"generated-{next(self._numbers)}", probe.replies)
        probe = replace(probe, id=f"{probe.rule}: generated {uuid4()}")
        try:
            with able_to_run():
                exchange = self.target.send(probe, url)
        except Lenient as reason:
            self._fail_again()
            if currently_in_test_context():
                reject()
            self._skip(str(reason))
        except NotSent as reason:
            self._skip(str(reason))
        if why := undecided(probe, exchange, self.published.terms):
            self._skip(why)
        if currently_in_test_context():
            note(curl(exchange))
        self.conforms(answer_findings(probe, exchange, self.published), probe, exchange)
        return url, exchange

    def conforms(
        self, findings: Iterable[Finding], probe: Probe | None = None, exchange: Exchange | None = None
    ) -> None:
        """Raises AssertionError with all findings that are violations, if there are any; deviations count with
        --strict. The reports tell all of them."""
        __tracebackhide__ = True
        found = list(findings)
        self._tell(found, probe, exchange)
        counting = [each for each in found if self.strict or rules.source(each.rule).binds]
        texts = [f"{each.rule}: expected {each.expected}; got {each.got}" for each in counting]
        if texts:
            self.failures.append(printable(self.target.masked(plugin.worded("\n".join(texts)))))
            self._fail_again()

    def _tell(self, findings: Iterable[Finding], probe: Probe | None, exchange: Exchange | None) -> None:
        """Notes each finding once: Hypothesis repeats what failed."""
        for finding in findings:
            if finding not in self.told and len(self.told) < TOLD:
                self.told.add(finding)
                result = otherwise(finding.rule, probe, (finding,), exchange).cited(self.published.registry)
                with able_to_run():
                    self.target.note(kept.line(result.masked(self.target.masked)))

    def report_again(self, *, whole: bool) -> None:
        """Writes the reports anew where generated requests found anything. `whole` says that the session was not
        stopped: one that was can be resumed."""
        with able_to_run():
            if whole:
                self.end(gone=self.gone())
            if self.told:
                self.write()

    def _skip(self, why: str) -> NoReturn:
        """Skips the test, unless it has failed already and Hypothesis only repeats it."""
        __tracebackhide__ = True
        self._fail_again()
        pytest.skip(printable(why))

    def _fail_again(self) -> None:
        __tracebackhide__ = True
        if self.failures:
            raise AssertionError(self.failures[-1])


@contextmanager
def able_to_run() -> Iterator[None]:
    """Ends pytest with status 2 where nothing can be run, and says what has to be given."""
    try:
        yield
    except CannotRun as error:
        text = plugin.worded(error.format_message())
    except NotNoted as error:
        text = str(error)
    else:
        return
    pytest.exit(printable(f"suno-contract: {text}"), returncode=CannotRun.exit_code)


def claim(config: pytest.Config) -> None:
    """Has --report-dir for this session alone, once."""
    if CLAIM in config.stash or config.getoption("collectonly"):
        return
    with able_to_run():
        options = plugin.given(config)
        claims = config.stash[CLAIM] = ExitStack()
        config.add_cleanup(claims.close)
        claims.enter_context(claimed(options["report_dir"], replaces=options["force"] or options["resume"]))


def plan_of(config: pytest.Config) -> Plan:
    """The plan of the session."""
    with able_to_run():
        options = plugin.given(config)
        return choose(documents(options["profile"]), options).plan
