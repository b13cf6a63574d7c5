"""The commands `suno-contract judge` and `suno-contract convert`."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, Final

import click

from contract_tests.documents.counted import counted
from contract_tests.documents.terms import DOCUMENTED
from contract_tests.recording.har import LARGEST, from_har, write_har
from contract_tests.recording.message import write as write_recording
from contract_tests.recording.read import NoRecording, Reader, Recording, RecordingFile
from contract_tests.recording.report import REQUESTS, exit_status, report, why_none
from contract_tests.reports import safe_files
from contract_tests.reports.files import write
from contract_tests.reports.report import Report
from contract_tests.reports.rows import printable
from contract_tests.run.command import told_of
from contract_tests.run.folder import of_no_run
from contract_tests.run.inputs import CannotRun, documents, tracks_of
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
    click.get_current_context().with_resource(of_no_run(report_dir))
    found = recorded(recording)
    made = judged_recording(recording, found, options, requests=REQUESTS if report_dir else 0)
    told_of(made.rows)
    for told in (*made.summary, *(f"missing: {each}" for each in made.missing)):
        click.echo(printable(told))
    if report_dir is not None:
        write(report_dir, made, safe_files.mode_of(recording))
        click.echo(f"reports: {report_dir / 'report.html'}, report.json, junit.xml", err=True)
    if not made.rows:
        check_whole(found, NOTHING_BEFORE)
        raise CannotRun(f"{recording} {why_none(found, documents(options['profile']))}, so nothing can be judged.")
    found_wrong = exit_status(recording, made, strict=strict)
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
    found = _archived(source) if ends[0] else opened(source)
    passing = found.each()
    first = next(passing, None)
    if first is None:
        check_whole(found, f"nothing stands before it, and {output} was not written")
        raise CannotRun(f"{source} holds no request to {DOCUMENTED.extend} or {DOCUMENTED.record_info}.")
    mode = safe_files.OWNER if ends[0] else safe_files.mode_of(source)
    with safe_files.replacing(output, mode) as file:
        written = (write_recording if ends[0] else write_har)(found.about, chain([first], passing), file)
    click.echo(printable(f"{output}: {counted(written, 'message')}"))
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


def opened(path: Path) -> Reader:
    """The recording in a file, of which one message is in memory at a time. Raises CannotRun where there is none."""
    with _readable(path):
        return Reader(path)


def recorded(path: Path) -> Recording | RecordingFile:
    """The recording in a file, to be read more than once, and from a pipe as a whole. Raises CannotRun where there is
    none."""
    with _readable(path):
        return RecordingFile(path) if path.is_file() else Reader(path).whole()


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Raises CannotRun where there is no recording."""
    try:
        yield
    except NoRecording as error:
        raise CannotRun(str(error)) from None
    except OSError as error:
        raise CannotRun(f"{path}: {error.strerror}. Give a file that `suno-contract proxy --record` wrote.") from None


def check_whole(recording: Recording | RecordingFile | Reader, done: str) -> None:
    """Raises CannotRun where a recording was not read to its end. `done` is what was done with what was."""
    if recording.fault:
        raise CannotRun(f"read up to its fault: {recording.fault}; {done}. {WAY_OUT}")


def judged_recording(path: Path, recording: Recording | RecordingFile, options: Any, *, requests: int | None) -> Report:
    """The report of the recording in a file, by the options. Raises CannotRun where these say what cannot be, and where
    the file is gone meanwhile."""
    published = documents(options["profile"])
    tracks = tracks_of(published, options)
    with _readable(path):
        return report(recording, published, tracks, requests=requests)
