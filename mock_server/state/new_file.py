"""The file of a state, before anything is in it."""

import os
from errno import EISDIR, ENOENT
from pathlib import Path
from typing import Final

OURS_ALONE: Final = 0o600
"""Nobody but its owner reads the file, which holds keys."""


def must_lead_somewhere(path: str) -> None:
    """Raises FileNotFoundError, which says where it leads, for a link to nothing."""
    if Path(path).is_symlink() and not Path(path).exists():
        raise FileNotFoundError(ENOENT, f"it is a link to {Path(path).readlink()}, where there is nothing")


def make_file(path: str) -> None:
    """Have a file there that nobody else reads. One that is there is not opened: closing it would end all locks that
    this process has on it, which are those of SQLite (fcntl(2))."""
    if Path(path).is_dir():
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, OURS_ALONE))
    except FileExistsError:
        if Path(path).stat().st_size == 0:
            Path(path).chmod(OURS_ALONE)
