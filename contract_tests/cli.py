"""The command `suno-contract`."""

import signal
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NoReturn

import click

from contract_tests.documents.sources import Source
from contract_tests.learn.command import calibrate_command
from contract_tests.probes.order import STEPS, decided
from contract_tests.probes.plan import Plan
from contract_tests.probes.request import Probe
from contract_tests.reports.progress import progress
from contract_tests.reports.rows import Row, printable
from contract_tests.run.again import report_of
from contract_tests.run.choose import planned
from contract_tests.run.exit_status import status
from contract_tests.run.inputs import SHORTEST_TRACK, CannotRun, Seconds, command_of, documents
from contract_tests.run.session import Session, session
from contract_tests.target.target import PATIENCE
from contract_tests.verdicts.results import Verdict
from contract_tests.your_receiver.command import receiver_command


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command, by default with the process's arguments.

    Exit status 0: the target conforms, deviations or not, 1: it does not, 2: the run could not be made,
    130: interrupted, 143: terminated.
    """
    signal.signal(signal.SIGTERM, _end)
    # One that a script has started in the background would be spared.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        sys.exit(cli.main(arguments, prog_name="suno-contract", standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        print(f"suno-contract: {printable(error.format_message())}", file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        print(f"suno-contract: {printable(str(error))}", file=sys.stderr)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)


def _end(number: int, frame: object) -> NoReturn:
    """Ends by an exception, so that a mock that was started is stopped."""
    sys.exit(128 + number)


@click.group()
@click.version_option(package_name="suno-mock", prog_name="suno-contract")
def cli() -> None:
    """Check a server of the Suno API's music-extension endpoint against the published documents."""


def target_options(command: Any) -> Any:
    """Adds the options that say what is tried."""
    for option in reversed(
        (
            click.option("--base-url", help="The server to check; without it the mock is started."),
            click.option(
                "--api-key-env", default="SUNO_API_KEY", show_default=True, help="Where the key is read from."
            ),
            click.option(
                "--profile",
                default="apikley",
                show_default=True,
                help="Which reading of the documents: one of ours, a file or a folder.",
            ),
            click.option("--audio-id", multiple=True, help="A source track of the target; may be given several times."),
            click.option("--audio-model", multiple=True, help="Its model."),
            click.option(
                "--audio-duration", multiple=True, type=Seconds(SHORTEST_TRACK), help="Its length in seconds."
            ),
            click.option("--bad-key", default="", help="A key that the target must refuse."),
            click.option("--only", default="*", show_default=True, metavar="GLOB", help="Only rules of these ids."),
            click.option(
                "--seed", type=int, metavar="N", help="What is drawn follows it; the mock's too.  [default: 0]"
            ),
            click.option(
                "--receiver-host", default="127.0.0.1", show_default=True, help="Where callbacks are received."
            ),
            click.option("--callback-url", help="How the target reaches the receiver, if not by its address."),
            click.option(
                "--callback-timeout",
                default=300.0,
                show_default=True,
                type=Seconds(),
                help="Seconds to wait for the last callback; a real server takes minutes.",
            ),
            click.option(
                "--trigger", multiple=True, metavar="CODE=KIND:VALUE", help="How the target is brought to a code."
            ),
        )
    ):
        command = option(command)
    return command


@cli.command(epilog="Example:  suno-contract run --report-dir report")
@target_options
@click.option(
    "--budget",
    type=click.IntRange(0),
    metavar="N",
    help="Tasks that may be started, and never more. Without it none is on the server of --base-url, wherever that is, "
    "and any number on the mock. At 0 only what must be refused is sent, one request at a time; the first that the "
    "server accepts starts one task, the only exception, and nothing follows that could be accepted the same way.",
)
@click.option(
    "--timeout", default=PATIENCE, show_default=True, type=Seconds(), help="Seconds that an answer may take in all."
)
@click.option("--receiver-port", default=0, type=click.IntRange(0, 65535), help="0 takes a free port.")
@click.option("--report-dir", type=click.Path(path_type=Path), help="Where the reports and the journal are written.")
@click.option("--strict", is_flag=True, help="Deviations count as violations.")
@click.option("--resume", is_flag=True, help="Go on with the run in --report-dir: what it sent is not sent again.")
def run(**options: Any) -> int:
    """Send the probes, wait for the callbacks, and tell what deviates from the documents."""
    options["command"] = command_of(click.get_current_context())
    published = documents(options["profile"])
    with _resumable(options), session(published, options) as begun:
        plan, target = begun.plan, begun.target
        about = f"profile {published.profile}, seed {plan.seed}"
        click.echo(f"{target.base_url} against {published.document.name}, {about}")
        if plan.budget is not None and options["resume"] and options["budget"] is None:
            click.echo(f"the budget is that of the run that goes on, {plan.budget} tasks; --budget N gives another")
        if target.budget.tasks == 0:
            click.echo("no task is started: only what must be refused is sent; --budget N lets the run start N tasks")
        with progress(len(list(plan.probes())), sys.stderr) as told:
            found = begun.run(told)
        trouble = _reported(begun)  # first: what it cost is not lost when nobody reads the lines to their end
        _told_of(found)
        click.echo(begun.summary(found))
    if trouble:
        raise CannotRun(trouble)
    if options["report_dir"]:
        _told_where(options["report_dir"])
    return status(found, strict=options["strict"], terms=published.terms)


@cli.command(name="report", epilog="Example:  suno-contract report report")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Deviations count as violations.")
def report_command(folder: Path, strict: bool) -> int:
    """Write the reports of a run anew, from the journal in FOLDER alone, and end as the run did. Nothing is sent."""
    made = report_of(folder, strict=strict)
    _told_of(made.rows)
    for line in (*made.summary, *(f"missing: {each}" for each in made.missing)):
        click.echo(line)
    _told_where(folder)
    if not made.rows:
        raise CannotRun(f"no verdict in the journal, which is missing {'; '.join(made.missing)}.")
    return status(made.rows, strict=made.about.strict)


def _told_where(folder: Path) -> None:
    click.echo(f"reports: {folder / 'report.html'}, report.json, junit.xml", err=True)


def _told_of(found: Sequence[Row]) -> None:
    """Prints a line per rule, the deviations apart."""
    apart = [row for row in found if row.verdict is Verdict.DEVIATED]
    for row in found:
        if row not in apart:
            click.echo(row.line)
    if apart:
        click.echo("Deviations, which the document does not forbid; with --strict they count:")
    for row in apart:
        click.echo(row.line)


def _reported(session: Session) -> str:
    """Writes the reports. Returns why they could not be written, empty where they were."""
    try:
        session.report()
    except OSError as error:
        return f"the reports could not be written: {error}. The run is in the lines above, and in the journal."
    return ""


@contextmanager
def _resumable(options: Mapping[str, Any]) -> Iterator[None]:
    """Says how to go on when the run is interrupted."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        if options["base_url"] and options["report_dir"]:
            click.echo("interrupted; the same command with --resume goes on where this one ended", err=True)
        raise


@cli.command(name="plan", epilog="Example:  suno-contract plan --only 'extend.styleWeight.*'")
@target_options
def plan_command(**options: Any) -> None:
    """List every probe with its rule, what it sends and the most that it can cost. Nothing is sent."""
    plan = planned(documents(options["profile"]), options)
    probes = [*plan.probes()]
    for probe in probes:
        place = plan.published.registry.cited(probe.rule, probe.model).place
        click.echo(f"{probe.cost} {probe.rule:34} {probe.says}  {place}")
    cost = sum(probe.cost for probe in probes)
    click.echo(f"rules decided with {_worth(probes, plan, cost)}")
    click.echo(f"{cost} tasks at most")


def _worth(probes: Sequence[Probe], plan: Plan, cost: int) -> str:
    """How many of the rules that can be decided are, by the number of tasks."""
    rules = plan.published.registry.of_servers
    steps = (*(tasks for tasks in STEPS if tasks < cost), cost)
    counts = [f"{tasks} tasks: {len(decided(probes, rules, tasks))}" for tasks in steps]
    return f"{', '.join(counts)}; {len(rules)} rules in all"


@cli.command(name="rules", epilog="Example:  suno-contract rules --only 'callback.*'")
@click.option(
    "--profile",
    default="apikley",
    show_default=True,
    help="Which reading of the documents: one of ours, a file or a folder.",
)
@click.option("--only", default="*", show_default=True, metavar="GLOB", help="Only rules of these ids.")
def rules_command(profile: str, only: str) -> None:
    """List every rule of a server: where it stands, what it demands, and the line that says so."""
    registry = documents(profile).registry
    found = {rule: registry.basis(rule) for rule in sorted(registry.of_servers) if fnmatchcase(rule, only)}
    if not found:
        raise CannotRun(f"--only {only!r} matches no rule. `suno-contract rules` lists all.")
    for rule, basis in found.items():
        click.echo(f"{basis.source:8} {rule:34} {basis.demand}  {basis.citation}".rstrip())
    counts = Counter(basis.source for basis in found.values())
    click.echo(", ".join(f"{counts[source]} {source}" for source in Source) + f"; {len(found)} rules")


cli.add_command(receiver_command)
cli.add_command(calibrate_command)
