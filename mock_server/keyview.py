"""One key of a mock that runs in a thread: what it did, what happened to it, and what is to happen next."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from mock_server.delivery import Attempt
from mock_server.entries import Attempted, Entry, Match, Requested
from mock_server.faults import Fault
from mock_server.tracks import Track, added
from mock_server.views import AccountView, Moment, TaskView

if TYPE_CHECKING:
    from mock_server.control import Control
    from mock_server.server import MockServer

T = TypeVar("T")


class MovableClock:
    """The clock of a mock that runs in a thread."""

    def __init__(self, mock: "MockServer") -> None:
        self._mock = mock

    def now(self) -> float:
        """What time it is for the mock, in epoch seconds."""
        return self._mock.control.now()

    def advance(self, seconds: float) -> int:
        """Move a clock that stands still; returns when everything that fell due was attempted, and how many attempts
        that was.

        Raises TypeError when the clock runs by itself.
        """
        return self._mock.run(self._mock.control.advance(seconds))

    def freeze(self) -> None:
        """Let the clock stand still."""
        self._mock.run(self._mock.control.freeze())

    def run(self) -> None:
        """Let the clock follow real time, from where it stands."""
        self._mock.run(self._mock.control.run())


class KeyView:
    """One key of a mock: give `key` or `headers` to a client. Nothing of another key is seen or changed here."""

    def __init__(self, mock: "MockServer", key: str) -> None:
        self._mock = mock
        self._control: Control = mock.control
        self.url = mock.url
        self.key = key
        self.headers = {"Authorization": f"Bearer {key}"}
        self.clock = mock.clock

    @property
    def entries(self) -> list[Entry]:
        """The key's requests and callback attempts, oldest first."""
        return self._control.entries(Match(key=self.key))

    @property
    def requests(self) -> list[Requested]:
        return [entry for entry in self.entries if isinstance(entry, Requested)]

    @property
    def attempts(self) -> list[Attempted]:
        return [entry for entry in self.entries if isinstance(entry, Attempted)]

    def find(self, **match: Any) -> list[Entry]:
        """The key's entries that match, oldest first; `match` holds fields of Match, such as `code=422`."""
        return self._control.entries(Match(**{**match, "key": self.key}))

    def wait_for(self, count: int, *, within: float = 10.0, **match: Any) -> list[Entry]:
        """What `find` finds, once there are `count` entries.

        Raises TimeoutError after `within` seconds of real time; its text lists what did come.
        """
        return self._run(self._control.wait_for(Match(**{**match, "key": self.key}), count, within))

    def wait_for_callbacks(self, task_id: str, count: int, *, within: float = 10.0) -> list[Attempted]:
        """The attempts for a task that were accepted, once there are `count`. Raises TimeoutError as `wait_for`."""
        found = self.wait_for(count, within=within, task_id=task_id, outcome="accepted")
        return [entry for entry in found if isinstance(entry, Attempted)]

    def tasks(self, *, status: str | None = None, limit: int = 100) -> list[TaskView]:
        """The key's tasks, newest first; `status` as in polling."""
        return self._run(self._control.tasks(self.key, status, limit))

    def timeline(self, task_id: str) -> list[Moment]:
        """All that happened to a task of the key and will. Raises NoSuch."""
        return list(self._run(self._control.task(task_id, self.key))[2])

    def redeliver(self, task_id: str, stage: str) -> Attempt:
        """Send a callback of a task of the key once more, now. Raises NoSuch, and BadSetting for a stage that it has
        not."""
        return self._run(self._control.redeliver(task_id, stage, self.key))

    def trigger(self, scenario: str, to: str, **request: Any) -> str:
        """Owe a scenario's callbacks to a URL, without a request; the id of the task. `request` replaces fields of the
        documented example. Raises BadSetting."""
        return self._run(self._control.trigger(scenario, to, self.key, request))

    def queue(self, scenario: str, *, times: int | None = 1) -> None:
        """Give the key's next `times` POST requests a scenario; None means every one until it is cleared.

        Raises BadSetting, with the nearest name, for a scenario that does not exist.
        """
        self._run(self._control.queue(self.key, scenario, times))

    def clear_queue(self) -> None:
        """Give the key's requests no scenario any more."""
        self._run(self._control.clear_queue(self.key))

    def fault(self, answer: str | None = None, **how: Any) -> None:
        """Replace the key's fault: `answer` is reset, truncated, malformed or status, `how` holds further fields of
        Fault, such as `times=2`. Without arguments there is none. Raises BadSetting."""
        self._run(self._control.put_fault(self.key, Fault.of(answer, **how)))

    def change(self, **changes: Any) -> AccountView:
        """Change what the key has of its own: credits, revoked, rate_limit, maintenance, retention_days; None where the
        server's setting is to hold. Raises BadSetting."""
        return self._run(self._control.change_account(self.key, changes))

    @property
    def account(self) -> AccountView:
        """The key's credits, counts and settings."""
        return self._run(self._control.account(self.key))

    def tracks(self) -> list[Track]:
        """The source tracks that the key can extend, those of finished tasks left out."""
        return self._run(self._control.tracks(self.key))

    def add_track(self, id: str, model: str, duration: float, **texts: str) -> Track:
        """Add a source track for the key; `texts` may hold title, style and prompt. Raises BadSetting."""
        return self._run(self._control.add_track(added(id, model, duration, **texts), self.key))

    def clear_journal(self) -> None:
        """Forget the key's entries."""
        self._run(self._control.clear_journal(self.key))

    def reset(self) -> None:
        """Forget what the key did. What it is still owed is not sent."""
        self._run(self._control.reset(self.key))

    def _run(self, course: Coroutine[Any, Any, T]) -> T:
        return self._mock.run(course)
