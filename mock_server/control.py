"""What can be done to a running mock, in Python: the one implementation behind `/__admin` and `MockServer`."""

from mock_server.delivery import Outcome
from mock_server.entries import Attempted, Entry
from mock_server.parts import Parts


class Control:
    """Sees and steers one mock, from within its event loop."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def entries(self, *, key: str | None = None, task_id: str | None = None) -> list[Entry]:
        """The journal, oldest first; of one key or one task where given."""
        return [entry for entry in self._parts.journal if key in (None, entry.key) and task_id in (None, entry.task_id)]

    async def wait_for_callbacks(self, task_id: str, count: int, within: float, outcome: Outcome) -> list[Attempted]:
        """The task's attempts that ended so, once there are `count`. Raises TimeoutError with what did come."""

        def wanted(entry: Entry) -> bool:
            return isinstance(entry, Attempted) and entry.task_id == task_id and entry.outcome == outcome

        found = await self._parts.journal.wait_for(wanted, count=count, within=within)
        return [entry for entry in found if isinstance(entry, Attempted)]

    async def queue(self, key: str, scenario: str, times: int | None) -> None:
        """Give the key's next `times` requests a scenario; None means every one that is not told otherwise.

        Raises BadSetting for a scenario that does not exist.
        """
        await self._parts.store.queue(key, self._parts.scenarios.named(scenario).name, times)

    async def reset(self, key: str | None) -> None:
        """Forget one key's state, or all; what is owed is not sent. All of it also resets a manual clock."""
        await self._parts.scheduler.drop(key)
        await self._parts.store.reset(key)
        self._parts.journal.clear(key)
        if key is None:
            await self._parts.scheduler.rewind()

    async def advance(self, seconds: float) -> int:
        """Move a manual clock and attempt what falls due. Raises TypeError and ValueError as Scheduler.advance."""
        return await self._parts.scheduler.advance(seconds)

    def now(self) -> float:
        """What time it is for the mock, in epoch seconds."""
        return self._parts.clock.now()
