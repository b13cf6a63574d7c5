"""Whether processes use a state file: one mock alone, or several that share it. Others may read it meanwhile.

It is a lock on an empty file beside it, which the last of them takes away; one that is killed leaves the file, and no
lock. SQLite's own locks would keep who only reads from the state, too.
"""

import os
import time
from contextlib import suppress
from errno import ENOLCK, ENOSYS, ENOTSUP, EOPNOTSUPP
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from mock_server.core.errors import BadSetting

BESIDE: Final = "{}-lock"
"""What the empty file is called."""
IN_USE: Final = (
    "the state file {} cannot be used: another process uses it. One mock at a time has a file: end that one, or choose "
    "another --state."
)
WITHOUT: Final = (ENOLCK, ENOSYS, ENOTSUP, EOPNOTSUPP)
"""What a disk says that has no such locks, on which folders of reports are taken, too."""
LOOKS_EVERY: Final = 0.01
"""Seconds of real time between two looks whether the file is free."""


class InUse(BadSetting):
    """Another process has the file."""


class Use:
    """The right to use a file, with others that share it, or alone, until `end`. Raises InUse where that cannot be had
    within `waits` seconds of real time, and OSError. `locks`: whether the system has such locks."""

    def __init__(self, path: str, waits: float, *, shared: bool) -> None:
        self._beside = BESIDE.format(os.path.realpath(path))  # a link to a file is that file
        self._handle: int | None = None
        try:
            self._fcntl: Any = import_module("fcntl")
        except ImportError:  # Windows
            self.locks = False
            return
        self.locks = True
        until = time.monotonic() + waits
        try:
            while not self._had(self._fcntl.LOCK_SH if shared else self._fcntl.LOCK_EX):
                if time.monotonic() > until:
                    raise InUse(IN_USE.format(path))
                time.sleep(LOOKS_EVERY)
        except OSError as error:
            # A file that is there was made where locks are to be had, by one who may have it locked.
            if shared or error.errno not in WITHOUT or Path(self._beside).exists():
                raise
            self.locks = False  # one mock alone keeps SQLite's own

    def end(self) -> None:
        """Use it no more. The last one takes the empty file away."""
        handle, self._handle = self._handle, None
        if handle is None:
            return
        with suppress(OSError):  # others use it
            self._fcntl.flock(handle, self._fcntl.LOCK_EX | self._fcntl.LOCK_NB)
            Path(self._beside).unlink()
        os.close(handle)

    def _had(self, how: int) -> bool:
        is_new = not Path(self._beside).exists()
        handle = os.open(self._beside, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._fcntl.flock(handle, how | self._fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(handle), Path(self._beside).stat()):
                self._handle = handle
                return True
        except (BlockingIOError, FileNotFoundError):  # others use it; who had it last has just taken it away
            pass
        except OSError:
            if is_new:
                Path(self._beside).unlink(missing_ok=True)
            os.close(handle)
            raise
        os.close(handle)
        return False
