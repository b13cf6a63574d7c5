"""Many changes, one commit; and what happens when there can be none."""

import asyncio
import logging
import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest

from mock_server.core.errors import StateFailed
from mock_server.state.file_writer import FileWriter
from mock_server.state.ledger import Change, Table, Unwritten
from mock_server.state.state_file import StateFile, Step

pytestmark = pytest.mark.anyio


class FullDisk(StateFile):
    """A file whose disk is full for the next so many commits; it counts those that were tried."""

    full = 0
    tried = 0

    def commit(self) -> None:
        self.tried += 1
        if self.full:
            self.full -= 1
            raise sqlite3.OperationalError("database or disk is full")
        super().commit()


def describe(unwritten: Unwritten) -> Mapping[Table, Step]:
    """Every record with its own name as the value."""
    return {table: Step(False, [], {Change.CHANGED: [(f"{id}", id) for id in changed]}) for table, changed in unwritten}


def writing(folder: Path) -> tuple[FullDisk, FileWriter]:
    file = FullDisk(f"{folder}/state", {})
    return file, FileWriter(file, describe)


def read(file: StateFile) -> list[str]:
    return [id for id, _ in file.read(Table.TASK)]


async def test_who_waits_has_it_in_the_file_with_what_else_changed(tmp_path: Path) -> None:
    file, writer = writing(tmp_path)
    await writer.written()
    assert file.tried == 0
    for name in "abc":
        writer.note(Table.TASK, name)
    assert not writer.holds(Table.TASK, "a")
    await asyncio.gather(*(writer.written() for _ in range(50)))
    assert (read(file), file.tried, writer.holds(Table.TASK, "a")) == (["a", "b", "c"], 1, True)
    await writer.close()


async def test_what_changes_during_a_commit_is_in_the_next(tmp_path: Path) -> None:
    file, writer = writing(tmp_path)
    writer.note(Table.TASK, "a")
    first = asyncio.ensure_future(writer.written())
    await asyncio.sleep(0)
    await asyncio.sleep(0)  # the first is being committed
    behind_it = asyncio.ensure_future(writer.written())
    await asyncio.sleep(0)
    assert not writer.holds(Table.TASK, "a")
    writer.note(Table.TASK, "b")
    await writer.written()
    assert (first.done(), behind_it.done(), read(file), file.tried) == (True, True, ["a", "b"], 2)
    await writer.close()


async def test_who_goes_away_keeps_nobody_from_it(tmp_path: Path) -> None:
    file, writer = writing(tmp_path)
    writer.note(Table.TASK, "a")
    leaves, stays = asyncio.ensure_future(writer.written()), asyncio.ensure_future(writer.written())
    await asyncio.sleep(0)
    leaves.cancel()
    await stays
    assert read(file) == ["a"]
    await writer.close()


async def test_a_full_disk_is_told_once_and_its_step_written_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file, writer = writing(tmp_path)
    file.full = 2
    writer.note(Table.TASK, "a")
    with pytest.raises(StateFailed, match=r"cannot write its state to .*/state: database or disk is full\. What was"):
        await writer.written()
    writer.note(Table.TASK, "b")
    assert (await writer.tried(), read(file), "disk is full" in writer.failed) == (False, [], True)
    assert [each.levelno for each in caplog.records] == [logging.ERROR]
    assert await writer.tried()
    assert (read(file), writer.failed) == (["a", "b"], "")
    await writer.close()


async def test_a_bug_keeps_nobody_waiting(tmp_path: Path) -> None:
    file = StateFile(f"{tmp_path}/state", {})
    writer = FileWriter(file, lambda unwritten: {Table.MOCK: vars(unwritten)["bug"]})
    writer.note(Table.TASK, "a")
    with pytest.raises(StateFailed, match="Error"):
        await writer.written()
    await writer.close()


async def test_what_is_left_is_written_at_the_end_and_nothing_after(tmp_path: Path) -> None:
    _, writer = writing(tmp_path)
    writer.note(Table.TASK, "a")
    await writer.close()
    await writer.close()
    with pytest.raises(StateFailed, match="the mock was stopped; its state, without this, is in"):
        await writer.written()
    file = StateFile(f"{tmp_path}/state", {})
    assert (read(file), len(list(file.read(Table.MOCK)))) == (["a"], 1)
    file.close()


async def test_what_was_read_is_not_written(tmp_path: Path) -> None:
    file, writer = writing(tmp_path)
    writer.note(Table.TASK, "a")
    writer.emptied(Table.KEY)
    writer.begin()
    await writer.written()
    assert file.tried == 0
    await writer.close()
