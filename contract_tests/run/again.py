"""Reads the run in a folder from its journal, and writes its reports anew."""

from dataclasses import replace
from pathlib import Path

from contract_tests.reports import kept, safe_files
from contract_tests.reports.files import write
from contract_tests.reports.report import Report
from contract_tests.run.choose import JOURNAL
from contract_tests.run.inputs import CannotRun


def report_of(folder: Path, *, strict: bool = False) -> Report:
    """The report of the run in a folder, which is written there, too. `strict` counts deviations, whatever the run did.
    Raises CannotRun where no run can be read there or nothing can be written."""
    made = kept_in(folder)
    if made is None:
        raise CannotRun(f"{folder / JOURNAL} holds no run: give the --report-dir of a run of suno-contract.")
    made = replace(made, about=replace(made.about, strict=made.about.strict or strict))
    try:
        write(folder, made)
    except OSError as error:
        raise CannotRun(f"the reports could not be written: {error}.") from None
    return made


def kept_in(folder: Path) -> Report | None:
    """The report of the run in a folder; None where there is none. Raises CannotRun where it cannot be read."""
    path = folder / JOURNAL
    if folder.is_file():
        raise CannotRun(
            f"{folder} is a file: give the --report-dir of a run of suno-contract; --from reads a recording."
        )
    if not folder.exists():
        raise CannotRun(f"there is no folder {folder}: give the --report-dir of a run of suno-contract that was made.")
    try:
        return kept.report(safe_files.text(path).splitlines())
    except (OSError, LookupError) as error:
        raise CannotRun(f"{path}: {error}") from None


def keep(folder: Path, *, reads: bool = False) -> None:
    """Raises CannotRun where the folder has a run that was made to its end, which another would replace. `reads` says
    whether the command can go on from that run."""
    try:
        before = kept_in(folder) if (folder / JOURNAL).is_file() else None
    except CannotRun as error:
        why = error.message.removesuffix(".")
        raise CannotRun(
            f"--report-dir {folder} holds a run that cannot be read: {why}. Give another folder, or --force."
        ) from None
    if before is not None and before.rows and before.about.took is not None:
        or_read = f"; or give {folder} as the FOLDER, which reads that run and sends nothing" if reads else ""
        raise CannotRun(
            f"--report-dir {folder} holds the run of {before.about.date}, which this one would replace. Give another "
            f"folder, or --force{or_read}."
        )
