"""A mock in a thread, for tests in Python: `MockServer`, and what one of its keys sees."""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Self, TypeVar

from mock_server.accounts import known_keys
from mock_server.app import create_app
from mock_server.clock import Clock
from mock_server.control import Control
from mock_server.delivery import Outcome
from mock_server.entries import Attempted, Entry, Requested
from mock_server.listening import AnnouncingServer, base_url, listen
from mock_server.settings import Settings

T = TypeVar("T")


class MockServer:
    """A mock on a port of its own, in a thread; a context manager.

        with MockServer(seed=7) as mock:
            httpx.post(f"{mock.url}/api/v1/generate/extend", headers={"Authorization": f"Bearer {mock.key}"}, ...)

    Keyword arguments are those of `Settings`. Port 0 takes a free port. Raises BadSetting for a setting that cannot
    be used or a port that is taken. `account` sees and steers one key alone.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Clock | None = None,
        **changes: Any,
    ) -> None:
        if settings is not None and changes:
            raise TypeError(f"give either settings or keywords, not both: {', '.join(changes)}")
        app = create_app(settings or Settings(**changes), clock=clock)
        self.control: Control = app.state.control
        self._socket = listen(host, port)
        self._ready = threading.Event()
        self._server = AnnouncingServer(app, self._announce)
        self._thread = threading.Thread(target=self._serve, name="suno-mock", daemon=True)
        self.url = base_url(self._socket)
        self.key = next(iter(known_keys()))
        self.clock = MovableClock(self)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def start(self) -> None:
        """Serve, and return once requests are answered."""
        self._thread.start()
        self._ready.wait()
        if not self._server.started:
            raise RuntimeError("the mock did not start; its standard error has the reason")

    def stop(self) -> None:
        """Stop serving, if it was started. Callbacks still owed are written to the journal as undelivered."""
        self._server.should_exit = True
        if self._thread.ident is None:
            self._socket.close()
        else:
            self._thread.join()

    def account(self, key: str) -> "Account":
        """One key: what it does, and what happens to it."""
        return Account(self, key)

    @property
    def requests(self) -> list[Requested]:
        """Every request so far, oldest first, as far as the journal reaches."""
        return [entry for entry in self.control.entries() if isinstance(entry, Requested)]

    def queue(self, scenario: str, *, times: int | None = 1) -> None:
        """As `Account.queue`, for `mock.key`."""
        self.account(self.key).queue(scenario, times=times)

    def wait_for_callbacks(self, task_id: str, count: int, *, within: float = 10.0) -> list[Attempted]:
        """The attempts for a task that were accepted, once there are `count`.

        Raises TimeoutError after `within` seconds of real time; its text lists what did come.
        """
        return self.run(self.control.wait_for_callbacks(task_id, count, within, Outcome.ACCEPTED))

    def reset(self) -> None:
        """Forget everything that was sent, and take a manual clock back to its start. What is owed is not sent."""
        self.run(self.control.reset(None))

    def run(self, course: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine that runs in the mock's own event loop."""
        return asyncio.run_coroutine_threadsafe(course, self._loop).result()

    def _announce(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ready.set()

    def _serve(self) -> None:
        try:
            with suppress(SystemExit):  # how uvicorn reports a failed start
                self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()
            self._ready.set()


class MovableClock:
    """The clock of a mock that runs in a thread."""

    def __init__(self, mock: MockServer) -> None:
        self._mock = mock

    def now(self) -> float:
        """What time it is for the mock, in epoch seconds."""
        return self._mock.control.now()

    def advance(self, seconds: float) -> int:
        """Move a manual clock; returns when everything that fell due was attempted, and how many attempts that was.

        Raises TypeError when the clock runs by itself.
        """
        return self._mock.run(self._mock.control.advance(seconds))


class Account:
    """One key of a mock: give `key` or `headers` to a client. Nothing of another key is seen or changed here."""

    def __init__(self, mock: MockServer, key: str) -> None:
        self._mock = mock
        self.url = mock.url
        self.key = key
        self.headers = {"Authorization": f"Bearer {key}"}
        self.clock = mock.clock
        self.wait_for_callbacks = mock.wait_for_callbacks

    @property
    def entries(self) -> list[Entry]:
        """The key's requests and callback attempts, oldest first."""
        return self._mock.control.entries(key=self.key)

    @property
    def requests(self) -> list[Requested]:
        return [entry for entry in self.entries if isinstance(entry, Requested)]

    @property
    def attempts(self) -> list[Attempted]:
        return [entry for entry in self.entries if isinstance(entry, Attempted)]

    def queue(self, scenario: str, *, times: int | None = 1) -> None:
        """Give the key's next `times` extend requests a scenario; None means every one until a reset.

        Raises BadSetting, with the nearest name, for a scenario that does not exist.
        """
        self._mock.run(self._mock.control.queue(self.key, scenario, times))

    def reset(self) -> None:
        """Forget what the key did. What it is still owed is not sent."""
        self._mock.run(self._mock.control.reset(self.key))
