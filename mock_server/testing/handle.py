"""A mock in a thread, as a test reads and steers it: the part common to one key and to all."""

from abc import ABC, abstractmethod
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from mock_server.contract.source_tracks import Track, added
from mock_server.control.views import TaskView, TimelinePoint
from mock_server.domain.attempt import Attempt
from mock_server.state.faults import Fault
from mock_server.state.journal_entries import Attempted, Entry, Requested
from mock_server.state.journal_match import Match

if TYPE_CHECKING:
    from mock_server.control.control import Control

T = TypeVar("T")


class Handle(ABC):
    """Everything that there is for one key and for all keys alike. `about` is the key, None for all."""

    control: "Control"

    def __init__(self, about: str | None) -> None:
        self._about = about

    @abstractmethod
    def run(self, course: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine that runs in the mock's own event loop. Raises RuntimeError while the mock does not
        run, and Stopped where it stops meanwhile."""

    @abstractmethod
    def read(self, course: Coroutine[Any, Any, T]) -> T:
        """The same for what only looks: it also works before the mock runs and after."""

    @property
    def entries(self) -> list[Entry]:
        """Requests and callback attempts, oldest first, as far as the journal reaches."""
        return self.find()

    @property
    def requests(self) -> list[Requested]:
        """The requests among the entries."""
        return [entry for entry in self.entries if isinstance(entry, Requested)]

    @property
    def attempts(self) -> list[Attempted]:
        """The callback attempts among the entries."""
        return [entry for entry in self.entries if isinstance(entry, Attempted)]

    def find(self, **match: Any) -> list[Entry]:
        """The entries that match, oldest first; `match` holds fields of Match, such as `code=422`. Raises BadSetting
        for a field or a value that none can have."""
        return self.read(self.control.entries(self._match(match)))

    def wait_for(self, count: int, *, within: float = 10.0, **match: Any) -> list[Entry]:
        """What `find` finds, once there are `count` entries.

        Raises TimeoutError after `within` seconds of real time; its text lists what did come. Stopped with the
        same where the mock stops, and BadSetting as `find`.
        """
        return self.run(self.control.wait_for(self._match(match), count, within))

    def wait_for_callbacks(self, task_id: str, count: int, *, within: float = 10.0) -> list[Attempted]:
        """The attempts for a task that were accepted, once there are `count`. Raises TimeoutError as `wait_for`."""
        found = self.wait_for(count, within=within, task_id=task_id, outcome="accepted")
        return [entry for entry in found if isinstance(entry, Attempted)]

    def tasks(self, *, status: str | None = None, limit: int = 100) -> list[TaskView]:
        """The tasks, newest first; `status` as in polling. Raises BadSetting for one that does not exist."""
        return self.run(self.control.tasks(self._about, status, limit))

    def timeline(self, task_id: str) -> list[TimelinePoint]:
        """All that happened to a task and will. Raises NoSuch."""
        return list(self.run(self.control.task(task_id, self._about))[2])

    def redeliver(self, task_id: str, stage: str, *, to: str = "") -> Attempt:
        """Send a callback of a task once more, now, to its own URL or another. Raises NoSuch, and BadSetting for a
        stage that the task has not, or has not reached, and for what is no URL."""
        return self.run(self.control.redeliver(task_id, stage, self._about, to))

    def fault(self, answer: str | None = None, **how: Any) -> None:
        """Replace the fault: `answer` is reset, truncated, malformed or status, `how` holds further fields of Fault,
        such as `times=2`. Without arguments there is none. That of all keys is for those that have none of their own.
        Raises BadSetting."""
        self.run(self.control.put_fault(self._about, Fault.of(answer, **how)))

    def tracks(self) -> list[Track]:
        """The source tracks that can be extended, those of finished tasks left out."""
        return self.run(self.control.tracks(self._about))

    def add_track(self, id: str, model: str, duration: float, **texts: str) -> Track:
        """Add a source track; `texts` may hold title, style and prompt. Raises BadSetting."""
        return self.run(self.control.add_track(added(id, model, duration, **texts), self._about))

    def clear_journal(self) -> None:
        """Forget the entries."""
        self.run(self.control.clear_journal(self._about))

    def reset(self) -> None:
        """Forget what was sent, and faults; what is still owed is not sent. What a key has of its own stays, unless all
        is reset: that also takes settings, questions and the clock back to the start."""
        self.run(self.control.reset(self._about))

    def _match(self, fields: dict[str, Any]) -> Match:
        return Match.of(**(fields if self._about is None else {**fields, "key": self._about}))
