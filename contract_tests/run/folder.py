"""The folder of --report-dir: for one command at a time, and a run in it that was made to its end is kept."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Final, TextIO

from contract_tests.reports import safe_files
from contract_tests.run.again import keep
from contract_tests.run.choose import JOURNAL
from contract_tests.run.inputs import CannotRun, make_folder

LOCK: Final = ".lock"
"""The name of a file that is locked as long as a command writes into the folder. A command that is killed leaves it,
and no lock."""
OTHERS: Final = 100
"""Commands that may end one after the other while one begins."""
FAR: Final = 2**30
"""Where a byte is locked on Windows, which keeps others from reading what is locked: behind all that is written."""


@contextmanager
def claimed(folder: Path | None, *, replaces: bool, reads: bool = False) -> Iterator[None]:
    """The folder for a run, if it has one. `replaces` says whether the run may take the place of one that was made
    there, or go on with it; `reads` whether the command can go on from that run. Raises CannotRun."""
    with alone_in(folder):
        if folder is not None and not replaces:
            keep(folder, reads=reads)
        yield


@contextmanager
def of_a_run(folder: Path) -> Iterator[None]:
    """The folder of a run that was made, whose reports are written anew. Raises CannotRun."""
    with alone_in(folder if folder.is_dir() else None):
        yield


@contextmanager
def of_no_run(folder: Path | None) -> Iterator[None]:
    """The folder for reports of something else than a run, if they go anywhere. Raises CannotRun, also where it has a
    run, whose reports they would replace."""
    with alone_in(folder):
        if folder is not None and (folder / JOURNAL).exists():
            raise CannotRun(
                f"--report-dir {folder} holds a run, whose reports these would replace. Give another folder."
            )
        yield


@contextmanager
def alone_in(folder: Path | None) -> Iterator[None]:
    """The folder, which is made if there is none, as long as no other command has it. Raises CannotRun."""
    if folder is None:
        yield
        return
    is_new, lock = not folder.exists(), folder / LOCK
    with _locked(folder, lock):
        try:
            yield
        finally:
            with suppress(OSError):
                lock.unlink()
                if is_new:
                    folder.rmdir()  # which fails where anything was written


@contextmanager
def _locked(folder: Path, lock: Path) -> Iterator[None]:
    """The file of a folder that this command alone has locked. Another may end just now, and take the file away that
    was opened here: then there is a next one. Raises CannotRun."""
    for _ in range(OTHERS):
        make_folder("--report-dir", folder)
        try:
            file = safe_files.append(lock)
        except FileNotFoundError:  # the folder was taken away, too
            continue
        except OSError as error:
            raise CannotRun(f"--report-dir: {error}") from None
        with file:
            if not locked(file):
                break
            if _is_there(file, lock):
                yield
                return
    raise CannotRun(f"--report-dir {folder} is in use by another command. Wait for its end, or give another folder.")


def _is_there(file: TextIO, path: Path) -> bool:
    """Whether a file is still that at its path, and not one that another command has taken away since."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except OSError:
        return False


def locked(file: TextIO) -> bool:
    """Whether nobody else has the file locked, which is locked from now on."""
    try:
        if os.name == "nt":
            windows, at = import_module("msvcrt"), os.lseek(file.fileno(), 0, os.SEEK_CUR)
            os.lseek(file.fileno(), FAR, os.SEEK_SET)
            windows.locking(file.fileno(), windows.LK_NBLCK, 1)
            os.lseek(file.fileno(), at, os.SEEK_SET)
        else:
            posix = import_module("fcntl")
            posix.flock(file, posix.LOCK_EX | posix.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except (ImportError, OSError):  # a system, or a disk of another machine, without locks
        return True
    return True
