"""A mock in a thread, for tests in Python."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import Any, Self, TypeVar

from mock_server.app import create_app, listening
from mock_server.contract.scenarios import Scenario
from mock_server.control.views import AccountView
from mock_server.core.clock import Clock
from mock_server.core.errors import BadSetting, Stopped
from mock_server.core.settings import Settings
from mock_server.domain.accounts import first_key
from mock_server.http.server import AnnouncingServer, base_url, reached_at
from mock_server.state.faults import Fault
from mock_server.testing.handle import Handle
from mock_server.testing.key import KeyView, MovableClock
from mock_server.testing.patched import check_threads

T = TypeVar("T")


class MockServer(Handle):
    """A mock on a port of its own, in a thread; a context manager.

        with MockServer(seed=7) as mock:
            httpx.post(f"{mock.url}/api/v1/generate/extend", headers={"Authorization": f"Bearer {mock.key}"}, ...)

    Keyword arguments are those of `Settings`. Port 0 takes a free port. Raises BadSetting for a setting that cannot
    be used or a port that is taken, and RuntimeError where gevent or eventlet has replaced
    threads or sockets. `account` sees and steers one key alone, and what needs a key and is not given one
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
        check_threads()
        if settings is not None and changes:
            raise TypeError(f"give either settings or keywords, not both: {', '.join(changes)}")
        settings = settings or Settings.of(**changes)
        super().__init__(None)
        self._socket = listening(host, port, settings)
        try:
            app = create_app(reached_at(self._socket, settings), clock=clock, address=base_url(self._socket))
        except BaseException:
            self._socket.close()
            raise
        self.control = app.state.control
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready = threading.Event()
        self._running = False
        self._server = AnnouncingServer(
            app,
            self._announce,
            app.release,
            app.misread,
            request_timeout=settings.request_timeout,
            prepare=app.prepare,
        )
        self._thread = threading.Thread(target=self._serve, name="suno-mock", daemon=True)
        self.url = base_url(self._socket)
        self.key = first_key()
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
        """Serve, and return once requests are answered. Raises RuntimeError where it was started before or
        cannot be."""
        if self._thread.ident is not None:
            raise RuntimeError("the mock was started before; make another MockServer")
        self._thread.start()
        self._ready.wait()
        if not self._server.started:
            raise RuntimeError("the mock did not start; its standard error has the reason")
        self._running = True

    def stop(self) -> None:
        """Stop serving, if it was started. Callbacks still owed are written to the journal as undelivered."""
        self._running = False
        self._server.end()
        if self._thread.ident is None:
            self._socket.close()
            self.control.store.let_go()
        else:
            self._thread.join()

    def account(self, key: str) -> KeyView:
        """One key: what it does, and what happens to it. Raises BadSetting for what cannot be a key."""
        if not isinstance(key, str) or not key:
            raise BadSetting(f"the key is {key!r}. Allowed: any text that is not empty.")
        return KeyView(self, key)

    def faults(self) -> dict[str | None, Fault]:
        """The faults that are set, by key; None for all keys that have none of their own."""
        return dict(self.run(self.control.faults()))

    def accounts(self) -> list[AccountView]:
        """Every key that has something of its own or was used."""
        return self.run(self.control.accounts())

    @property
    def scenarios(self) -> list[Scenario]:
        """Every scenario that can be asked for."""
        return self.control.scenarios()

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.read(self.control.settings())

    @property
    def questions(self) -> dict[str, str]:
        """Every open question with the reading in force, or `vary`."""
        return self.read(self.control.questions())

    def change_settings(self, **changes: Any) -> None:
        """Change settings until a reset, such as `maintenance=True`. Raises BadSetting."""
        self.run(self.control.change_settings(changes))

    def change_questions(self, **readings: str) -> None:
        """Answer questions otherwise until a reset, such as `first_items="both"`. Raises BadSetting."""
        self.run(self.control.change_questions(readings))

    def run(self, course: Coroutine[Any, Any, T]) -> T:
        if self._loop is None or not self._running:
            course.close()
            raise RuntimeError("the mock does not run; use it between start() and stop(), or inside its with block")
        try:
            return asyncio.run_coroutine_threadsafe(course, self._loop).result()
        except CancelledError:
            raise Stopped("the mock was stopped before it had done what it was asked") from None

    def read(self, course: Coroutine[Any, Any, T]) -> T:
        # While the mock runs nobody but its loop may look: an entry that is being written would be seen half.
        return self.run(course) if self._running else asyncio.run(course)

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
