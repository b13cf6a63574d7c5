"""A scheduler with everything around it in reach, and deliveries that are up to the test."""

import asyncio
from collections.abc import Callable, Sequence

from mock_server.callbacks.attempts import Attempts
from mock_server.callbacks.scheduler import Scheduler
from mock_server.core.clock import Clock
from mock_server.core.settings import Settings
from mock_server.domain.attempt import Attempt, Outcome
from mock_server.domain.tasks import Task, TaskRecord
from mock_server.domain.timeline import plan
from mock_server.state import open_store
from mock_server.state.journal_entries import Attempted
from mock_server.state.journal_match import Match
from mock_server.state.store import Store
from tests.builders import CREATED, TRACK_MAKER, RecordingDelivery, catalogue
from tests.leaping import LoopClock
from tests.proposals import started


class HangingDelivery(RecordingDelivery):
    """Gets no answer from a URL that ends so until it is released; `held` counts what hung."""

    def __init__(self, ending: str = "/hang") -> None:
        super().__init__()
        self.hanging = asyncio.Event()
        self.released = asyncio.Event()
        self.held = 0
        self.ending = ending

    async def attempt(self, url: str, body: bytes, received: tuple[int, int], headers: object = ()) -> Attempt:
        if url.endswith(self.ending):
            self.hanging.set()
            self.held += 1
            await self.released.wait()
        return await super().attempt(url, body, received)


class Turnstile(RecordingDelivery):
    """Holds every attempt until it is let go, one by one."""

    def __init__(self) -> None:
        super().__init__()
        self.turns = asyncio.Semaphore(0)

    async def attempt(self, url: str, body: bytes, received: tuple[int, int], headers: object = ()) -> Attempt:
        await self.turns.acquire()
        return await super().attempt(url, body, received)


class LateDelivery(RecordingDelivery):
    """Is ready once it is told to be; `asked` counts who wanted to know."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.told = asyncio.Event()

    async def ready(self) -> None:
        self.asked += 1
        await self.told.wait()


class Bench:
    """A store whose clock stands at CREATED or runs from there, and what sends the callbacks of its tasks."""

    def __init__(
        self,
        *outcomes: Outcome,
        delivery: RecordingDelivery | None = None,
        frozen: bool = True,
        store: Callable[[Settings, Clock], Store] | None = None,
    ) -> None:
        self.clock = LoopClock(frozen=frozen)
        self.delivery = delivery or RecordingDelivery(*outcomes)
        # By its name there, which tests.slow_store can have given to another engine.
        engine: Callable[[Settings, Clock], Store] = store or vars(open_store)["MemoryStore"]
        self.store = engine(Settings(), self.clock)
        self.attempting = Attempts(self.store, self.delivery, catalogue(), TRACK_MAKER)
        self.scheduler = Scheduler(self.store, self.delivery, self.attempting)
        self._ordinal = 0

    async def open(self, *tasks: Task) -> None:
        """Start tasks, as the next requests of their keys."""
        for each in tasks:
            self._ordinal += 1
            each.record = each.record.changed(ordinal=self._ordinal)
            await self.reopen(each)

    async def reopen(self, mine: Task) -> None:
        """Start a task as a request with the number that it has."""
        await started(self.store, mine)
        if planned := plan(mine):
            self.scheduler.owe(planned[0].after)

    async def until(self, count: int) -> None:
        """Return once the journal has so many entries."""
        assert await self.store.journal.wait(Match(), count=count, within=3600) >= count

    async def record(self, mine: Task) -> TaskRecord:
        """A task as it is kept."""
        record = await self.store.task(mine.id)
        assert record is not None
        return record

    async def entries(self) -> Sequence[Attempted]:
        return [entry for entry in await self.store.journal.page() if isinstance(entry, Attempted)]

    async def attempts(self) -> Sequence[tuple[float, str, int, str]]:
        """(seconds after the answer, stage, number, outcome) of everything in the journal."""
        return [(each.at - CREATED, each.stage, each.number, each.outcome.value) for each in await self.entries()]

    async def stages(self) -> Sequence[tuple[str, str]]:
        """(stage, outcome) of everything in the journal."""
        return [(each.stage, each.outcome.value) for each in await self.entries()]

    async def owed(self, mine: Task) -> Sequence[tuple[float, str, int]]:
        """(seconds after the answer, stage, attempts before) of what is owed of a task."""
        return [(each.due - CREATED, each.step.stage, each.retries) for each in await self.store.owed(mine.id)]
