"""The commands `suno-contract judge` and `suno-contract convert`."""

from pathlib import Path
from typing import Any, Final

import click

from contract_tests.documents.counted import counted
from contract_tests.documents.terms import DOCUMENTED
from contract_tests.recording.har import LARGEST, as_har, from_har
from contract_tests.recording.message import begun, line
from contract_tests.recording.read import NoRecording, Recording, read
from contract_tests.recording.report import report
from contract_tests.reports import safe_files
from contract_tests.reports.files import write
from contract_tests.reports.report import Report
from contract_tests.reports.rows import printable
from contract_tests.run.command import told_of
from contract_tests.run.exit_status import status
from contract_tests.run.inputs import CannotRun, documents, make_folder, tracks_of
from contract_tests.run.options import document_options

HAR: Final = ".har"
NOTHING_BEFORE: Final = "no request that extends a track stands before it"
NO_VIOLATION: Final = "violates nothing"
WAY_OUT: Final = "Take that line and those behind it out of a copy to have no fault, or record anew."


@click.command(name="judge", epilog="Example:  suno-contract judge live.jsonl --report-dir report")
@click.argument("recording", type=click.Path(path_type=Path))
@document_options
@click.option("--report-dir", type=click.Path(path_type=Path), help="Where the reports are written.")
@click.option("--strict", is_flag=True, help="Deviations count as violations.")
def judge_command(recording: Path, report_dir: Path | None, strict: bool, **options: Any) -> int:
    """Tell what deviates from the documents in traffic that was recorded. Nothing is sent.

    Verdicts and exit status are those of `suno-contract run`, on what passed: what nobody asked is not tried. Of a file
    with a fault, what stands before it is judged; where that has no violation, the exit status is 2.
    """
    found = recorded(recording)
    made = judged_recording(found, options)
    told_of(made.rows)
    for told in (*made.summary, *(f"missing: {each}" for each in made.missing)):
        click.echo(printable(told))
    if report_dir is not None:
        make_folder("--report-dir", report_dir)
        write(report_dir, made)
        click.echo(f"reports: {report_dir / 'report.html'}, report.json, junit.xml", err=True)
    if not made.rows:
        check_whole(found, NOTHING_BEFORE)
        raise CannotRun(f"{recording} holds no request that extends a track, so nothing can be judged.")
    found_wrong = status(made.rows, strict=strict)
    if not found_wrong:
        check_whole(
            found, f"what stands before it is judged, and {'deviates from nothing' if strict else NO_VIOLATION}"
        )
    return found_wrong


@click.command(name="convert", epilog="Example:  suno-contract convert browser.har live.jsonl")
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("output", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace OUTPUT if there is one.")
def convert_command(source: Path, output: Path, force: bool) -> None:
    """Make a recording of an HTTP archive (SOURCE ends with .har), or an archive of a recording (OUTPUT does).

    Of an archive the requests to the first server that is asked for tasks are kept, and callbacks, if it has any; keys,
    tokens, cookies and passwords are left out.
    """
    ends = (source.suffix.lower() == HAR, output.suffix.lower() == HAR)
    if ends[0] == ends[1]:
        raise CannotRun(f"one of {source} and {output} has to end with {HAR}, and the other is a recording.")
    if output.exists() and not force:
        raise CannotRun(f"{output} exists. Give another name, or --force, which replaces it.")
    found = _archived(source) if ends[0] else recorded(source)
    if not found.messages:
        check_whole(found, f"nothing stands before it, and {output} was not written")
        raise CannotRun(f"{source} holds no request to {DOCUMENTED.extend} or {DOCUMENTED.record_info}.")
    text = begun(found.about) + "".join(map(line, found.messages)) if ends[0] else as_har(found)
    safe_files.replace(output, text)
    click.echo(printable(f"{output}: {counted(len(found.messages), 'message')}"))
    check_whole(found, f"{output} has what stands before it")


def _archived(path: Path) -> Recording:
    """The recording that an archive is. Raises CannotRun where it is none."""
    try:
        if (size := path.stat().st_size) > LARGEST:
            raise CannotRun(f"{path} has {size} bytes; at most {LARGEST} are read. Save fewer requests.")
        return from_har(str(path), path.read_text("utf-8-sig", "replace"))
    except NoRecording as error:
        raise CannotRun(str(error)) from None
    except OSError as error:
        raise CannotRun(f"{path}: {error.strerror}. Give a file that can be read.") from None


def recorded(path: Path) -> Recording:
    """The recording in a file. Raises CannotRun where there is none."""
    try:
        return read(path)
    except NoRecording as error:
        raise CannotRun(str(error)) from None
    except OSError as error:
        raise CannotRun(f"{path}: {error.strerror}. Give a file that `suno-contract proxy --record` wrote.") from None


def check_whole(recording: Recording, done: str) -> None:
    """Raises CannotRun where a recording was not read to its end. `done` is what was done with what was."""
    if recording.fault:
        raise CannotRun(f"read up to its fault: {recording.fault}; {done}. {WAY_OUT}")


def judged_recording(recording: Recording, options: Any) -> Report:
    """The report of a recording, by the options. Raises CannotRun where these say what cannot be."""
    published = documents(options["profile"])
    return report(recording, published, tracks_of(published, options))
