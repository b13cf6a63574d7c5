"""One key of a mock in a thread: its requests, its callbacks, and the scenarios of its next requests."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from mock_server.control.views import AccountView
from mock_server.testing.handle import Handle

if TYPE_CHECKING:
    from mock_server.testing.mock_server import MockServer

T = TypeVar("T")


class MovableClock:
    """The clock of a mock that runs in a thread."""

    def __init__(self, mock: "MockServer") -> None:
        self._mock = mock

    def now(self) -> float:
        """What time it is for the mock, in epoch seconds."""
        return self._mock.read(self._mock.control.store.moment()).now

    def advance(self, seconds: float) -> int:
        """Move a clock that stands still; returns when everything that fell due was attempted, and how many attempts
        that was.

        Raises ClockRuns when the clock runs by itself, BadSetting for seconds that it cannot be moved by, and Stopped,
        with what was attempted and what was not, where the mock stops meanwhile.
        """
        return self._mock.run(self._mock.control.advance(seconds))

    def freeze(self) -> None:
        """Let the clock stand still."""
        self._mock.run(self._mock.control.freeze())

    def run(self) -> None:
        """Let the clock follow real time, from where it stands."""
        self._mock.run(self._mock.control.run())


class KeyView(Handle):
    """One key of a mock: give `key` or `headers` to a client. Nothing of another key is seen or changed here."""

    def __init__(self, mock: "MockServer", key: str) -> None:
        super().__init__(key)
        self._mock = mock
        self.control = mock.control
        self.url = mock.url
        self.key = key
        self.headers = {"Authorization": f"Bearer {key}"}
        self.clock = mock.clock

    def run(self, course: Coroutine[Any, Any, T]) -> T:
        return self._mock.run(course)

    def read(self, course: Coroutine[Any, Any, T]) -> T:
        return self._mock.read(course)

    def queue(self, scenario: str, *, times: int | None = 1) -> None:
        """Give the key's next `times` POST requests a scenario; None means every one until it is cleared.

        Raises BadSetting, with the nearest name, for a scenario that does not exist.
        """
        self.run(self.control.queue(self.key, scenario, times))

    def clear_queue(self) -> None:
        """Give the key's requests no scenario any more."""
        self.run(self.control.clear_queue(self.key))

    def trigger(self, scenario: str, to: str, **request: Any) -> str:
        """Owe a scenario's callbacks to a URL, without a request; the id of the task. `request` replaces fields of the
        documented example. It counts as one of the key's requests. Raises BadSetting."""
        return self.run(self.control.trigger(scenario, to, self.key, request))

    def change(self, **changes: Any) -> AccountView:
        """Change what the key has of its own: credits, revoked, rate_limit, maintenance, retention_days; None where the
        server's setting is to hold. Raises BadSetting."""
        return self.run(self.control.change_account(self.key, changes))

    @property
    def account(self) -> AccountView:
        """The key's credits, counts and settings."""
        return self.run(self.control.account(self.key))
