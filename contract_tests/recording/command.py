"""The command `suno-contract judge`."""

from pathlib import Path
from typing import Any

import click

from contract_tests.recording.read import NoRecording, Recording, read
from contract_tests.recording.report import report
from contract_tests.reports.files import write
from contract_tests.reports.report import Report
from contract_tests.reports.rows import printable
from contract_tests.run.command import told_of
from contract_tests.run.exit_status import status
from contract_tests.run.inputs import SHORTEST_TRACK, CannotRun, Seconds, documents, make_folder, tracks_of

OF_A_RECORDING = (
    click.option(
        "--profile",
        default="apikley",
        show_default=True,
        help="Which reading of the documents: one of ours, a file or a folder.",
    ),
    click.option("--audio-id", multiple=True, help="A source track that the server has; may be given several times."),
    click.option("--audio-model", multiple=True, help="Its model."),
    click.option("--audio-duration", multiple=True, type=Seconds(SHORTEST_TRACK), help="Its length in seconds."),
)
"""What a recording is judged by."""


def recording_options(command: Any) -> Any:
    """Adds them."""
    for option in reversed(OF_A_RECORDING):
        command = option(command)
    return command


@click.command(name="judge", epilog="Example:  suno-contract judge live.jsonl --report-dir report")
@click.argument("recording", type=click.Path(path_type=Path))
@recording_options
@click.option("--report-dir", type=click.Path(path_type=Path), help="Where the reports are written.")
@click.option("--strict", is_flag=True, help="Deviations count as violations.")
def judge_command(recording: Path, report_dir: Path | None, strict: bool, **options: Any) -> int:
    """Tell what deviates from the documents in traffic that was recorded. Nothing is sent.

    Verdicts and exit status are those of `suno-contract run`, on what passed: what nobody asked is not tried.
    """
    found = recorded(recording)
    made = judged_recording(found, options)
    told_of(made.rows)
    for line in (*made.summary, *(f"missing: {each}" for each in made.missing)):
        click.echo(printable(line))
    if report_dir is not None:
        make_folder("--report-dir", report_dir)
        write(report_dir, made)
        click.echo(f"reports: {report_dir / 'report.html'}, report.json, junit.xml", err=True)
    if not made.rows:
        raise CannotRun(f"{recording} holds no request that extends a track, so nothing can be judged.")
    return status(made.rows, strict=strict)


def recorded(path: Path) -> Recording:
    """The recording in a file. Raises CannotRun where there is none."""
    try:
        return read(path)
    except NoRecording as error:
        raise CannotRun(str(error)) from None
    except OSError as error:
        raise CannotRun(f"{path}: {error.strerror}. Give a file that `suno-contract proxy --record` wrote.") from None


def judged_recording(recording: Recording, options: Any) -> Report:
    """The report of a recording, by the options. Raises CannotRun where these say what cannot be."""
    published = documents(options["profile"])
    return report(recording, published, tracks_of(published, options))
