"""A callback receiver on a port of its own: every request gets a URL of its own there, so that nothing that arrives has
to be trusted to tell where it belongs."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from contract_tests.serving import Message, ThreadedServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One request to the receiver as it came, `at` in seconds of the monotonic clock."""

    at: float
    method: str
    target: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes


class Receiver:
    """Receives in a thread; a context manager. `public` is what callers from outside see in place of its address."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0, public: str = "") -> None:
        self._arrived: dict[str, list[Arrival]] = {}
        self._answers: dict[str, list[int]] = {}
        self._stray: list[Arrival] = []
        self._changed = threading.Condition()
        self._server = ThreadedServer(self._take, host, port)
        self._base = (public or f"http://{host}:{self._server.port}").rstrip("/")

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.__exit__(*exc)

    def url(self, name: str, answers: Sequence[int] = ()) -> str:
        """A URL of its own; the first callbacks there get these HTTP statuses, all further ones 200."""
        target = f"/cb/{name}?k={name}"
        with self._changed:
            self._arrived[target] = []
            self._answers[target] = list(answers)
        return self._base + target

    def arrived(self, url: str) -> list[Arrival]:
        """What came to a URL so far, in order."""
        with self._changed:
            return list(self._arrived[url.removeprefix(self._base)])

    @property
    def stray(self) -> list[Arrival]:
        """What came to no URL that was given out."""
        with self._changed:
            return list(self._stray)

    def settle(self, counts: Mapping[str, int], within: float) -> None:
        """Return when every URL has had as many callbacks, or `within` seconds are over."""
        wanted = {url.removeprefix(self._base): count for url, count in counts.items()}
        with self._changed:
            self._changed.wait_for(
                lambda: all(len(self._arrived[target]) >= count for target, count in wanted.items()), within
            )

    def quiet(self, seconds: float, within: float) -> None:
        """Return when nothing has come for `seconds`, or `within` seconds are over."""
        deadline = time.monotonic() + within
        with self._changed:
            while (left := deadline - time.monotonic()) > 0 and self._changed.wait(min(seconds, left)):
                pass

    def _take(self, came: Message) -> Message:
        arrival = Arrival(
            at=time.monotonic(), method=came.method, target=came.path, headers=came.headers, body=came.body
        )
        with self._changed:
            self._arrived.get(arrival.target, self._stray).append(arrival)
            answers = self._answers.get(arrival.target)
            self._changed.notify_all()
            return Message(status=answers.pop(0) if answers else 200)
