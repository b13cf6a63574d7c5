"""Gathers what waits to be changed, and changes it in one turn of this worker."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from contextlib import suppress
from logging import getLogger
from typing import Any, Final, TypeVar

from mock_server.core.errors import StateFailed
from mock_server.state.ledger import Change, Table, Unwritten
from mock_server.state.shared.engine import (
    LEASE,
    TURNS_KEPT,
    UNSEEN,
    Changed,
    Engine,
    EngineFailed,
    Turn,
    Whole,
    Written,
)
from mock_server.state.shared.waiting import Waiting

LOGGER: Final = getLogger("uvicorn.error")
FAILED: Final = (
    "the mock cannot keep its state in {}: {}. What was asked may have happened or not; ask again once it can be: it "
    "is tried with every request."
)
LOST: Final = (
    "{} has lost changes that it had kept. The mock goes on with what is there now: {} tasks, and {} callbacks owed."
)
T = TypeVar("T")


class Turns:
    """The ledger of a worker. `follow` takes what others have changed, `restart` all that is kept; `begin` does what
    comes first in a turn, and `describe` makes what is to be written of what has changed. `failed` says why
    the last turn could not be had; what it changed is forgotten then, since all is read again."""

    def __init__(
        self,
        engine: Engine,
        worker: str,
        follow: Callable[[Written], None],
        restart: Callable[[Whole], None],
        begin: Callable[[Turn], None],
        describe: Callable[[Unwritten], Changed],
        lease: float = LEASE,
    ) -> None:
        self._engine = engine
        self._worker = worker
        self._follow = follow
        self._restart = restart
        self._begin = begin
        self._describe = describe
        self._lease = lease
        self._waiting: list[Waiting] = []
        self._reading: list[asyncio.Future[None]] = []
        self._going: asyncio.Task[None] | None = None
        self._unwritten = Unwritten()
        self._seen: int | None = None
        self._newest = 0
        self._look: asyncio.Task[bool] | None = None
        self._one_look = asyncio.Lock()
        self._alive_until = 0.0
        self.closed = False
        self.in_turn = False
        self.failed = ""

    def note(self, table: Table, id: Hashable, change: Change = Change.CHANGED) -> None:
        self._unwritten.note(table, id, change)

    def emptied(self, table: Table) -> None:
        self._unwritten.emptied(table)

    async def change(self, change: Coroutine[Any, Any, T]) -> T:
        """Make a change in a turn, and return once it is kept. Raises what it raises, and StateFailed where it cannot
        be kept."""
        if self.closed:
            change.close()
            raise StateFailed(f"the mock was stopped; its state, without this, is in {self._engine.name}")
        loop = asyncio.get_running_loop()
        waiting = Waiting(change, loop.create_future())
        self._waiting.append(waiting)
        if self._going is None:
            self._going = loop.create_task(self._go())
        made: T = await waiting.ended
        return made

    async def caught_up(self) -> None:
        """Return once what others had changed before is here. Raises StateFailed."""
        if asyncio.current_task() is self._going:
            return  # a change asks, in its own turn
        if not self.in_turn and not self.closed:
            known = await self._missed()
            if not known and not self.in_turn:
                return await self.change(_nothing())
        if not self.in_turn:
            return  # what is closed tells what it knew
        # What the turn has changed is not kept yet. Nobody else changes anything meanwhile.
        await self._turn_ended()
        if self._seen is None and not self.closed:
            await self.change(_nothing())

    async def _missed(self) -> bool:
        """Take the turns that were missed; False where they are not all there. Raises StateFailed. All who ask while
        the engine is asked are told by the next answer, which knows of all that was written before they asked."""
        if self._look is None:
            self._look = asyncio.get_running_loop().create_task(self._looked())
            self._look.add_done_callback(lambda look: look.cancelled() or look.exception())  # who asked may have left
        return await asyncio.shield(self._look)

    async def _looked(self) -> bool:
        async with self._one_look:
            self._look = None
            return await self._taken()

    async def _taken(self) -> bool:
        try:
            known = self._seen is not None and self._take(await self._engine.missed(self._seen))
        except Exception as error:
            if not self.in_turn:
                self._seen = None  # half of a turn may be here: all is read again
            self._told(_why(error))
            raise StateFailed(self.failed) from None
        if known:
            self.failed = ""
        return known

    async def _turn_ended(self) -> None:
        ended = asyncio.get_running_loop().create_future()
        self._reading.append(ended)
        await ended

    async def beat(self) -> None:
        """Have others know that this worker lives, where nothing else has told it for a while. Raises StateFailed."""
        if asyncio.get_running_loop().time() > self._alive_until - self._lease * 2 / 3:
            await self.change(self._lives())

    async def _lives(self) -> None:
        self.note(Table.MOCK, "")

    async def close(self) -> None:
        """Return once no turn is under way, after which there is none any more."""
        self.closed = True
        if self._going is not None:
            await self._going

    async def _go(self) -> None:
        try:
            while self._waiting:
                await self._turn()
                await asyncio.sleep(0)  # who has waited for this turn goes on before the next one changes anything
        finally:
            self._going = None

    async def _turn(self) -> None:
        made: list[Waiting] = []
        outcomes: list[Any] = []
        turn: Turn | None = None
        try:
            turn = await self._engine.take(self._worker, UNSEEN if self._seen is None else self._seen)
            self.in_turn = True
            if not self._take(turn.missed):
                await self._read_all()
            self._unwritten = Unwritten()  # what was noted until now, others have written
            self._begin(turn)
            made, self._waiting = self._waiting, []
            outcomes = [await each.outcome() for each in made]
            await self._end(turn)
            self.failed = ""
        except Exception as error:
            await self._failed(error, turn)
            if not made:
                made, self._waiting = self._waiting, []
            outcomes = [StateFailed(self.failed)] * len(made)
        finally:
            self.in_turn = False
            reading, self._reading = self._reading, []
            for reads in reading:
                if not reads.done():
                    reads.set_result(None)
        for each, outcome in zip(made, outcomes, strict=True):
            each.end(outcome)

    async def _failed(self, error: Exception, turn: Turn | None) -> None:
        """Forget what this turn has changed: all is read again before anything else is changed."""
        self._seen, self._unwritten = None, Unwritten()
        self._told(_why(error))
        if turn is not None:
            with suppress(EngineFailed):
                await self._engine.give_up(turn)

    async def _end(self, turn: Turn) -> None:
        unwritten, self._unwritten = self._unwritten, Unwritten()
        if not unwritten and not turn.dead:
            return await self._engine.give_up(turn)
        unwritten.note(Table.MOCK, "")
        number = await self._engine.write(turn, self._worker, self._describe(unwritten), self._lease)
        # Who looked while it was written may have taken it, and turns after it: none of them is taken twice.
        self._seen = self._newest = max(number, self._seen or number)
        self._alive_until = asyncio.get_running_loop().time() + self._lease

    def _take(self, missed: Any) -> bool:
        """Take the turns that were missed; False where they are not all there."""
        if missed is None or self._seen is None:
            return False
        for written in missed:
            if written.number <= self._seen:
                continue
            if written.number != self._seen + 1:
                return False
            if written.worker != self._worker:
                self._follow(written)
            self._seen = self._newest = written.number
        return True

    async def _read_all(self) -> None:
        whole = await self._engine.whole(self._worker)
        self._tell_if_lost(whole)
        self._newest = whole.number
        self._restart(whole)
        self._seen = whole.number

    def _tell_if_lost(self, whole: Whole) -> None:
        """Who is not far behind has all turns to read, but where the engine does not know any more what it has told."""
        missed = whole.number - self._newest
        if missed < 0 or (self._seen and missed < TURNS_KEPT):
            rows = [sum(map(len, whole.records[each].written.values())) for each in (Table.TASK, Table.OWED)]
            LOGGER.error(LOST.format(self._engine.name, *rows))

    def _told(self, why: str) -> None:
        failed = FAILED.format(self._engine.name, why.rstrip("."))
        if not self.failed:
            LOGGER.error(failed)
        self.failed = failed


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, EngineFailed) else repr(error)


async def _nothing() -> None:
    """A turn in which nothing is changed."""
