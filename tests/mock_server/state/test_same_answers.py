"""Every engine gives the same answers: random courses, with restarts and crashes between their steps."""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_server.core.settings import RateLimit, Settings
from mock_server.domain.attempt import Attempt, Outcome
from mock_server.domain.owed import settled
from mock_server.state.faults import Broken, Fault
from mock_server.state.file_store import FileStore
from mock_server.state.journal_entries import Attempted, Entry
from mock_server.state.memory_store import MemoryStore
from mock_server.state.packed_entries import of_entry
from mock_server.state.store import Store
from tests.builders import EXTENDING, SOURCE, catalogue, requested, task
from tests.proposals import decided, started

CHOICES: Final = Settings(pace="manual", credits=50)
NOBODY: Final = frozenset[str]()
Ask = Callable[[Store, str, int], Awaitable[Any]]


async def request(held: Store, key: str, serial: int) -> Any:
    call, limit = replace(EXTENDING, key=key), RateLimit(requests=3, seconds=50)
    steps = ("scenario", "rate", "once", "credits")
    answer = await decided(held, key=key, call=call, steps=steps, limit=limit, made=("wav", f"{serial % 3}"), price=9)
    return answer.body


async def start(held: Store, key: str, serial: int) -> Any:
    pace = ("immediate", "realtime")[serial % 2]
    mine = task(id=f"{serial}", key=key, pace=pace, scenario=("200", "late", "duplicate")[serial % 3])
    mine.record = mine.record.changed(tracks=(f"track-{serial}",))
    return (await started(held, mine, price=10)).body


async def poll(held: Store, key: str, serial: int) -> Any:
    asked = {"key": key, "ordinal": 0, "polled": f"{serial - 1}", "limit": RateLimit(requests=1, seconds=9)}
    return (await decided(held, **asked, steps=("poll",))).body


async def attempt(held: Store, key: str, serial: int) -> Any:
    claimed = await held.claim(NOBODY, advancing=True)
    if claimed is None or claimed.record is None:
        return claimed
    outcome = (Outcome.ACCEPTED, Outcome.REFUSED, Outcome.TIMED_OUT)[serial % 3]
    now = (await held.moment()).now
    ended = Attempted.ended(claimed.owed, now, Attempt(outcome=outcome, detail="", took=0.5), b"\xff{}")
    await held.settle(claimed, [ended], settled(claimed.owed, outcome, catalogue().task(claimed.record), now))
    return claimed.owed


async def take_fault(held: Store, key: str, serial: int) -> Any:
    fault = await held.take_fault(key)
    return fault and (fault.delay, fault.answer)


async def move(held: Store, key: str, serial: int) -> Any:
    to = await held.begin_advance(serial * 13)
    return [to.target, await held.advance(to)]


STEPS: Final[dict[str, Ask]] = {
    "request": request,
    "start": start,
    "poll": poll,
    "attempt": attempt,
    "move": move,
    "count": lambda held, key, serial: held.count(key),
    "balance": lambda held, key, serial: held.balance(key),
    "queue": lambda held, key, serial: held.queue(key, ("late", "silent")[serial % 2], (2, None)[serial % 2]),
    "clear_queue": lambda held, key, serial: held.clear_queue(key),
    "fault": lambda held, key, serial: held.put_fault((key, None)[serial % 2], Fault(answer=Broken.RESET, times=2)),
    "slow": lambda held, key, serial: held.put_fault(key, Fault(delay=2.0**70 * (serial % 2))),
    "take_fault": take_fault,
    "track": lambda held, key, serial: held.add_track((key, None)[serial % 2], replace(SOURCE, id=f"\ud800{serial}")),
    "settings": lambda held, key, serial: held.change_settings({"credits": serial, "maintenance": serial % 2 == 0}),
    "readings": lambda held, key, serial: held.change_readings({"first_items": ("both", "one")[serial % 2]}),
    "key": lambda held, key, serial: held.change_key(key, {"credits": 10**12 + serial, "revoked": serial % 2 == 0}),
    "append": lambda held, key, serial: held.journal.append(requested(key=key, body=b"\x00\xff", query=b"a=\xfe")),
    "clear": lambda held, key, serial: held.journal.clear((key, None)[serial % 2]),
    "reset": lambda held, key, serial: held.reset(key),
    "reset_all": lambda held, key, serial: held.reset(None),
}
AGAIN: Final = ("restart", "crash")
courses = st.lists(
    st.tuples(st.sampled_from([*STEPS, "start", "start", "attempt", "attempt", "move", *AGAIN]), st.sampled_from("ab")),
    max_size=30,
)


async def seen(held: Store) -> Sequence[Any]:
    """All that a store tells."""
    tasks = await held.tasks(None)
    return [
        [(key, await held.account(key), (await held.terms(key)).own) for key in await held.keys()],
        list(tasks),
        [[each.id for each in await held.tasks(key)] for key in "ab"],
        [await held.owed(each.id) for each in tasks],
        [await held.task_of_track(track) for each in tasks for track in each.tracks],
        [dict(await held.tracks(key)) for key in (None, "a", "b")],
        await held.faults(),
        replace(await held.settings_in_force(), state=""),
        (await held.terms(None)).overrides,
        dict(await held.keys_of_their_own()),
        [sorted(await held.made(key, "wav")) for key in "ab"],
        [shown(each) for each in await held.journal.page()],
        (held.journal.newest, await held.dropped()),
        await held.moment(),
    ]


def shown(entry: Entry) -> Any:
    return of_entry(entry), entry.size


def copy(file: Path, to: Path) -> None:
    """What would be left of a state file, with what SQLite keeps beside it, if the machine stopped now."""
    for part in file.parent.glob(f"{file.name}*"):
        shutil.copy(part, f"{to}{part.name.removeprefix(file.name)}")


async def again(held: FileStore, how: str, folder: Path, number: int) -> FileStore:
    """The store of the next process: of the same file, or of what a crash leaves of it."""
    path, left = Path(held.settings.state), folder / f"{number}"
    if how == "crash":
        copy(path, left)
    await held.close()
    return FileStore.open(replace(held.settings, state=str(left if how == "crash" else path)))


async def follow(course: Sequence[tuple[str, str]], folder: Path) -> None:
    memory = MemoryStore(CHOICES)
    file = FileStore.open(replace(CHOICES, state=str(folder / "state")))
    for serial, (step, key) in enumerate(course):
        if step in AGAIN:
            file = await again(file, step, folder, serial)
            assert await seen(file) == await seen(memory)
        else:
            assert await STEPS[step](file, key, serial) == await STEPS[step](memory, key, serial), step
    file = await again(file, "restart", folder, -1)
    assert await seen(file) == await seen(memory)
    await file.close()


def follow_in_new_folder(course: Sequence[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(follow(course, Path(folder)))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(courses)
def test_a_file_answers_as_memory_does(course: list[tuple[str, str]]) -> None:
    follow_in_new_folder(course)


@pytest.mark.nightly
@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(courses)
def test_a_file_answers_as_memory_does_whatever_is_asked(course: list[tuple[str, str]]) -> None:
    follow_in_new_folder(course)


@pytest.mark.parametrize("step", STEPS)
def test_each_step_is_there_after_a_crash(step: str) -> None:
    before = [("start", "a"), ("start", "b"), ("move", "a"), ("attempt", "a"), ("queue", "a"), ("fault", "a")]
    follow_in_new_folder([*before, (step, "a"), ("crash", "a"), (step, "b"), ("crash", "b")])
