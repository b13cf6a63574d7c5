"""A mock in a thread, for tests in Python."""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Self, TypeVar

from mock_server.accounts import known_keys
from mock_server.app import create_app
from mock_server.clock import Clock
from mock_server.control import Control
from mock_server.delivery import Attempt
from mock_server.entries import Attempted, Entry, Match, Requested
from mock_server.faults import Fault
from mock_server.keyview import KeyView, MovableClock
from mock_server.listening import AnnouncingServer, base_url, listen, reached_at
from mock_server.scenarios import Scenario
from mock_server.settings import Settings
from mock_server.tracks import Track, added
from mock_server.views import AccountView, Moment, TaskView

T = TypeVar("T")


class MockServer:
    """A mock on a port of its own, in a thread; a context manager.

        with MockServer(seed=7) as mock:
            httpx.post(f"{mock.url}/api/v1/generate/extend", headers={"Authorization": f"Bearer {mock.key}"}, ...)

    Keyword arguments are those of `Settings`. Port 0 takes a free port. Raises BadSetting for a setting that cannot
    be used or a port that is taken. `account` sees and steers one key alone, and what needs a key and is not given one
    here is about `key`.
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
        settings = settings or Settings(**changes)
        self._socket = listen(host, port)
        try:
            app = create_app(reached_at(self._socket, settings), clock=clock)
        except BaseException:
            self._socket.close()
            raise
        self.control: Control = app.state.control
        self._ready = threading.Event()
        self._server = AnnouncingServer(app, self._announce)
        self._thread = threading.Thread(target=self._serve, name="suno-mock", daemon=True)
        self.url = base_url(self._socket)
        self.key = next(iter(known_keys()))
        self.headers = {"Authorization": f"Bearer {self.key}"}
        self.clock = MovableClock(self)
        own = self.account(self.key)
        self.queue = own.queue
        self.clear_queue = own.clear_queue
        self.trigger = own.trigger

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

    def account(self, key: str) -> KeyView:
        """One key: what it does, and what happens to it."""
        return KeyView(self, key)

    @property
    def entries(self) -> list[Entry]:
        """The journal, oldest first."""
        return self.control.entries()

    @property
    def requests(self) -> list[Requested]:
        """Every request so far, oldest first, as far as the journal reaches."""
        return [entry for entry in self.entries if isinstance(entry, Requested)]

    def find(self, **match: Any) -> list[Entry]:
        """The entries that match, oldest first; `match` holds fields of Match, such as `code=422`."""
        return self.control.entries(Match(**match))

    def wait_for(self, count: int, *, within: float = 10.0, **match: Any) -> list[Entry]:
        """As `KeyView.wait_for`, for all keys."""
        return self.run(self.control.wait_for(Match(**match), count, within))

    def wait_for_callbacks(self, task_id: str, count: int, *, within: float = 10.0) -> list[Attempted]:
        """The attempts for a task that were accepted, once there are `count`.

        Raises TimeoutError after `within` seconds of real time; its text lists what did come.
        """
        found = self.wait_for(count, within=within, task_id=task_id, outcome="accepted")
        return [entry for entry in found if isinstance(entry, Attempted)]

    def tasks(self, *, status: str | None = None, limit: int = 100) -> list[TaskView]:
        """The tasks of all keys, newest first; `status` as in polling."""
        return self.run(self.control.tasks(None, status, limit))

    def timeline(self, task_id: str) -> list[Moment]:
        """All that happened to a task and will. Raises NoSuch."""
        return list(self.run(self.control.task(task_id))[2])

    def redeliver(self, task_id: str, stage: str) -> Attempt:
        """As `KeyView.redeliver`, for a task of any key."""
        return self.run(self.control.redeliver(task_id, stage))

    def fault(self, answer: str | None = None, **how: Any) -> None:
        """As `KeyView.fault`, for all keys that have none of their own."""
        self.run(self.control.put_fault(None, Fault.of(answer, **how)))

    def faults(self) -> dict[str | None, Fault]:
        """The faults that are set, by key; None for all keys that have none of their own."""
        return dict(self.run(self.control.faults()))

    def accounts(self) -> list[AccountView]:
        """Every key that has something of its own or was used."""
        return self.run(self.control.accounts())

    def tracks(self) -> list[Track]:
        """The source tracks that every key can extend."""
        return self.run(self.control.tracks())

    def add_track(self, id: str, model: str, duration: float, **texts: str) -> Track:
        """As `KeyView.add_track`, for all keys."""
        return self.run(self.control.add_track(added(id, model, duration, **texts)))

    @property
    def scenarios(self) -> list[Scenario]:
        """Every scenario that can be asked for."""
        return self.control.scenarios()

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.control.settings()

    @property
    def questions(self) -> dict[str, str]:
        """Every open question with the reading in force, or `vary`."""
        return self.control.questions()

    def change_settings(self, **changes: Any) -> None:
        """Change settings until a reset, such as `maintenance=True`. Raises BadSetting."""
        self.run(self.control.change_settings(changes))

    def change_questions(self, **readings: str) -> None:
        """Answer questions otherwise until a reset, such as `first_items="both"`. Raises BadSetting."""
        self.run(self.control.change_questions(readings))

    def clear_journal(self) -> None:
        """Forget all entries."""
        self.run(self.control.clear_journal(None))

    def reset(self) -> None:
        """Forget everything that was sent, and take settings, questions, faults and the clock back to the start. What
        is owed is not sent."""
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
