"""State files while no mock uses them: what is in one, whether it is whole, and copies that are there whole or not at
all."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from mock_server.contract.profile_files import profile_names
from mock_server.core.errors import BadSetting
from mock_server.core.settings import Settings
from mock_server.domain.masking import masked_place
from mock_server.state.file_store import FileStore
from mock_server.state.ledger import Table
from mock_server.state.state_file import StateFile


def shown(path: str) -> Mapping[str, Any]:
    """What a file is and how much it holds. Raises BadSetting as StateFile does, and where there is none."""
    with _existing(path) as file:
        records = {table.value: sum(1 for _ in file.read(table)) for table in Table if table is not Table.MOCK}
        clock = next((mock for _, mock in file.read(Table.MOCK)), {"shown": None, "frozen": None})
        return {
            "file": path,
            "version": file.version,
            **file.about(),
            "clock": clock["shown"],
            "frozen": clock["frozen"],
            "records": records,
        }


def problem(path: str) -> str:
    """What is wrong with a file, as SQLite sees it, or as the mock that would go on with it; empty where nothing is.
    Raises BadSetting where there is none, or it is in use."""
    with _existing(path) as file:
        about, wrong = file.about(), file.check()
    if wrong:
        return f"the state file {path} is damaged: {wrong}"
    try:
        if about["profile"] in profile_names():
            FileStore.open(Settings(state=path, seed=int(about["seed"]), profile=about["profile"])).let_go()
        else:
            FileStore.reopened(Settings(state=path), about).let_go()  # nobody knows where the profile's files are
    except BadSetting as error:
        return str(error)
    return ""


def copied(source: str, target: str) -> None:
    """Have `target` hold what `source` does, all of it or what it held before. Raises BadSetting where there is no
    source, for a target that is in use or something else, and where nothing can be written."""
    with _existing(source) as file, _unused(target):
        try:
            handle, part = tempfile.mkstemp(dir=Path(target).parent, prefix=f".{Path(target).name}.")
            os.close(handle)
            try:
                file.copy(part)
                _on_disk(part)
                Path(part).replace(target)
                _on_disk(str(Path(target).parent))
            finally:
                with suppress(FileNotFoundError):
                    Path(part).unlink()
        except (OSError, sqlite3.Error) as error:
            raise BadSetting(f"{target} cannot be written: {error}. What was there stays as it is.") from None


@contextmanager
def _existing(path: str) -> Iterator[StateFile]:
    if "://" in path:
        raise BadSetting(f"{masked_place(path)} is no file, and these commands are for state files alone.")
    if not Path(path).is_file():
        raise BadSetting(f"there is no state file {path}. Give one that suno-mock serve --state FILE has made.")
    with closing(StateFile(path, {})) as file:
        try:
            yield file
        except (ValueError, LookupError, TypeError) as error:
            told = error if isinstance(error, BadSetting) else f"the state file {path} cannot be read: {error!r}."
            raise BadSetting(f"{told}") from None


@contextmanager
def _unused(path: str) -> Iterator[None]:
    """Keep a file from others, if there is one, while another takes its place."""
    if not Path(path).exists():
        yield
        return
    with closing(StateFile(path, {})):
        yield


def _on_disk(path: str) -> None:
    """Return once a file, or the names in a folder, are on the disk."""
    with suppress(PermissionError):  # of a folder, on Windows
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
