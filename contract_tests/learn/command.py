"""The command `suno-contract calibrate`."""

import os
import shlex
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click

from contract_tests.documents.counted import counted
from contract_tests.documents.files import profiles
from contract_tests.learn.calibrate import Learned, learned
from contract_tests.learn.playback import ASPECTS
from contract_tests.learn.prices import prices
from contract_tests.learn.source_tracks import KEY as TRACKS
from contract_tests.recording.command import NOTHING_BEFORE, check_whole, judged_recording, recorded
from contract_tests.recording.read import Recording, RecordingFile
from contract_tests.recording.report import why_none
from contract_tests.reports import safe_files
from contract_tests.reports.report import Report
from contract_tests.reports.rows import printable
from contract_tests.run.again import kept_in
from contract_tests.run.choose import JOURNAL
from contract_tests.run.command import run_once
from contract_tests.run.folder import claimed
from contract_tests.run.inputs import CannotRun, command_of, documents, is_given
from contract_tests.run.options import run_options
from contract_tests.run.rating import PROMISE
from contract_tests.target.mock import mock

PROBE_RATE = click.option(
    "--probe-rate",
    is_flag=True,
    help=f"Send requests that start no task as fast as they go, to see how many the server takes: {PROMISE}.",
)
SIGNATURE_KEY = click.option(
    "--signature-key-env",
    metavar="NAME",
    help="The environment variable with the key that callbacks are signed with, to learn how; it is written nowhere.",
)
OF_RUN: Final = ("folder", "output", "force", "signature_key_env")
"""What there is to say where a run was made; all else it has itself."""
OF_RECORDING: Final = (*OF_RUN, "recording", "profile", "audio_id", "audio_model", "audio_duration")
LISTED = 5
"""Differences of an aspect that are shown."""


@click.command(name="calibrate", epilog="Example:  suno-contract calibrate report --output live.yaml")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--output", required=True, type=click.Path(path_type=Path), help="The file of the profile.")
@click.option("--force", is_flag=True, help="Replace the file, and the run in --report-dir, if there is one.")
@click.option(
    "--from",
    "recording",
    type=click.Path(path_type=Path),
    help="A recording of `suno-contract proxy`, in place of a run.",
)
@PROBE_RATE
@SIGNATURE_KEY
@run_options
@click.pass_context
def calibrate_command(
    context: click.Context,
    /,
    folder: Path | None,
    output: Path,
    force: bool,
    recording: Path | None,
    signature_key_env: str | None,
    **options: Any,
) -> None:
    """Write a profile of a server, and try it with the mock.

    Of a run that was made, whose --report-dir is FOLDER, or of what was recorded (--from): nothing is sent to the
    server. Without either a run is made first, with the options of `suno-contract run`.
    """
    if folder and recording:
        raise CannotRun("give the FOLDER of a run or --from RECORDING, not both.")
    if folder or recording:
        check_used(context, f"FOLDER {folder}" if folder else f"--from {recording}", OF_RUN if folder else OF_RECORDING)
    _check_output(output, [("--from", recording), ("--profile", Path(options["profile"]))], force=force)
    key = signature_key(signature_key_env)
    passed = recorded(recording) if recording else None
    source = ["--from", str(recording)] if recording else [str(folder or made_run(context, options, force=force))]
    with interruptible("calibrate", *source, "--output", str(output), *["--force"] * force, key_in=signature_key_env):
        made = _recorded(passed, recording, options) if passed and recording else read_run(Path(source[0]))
        try:
            found = learned(made, documents(made.about.profile), output.parent, key)
        except OSError as error:
            raise CannotRun(f"what was learned could not be tried, and {output} was not written: {error}.") from None
    safe_files.replace(output, found.text)
    for line in _lines(found, output):
        click.echo(printable(line))
    if passed is not None:
        for each in (left for left in found.left if left.what.startswith(f"{TRACKS} of ")):
            click.echo(printable(f"{each.what}: {each.why}"))
        for line in prices(found.left, documents(made.about.profile)):
            click.echo(printable(line))
        check_whole(passed, f"{output} was learned of what stands before it")


def _check_output(output: Path, sources: Sequence[tuple[str, Path | None]], *, force: bool) -> None:
    """Raises CannotRun where the file of a profile cannot be written, before anything is spent for it. `sources` are
    files that are read, each with its option."""
    for option, source in sources:
        if source and output.exists() and source.exists() and output.samefile(source):
            raise CannotRun(f"--output {output} is the file of {option}, which it would replace. Give another name.")
    if output.exists() and not force:
        raise CannotRun(f"--output {output} exists. Give another name, or --force, which replaces it.")
    if output.exists() and not output.is_file():
        raise CannotRun(f"--output {output} is no file. Give another name.")
    if not output.resolve().parent.is_dir():
        raise CannotRun(f"--output {output}: there is no folder {output.parent}.")
    if not os.access(output.resolve().parent, os.W_OK):
        raise CannotRun(f"--output {output}: nothing can be written into {output.resolve().parent}.")


def check_used(context: click.Context, source: str, used: Container[str]) -> None:
    """Raises CannotRun where an option is given that has no use, since nothing is sent."""
    options = {each.name or "": each.opts[0] for each in context.command.params}
    if given := [opt for name, opt in options.items() if name not in used and is_given(context, name)]:
        raise CannotRun(
            f"{', '.join(given)}: of no use with {source}, of which nothing is sent, and which says it itself. Leave "
            f"{'it' if len(given) == 1 else 'them'} out, or {source}, and a run is made."
        )


def check_played(profile: str) -> None:
    """Raises CannotRun where the mock cannot play a profile of somebody's own, before anything is spent for it."""
    if profile in profiles():
        return
    try:
        with mock(profile):
            pass
    except OSError as error:
        raise CannotRun(f"--profile {profile} cannot be played, so nothing was sent: {error}.") from None


@contextmanager
def interruptible(*command: str, key_in: str | None) -> Iterator[None]:
    """Says the command that does again what is interrupted, for which nothing has to be sent. `key_in` is the value of
    --signature-key-env."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        again = shlex.join(["suno-contract", *command, *(["--signature-key-env", key_in] if key_in else [])])
        click.echo(printable(f"interrupted; all that was sent is kept, and `{again}` sends nothing"), err=True)
        raise


def signature_key(variable: str | None) -> str | None:
    """The key in an environment variable, if one is named. Raises CannotRun where it is not set."""
    if variable is None:
        return None
    if key := os.environ.get(variable, ""):
        return key
    raise CannotRun(f"--signature-key-env {variable}: the environment variable {variable} is not set, or is empty.")


def _recorded(found: Recording | RecordingFile, path: Path, options: Mapping[str, Any]) -> Report:
    """The report of a recording. Raises CannotRun where it tells nothing."""
    made = judged_recording(path, found, options, requests=None)
    if not made.rows:
        check_whole(found, NOTHING_BEFORE)
        raise CannotRun(f"{path} {why_none(found, documents(options['profile']))}, so nothing can be learned.")
    if made.about.nothing:
        raise CannotRun(f"{path} tells nothing of {made.about.target}: {made.about.nothing}")
    return made


def made_run(context: click.Context, options: Mapping[str, Any], *, force: bool, knows: bool = False) -> Path:
    """The folder of a run that is made now. What it finds wrong is no matter here. `knows` says whether the profile was
    learned of the target. Raises CannotRun where the folder has a run already that was made to its end, unless that is
    replaced by `force`."""
    folder: Path | None = options["report_dir"]
    if folder is None:
        raise CannotRun("give the FOLDER of a run that was made, or the options of one with --report-dir.")
    check_played(options["profile"])
    if options["probe_rate"]:
        click.echo(f"--probe-rate: at the end {PROMISE}; no task")
    context.with_resource(claimed(folder, replaces=force or options["resume"], reads=True))
    run_once({**options, "searches": True, "knows": knows, "command": command_of(context)})
    return folder


def read_run(folder: Path) -> Report:
    """The report of the run in a folder. Raises CannotRun where it tells nothing."""
    made = kept_in(folder)
    if made is None or not made.rows:
        path = folder / JOURNAL
        raise CannotRun(f"{path} holds no verdicts: give the --report-dir of a run of suno-contract that was made.")
    if made.about.nothing:
        raise CannotRun(f"the run in {folder} tells nothing of {made.about.target}: {made.about.nothing}")
    _check_state(made)
    return made


def _check_state(made: Report) -> None:
    """Raises CannotRun where a server answered everything with one code, which is then its state, and no refusal."""
    codes = {each.exchange.code for each in made.asked if each.exchange.code is not None}
    terms = documents(made.about.profile).terms
    if len(codes) == 1 and not codes & {200, terms.invalid, terms.not_found}:
        raise CannotRun(
            f"{made.about.target} answered every request of the run with code {codes.pop()}, which tells its state and "
            "not how it reads requests. Make another run once it answers again, with --force."
        )


def _lines(found: Learned, output: Path) -> Iterator[str]:
    counts = ", ".join(f"{number} {key}" for key, number in found.counts.items())
    yield f"{output}: {counted(len(found.lines), 'line')} learned ({counts}), {len(found.left)} left open"
    yield "The mock with it, asked again what was refused; before, with the profile that it extends:"
    for before, after in zip(found.before.lines(), found.after.lines(), strict=True):
        yield f"  {after} (before {before.rpartition(', ')[2]})" if found.after.asked else f"  {after}"
    for aspect in ASPECTS:
        rules = found.after.differing.get(aspect, ())
        for rule, theirs, mine in rules[:LISTED]:
            yield f"  {aspect} of {rule}: {theirs} there, {mine} here"
        if len(rules) > LISTED:
            yield f"  and {len(rules) - LISTED} more of {aspect}"
    yield f"Play it:  suno-mock serve --profile {output}"
