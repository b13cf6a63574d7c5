"""The commands `suno-contract run` and `suno-contract report`: a run, its lines and its exit status."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import click

from contract_tests.documents.counted import counted
from contract_tests.documents.published import Published
from contract_tests.probes.request import Probe
from contract_tests.reports import safe_files
from contract_tests.reports.needs import next_steps
from contract_tests.reports.on_terminal import say
from contract_tests.reports.progress import progress
from contract_tests.reports.rows import Row, printable
from contract_tests.run.again import report_of
from contract_tests.run.choose import JOURNAL, noted
from contract_tests.run.exit_status import status
from contract_tests.run.folder import claimed, of_a_run
from contract_tests.run.inputs import CannotRun, command_of, documents
from contract_tests.run.options import run_options
from contract_tests.run.session import Session, session
from contract_tests.run.under_way import told, under_way
from contract_tests.target.journal import EarlierRun, damage
from contract_tests.verdicts.results import Verdict

APART: Final = {
    Verdict.DEVIATED: "Deviations, which the document does not forbid; with --strict they count:",
    Verdict.VIOLATED: "Violations:",
}
"""What stands behind all other rows, and what it is headed by."""

BEFORE_ALL: Final = " before anything was sent; give the same command again"


@click.command(name="run", epilog="Example:  suno-contract run --report-dir report")
@click.option("--force", is_flag=True, help="Replace the run in --report-dir if there is one.")
@run_options
@click.pass_context
def run_command(context: click.Context, /, force: bool, **options: Any) -> int:
    """Send the probes, wait for the callbacks, and tell what deviates from the documents."""
    with claimed(options["report_dir"], replaces=force or options["resume"]):
        return run_once({**options, "command": command_of(context)})


def run_once(options: Mapping[str, Any]) -> int:
    """One run with the options of `suno-contract run`, in a folder that is claimed for it; its exit status."""
    published = documents(options["profile"])
    with _resumable(options), session(published, options) as begun:
        plan, target = begun.plan, begun.target
        about = f"profile {published.profile}, seed {plan.seed}"
        click.echo(f"{target.base_url} against {published.document.name}, {about}")
        if plan.budget is not None and options["resume"] and options["budget"] is None:
            click.echo(
                f"the budget is that of the run that goes on, {counted(plan.budget, 'task')}; --budget N gives another"
            )
        if target.budget.tasks == 0:
            click.echo("no task is started: only what must be refused is sent; --budget N lets the run start N tasks")
        sent = [*plan.probes(), *plan.of_operation_probes()]
        if plan.searches:
            click.echo(_planned(sent, published, target.budget.tasks))
        with progress(sent, sys.stderr, doing=begun.doing) as far:
            found = begun.run(far.hear)
        gone = begun.gone()
        # First: what it cost is not lost when nobody reads the lines to their end.
        trouble = _reported(begun, gone=gone)
        told_of(found, far.said)
        click.echo(begun.summary(found))
    if trouble:
        raise CannotRun(trouble)
    if gone:
        raise CannotRun(_gone(target.base_url, options["report_dir"]))
    if options["report_dir"]:
        _told_where(options["report_dir"])
    for line in next_steps(found, reported=bool(options["report_dir"]), strict=options["strict"]):
        click.echo(line, err=True)
    return status(found, strict=options["strict"], terms=published.terms)


def _planned(sent: Sequence[Probe], published: Published, tasks: int | None) -> str:
    """What a run that learns sends, and what it costs, before anything is sent. `tasks` are those of the budget, which
    bounds what a server accepts that it should refuse, too."""
    accepted = sum(probe.cost for probe in sent)
    number, bound = (accepted, "without a --budget") if tasks is None else (tasks, "at most, the budget")
    price = published.family["operations"]["extend"].get("price", 0)
    return (
        f"plan: {counted(len(sent), 'request')}, {accepted} of which the documents let a server accept; "
        f"{counted(number, 'task')} {bound}, {number * price:g} credits at {price:g} each, as the profile says; then "
        "requests about a track of nobody for limits, models and the order of checks, which start none"
    )


@click.command(name="report", epilog="Example:  suno-contract report report")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Deviations count as violations.")
def report_command(folder: Path, strict: bool) -> int:
    """Write the reports of a run anew, from the journal in FOLDER alone, and end as the run did. Nothing is sent."""
    with of_a_run(folder):
        made = report_of(folder, strict=strict)
    told_of(made.rows)
    for line in (*made.summary, *(f"missing: {each}" for each in made.missing)):
        click.echo(line)
    _told_where(folder)
    if not made.rows:
        raise CannotRun(f"no verdict in the journal, which is missing {'; '.join(made.missing)}.")
    return status(made.rows, strict=made.about.strict)


def _told_where(folder: Path) -> None:
    click.echo(f"reports: {folder / 'report.html'}, report.json, junit.xml", err=True)


def told_of(found: Sequence[Row], before: Mapping[str, Verdict] = MappingProxyType({})) -> None:
    """Prints each rule, unless it was told `before`: the deviations apart, and the violations last, where they are seen
    first."""
    for row in found:
        if row.verdict not in APART and before.get(row.rule) is not row.verdict:
            say(row)
    for verdict, heading in APART.items():
        apart = [row for row in found if row.verdict is verdict]
        if apart:
            click.echo(heading)
        for row in apart:
            say(row)


def _reported(session: Session, *, gone: bool) -> str:
    """Writes the reports. Returns why they could not be written, empty where they were."""
    try:
        session.report(gone=gone)
    except OSError as error:
        return f"the reports could not be written: {error}. The run is in the lines above, and in the journal."
    return ""


@contextmanager
def _resumable(options: Mapping[str, Any]) -> Iterator[None]:
    """Says what of the run before cannot be read, and how to go on when the run is interrupted."""
    folder = options["report_dir"]
    before = (earlier := noted(folder)).run
    for each in damage(earlier) if options["resume"] else ():
        click.echo(f"suno-contract: missing is {each}", err=True)
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        if folder:
            found = noted(folder)
            way = _under_way(folder, found) + _way_on(found) if found.run != before else BEFORE_ALL
            click.echo(printable(f"interrupted{way}"), err=True)
        raise


def _under_way(folder: Path, found: EarlierRun) -> str:
    """Which tasks go on at a server, by the journal in a folder; those of a mock have ended with it."""
    if found.of_mock or found.ended:
        return ""
    terms = documents(str(found.run.get("profile"))).terms
    return told(under_way(safe_files.text(folder / JOURNAL).splitlines(), terms), found.spent)


def _gone(base_url: str, folder: Path | None) -> str:
    """How to go on with a run whose target went away."""
    way = _way_on(noted(folder)) if folder else "; with --report-dir and --resume a run goes on where it ended"
    return f"{base_url} takes no connection any more. Start it again{way}."


def _way_on(found: EarlierRun) -> str:
    """How to go on with a run of which a journal tells so much."""
    if found.ended:
        return " after the run had come to its end; `suno-contract report` of the folder writes its reports"
    return f"; the same command {'with --resume goes on where this one ended' if found.goes_on else 'begins anew'}"
