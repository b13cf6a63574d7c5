"""States that are looked at, checked and copied, also while mocks use them. A copy is one file, which is there whole or
not at all."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from mock_server.contract.profile_files import profile_names
from mock_server.core.errors import BadSetting
from mock_server.core.setting_limits import DAY
from mock_server.core.settings import Settings, is_engine
from mock_server.domain.masking import masked_place
from mock_server.state.file_errors import told, why
from mock_server.state.file_store import FileStore, made_with
from mock_server.state.in_use import InUse
from mock_server.state.ledger import Table
from mock_server.state.needs_client import needs_client
from mock_server.state.state_file import WAITS, StateFile

PREFIX: Final = Settings().state_prefix
TTL: Final = Settings().state_ttl
BESIDE: Final = ("-wal", "-shm", "-journal")
"""What SQLite calls the logs that it keeps beside a file, and plays over what has its name."""


class Found(NamedTuple):
    """A state as a file, and where it is: by the names that are printed."""

    file: StateFile
    place: Mapping[str, Any]


def shown(state: str, prefix: str = PREFIX) -> Mapping[str, Any]:
    """What a state is and how much it holds. Raises BadSetting as StateFile does, and where there is none."""
    with _existing(state, prefix) as (file, place):
        records = {table.value: sum(1 for _ in file.read(table)) for table in Table if table is not Table.MOCK}
        clock = next((mock for _, mock in file.read(Table.MOCK)), {"shown": None, "frozen": None})
        return {
            **place,
            "version": file.version,
            **file.about(),
            "clock": clock["shown"],
            "frozen": clock["frozen"],
            "records": records,
        }


def problem(state: str, prefix: str = PREFIX) -> str:
    """What is wrong with a state, as SQLite sees it, or as the mock that would go on with it; empty where nothing is.
    Raises BadSetting where there is none."""
    with _existing(state, prefix) as (file, place):
        about, wrong = file.about(), file.check()
        if wrong:
            return f"the state file {state} is damaged: {wrong}"
        if file.path != state:
            unusable = _unusable(file)
            what = f"the mock in {place['engine']}" if "engine" in place else f"the state file {state}"
            return f"{what} cannot be read: {unusable}." if unusable else ""
    try:
        _store(state, about).let_go()
    except BadSetting as error:
        return str(error)
    return ""


def saved(copy: str, state: str, prefix: str = PREFIX) -> int:
    """Have the file `copy` hold what a state does, all of it or what it held before, and return how many tasks that is.
    Raises BadSetting where there is no state, for a `copy` that is in use or something else, and where nothing can be
    written."""
    _must_be_copy(copy, state)
    with _existing(state, prefix) as (file, _):
        _take_place(file, copy)
        return _tasks(file)


def loaded(copy: str, state: str, prefix: str = PREFIX, ttl: float = TTL) -> int:
    """Have a state hold what the file `copy` does, all of it or what it held before, and return how many tasks that is:
    an engine has to hold nothing, and keeps it for `ttl` days unless a mock uses it. Raises BadSetting as `saved`
    does."""
    _must_be_copy(copy, state)
    with _existing(copy, prefix) as (file, _):
        tasks = _tasks(file)
        if not is_engine(state):
            _take_place(file, state)
            return tasks
        Settings(state=state, state_prefix=prefix, state_ttl=ttl)  # says what is wrong with them
        with needs_client():
            from mock_server.state.shared.redis_copy import put_in
        put_in(state, prefix, file.about(), {table: [*file.read(table)] for table in Table}, ttl * DAY)
        return tasks


def must_be_file(copy: str) -> None:
    """Raises BadSetting for a copy that is an engine."""
    if is_engine(copy):
        raise BadSetting(f"{masked_place(copy)} is no file, and a copy is one: give the engine as --state.")


def _must_be_copy(copy: str, state: str) -> None:
    must_be_file(copy)
    with suppress(OSError):  # one of them is not there, or an engine
        if Path(copy).samefile(state):
            raise BadSetting(f"{copy} is the state itself. Give another file for the copy.")


def _tasks(file: StateFile) -> int:
    return int(file.run("SELECT count(*) FROM task")[0][0])


def _take_place(file: StateFile, target: str) -> None:
    """Have the file `target` hold what another does."""
    try:
        with _unused(target):
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
def _existing(state: str, prefix: str) -> Iterator[Found]:
    try:
        with _taken_out(state, prefix) if is_engine(state) else _opened(state) as found:
            yield found
    except sqlite3.Error as error:
        raise BadSetting(f"the state file {state} cannot be used: {told(error)}") from None
    except (ValueError, LookupError, TypeError) as error:
        what = f"the mock in {masked_place(state)}" if is_engine(state) else f"the state file {state}"
        words = error if isinstance(error, BadSetting) else f"{what} cannot be read: {why(error)}."
        raise BadSetting(f"{words}") from None


@contextmanager
def _opened(path: str) -> Iterator[Found]:
    if not Path(path).is_file():
        raise BadSetting(f"there is no state file {path}. Give one that suno-mock serve --state FILE has made.")
    if not Path(path).stat().st_size:  # SQLite would take it for a new one, and write it
        raise BadSetting(f"{path} is empty, and no state. Give one that suno-mock serve --state FILE has made.")
    try:
        file = StateFile(path, {})
    except InUse:
        with _copied(path) as found:
            yield found
        return
    with closing(file):
        yield Found(file, {"file": path})


@contextmanager
def _copied(path: str) -> Iterator[Found]:
    """What a file that mocks use holds at one moment, as a file that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="suno-mock-") as folder:
        try:
            with closing(sqlite3.connect(path, timeout=WAITS)) as read:
                read.execute("VACUUM INTO ?", [f"{folder}/state"])
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorname", "") == "SQLITE_FULL":
                raise BadSetting(
                    f"the state file {path} is in use, and there is no room for a copy to look at in "
                    f"{tempfile.gettempdir()}. Make room there, or name another folder in TMPDIR."
                ) from None
            raise BadSetting(f"the state file {path} cannot be used: {told(error)}") from None
        try:
            file = StateFile(f"{folder}/state", {})
        except BadSetting as error:
            raise BadSetting(f"{error}".replace(f"{folder}/state", path)) from None
        with closing(file):
            yield Found(file, {"file": path})


@contextmanager
def _taken_out(url: str, prefix: str) -> Iterator[Found]:
    """What an engine keeps, as a file that is gone afterwards."""
    Settings(state=url, state_prefix=prefix)
    with needs_client():
        from mock_server.state.shared.redis_copy import taken_out
    taken = taken_out(url, prefix)
    with (
        tempfile.TemporaryDirectory(prefix="suno-mock-") as folder,
        closing(StateFile(f"{folder}/state", taken.about)) as file,
    ):
        file.write(taken.steps)
        file.commit()
        yield Found(file, {"engine": taken.name, "prefix": prefix, "workers": taken.workers})


def _store(state: str, about: Mapping[str, str]) -> FileStore:
    """The store in a file. Raises BadSetting."""
    if about["profile"] in profile_names():
        return FileStore.open(Settings(state=state, seed=int(about["seed"]), profile=about["profile"]))
    return FileStore.reopened(Settings(state=state), about)  # nobody knows where the profile's files are


def _unusable(file: StateFile) -> str:
    """Why no mock could go on with what was taken out of an engine; empty where one could."""
    about = file.about()
    settings = Settings(state=file.path, seed=int(about["seed"]))
    if about["profile"] in profile_names():
        settings = replace(settings, profile=about["profile"])
        for name, value in made_with(settings).items():
            if about.get(name) != value:
                return f"it was made with {name} {about.get(name)!r}, and now it is {value!r}"
    try:
        FileStore(settings, file)
    except (LookupError, TypeError, ValueError) as error:
        return why(error)
    return ""


@contextmanager
def _unused(path: str) -> Iterator[None]:
    """Keep a file from others, if there is one, while another takes its place, which finds no log of it. Raises
    BadSetting."""
    if not Path(path).exists():
        for beside in BESIDE:
            Path(path + beside).unlink(missing_ok=True)
        yield
        return
    with closing(StateFile(path, {})) as file:
        try:
            file.give_way()
        except sqlite3.OperationalError:
            raise BadSetting(
                f"the state file {path} cannot be replaced: another process uses it. End that one, or choose another "
                "file."
            ) from None
        yield


def _on_disk(path: str) -> None:
    """Return once a file, or the names in a folder, are on the disk."""
    with suppress(PermissionError):  # of a folder, on Windows
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
