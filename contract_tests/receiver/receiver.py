"""The receiver of callbacks: it gives each request a URL of its own, so no body has to be trusted to name its task."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Final

from contract_tests.probes.request import Reply
from contract_tests.receiver.http_server import Message, ThreadedServer

KEPT: Final = 50
"""Callbacks to one URL, and to none, that are kept; what comes beyond is answered and forgotten."""
KEPT_BYTES: Final = 32 * 1024 * 1024
"""Bytes of all callbacks that are kept; one that comes beyond is answered and counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One request to the receiver as it came, `at` in seconds of the monotonic clock. `status` is that of the answer, 0
    where none was given."""

    at: float
    method: str
    target: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes
    status: int = 200


Watch = Callable[[str, Arrival], object]
"""Is told the URL and what came there."""


@dataclass(slots=True)
class _Box:
    """What belongs to one URL."""

    replies: list[Reply] = field(default_factory=list)
    look: Watch | None = None
    arrived: list[Arrival] = field(default_factory=list)
    released: bool = False


NOTHING: Final = (0, 0.0)


class Receiver(ThreadedServer):
    """Receives in a thread. A context manager. Callers reach it at `public`, where it is given, else at its address.
    `prefix` begins the paths of the URLs that it gives out, with an id of the run. `waits_for` is to how many of them
    something is owed that is waited for, and until when at most, in seconds of the monotonic clock."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0, public: str = "", run: str = "") -> None:
        self.prefix = f"/cb/{run or token_hex(4)}/"
        self._boxes: dict[str, _Box] = {}
        self._stray = _Box()
        self._looking = 0
        self._bytes = 0
        self._forgotten = 0
        self._closed = False
        self._told: Callable[[Arrival], object] = lambda arrival: None
        self._changed = threading.Condition()
        self.waits_for = NOTHING
        super().__init__(self._take, host, port)
        self._base = (public or f"http://{host}:{self.port}").rstrip("/")

    def __exit__(self, *exc: object) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        super().__exit__(*exc)

    def url(
        self,
        name: str,
        replies: Sequence[Reply] = (),
        look: Watch | None = None,
        more: tuple[str, str] = ("", ""),
    ) -> str:
        """A URL of its own; the first callbacks there get these replies, all further ones 200. `look` is called with
        every callback before it is answered. `more` is added to its path and to its query."""
        path, query = more
        target = f"{self.prefix}{name}{path}?k={name}{query}"
        with self._changed:
            self._boxes[target] = _Box(list(replies), look)
        return self._base + target

    def tell(self, told: Callable[[Arrival], object]) -> None:
        """From now on `told` is called with everything that comes and is kept, from any thread and in order."""
        self._told = told

    def release(self, url: str) -> None:
        """Says that the answer to the request has come: callbacks that were left waiting for it are answered now."""
        with self._changed:
            self._box(url).released = True
            self._changed.notify_all()

    def arrived(self, url: str) -> list[Arrival]:
        """What came to a URL so far, in order."""
        with self._changed:
            return list(self._box(url).arrived)

    @property
    def stray(self) -> list[Arrival]:
        """What came to no URL that was given out."""
        with self._changed:
            return list(self._stray.arrived)

    @property
    def forgotten(self) -> int:
        """How many callbacks were answered and not kept, because all together were too large."""
        with self._changed:
            return self._forgotten

    def settle(self, counts: Mapping[str, int], within: float) -> None:
        """Waits until every URL has had as many callbacks, or `within` seconds are over."""
        with self._changed:
            self._changed.wait_for(
                lambda: all(len(self._box(url).arrived) >= count for url, count in counts.items()), within
            )

    def until(self, owed: Mapping[str, Callable[[Sequence[Arrival]], float]], within: float) -> None:
        """Waits until nothing more is owed to any URL, or `within` seconds are over. Each says itself from when on that
        is so, in seconds of the monotonic clock."""
        deadline = time.monotonic() + within
        with self._changed:
            while True:
                ends = [until(list(self._box(url).arrived)) for url, until in owed.items()]
                now = time.monotonic()
                left = min(max(ends, default=now), deadline) - now
                self.waits_for = sum(end > now for end in ends), deadline
                if left <= 0:
                    self.waits_for = NOTHING
                    return
                self._changed.wait(left)

    def quiet(self, seconds: float, within: float) -> None:
        """Waits until nothing has come for `seconds` and no `look` is under way, or `within` seconds are over."""
        deadline = time.monotonic() + within
        with self._changed:
            while (left := deadline - time.monotonic()) > 0 and self._changed.wait(min(seconds, left)):
                pass
            self._changed.wait_for(lambda: not self._looking, max(deadline - time.monotonic(), 0))

    def _box(self, url: str) -> _Box:
        return self._boxes[url.removeprefix(self._base)]

    def _take(self, came: Message) -> Message:
        at = time.monotonic()
        with self._changed:
            box = self._boxes.get(came.path, self._stray)
            reply = box.replies.pop(0) if box.replies else Reply()
            arrival = Arrival(
                at=at, method=came.method, target=came.path, headers=came.headers, body=came.body, status=reply.status
            )
            self._keep(box, arrival)
            count = len(box.arrived)
            self._looking += 1
            self._changed.notify_all()
        try:
            if box.look is not None:
                box.look(self._base + came.path, arrival)
        finally:
            with self._changed:
                self._looking -= 1
                self._changed.notify_all()
        self._hold(box, reply, count)
        return Message(status=reply.status)

    def _keep(self, box: _Box, arrival: Arrival) -> None:
        if len(box.arrived) == KEPT:
            return
        if self._bytes + len(arrival.body) > KEPT_BYTES:
            self._forgotten += 1
            return
        self._bytes += len(arrival.body)
        box.arrived.append(arrival)
        self._told(arrival)

    def _hold(self, box: _Box, reply: Reply, count: int) -> None:
        """Holds the answer back as long as the reply says."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or (box.released if reply.status else len(box.arrived) > count), reply.holds
            )
