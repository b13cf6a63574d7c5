"""`suno-mock serve`: a mock on an address, its introduction, and a line per request and callback attempt."""

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from threading import Thread
from typing import TYPE_CHECKING, Final

from mock_server.app import create_app, listening
from mock_server.commands.on_terminal import OnTerminal, Told, tone_of
from mock_server.commands.options import AUTO
from mock_server.commands.output import LogPrinter, Printer
from mock_server.contract.examples import example_curl
from mock_server.core.errors import BadSetting
from mock_server.core.settings import Settings
from mock_server.core.text import printable
from mock_server.domain.accounts import first_key
from mock_server.http.server import AnnouncingServer, base_url, reached_at
from mock_server.state.journal_entries import Entry, Requested, line

if TYPE_CHECKING:
    from mock_server.domain.replay import Replay

FLUSH_AFTER: Final = 0.05
"""Seconds that a line may wait, so that many are printed at once and none on the path of a request."""
STDIN: Final = 0
CHUNK: Final = 65_536
"""Bytes of standard input that are read, and forgotten, at once."""


class Console:
    """Prints every entry a moment after it was recorded, on a terminal as it is read best."""

    def __init__(self, say: Printer, on_terminal: OnTerminal | None = None) -> None:
        self._say = say
        self._on_terminal = on_terminal
        self._waiting: list[Entry] = []

    def __call__(self, entry: Entry) -> None:
        if not self._waiting:
            asyncio.get_running_loop().call_later(FLUSH_AFTER, self.flush)
        self._waiting.append(entry)

    def flush(self) -> None:
        """Print what waits."""
        waiting, self._waiting = self._waiting, []
        on = self._on_terminal
        self._say(*(map(line, waiting) if on is None else on.batch([_told(entry) for entry in waiting])))

    def close(self) -> None:
        """Print what waits, before the program ends."""
        self.flush()
        if self._on_terminal is not None:
            self._say(*self._on_terminal.rest())
        self._say.close()


def _told(entry: Entry) -> Told:
    """An entry as a terminal shows it."""
    told = line(entry)
    if isinstance(entry, Requested):
        called = f"{entry.call.method} {entry.call.path}"
        return Told(
            line=told,
            at=entry.at,
            tone=tone_of("request", entry.code, ""),
            polls=f"{entry.call.target} {told}" if entry.call.method == "GET" else "",
            sort=printable(f"{called} {entry.code or entry.status}"),
            task_id=entry.task_id or "",
        )
    return Told(
        line=told,
        at=entry.at,
        tone=tone_of("attempt", entry.code, entry.outcome),
        sort=f"{entry.stage} {entry.outcome}",
        task_id=entry.task_id,
    )


def run(
    host: str, port: int, settings: Settings, *, quiet: bool, colour: str = AUTO, until_input_ends: bool = False
) -> None:
    """Serve until interrupted, or until standard input ends, with garbage collected. Raises BadSetting for what cannot
    be served, or where."""
    if until_input_ends:
        if settings.workers > 1:
            raise BadSetting(
                f"--until-stdin-ends and {settings.workers} workers do not go together. Allowed: 1 worker."
            )
        Thread(target=_end_with_input, daemon=True).start()
    with listening(host, port, settings) as listens:
        reached = reached_at(listens, settings)
        serve = partial(_serve, listens, settings, reached, quiet=quiet, colour=colour)
        if settings.workers == 1:
            sys.exit(serve(introduces=True, held=None))
        from mock_server.commands.workers import Workers

        create_app(reached, address=base_url(listens)).state.control.store.let_go()
        sys.exit(Workers(settings.workers, serve).run())


def _serve(
    listens: socket.socket,
    settings: Settings,
    reached: Settings,
    *,
    quiet: bool,
    colour: str,
    introduces: bool,
    held: Connection | None,
) -> int:
    """Serve on a socket that `listens` until interrupted, or until nobody holds the other end of the pipe `held`. The
    exit status."""
    say, warn = Printer(sys.stdout), Printer(sys.stderr)
    console, logged, root = Console(say, OnTerminal.of(sys.stdout, colour)), LogPrinter(warn), logging.getLogger()
    root.addHandler(logged)
    app = create_app(reached, listener=None if quiet else console, address=base_url(listens))

    def announce() -> None:
        if introduces:
            say(*_introduction(base_url(listens), settings, reached), *_replayed(app.state.runtime.replay))

    def leave() -> None:
        console.close()
        root.removeHandler(logged)
        logged.close()
        warn.close()

    server = AnnouncingServer(
        app,
        announce,
        app.release,
        app.misread,
        leave,
        request_timeout=settings.request_timeout,
        prepare=app.prepare,
        log_config=None,
    )
    if held is not None:
        Thread(target=_end_after, args=(held, server), daemon=True).start()
    collect_seldom()
    server.run(sockets=[listens])
    return 1 if server.unprepared else 0


def _end_with_input() -> None:
    """End this process as SIGTERM does once nobody holds the other end of its standard input."""
    with suppress(OSError):  # closed, or a terminal that is gone: that is its end, too
        while os.read(STDIN, CHUNK):
            pass
    os.kill(os.getpid(), signal.SIGTERM)


def _end_after(held: Connection, server: AnnouncingServer) -> None:
    """End a worker once who has started it is gone, however that was."""
    held.poll(None)
    server.end()


def collect_seldom() -> None:
    """Has Python look for garbage less often. What a request leaves is kept for long and holds no cycles; the default
    looks for some every 700 objects, and through all that the mock keeps while nobody is answered."""
    gc.set_threshold(10_000, 4, 100)
    gc.freeze()
    gc.enable()


def _replayed(replay: "Replay | None") -> Iterator[str]:
    """What is played of a recording."""
    if replay is not None:
        first, *others = replay.summary()
        yield f"replay {'; '.join([first, *others])}"


def _introduction(url: str, settings: Settings, reached: Settings) -> Iterator[str]:
    """`settings` are those that were given, `reached` those that follow from where the mock listens."""
    key = first_key()
    yield url
    yield f"key    {key}" + ("" if settings.strict_keys else "  (any other non-empty key works too)")
    yield f"admin  {url}/__admin"
    if not settings.admin_token and (made_up := reached.admin_token):
        yield f"token  {made_up}  (others can reach the mock, so /__admin asks for 'Authorization: Bearer {made_up}')"
    yield f"try    {example_curl(url, settings.profile, key)}"
    if not reached.base_url:
        yield "hosts  every name and address of this machine: a task's URLs take the Host of its request, or --base-url"
