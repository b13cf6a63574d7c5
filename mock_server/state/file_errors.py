"""What is said of a state file that cannot be used, and the way out. Pure."""

import sqlite3
from collections.abc import Mapping
from typing import Final

from mock_server.core.errors import BadSetting


class NoRecord(ValueError):
    """A record that nobody wrote so. The text says which, and how to go on."""

    def __init__(self, table: str, number: int) -> None:
        super().__init__(
            f"record {number} of its table {table} is no JSON, and nobody wrote it so. Take a copy that was made before"
        )


def why(error: Exception) -> str:
    """What is wrong with the records of a state, in the words of who has any."""
    return f"{error}" if isinstance(error, BadSetting | NoRecord) else repr(error)


def told(error: Exception) -> str:
    """What the system or SQLite says, and the way out."""
    if not isinstance(error, sqlite3.Error):
        said = (error.strerror if isinstance(error, OSError) else None) or str(error)
        return f"{said}. Choose another --state."
    for name, words in ERRORS.items():
        if getattr(error, "sqlite_errorname", "").startswith(name):
            return words
    return f"{error}. Choose another --state, or make it usable."


ERRORS: Final[Mapping[str, str]] = {
    "SQLITE_BUSY": "another process uses it. One mock at a time has a file: end that one, or choose another --state.",
    "SQLITE_NOTADB": "it is no file of suno-mock, and stays as it is. Choose another --state.",
    "SQLITE_CORRUPT": "it is damaged, and stays as it is. Take a copy that was made before, or choose another --state.",
    "SQLITE_CANTOPEN": "it cannot be opened. Make it and its folder readable and writable, or choose another --state.",
    "SQLITE_READONLY": "it cannot be written. Make it and its folder writable, or choose another --state.",
    "SQLITE_FULL": "the disk is full. Make room, or choose another --state.",
}
