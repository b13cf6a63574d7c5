"""Redis or Valkey as the engine of workers on one machine or many."""

import asyncio
from collections.abc import Mapping, Sequence
from hashlib import sha1
from secrets import token_hex
from typing import Any, Final, cast

from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError

from mock_server.core.clock import elapsed
from mock_server.core.errors import BadSetting
from mock_server.state.ledger import Change, Table
from mock_server.state.packed import packed, unpacked
from mock_server.state.shared.engine import TURNS_KEPT, Changed, EngineFailed, Turn, Whole, Written, as_text, from_text
from mock_server.state.shared.redis_connection import HOW, connected, named, plain
from mock_server.state.shared.redis_scripts import GIVE_UP, KEEP, MISSED, SINGLE, TABLES, TAKE, WRITE, keys
from mock_server.state.state_file import NEWEST, Step

APART: Final = "start all with the same, or each with another --state-prefix"
ABOUT: Final = SINGLE.index("about")
"""The place among the keys of what a mock was made with."""
VERSION: Final = "version"
"""What it is called there how records are written, which is as in a state file."""
TURN_LASTS: Final = 5.0
"""Seconds of the engine's time that a worker has a turn for; one that takes longer has changed nothing."""
TURN_WITHIN: Final = 15.0
"""Seconds of real time that a worker waits for its turn."""
LOOKS_AFTER: Final = 0.001
"""Seconds of real time from the first look whether there is a turn to the second; from each to the next half more."""
LOOKS_EVERY: Final = 0.05
"""Seconds of real time between two looks, at most."""
MARK: Final = 16
"""Letters of what tells a turn from another of the same number, which an engine has that has lost its newest ones."""


class RedisEngine:
    """Whoever has a turn has a token for some time of the engine's. What it writes with another token is nothing."""

    def __init__(self, url: str, prefix: str, about: Mapping[str, str], lasts: float = 0) -> None:
        """What nobody uses any more is gone after `lasts` seconds of the engine's time; 0 keeps it for ever. Raises
        BadSetting where there is no such engine, and where the mock there was made with something else."""
        self.name = named(url)
        self._keys = keys(prefix)
        self._about = {**about, VERSION: f"{NEWEST}"}
        self._marks: dict[int, str] = {}
        self._wish = ""
        self._lasts = int(lasts * 1000)
        with connected(url) as engine:
            self._agree(engine)
            seconds, microseconds = engine.time()
            self._redis: AsyncRedis = AsyncRedis.from_url(plain(url), **HOW, retry=Retry(NoBackoff(), 1))
        self._ahead = seconds + microseconds / 1e6 - elapsed()

    def real_time(self) -> float:
        return elapsed() + self._ahead

    async def take(self, worker: str, seen: int) -> Turn:
        until, pause = elapsed() + TURN_WITHIN, LOOKS_AFTER
        lasts = int(TURN_LASTS * 1000)
        self._wish = self._wish or f"{worker}:{token_hex(MARK // 2)}"  # one that failed may have been heard
        while True:
            found = await self._run(TAKE, worker, seen, self._marks.get(seen, ""), lasts, self._wish)
            if found[0]:
                break
            if elapsed() > until:
                raise EngineFailed(f"no turn came within {TURN_WITHIN:g} seconds")
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LOOKS_EVERY)
        self._wish = ""
        token, now, dead, missed = found
        self._ahead = int(now) / 1000 - elapsed()
        return Turn(token, self._turns(seen, missed), [name.decode() for name in dead])

    async def write(self, turn: Turn, worker: str, changed: Changed, lease: float) -> int:
        mark = token_hex(MARK // 2)
        text = f"{mark}{worker}\n".encode() + as_text(changed)
        dead = (len(turn.dead), *turn.dead)
        number = await self._run(
            WRITE, turn.token, worker, int(lease * 1000), TURNS_KEPT, text, self._lasts, *dead, *_changes(changed)
        )
        if not number:
            raise EngineFailed(f"the turn took longer than {TURN_LASTS:g} seconds")
        self._marks = {int(number): mark}
        return int(number)

    async def give_up(self, turn: Turn) -> None:
        await self._run(GIVE_UP, turn.token)

    async def missed(self, seen: int) -> Sequence[Written] | None:
        return self._turns(seen, await self._run(MISSED, seen, self._marks.get(seen, "")))

    async def whole(self, worker: str) -> Whole:
        try:
            async with self._redis.pipeline(transaction=True) as asked:
                for name, value in self._about.items():  # an engine that has lost everything may be another mock's now
                    asked.hsetnx(self._keys[ABOUT], name, value)
                asked.eval(KEEP, len(self._keys), *self._keys, self._lasts)
                asked.hgetall(self._keys[ABOUT])
                for key in self._keys[len(SINGLE) :]:
                    asked.hgetall(key)
                asked.get(self._keys[0])
                asked.lindex(self._keys[1], -1)
                asked.hgetall(self._keys[4])
                found = await asked.execute()
        except (RedisError, OSError) as error:
            raise EngineFailed(str(error)) from None
        made, *tables, number, last, workers = found[len(self._about) + 1 :]
        if different := _different(made, self._about):
            raise EngineFailed(f"it lost its data, and another mock is there now, which {different}; {APART}")
        newest = int(number or 0)
        if last is not None:
            self._marks = {newest: last[:MARK].decode()}
        now = self.real_time() * 1000
        others = [name.decode() for name, until in workers.items() if int(until) >= now and name.decode() != worker]
        return Whole(newest, {Table(name): records(rows) for name, rows in zip(TABLES, tables, strict=True)}, others)

    async def leave(self, worker: str) -> None:
        try:
            await self._redis.hdel(self._keys[4], worker)
        except (RedisError, OSError):
            return  # it counts as dead after a while

    async def close(self) -> None:
        await self._redis.aclose()

    def let_go(self) -> None:
        """Nothing is held: connections are made when they are needed."""

    def _agree(self, engine: "Redis") -> None:
        """Raises BadSetting where the mock that is there was made with something else."""
        for name, value in self._about.items():
            engine.hsetnx(self._keys[ABOUT], name, value)
        made = cast("Mapping[bytes, bytes]", engine.hgetall(self._keys[ABOUT]))
        if different := _different(made, self._about):
            way = "Start with the same, or choose another --state or --state-prefix."
            raise BadSetting(f"the mock in {self.name} {different}. {way}")
        engine.eval(KEEP, len(self._keys), *self._keys, self._lasts)

    async def _run(self, script: str, *values: Any) -> Any:
        digest = sha1(script.encode(), usedforsecurity=False).hexdigest()
        try:
            try:
                return await self._redis.evalsha(digest, len(self._keys), *self._keys, *values)
            except NoScriptError:
                return await self._redis.eval(script, len(self._keys), *self._keys, *values)
        except (TimeoutError, RedisError, OSError) as error:
            raise EngineFailed(str(error)) from None

    def _turns(self, seen: int, missed: Any) -> Sequence[Written] | None:
        newest, whole, texts = missed
        if not whole:
            return None
        found = [_written(number, text) for number, text in enumerate(texts, newest - len(texts) + 1)]
        if texts:
            self._marks[newest] = texts[-1][:MARK].decode()
        return found


def _different(made: Mapping[bytes, bytes], about: Mapping[str, str]) -> str:
    """With what a mock was made that others make otherwise; empty where all is the same."""
    for name, value in about.items():
        there = made[name.encode()].decode()
        if there != value and name == VERSION:
            return f"has records of version {there}, where this suno-mock writes version {value}"
        if there != value:
            return f"was made with {name} {there!r}, and now it is {value!r}"
    return ""


def _written(number: int, text: bytes) -> Written:
    worker, _, changed = text[MARK:].partition(b"\n")
    return Written(number, worker.decode(), from_text(changed))


def _changes(changed: Changed) -> Sequence[Any]:
    """What the script for writing takes of all that a turn changed."""
    found: list[Any] = []
    for table, step in changed.items():
        key = len(SINGLE) + TABLES.index(table.value) + 1
        if step.emptied:
            found += ["emptied", key, "", ""]
        for id in step.gone:
            found += ["gone", key, id, ""]
        for change, rows in step.written.items():
            for id, value in rows:
                found += [change.value, key, id, packed(value)]
    return found


def records(rows: Mapping[bytes, bytes]) -> Step:
    """The records of a table, in their order."""
    placed = []
    for id, text in rows.items():
        place, _, value = text.partition(b" ")
        placed.append((int(place), id.decode(), value))
    return Step(True, (), {Change.MOVED: [(id, unpacked(value)) for _, id, value in sorted(placed)]})
