"""A run or a suite against the chosen target: all that it works with, for as long as it lasts."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TextIO

from contract_tests import journal
from contract_tests.choosing import JOURNAL, Chosen, choose, planned
from contract_tests.mock import mock
from contract_tests.plan import Plan
from contract_tests.published import Published
from contract_tests.receiver import Receiver
from contract_tests.reports import Row, rows
from contract_tests.results import Result
from contract_tests.run import Run
from contract_tests.target import Target
from contract_tests.writing import write


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Session:
    """What is tried, the target, and the receiver that it calls back. `folder` is where the reports go, if anywhere."""

    plan: Plan
    target: Target
    receiver: Receiver
    folder: Path | None = None

    def run(self, told: Callable[[Result], object] = lambda result: None) -> list[Row]:
        """Send the plan's probes. `told` hears every result as it is known."""
        return rows(Run(self.plan, self.target, self.receiver, told).results())

    def report(self, found: Sequence[Row]) -> None:
        """Write the reports, if there is a folder for them."""
        if self.folder is not None:
            write(self.folder, found, self.target.base_url, self.plan.published.document.name, self.target.spent)


@contextmanager
def session(published: Published, options: Mapping[str, Any]) -> Iterator[Session]:
    """The target that the options name, the mock where they name none. Raises CannotRun with what has to be given."""
    listening = (options["receiver_host"], options["receiver_port"], options["callback_url"])
    with (
        _started(choose(published, options), published.profile) as chosen,
        _notes(options["report_dir"], chosen, published.profile) as notes,
        Receiver(*listening) as receiver,
        closing(chosen.target(notes)) as target,
    ):
        plan = planned(published, chosen, options)
        yield Session(plan=plan, target=target, receiver=receiver, folder=options["report_dir"])


@contextmanager
def _started(chosen: Chosen, profile: str) -> Iterator[Chosen]:
    """The same target; a mock is started for as long as it is used."""
    if chosen.base_url:
        yield chosen
    else:
        with mock(profile, "--seed", str(chosen.seed)) as url:
            yield replace(chosen, base_url=url)


@contextmanager
def _notes(folder: Path | None, chosen: Chosen, profile: str) -> Iterator[TextIO]:
    """Where every exchange is written down, behind what a run that is resumed wrote."""
    if folder is None:
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            yield nowhere
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / JOURNAL).open("a", encoding="utf-8") as file:
        if not chosen.before.of:
            file.write(journal.begun(chosen.base_url, profile, chosen.seed))
        yield file
