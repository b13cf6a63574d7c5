"""Files in a folder that others may write to: none that is used there leads elsewhere, or waits for anybody."""

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

OWNER: Final = 0o600
"""The mode of a recording: what was sent and came may be read by its owner alone."""
CAREFUL: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""Follow no link, and wait for no other end of a pipe, on systems that know either."""


class NotAFile(OSError):
    """What has the name of a file is a link, a pipe, or something else that is no file."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is no file: remove it, or give another folder")


def mode_of(path: Path) -> int:
    """Who may read a file, for what is made of it; of what is no file its owner alone. Raises OSError."""
    return stat.S_IMODE(path.stat().st_mode) & 0o666 if path.is_file() else OWNER


def replace(path: Path, text: str, mode: int | None = None) -> None:
    """Write a file anew, in place of whatever has its name. Raises OSError."""
    with replacing(path, mode) as file:
        file.write(text)


@contextmanager
def replacing(path: Path, mode: int | None = None) -> Iterator[TextIO]:
    """A file that takes the place of whatever has its name once it is written; it takes none where that is left by an
    exception. Without a mode it has that of a file which it replaces. Raises OSError."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yield file
        # A temporary file is its owner's alone.
        Path(name).chmod(_mode(path) if mode is None else mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def append(path: Path) -> TextIO:
    """A file to go on writing, which is made if there is none. Raises NotAFile, OSError."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | CAREFUL
    return os.fdopen(_opened(path, flags), "a", encoding="utf-8")


def text(path: Path) -> str:
    """What is in a file; empty where there is none. Raises NotAFile, OSError."""
    try:
        descriptor = _opened(path, os.O_RDONLY | CAREFUL)
    except FileNotFoundError:
        return ""
    with os.fdopen(descriptor, encoding="utf-8", errors="replace") as file:
        return file.read()


def _opened(path: Path, flags: int) -> int:
    try:
        descriptor = os.open(path, flags, 0o666)
    except OSError as error:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise NotAFile(path) from error
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotAFile(path)
    return descriptor


def _mode(path: Path) -> int:
    """The mode of a file that has this name, or else that of a new one."""
    try:
        now = path.lstat().st_mode
    except FileNotFoundError:
        return 0o666 & ~_mask()
    return now & 0o777 if stat.S_ISREG(now) else 0o666 & ~_mask()


def _mask() -> int:
    """The bits that the process leaves out of the mode of a new file, which can only be read by setting them."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
