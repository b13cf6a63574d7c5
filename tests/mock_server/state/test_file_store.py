"""A store in a file: what the next process finds, and what is done while the file cannot be written."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from mock_server.core import clock
from mock_server.core.clock import LAST_MOMENT
from mock_server.core.epoch import MANUAL_EPOCH
from mock_server.core.errors import BadSetting, StateFailed
from mock_server.core.settings import Settings
from mock_server.domain.owed import Settlement
from mock_server.state import packed
from mock_server.state.faults import Fault
from mock_server.state.file_store import FileStore, made_with
from mock_server.state.journal_entries import line
from mock_server.state.ledger import Table
from mock_server.state.state_file import StateFile
from tests.builders import CREATED, SOURCE, TASK_ID, TEXT, attempted, task
from tests.proposals import data, decided, started

pytestmark = pytest.mark.anyio

NOBODY = frozenset[str]()
VERSION_1 = Path(__file__).parent / "version_1.sql"


def opened(folder: Path, **changes: Any) -> FileStore:
    return FileStore.open(Settings(**{"state": f"{folder}/state", "pace": "manual"} | changes))


async def test_the_number_of_a_request_goes_on(tmp_path: Path) -> None:
    for ordinal in (1, 2, 3):
        held = opened(tmp_path)
        assert data(await decided(held))["ordinal"] == ordinal
        await held.close()


async def test_what_was_claimed_is_due_again(tmp_path: Path) -> None:
    held = opened(tmp_path)
    await started(held, task())
    await held.advance(await held.begin_advance(3 * TEXT))
    claimed = await held.claim(NOBODY, advancing=True)
    assert claimed is not None
    await held.abandon("the mock was stopped")
    await held.close()
    held = opened(tmp_path)
    again = await held.claim(NOBODY, advancing=True)
    assert again is not None
    assert (again.owed, await held.journal.page()) == (claimed.owed, [])
    await held.close()


@pytest.mark.parametrize(
    ("after_restart", "away", "shown"),
    [("catch-up", 3600, 3600), ("shift", 3600, 0), ("catch-up", -3600, 0), ("catch-up", 1e12, LAST_MOMENT - 4e9)],
)
async def test_a_clock_that_runs_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after_restart: str, away: float, shown: float
) -> None:
    running = {"pace": "time", "epoch": "4e9", "after_restart": after_restart}
    held = opened(tmp_path, **running)
    await held.count("key")
    await held.close()
    later = clock.real_time() + away
    monkeypatch.setattr("mock_server.state.file_store.real_time", lambda: later)
    held = opened(tmp_path, **running)
    moment = await held.moment()
    assert moment.now - 4e9 == pytest.approx(shown, abs=60)
    assert not moment.frozen
    await held.close()


async def test_a_clock_that_stands_still_stands_where_it_stood(tmp_path: Path) -> None:
    held = opened(tmp_path)
    await held.advance(await held.begin_advance(50))
    await held.close()
    held = opened(tmp_path)
    assert await held.moment() == (MANUAL_EPOCH + 50, True)
    for change, frozen in ((FileStore.run, False), (FileStore.freeze, True)):
        await change(held)
        await held.close()
        held = opened(tmp_path)
        assert (await held.moment()).frozen is frozen
    await held.close()


@pytest.mark.parametrize(("before", "now"), [("manual", "time"), ("time", "manual")])
async def test_another_pace_says_whether_the_clock_stands_still(tmp_path: Path, before: str, now: str) -> None:
    for pace in (before, now):
        held = opened(tmp_path, pace=pace)
        await held.count("key")
        assert (await held.moment()).frozen == (pace == "manual")
        await held.close()


async def test_what_was_changed_holds_over_what_the_mock_is_started_with(tmp_path: Path) -> None:
    held = opened(tmp_path, credits=5, rate_limit="1/1")
    await held.change_settings({"maintenance": True, "rate_limit": "1/1"})
    await held.change_readings({"first_items": "both"})
    await held.close()
    held = opened(tmp_path, credits=6, rate_limit="2/2")
    found = await held.settings_in_force()
    assert (found.maintenance, found.credits, found.rate_limit) == (True, 6, "2/2")
    assert dict((await held.terms(None)).overrides) == {"first_items": "both"}
    await held.close()


async def test_the_journal_goes_on(tmp_path: Path) -> None:
    held = opened(tmp_path)
    began = held.journal.started
    await held.journal.append(attempted())
    await held.close()
    held = opened(tmp_path)
    assert (held.journal.started, await held.journal.append(attempted())) == (began, 2)
    await held.journal.clear(None)
    await held.close()
    held = opened(tmp_path)
    assert (await held.journal.page(), held.journal.newest) == ([], 2)
    await held.close()


async def test_a_file_is_made_for_a_profile_and_its_questions(tmp_path: Path) -> None:
    opened(tmp_path).let_go()
    with pytest.raises(BadSetting, match="was made with profile 'apikley', and now it is 'classic'"):
        opened(tmp_path, profile="classic")
    (tmp_path / "mine.yaml").write_text("format: 1\nextends: apikley\n")
    held = FileStore.open(Settings(state=f"{tmp_path}/of-mine", profile=f"{tmp_path}/mine.yaml"))
    held.let_go()


@pytest.mark.parametrize(
    "broken",
    [
        "UPDATE task SET value = '{}'",
        "UPDATE task SET value = 'no JSON'",
        "UPDATE mock SET value = '[]'",
        "DELETE FROM account",
        """INSERT INTO settings (id, value) VALUES ('""', '[{"pace": "time"}, {}]')""",
    ],
)
async def test_a_file_that_nobody_wrote_so_is_refused_in_one_line(tmp_path: Path, broken: str) -> None:
    held = opened(tmp_path)
    await started(held, task())
    await held.close()
    with sqlite3.connect(tmp_path / "state") as database:
        database.execute(broken)
    database.close()
    with pytest.raises(BadSetting, match=r"^the state file .*/state cannot be read: .* It stays as it is: choose"):
        opened(tmp_path)
    sqlite3.connect(tmp_path / "state").close()


class Full(StateFile):
    """A file on a disk that can be full."""

    full = False

    def commit(self) -> None:
        if self.full:
            raise sqlite3.OperationalError("database or disk is full")
        super().commit()


def failing(folder: Path) -> tuple[Full, FileStore]:
    settings = Settings(state=f"{folder}/state", pace="manual")
    file = Full(settings.state, {})
    return file, FileStore(settings, file)


async def test_nothing_is_changed_while_the_disk_is_full(tmp_path: Path) -> None:
    file, held = failing(tmp_path)
    file.full = True
    for _ in range(5):
        with pytest.raises(StateFailed, match="database or disk is full"):
            await held.count("key")
    assert held.trouble.startswith(f"the mock cannot write its state to {tmp_path}/state: database or disk is full.")
    file.full = False
    assert (await held.count("key"), held.trouble) == (2, "")
    await held.close()


async def test_what_callbacks_wait_for_is_written_once_there_is_room(tmp_path: Path) -> None:
    file, held = failing(tmp_path)
    await held.put_fault(None, Fault(delay=1, times=1))
    await started(held, task(pace="immediate"))
    await held.run()
    claimed = await held.claim(NOBODY)
    assert claimed is not None
    file.full = True
    await held.settle(claimed, [attempted()], Settlement((claimed.owed.turned(),)))
    assert (await held.claim(NOBODY), await held.due_within()) == (None, 1.0)
    assert (await held.take_fault("key"), await held.take_fault("key")) == (Fault(delay=1, times=1), None)
    assert await held.journal.append(attempted()) == 2
    await held.abandon("the mock was stopped")
    file.full = False
    again = await held.claim(NOBODY)
    assert (again and again.owed, len(await held.journal.page()), await held.due_within()) == (
        claimed.owed.turned(),
        2,
        None,
    )
    await held.close()


async def test_what_is_claimed_is_in_the_file(tmp_path: Path) -> None:
    file, held = failing(tmp_path)
    await started(held, task(pace="immediate"))
    first = await held.claim(NOBODY, advancing=True)
    assert first is not None
    opened = asyncio.ensure_future(started(held, task(id="b", pace="immediate")))
    await asyncio.sleep(0)
    second = await held.claim(NOBODY, advancing=True)
    assert second is not None
    assert packed.owed_id(second.owed) in dict(file.read(Table.OWED))
    assert (await opened).code == 200
    await held.close()


async def test_a_claim_that_a_reset_dropped_is_not_given_back(tmp_path: Path) -> None:
    _, held = failing(tmp_path)
    await started(held, task(pace="immediate"))
    claimed = await held.claim(NOBODY, advancing=True)
    assert claimed is not None
    await held.reset(None)
    await held.settle(claimed, [attempted()], Settlement())
    assert await held.journal.page() == []
    await held.close()


async def test_a_file_of_version_1_is_read(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "state") as database:
        database.executescript(VERSION_1.read_text("utf-8"))
        # A question more or less is no other version, but tasks name the readings of all that there were.
        database.execute("UPDATE about SET value = ? WHERE name = 'questions'", [made_with(Settings())["questions"]])
    database.close()
    held = opened(tmp_path)
    (mine,) = await held.tasks("key")
    assert (mine.id, mine.key, mine.created, mine.tracks) == (TASK_ID, "key", CREATED, task().record.tracks)
    assert (mine.source, mine.scenario, mine.speed, mine.given_up) == (SOURCE, "200", 1, False)
    assert [each.step.stage for each in await held.owed(mine.id)] == ["text"]
    assert [line(each).partition("  ")[0] for each in await held.journal.page()] == [
        "--> POST /api/v1/generate/extend",
        "<-- text of 5c79 to http://127.0.0.1:3000/callback",
    ]
    account = await held.account("key")
    assert account is not None
    assert (account.credits, account.requests, account.queued, account.standing) == (988, 1, ("late",), None)
    assert await held.faults() == [("key", Fault(delay=0.5, times=3))]
    assert dict((await held.terms(None)).overrides) == {"first_items": "both"}
    assert (await held.settings_in_force()).maintenance
    assert (await held.keys_of_their_own())["key"].rate_limit == "5/1"
    assert list(await held.tracks("key")) == ["source"]
    assert set(await held.made("key", "wav")) == {"a"}
    assert await held.moment() == (CREATED + 1, True)
    await held.close()
