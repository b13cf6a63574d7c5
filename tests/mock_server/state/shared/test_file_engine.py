"""The engine in a file, by itself."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from mock_server.core.clock import elapsed
from mock_server.core.settings import Settings
from mock_server.state.file_store import made_with
from mock_server.state.ledger import Change, Table
from mock_server.state.shared import file_engine
from mock_server.state.shared.engine import LEASE, UNSEEN, EngineFailed
from mock_server.state.shared.file_engine import EMPTIED_AFTER, FileEngine
from mock_server.state.state_file import WAITS, Step

pytestmark = pytest.mark.anyio


def test_what_cannot_be_opened_as_a_whole_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlite3.connect
    opened: list[sqlite3.Connection] = []

    def connected(*where: Any, **how: Any) -> sqlite3.Connection:
        if len(opened) == 2:
            raise sqlite3.OperationalError("unable to open database file")
        opened.append(connect(*where, **how))
        return opened[-1]

    monkeypatch.setattr(sqlite3, "connect", connected)
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        FileEngine(f"{tmp_path}/mock.db", made_with(Settings()))
    for each in opened:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            each.execute("SELECT 1")


async def test_who_waits_for_its_turn_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_engine, "TURN_WITHIN", 0.0)
    path, about = str(tmp_path / "mock.db"), made_with(Settings())
    has_it, waits = FileEngine(path, about), FileEngine(path, about)
    await has_it.take("one", 0)
    took = []
    for _ in range(5):
        began = elapsed()
        with pytest.raises(EngineFailed, match="another process has had it"):
            await waits.take("two", 0)
        took.append(elapsed() - began)
    assert min(took) < WAITS / 2
    await waits.close()
    await has_it.close()


async def test_the_log_is_emptied_again_and_again(tmp_path: Path) -> None:
    path, about = str(tmp_path / "mock.db"), made_with(Settings())
    engines, sizes = [FileEngine(path, about), FileEngine(path, about)], []
    for number in range(6 * EMPTIED_AFTER):
        engine = engines[number % 3 == 0]
        entry = Step(emptied=True, gone=(), written={Change.CHANGED: [(f"{number}", "x" * 20_000)]})
        await engine.write(await engine.take("one", UNSEEN), "one", {Table.ENTRY: entry}, LEASE)
        sizes.append((tmp_path / "mock.db-wal").stat().st_size)
    assert max(sizes[: 2 * EMPTIED_AFTER]) == max(sizes)
    for engine in engines:
        await engine.close()
