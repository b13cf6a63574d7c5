"""The command `suno-contract receiver`."""

import random
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

import click

from contract_tests.documents.counted import counted
from contract_tests.reports import rows
from contract_tests.reports.files import write
from contract_tests.reports.report import About, Report
from contract_tests.run.folder import of_no_run
from contract_tests.run.inputs import CannotRun, Seconds, check_shown, documents
from contract_tests.target.tls import FAILS
from contract_tests.verdicts.results import Result, Verdict
from contract_tests.your_receiver.bodies import Bodies
from contract_tests.your_receiver.cases import cases
from contract_tests.your_receiver.send import Nobody, received


@click.command(name="receiver", epilog="Example:  suno-contract receiver http://127.0.0.1:3000/callback")
@click.argument("url")
@click.option(
    "--profile",
    default="apikley",
    show_default=True,
    help="Which reading of the documents: one of ours, a file or a folder.",
)
@click.option("--only", default="*", show_default=True, metavar="GLOB", help="Only cases of these ids.")
@click.option(
    "--timeout",
    default=15.0,
    show_default=True,
    type=Seconds(),
    help="Seconds that an answer may take.",
)
@click.option("--seed", type=int, help="The same seed sends the same ids again; without it every run has its own.")
@click.option("--report-dir", type=click.Path(path_type=Path), help="Where the reports are written.")
def receiver_command(
    url: str, profile: str, only: str, timeout: float, seed: int | None, report_dir: Path | None
) -> int:
    """Send your callback endpoint what a server may send, and tell what it does not take.

    Expected of every callback: HTTP 200 in time, and the same answer when it comes again.
    """
    published = documents(profile)
    known = list(cases(published))
    chosen = [case for case in known if fnmatchcase(case.id, only)]
    if not chosen:
        raise CannotRun(f"--only {only!r} matches no case. Known: {', '.join(case.id for case in known)}.")
    check_shown("the receiver", url)
    click.get_current_context().with_resource(of_no_run(report_dir))
    seed = random.SystemRandom().randrange(10**6) if seed is None else seed
    click.echo(f"{url} is sent {len(chosen)} cases, profile {profile}, --seed {seed}")
    try:
        results = received(url, chosen, Bodies(published, seed), timeout, lambda each: click.echo(_line(each)))
    except Nobody as error:
        if FAILS in str(error):
            raise CannotRun(f"{url}: {error}.") from None
        raise CannotRun(f"nobody listens at {url}: {error}. Start your receiver, then run this again.") from None
    found = rows.rows(result.cited(published.registry) for result in results)
    click.echo(_summary(found))
    if report_dir is not None:
        document = published.callback_document.name
        about = About(target=url, document=document, profile=profile, seed=seed)
        try:
            write(report_dir, Report(about=about, rows=tuple(found), summary=(_summary(found),)))
        except OSError as error:
            raise CannotRun(f"--report-dir {report_dir}: {error.strerror}.") from None
    return int(any(row.verdict is Verdict.VIOLATED for row in found))


def _line(results: list[Result]) -> str:
    (row,) = rows.rows(results)
    return row.line


def _summary(found: Sequence[rows.Row]) -> str:
    count = {verdict: sum(row.verdict is verdict for row in found) for verdict in Verdict}
    sent = sum(result.exchange is not None for row in found for result in row.results)
    return (
        f"{counted(count[Verdict.VIOLATED], 'case')} not taken, {count[Verdict.PASSED]} taken, "
        f"{count[Verdict.NOT_TRIED]} not tried; {counted(sent, 'callback')} sent"
    )
