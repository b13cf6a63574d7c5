"""The command `suno-contract proxy`."""

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final

import click

from contract_tests.documents.counted import counted
from contract_tests.proxy.file import file_to_go_on, new_file
from contract_tests.proxy.ledger import NOTHING, Before, ledger
from contract_tests.proxy.recorder import Recorder
from contract_tests.proxy.reports import Reports
from contract_tests.recording.live import LiveJudge
from contract_tests.recording.message import allowing, begun
from contract_tests.recording.read import NoRecording
from contract_tests.recording.report import exit_status
from contract_tests.reports.rows import printable
from contract_tests.run.folder import of_no_run
from contract_tests.run.inputs import CannotRun, Seconds, check_base, check_listening, documents
from contract_tests.verdicts.results import Verdict

if TYPE_CHECKING:
    from contract_tests.proxy.apart import Apart

PATIENCE: Final = 120.0
"""Seconds that a server may be silent."""
LARGE: Final = 10 * 1024 * 1024
"""Bytes of a recording that is judged in more than some seconds."""
ENDING: Final = ("SIGINT", "SIGTERM", "SIGHUP")
"""What ends the proxy, on systems that know it."""


@click.command(
    name="proxy", epilog="Example:  suno-contract proxy --to https://api.example.com --record live.jsonl --budget 3"
)
@click.option("--to", required=True, help="The server that requests go on to.")
@click.option("--record", required=True, type=click.Path(path_type=Path), help="The file of the recording.")
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
@click.option("--resume", is_flag=True, help="Go on in the file: what it holds stays, and counts for --budget.")
@click.option(
    "--budget",
    type=click.IntRange(0),
    metavar="N",
    help="Tasks of the whole file that may start; more get 429. With --resume that of the file, unless given.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where your client finds the proxy.")
@click.option("--port", default=4020, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free port.")
@click.option("--receiver-host", default="127.0.0.1", show_default=True, help="Where callbacks are received.")
@click.option("--receiver-port", default=0, type=click.IntRange(0, 65535), help="0 takes a free port.")
@click.option("--callback-url", default="", help="How the server reaches that, such as a tunnel's URL.")
@click.option(
    "--timeout", default=PATIENCE, show_default=True, type=Seconds(), help="Seconds that a server may be silent."
)
@click.option(
    "--profile",
    default="apikley",
    show_default=True,
    help="Which reading of the documents messages are judged by: one of ours, a file or a folder.",
)
@click.option(
    "--on-violation",
    default="note",
    show_default=True,
    type=click.Choice(["note", "block"]),
    help="Hand on what violates a rule, or answer 502 in its place.",
)
@click.option("--report-dir", type=click.Path(path_type=Path), help="Where the reports are written, anew after finds.")
def proxy_command(to: str, record: Path, force: bool, resume: bool, callback_url: str, **options: Any) -> int:
    """Stand between your client and a live server: hand everything on as it is, callbacks too, judge and record it.

    Give your client the printed URL where it has the server's. Keys, tokens, cookies and passwords are not recorded. It
    ends with Ctrl-C, with the exit status that `suno-contract judge` has for the file: 1 where a rule was violated.
    """
    judge = LiveJudge(documents(options["profile"]), to.rstrip("/"))
    check_base("--to", to)
    if callback_url:
        check_base("--callback-url", callback_url)
    check_listening(options["receiver_host"], callback_url)
    click.get_current_context().with_resource(of_no_run(options["report_dir"]))
    if force and resume:
        raise CannotRun("give --force, which replaces the file, or --resume, which goes on in it, not both.")
    now = datetime.now(UTC)
    opened = file_to_go_on(record, to.rstrip("/"), now) if resume else new_file(record, force)
    with _ending() as over:
        with opened as (file, before):
            if (budget := options["budget"]) is None:
                budget = before.budget
            by = f"suno-contract {version('suno-mock')}"
            about = {"target": to.rstrip("/"), "date": now.isoformat(timespec="seconds"), "by": by}
            reports = Reports(record, judge.published, options["report_dir"])
            recorder = Recorder(file, judge.heard, reports.told, _warned)
            given = {**options, "callback_url": callback_url, "before": before, "budget": budget}
            with recorder, _apart(recorder, judge, to, record, {**given, "over": over}) as proxy:
                if not resume:
                    file.truncate(0)  # what was there is gone once nothing can fail any more
                    file.write(begun(about))
                if budget != before.budget:
                    file.write(allowing(budget))
                file.flush()
                proxy.open()
                click.echo(proxy.url)
                click.echo(f"to {to}, recording to {record}; callbacks come by {proxy.public}", err=True)
                if budget is not None:
                    click.echo(_budget(budget, before, record), err=True)
                _wait(reports, over)
            click.echo(f"{record}: {_spent(proxy, record, now)}", err=True)
        # Outside: where nothing could be recorded, the file is taken away again.
        trouble, takes_long = proxy.trouble or recorder.trouble, record.is_file() and record.stat().st_size > LARGE
        if not takes_long:
            return _ended(reports, record, trouble)
    how = f"Ctrl-C leaves that to suno-contract judge {record}"
    click.echo(f"judging {record} as a whole, which takes a while; {how}", err=True)
    return _ended(reports, record, trouble)


def _ended(reports: Reports, record: Path, trouble: str) -> int:
    """The exit status, which is that of `suno-contract judge` for the file; 0 where nothing passed that it judges."""
    try:
        made = reports.end()
    except (NoRecording, OSError) as error:
        raise CannotRun(trouble or str(error)) from None
    if violated := [row.rule for row in made.rows if row.verdict is Verdict.VIOLATED]:
        rules = f"{counted(len(violated), 'rule')} violated: {', '.join(violated)}"
        click.echo(f"{rules}; suno-contract judge {record} tells them again", err=True)
    if trouble:
        raise CannotRun(trouble)
    return exit_status(record, made)


def _apart(recorder: Recorder, judge: LiveJudge, to: str, record: Path, options: Mapping[str, Any]) -> "Apart":
    from contract_tests.proxy.apart import Apart  # what it needs is needed by no other command

    named = {
        name: options[name] for name in ("host", "port", "receiver_host", "receiver_port", "budget", "before", "over")
    }
    named |= {"public": options["callback_url"], "patience": options["timeout"]}
    return Apart(to, recorder, record, judge.before if options["on_violation"] == "block" else None, **named)


def _spent(proxy: "Apart", record: Path, now: datetime) -> str:
    """How many tasks started at most; where the other process did not say it at its end, the file does."""
    try:
        spent = ledger(record, now).spent if proxy.trouble else proxy.spent
    except (NoRecording, OSError) as error:
        return f"nobody knows how many tasks started: {error}"
    return f"{counted(spent, 'task')} started at most"


def _wait(reports: Reports, over: SimpleQueue[None]) -> None:
    """Until the process is told to end, or the other one has ended."""
    while True:
        with suppress(Empty):
            return over.get(timeout=reports.pause)
        reports.write()


@contextmanager
def _ending() -> Iterator[SimpleQueue[None]]:
    """Gets something once the proxy is to end: Ctrl-C and its like end it in order, also where they come twice."""
    over = SimpleQueue[None]()  # which may be put into by a handler at any time
    numbers = [number for name in ENDING if (number := getattr(signal, name, None)) is not None]
    before = {number: signal.signal(number, lambda *_: over.put(None)) for number in numbers}
    try:
        yield over
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _budget(budget: int, before: Before, record: Path) -> str:
    """What a budget is counted from."""
    tasks = f"the budget of {counted(budget, 'task')} is that of {record} as a whole"
    return f"{tasks}, which holds {before.spent}" if before is not NOTHING else tasks


def _warned(words: str) -> None:
    click.echo(printable(f"suno-contract: {words}"), err=True)
