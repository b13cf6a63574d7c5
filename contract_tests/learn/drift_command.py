"""The command `suno-contract drift`."""

import tempfile
from collections.abc import Mapping
from difflib import unified_diff
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

import click
import yaml

from contract_tests.documents.files import profiles
from contract_tests.documents.published import Published
from contract_tests.learn.calibrate import learned
from contract_tests.learn.command import (
    PROBE_RATE,
    SIGNATURE_KEY,
    check_played,
    check_used,
    interruptible,
    made_run,
    read_run,
    signature_key,
)
from contract_tests.learn.compared import DATED, Compared, Kept, updated
from contract_tests.learn.drift import Drift
from contract_tests.learn.drift_page import as_html
from contract_tests.learn.drift_report import as_json, as_junit, lines, status, summary
from contract_tests.learn.edited import NotInRows, edited, with_list
from contract_tests.learn.evidence import dotted
from contract_tests.learn.profile import LEFT, UNSAYABLE
from contract_tests.learn.profile_lines import NoLines, kept_lines, listed
from contract_tests.reports import safe_files
from contract_tests.reports.report import About, Report
from contract_tests.reports.rows import printable
from contract_tests.run.folder import of_a_run
from contract_tests.run.inputs import CannotRun, documents
from contract_tests.run.options import run_options

JSON: Final = "drift.json"
JUNIT: Final = "drift.xml"
PAGE: Final = "drift.html"
OF_RUN: Final = ("folder", "profile", "looked_for", "update", "signature_key_env")
"""What there is to say where a run was made; all else it has itself."""
TRACK: Final = ("id", "model", "duration")


@click.command(name="drift", epilog="Example:  suno-contract drift --profile live.yaml --budget 2 --report-dir now")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--lines", "looked_for", default="*", show_default=True, metavar="GLOB", help="Only these lines.")
@click.option("--force", is_flag=True, help="Replace the run in --report-dir if there is one.")
@click.option("--update", is_flag=True, help="Write what moved into the profile, and show the change.")
@PROBE_RATE
@SIGNATURE_KEY
@run_options
@click.pass_context
def drift_command(
    context: click.Context,
    /,
    folder: Path | None,
    looked_for: str,
    update: bool,
    force: bool,
    signature_key_env: str | None,
    **options: Any,
) -> int:
    """Compare a server with the profile that calibrate made of it.

    A run is made with --profile, and its lines are compared with those of the profile: what moved is shown beside the
    document, the profile, the server now and the mock now. Of a run that was made with --profile, whose --report-dir is
    FOLDER, nothing is sent.

    Exit status 0: all is the same, 1: something has moved, 2: the run could not be made, 3: something was not looked
    at, such as for want of --budget.
    """
    if folder:
        check_used(context, f"FOLDER {folder}", OF_RUN)
    profile, key = options["profile"], signature_key(signature_key_env)
    published, path = documents(profile), _own_file(profile)
    text = path.read_text("utf-8")
    kept = _kept(path, text)
    if folder is None:
        _check_lines(looked_for, kept)
        folder = made_run(context, _with_tracks(options, published), force=force, knows=True)
    else:
        context.with_resource(of_a_run(folder))
    report = _run_with(profile, folder)
    more = [*["--update"] * update, *(["--lines", looked_for] if looked_for != "*" else [])]
    with interruptible("drift", str(folder), "--profile", profile, *more, key_in=signature_key_env):
        try:
            found = learned(report, published, path.parent, key)
        except OSError as error:
            raise CannotRun(f"the mock, which plays {profile}, could not be asked: {error}.") from None
    base = documents(_base_of(path, text))
    every = list(Drift(kept, found, report, published, base))
    compared = [each for each in every if fnmatchcase(each.line, looked_for)]
    if not compared:
        known = ", ".join(each.line for each in every[:10])
        raise CannotRun(f"--lines {looked_for!r} matches no line. Lines begin with: {known}.")
    _report(folder, compared, profile, report.about)
    if update:
        _update(path, text, updated(kept, compared, found, f"{DATED}{report.about.date[:10]}", looked_for))
    click.echo(printable(summary(compared, profile, report.about)))
    return status(compared)


def _run_with(profile: str, folder: Path) -> Report:
    """The report of the run in a folder. Raises CannotRun where it was made with another profile."""
    report = read_run(folder)
    if Path(report.about.profile).resolve() != Path(profile).resolve():
        raise CannotRun(
            f"the run in {folder} was made with --profile {report.about.profile}: make one with --profile {profile}."
        )
    return report


def _check_lines(looked_for: str, kept: Kept) -> None:
    """Raises CannotRun where a pattern matches nothing of a profile, before anything is spent."""
    known = [*(dotted(line.path) for line in kept.lines), *kept.unsayable, *kept.left]
    if looked_for != "*" and not any(fnmatchcase(each, looked_for) for each in known):
        raise CannotRun(
            f"--lines {looked_for!r} matches no line of the profile, and nothing was sent. Lines begin with: "
            f"{', '.join(known[:10])}."
        )


def _report(folder: Path, compared: list[Compared], profile: str, about: About) -> None:
    """Write the reports, and print what became of the lines."""
    safe_files.replace(folder / JSON, as_json(compared, profile, about))
    safe_files.replace(folder / JUNIT, as_junit(compared, about))
    safe_files.replace(folder / PAGE, as_html(compared, profile, about))
    for line in lines(compared):
        click.echo(printable(line))


def _own_file(profile: str) -> Path:
    """The file of a profile that calibrate made."""
    path = Path(profile)
    if profile in profiles():
        raise CannotRun(
            "drift compares a server with what was learned of it: give the file of a profile that `suno-contract "
            f"calibrate` made as --profile FILE. {profile} is one of ours, which says what documents say."
        )
    if not path.is_file():
        raise CannotRun(f"--profile {profile}: give the file of a profile that `suno-contract calibrate` made.")
    return path


def _kept(path: Path, text: str) -> Kept:
    """What a file says. Raises CannotRun."""
    try:
        return Kept(lines=kept_lines(text), unsayable=listed(text, UNSAYABLE), left=listed(text, LEFT))
    except NoLines as error:
        raise CannotRun(f"{path}, {error}: give each key a row of its own, once, and say it whole.") from None


def _base_of(path: Path, text: str) -> str:
    """The profile that a file extends. Raises CannotRun."""
    extends = str(yaml.safe_load(text).get("extends", ""))
    if not extends:
        raise CannotRun(f"{path} extends no profile: give one that `suno-contract calibrate` made.")
    return extends if extends in profiles() else str(path.parent / extends)


def _with_tracks(options: Mapping[str, Any], published: Published) -> Mapping[str, Any]:
    """The options, with the source tracks of the profile where none are given."""
    if options["audio_id"] or not options["base_url"]:
        return options
    return {**options, **{f"audio_{name}": tuple(each[name] for each in published.tracks) for name in TRACK}}


def _check_update(path: Path, new: str) -> None:
    """Raises CannotRun where what a profile is to become cannot be played; the file stays as it is."""
    name = f".{path.stem}-updated-"
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix=name, suffix=path.suffix, dir=path.parent) as beside:
        beside.write(new)
        beside.flush()
        try:
            check_played(beside.name)
        except CannotRun:
            raise CannotRun(f"--update: {path} stays as it is, since what it would become cannot be played.") from None


def _update(path: Path, text: str, now: Kept) -> None:
    """Write into the file what the profile is to say, and nothing else anew."""
    try:
        new = edited(text, now.lines)
    except NotInRows as error:
        raise CannotRun(
            f"--update: {path} stays as it is, since {error} cannot be edited there: give each key a row of its own, "
            f"without anchors, as `suno-contract calibrate` writes it."
        ) from None
    for title, items in ((UNSAYABLE, now.unsayable), (LEFT, now.left)):
        new = with_list(new, title, items)
    _check_update(path, new)
    for line in unified_diff(text.splitlines(), new.splitlines(), "before", str(path), lineterm="", n=0):
        click.echo(printable(line))
    if new != text:
        safe_files.replace(path, new)
