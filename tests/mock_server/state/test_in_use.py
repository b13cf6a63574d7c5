"""Who uses a state file: one alone, or several that share it."""

import os
from errno import EIO, ENOLCK
from pathlib import Path

import pytest

from mock_server.core.errors import BadSetting
from mock_server.state import in_use
from mock_server.state.in_use import InUse, Use
from mock_server.state.state_file import StateFile


@pytest.mark.parametrize(("first", "second"), [(False, False), (False, True), (True, False)])
def test_who_is_alone_shares_with_nobody(tmp_path: Path, first: bool, second: bool) -> None:
    path = f"{tmp_path}/state"
    use = Use(path, 0, shared=first)
    with pytest.raises(
        InUse, match=r"^the state file .*/state cannot be used: another process uses it\. One mock at a"
    ):
        Use(path, 0, shared=second)
    use.end()
    Use(path, 0, shared=second).end()
    assert list(tmp_path.iterdir()) == []


def test_those_that_share_use_it_until_the_last_one_ends(tmp_path: Path) -> None:
    path = f"{tmp_path}/state"
    one, other = (Use(path, 0, shared=True) for _ in range(2))
    one.end()
    one.end()
    with pytest.raises(InUse):
        Use(path, 0, shared=False)
    other.end()
    assert list(tmp_path.iterdir()) == []


def test_who_names_it_by_a_link_uses_the_same(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("state")
    use = Use(f"{tmp_path}/state", 0, shared=False)
    with pytest.raises(InUse, match=r"^the state file .*/link cannot be used: another process uses it"):
        Use(f"{tmp_path}/link", 0, shared=False)
    use.end()
    Use(f"{tmp_path}/link", 0, shared=False).end()
    assert {each.name for each in tmp_path.iterdir()} == {"link"}


def test_what_a_killed_one_has_left_keeps_nobody_out(tmp_path: Path) -> None:
    (tmp_path / "state-lock").touch()
    Use(f"{tmp_path}/state", 0, shared=False).end()
    assert list(tmp_path.iterdir()) == []


def test_a_lock_on_what_was_taken_away_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"{tmp_path}/state"
    opened = os.open

    def late(beside: str, flags: int, mode: int) -> int:
        """Open a file that is taken away before it can be locked, the first time."""
        handle = opened(beside, flags, mode)
        monkeypatch.setattr(os, "open", opened)
        Path(beside).unlink()
        return handle

    monkeypatch.setattr(os, "open", late)
    use = Use(path, 1, shared=False)
    with pytest.raises(InUse):
        Use(path, 0, shared=False)
    use.end()


class NoLocks:
    """What `fcntl` is of a disk that refuses with an error."""

    LOCK_SH, LOCK_EX, LOCK_NB = 1, 2, 4

    def __init__(self, error: int) -> None:
        self._error = error

    def flock(self, handle: int, how: int) -> None:
        raise OSError(self._error, os.strerror(self._error))


def test_a_disk_without_such_locks_is_taken_by_one_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_use, "import_module", lambda name: NoLocks(ENOLCK))
    file = StateFile(f"{tmp_path}/state", {})
    assert [each.name for each in tmp_path.glob("*-lock")] == []
    with pytest.raises(BadSetting, match="another process uses it"):
        StateFile(f"{tmp_path}/state", {}, waits=0)
    file.close()
    with pytest.raises(BadSetting, match=r"cannot be used: No locks available\. Choose another --state\.$"):
        StateFile(f"{tmp_path}/state", {}, shared=True)


def test_what_another_has_locked_stays_where_the_disk_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = StateFile(f"{tmp_path}/state", {})
    with monkeypatch.context() as failing:
        failing.setattr(in_use, "import_module", lambda name: NoLocks(ENOLCK))
        with pytest.raises(BadSetting):
            StateFile(f"{tmp_path}/state", {}, waits=0)
    assert [each.name for each in tmp_path.glob("*-lock")] == ["state-lock"]
    with pytest.raises(BadSetting, match="another process uses it"):
        StateFile(f"{tmp_path}/state", {}, waits=0)
    one.close()


def test_a_disk_that_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_use, "import_module", lambda name: NoLocks(EIO))
    with pytest.raises(BadSetting, match=r"cannot be used: Input/output error\. Choose another --state\.$"):
        StateFile(f"{tmp_path}/state", {})
    assert list(tmp_path.iterdir()) == []


def test_without_such_locks_nobody_else_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(in_use, "import_module", missing)
    file = StateFile(f"{tmp_path}/state", {})
    with pytest.raises(BadSetting, match="another process uses it"):
        StateFile(f"{tmp_path}/state", {}, waits=0)
    file.close()
    StateFile(f"{tmp_path}/state", {}).close()
