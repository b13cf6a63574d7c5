"""The file of a recording: made anew, or gone on with behind its last whole line."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final, TextIO

from contract_tests.documents.any_json import parsed
from contract_tests.proxy.ledger import NOTHING, Before, ledger
from contract_tests.recording.read import NoRecording, Reader, target_of
from contract_tests.reports import safe_files
from contract_tests.run.folder import locked
from contract_tests.run.inputs import CannotRun

OTHER: Final = "Give another file, or --force, which replaces it."
BLOCK: Final = 65_536
"""Bytes that are looked through at once for the end of a line."""


@contextmanager
def new_file(path: Path, force: bool) -> Iterator[tuple[TextIO, Before]]:
    """The file of a recording, for its owner alone; one that is there and empty is taken, as a proxy leaves it that was
    killed at once. Raises CannotRun where there is another or it cannot be made."""
    empty = path.is_file() and not path.stat().st_size
    # Two processes add lines to it.
    flags = os.O_WRONLY | os.O_APPEND | (0 if empty else os.O_CREAT | (0 if force else os.O_EXCL))
    exists = f"--record {path} exists. Give another name, --resume, which goes on in it, or --force, which replaces it."
    try:
        file = os.fdopen(os.open(path, flags, 0o600), "a", encoding="utf-8")
    except FileExistsError:
        raise CannotRun(exists) from None
    except OSError as error:
        raise CannotRun(f"--record {path}: {error.strerror}. Give a file that can be written.") from None
    with _alone(file, path):
        if path.stat().st_size and not force:  # somebody else has begun in the meantime
            raise CannotRun(exists)
        try:
            yield file, NOTHING
        except CannotRun:
            if not force and not empty:  # nothing was recorded, and the same command may be tried again
                path.unlink(missing_ok=True)
            raise


@contextmanager
def file_to_go_on(path: Path, target: str, now: datetime) -> Iterator[tuple[TextIO, Before]]:
    """The end of a file, and what the file holds; a last line that was cut off is taken away. Raises CannotRun where
    the file does not tell what was spent, or is of another server."""
    if not path.is_file():
        raise CannotRun(f"--record {path} is no file that --resume could go on in. Leave --resume out.")
    try:
        file = safe_files.append(path.resolve())  # who gives a link means the file that it leads to
    except OSError as error:
        raise CannotRun(f"--record: {error}") from None
    with _alone(file, path):
        try:
            was = target_of(Reader(path).about)
            if was != target:
                raise CannotRun(f"--record {path} is of {was!r}, and --to is {target!r}. {OTHER}")
            _without_cut_line(path)
            before = ledger(path, now)
        except NoRecording as error:
            raise CannotRun(f"--record {error}") from None
        except OSError as error:
            raise CannotRun(f"--record {path}: {error.strerror}. {OTHER}") from None
        if before.fault:
            raise CannotRun(f"--record {before.fault}, so nobody knows what was spent. {OTHER}")
        yield file, before


@contextmanager
def _alone(file: TextIO, path: Path) -> Iterator[None]:
    """Has a file for this proxy alone. Raises CannotRun where another one has it."""
    try:
        if not locked(file):
            raise CannotRun(f"--record {path} is in use by another proxy. Wait for its end, or give another file.")
        yield
    finally:
        with suppress(OSError):  # what could not be written was told
            file.close()


def _without_cut_line(path: Path) -> None:
    """Takes away what stands behind the last end of a line; a line that is whole and lacks its end gets it. Raises
    OSError."""
    with path.open("r+b") as file:
        last = _behind_last_end(file)
        file.seek(last)
        if parsed(file.read()) is None:
            file.truncate(last)
        else:
            file.write(b"\n")


def _behind_last_end(file: BinaryIO) -> int:
    """Where the last line begins; the end of the file where it ends with a line."""
    end = file.seek(0, os.SEEK_END)
    while end:
        start = max(0, end - BLOCK)
        file.seek(start)
        found = file.read(end - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0
