"""A session: the target, the plan and the receiver that a run or a suite works with, for as long as it lasts."""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, TextIO

import httpx

from contract_tests.documents.counted import counted
from contract_tests.documents.published import Published
from contract_tests.probes.plan import Plan
from contract_tests.probes.request import UNKNOWN_TASK
from contract_tests.receiver.receiver import Arrival, Receiver
from contract_tests.reports import kept, safe_files
from contract_tests.reports.files import write
from contract_tests.reports.rows import Row, provoked, rows, summary
from contract_tests.run.choose import JOURNAL, Chosen, choose
from contract_tests.run.inputs import CannotRun, make_folder
from contract_tests.run.run import Run
from contract_tests.target import journal
from contract_tests.target.exchange import NOBODY, NOT_SENT
from contract_tests.target.journal import NotNoted
from contract_tests.target.keys import Keys
from contract_tests.target.mock import mock
from contract_tests.target.target import Target
from contract_tests.target.tls import FAILS, told
from contract_tests.verdicts.results import Result

CALL_PATIENCE: Final = 15.0
"""Seconds in which the receiver has to be reached by its own URL."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Session:
    """The plan, the target, and the receiver that it calls back. `folder` is where the reports go, if anywhere;
    `strict` says whether deviations count."""

    plan: Plan
    target: Target
    receiver: Receiver
    folder: Path | None = None
    strict: bool = False
    begun: float = field(default_factory=time.monotonic)

    def run(self, told: Callable[[Result], object] = lambda result: None) -> list[Row]:
        """Sends the probes of the plan, and returns a row per rule. `told` gets every result as it becomes known."""
        known: list[str] = []

        def hear(result: Result) -> None:
            known.append(kept.line(result))
            told(result)

        try:
            return rows(Run(self.plan, self.target, self.receiver, hear).results())
        finally:
            with suppress(OSError):  # the line of the end, which fails as well, tells of it
                self.target.note("".join(known))

    def doing(self) -> str:
        """What the run has started, and what it waits for."""
        number, until = self.receiver.waits_for
        left = max(until - time.monotonic(), 0)
        waits = f", callbacks of {number} awaited for {left:.0f} s at most" if number else ""
        return f"{counted(self.target.spent, 'task')} started{waits}"

    def report(self, *, gone: bool) -> None:
        """Ends the run, and writes the reports from the journal, if there is a folder for them. `gone` says whether the
        target was gone by then. Raises OSError where that fails."""
        self.end(gone=gone)
        self.write()

    def end(self, *, gone: bool) -> None:
        """Notes that the run came to its end, after which nothing of it can be resumed, unless it sends on, or the
        target was `gone` by then."""
        if not gone:
            self.target.note(journal.ended(time.monotonic() - self.begun))

    def gone(self) -> bool:
        """Whether the target, which was there, takes no connection any more."""
        return self.target.is_silent and self.target.look(UNKNOWN_TASK).error.startswith(NOBODY)

    def write(self) -> None:
        """Writes the reports of what the journal has by now. Raises OSError where that fails."""
        if self.folder is not None and (made := kept.report(safe_files.text(self.folder / JOURNAL).splitlines())):
            write(self.folder, made)

    def summary(self, found: Sequence[Row]) -> str:
        """The last lines of a run: what was accepted that had to be refused, the codes that came, and the counts."""
        published = self.plan.published
        codes = provoked(found, published.codes, published.callback_codes)
        return "\n".join(filter(None, (self.target.budget.told, codes, summary(found, self.target.spent))))


@contextmanager
def session(published: Published, options: Mapping[str, Any]) -> Iterator[Session]:
    """The target that the options name, the mock where they name none. Raises CannotRun with what has to be given."""
    _leave_no_core()
    with (
        _started(choose(published, options)) as chosen,
        _notes(options, chosen) as notes,
        _receiver(options) as receiver,
        closing(chosen.target(notes)) as target,
    ):
        receiver.tell(partial(_noted, target))
        if options["base_url"]:
            _check_reached(target)
        if options["callback_url"]:
            _check_listening(receiver, options["callback_url"])
        yield Session(
            plan=chosen.plan,
            target=target,
            receiver=receiver,
            folder=options["report_dir"],
            strict=options["strict"],
        )


def _leave_no_core() -> None:
    """From now on a process that crashes leaves no file of its memory, where the keys are, on systems that do that."""
    with suppress(ImportError):
        resource = import_module("resource")
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


@contextmanager
def _started(chosen: Chosen) -> Iterator[Chosen]:
    """The choice with the URL of a target that runs: the mock is started here, and stopped at the end."""
    if chosen.base_url:
        yield chosen
    else:
        published = chosen.plan.published
        with mock(published.profile, "--seed", str(chosen.plan.seed)) as url:
            yield replace(chosen, base_url=url)


@contextmanager
def _notes(options: Mapping[str, Any], chosen: Chosen) -> Iterator[TextIO]:
    """The journal. A run that is resumed goes on writing behind what it wrote before."""
    folder = options["report_dir"]
    if folder is None:
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            yield nowhere
        return
    make_folder("--report-dir", folder)
    try:
        opened = safe_files.append(folder / JOURNAL)
    except OSError as error:
        raise CannotRun(f"--report-dir: {error}") from None
    try:
        about = _about(options, Keys(chosen.keys, chosen.key_env))
        again = {**about, "budget": chosen.limits.budget}
        opened.write(journal.resumed(again) if chosen.before.run else journal.begun({**chosen.run, **about}))
        yield opened
    finally:
        with suppress(OSError):  # who noted what cannot be written was told
            opened.close()


def _noted(target: Target, arrival: Arrival) -> None:
    """Writes a callback into the journal, which may lack it: what nothing is paid for ends no run."""
    with suppress(NotNoted):
        target.note(journal.came(target.masked_arrival(arrival)))


def _about(options: Mapping[str, Any], keys: Keys) -> dict[str, Any]:
    """What the journal says of a run and of one that resumes it."""
    return {
        "version": version("suno-mock"),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": keys.masked(options["command"]),
        "strict": options["strict"],
        "mock": not options["base_url"],
    }


def _receiver(options: Mapping[str, Any]) -> Receiver:
    """The receiver that the options describe. Raises CannotRun where it cannot listen."""
    host, port = options["receiver_host"], options["receiver_port"]
    try:
        return Receiver(host, port, options["callback_url"])
    except OSError as error:
        raise CannotRun(
            f"cannot listen on --receiver-host {host} --receiver-port {port}: {error.strerror}. "
            "Give an address of this machine, and a port that is free, or 0 for any."
        ) from None


def _check_listening(receiver: Receiver, public: str) -> None:
    """Calls the receiver by the URL that the target gets, before anything is spent. Raises CannotRun where that leads
    elsewhere."""
    url, why = receiver.url("check"), ""
    try:
        why = f"HTTP {httpx.post(url, content=b'{}', timeout=CALL_PATIENCE).status_code} came from there"
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        why = told(error)
    if not receiver.arrived(url):
        raise CannotRun(
            f"--callback-url {public} does not lead to the receiver: {why}. Start the tunnel, give its URL, and by "
            "--receiver-port the port that it leads to."
        )


def _check_reached(target: Target) -> None:
    """Polls for a task that does not exist, which is free. Raises CannotRun where nobody answers or takes the key."""
    exchange = target.poll(UNKNOWN_TASK)
    if exchange.error.startswith(NOT_SENT):
        if FAILS in exchange.error:
            raise CannotRun(f"{target.base_url}: {exchange.error}.")
        start = "Start the server, or give another --base-url."
        raise CannotRun(f"nothing answers at {target.base_url}: {exchange.error}. {start}")
    if 300 <= exchange.status < 400:
        raise CannotRun(
            f"{target.base_url} redirects with HTTP {exchange.status}, which is not followed. "
            "Give as --base-url where it leads to."
        )
    refused = target.terms.unauthorized
    if refused in (exchange.status, exchange.code):
        raise CannotRun(
            f"{target.base_url} refuses the key in {target.key_env} with {refused}. "
            f"Set {target.key_env} to a key of this server, or name another variable by --api-key-env."
        )
