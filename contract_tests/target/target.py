"""The client of the server under test: keeps the budget and the rate, waits out a 429, and writes the journal."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, TextIO

from contract_tests.documents.terms import DOCUMENTED, Terms
from contract_tests.probes.request import JSON, Expected, Probe
from contract_tests.receiver.receiver import Arrival
from contract_tests.target import journal
from contract_tests.target.budget import Budget
from contract_tests.target.exchange import NOBODY, Exchange
from contract_tests.target.journal import EarlierRun, NotNoted
from contract_tests.target.keys import OWN_VARIABLE, Keys
from contract_tests.target.not_sent import Busy, Silent
from contract_tests.target.places import record_path, with_url
from contract_tests.target.wire import Wire

PATIENCE: Final = 20.0
"""Seconds that an answer may take in all."""
LOOK_PATIENCE: Final = 5.0
"""Seconds that a poll may take while a callback waits for its answer."""
RETRIES: Final = 3
"""How often a request is repeated after a 429 that the probe did not want."""
DENIALS: Final = 2
"""Probes in a row that got nothing but 429, after which no more are sent."""
SILENCES: Final = 5
"""Requests in a row without an answer, or with one that does not end, after which no more are sent."""
DEAF_POLLS: Final = 3
"""Polls in a row without an answer after which no more are sent."""
POLL_AFTER: Final = 5.0
"""Seconds between two looks at a task that is under way."""
POLL_SHARE: Final = 0.2
"""Of the spacing: what is between two polls."""
NOTHING: Final = Expected(codes=frozenset())

log: Final = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Limits:
    """`budget` is how many tasks may be started, None for any number; `spacing` the least seconds between requests,
    `overlap` how many may be under way at the same time."""

    budget: int | None = None
    spacing: float = 0.0
    overlap: int = 1


class Target:
    """A server under test, for any number of threads. `journal` gets a line of JSON per exchange, the keys masked;
    `key_env` is the environment variable of the own key. What was answered in the run `before`, which this one
    resumes, is not sent again, and what that run cost counts. `terms` are the paths and codes of its profile."""

    def __init__(
        self,
        base_url: str,
        keys: Mapping[str, str],
        limits: Limits,
        journal: TextIO,
        *,
        sleep: Callable[[float], None] = time.sleep,
        patience: float = PATIENCE,
        key_env: str = OWN_VARIABLE,
        before: EarlierRun = EarlierRun(),  # noqa: B008, it is frozen
        terms: Terms = DOCUMENTED,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.key_env = key_env
        self.terms = terms
        self.budget = Budget(limits.budget, before.spent, before.lenient)
        self._keys = Keys(keys, key_env)
        self._wire = Wire(self.base_url, self._keys)
        self._limits = limits
        self._journal = journal
        self._sleep = sleep
        self._patience = patience
        self._resumed = before.exchanges
        self._number = before.last
        self._one = threading.Lock()
        self._writing = threading.Lock()
        self._next = {"POST": 0.0, "GET": 0.0}
        self._silences = 0
        self._denials = 0
        self._deaf: list[Exchange] = []
        self._poll = Probe(id="", rule="polling", says="a look at a task", expected=NOTHING, body=b"", method="GET")

    @property
    def overlap(self) -> int:
        """How many requests may be under way at the same time."""
        return self._limits.overlap

    @property
    def spent(self) -> int:
        """How many tasks may have been started."""
        return self.budget.spent

    @property
    def is_silent(self) -> bool:
        """Whether the last requests had no answer, so that no more are sent."""
        return self._silences >= SILENCES

    def close(self) -> None:
        self._wire.close()

    def masked(self, text: str) -> str:
        """The text without any key of this target."""
        return self._keys.masked(text)

    def masked_arrival(self, arrival: Arrival) -> Arrival:
        """A callback without any key of this target."""
        return self._keys.masked_arrival(arrival)

    def send(self, probe: Probe, callback_url: str) -> Exchange:
        """The answer to a probe.

        Raises NotSent where it is not sent: Spent when the budget has no room, Lenient when it could cost what another
        did, Silent when the target left the last requests without an answer, Busy when it answered them with 429.
        Raises Busy, too, when the target answers this request with nothing but 429 and the probe does not want that.
        """
        known = self._resumed.get(probe.id)
        if known is not None and not (self._denied(probe, known) or known.error.startswith(NOBODY)):
            return known
        if self.is_silent:
            raise Silent(f"the target left {SILENCES} requests in a row without an answer")
        if self._denials >= DENIALS:
            raise Busy(
                f"the target answered {DENIALS} requests in a row with {self.terms.rate}, however long they waited"
            )
        headers = {"Content-Type": JSON, **probe.headers}
        if probe.key is not None:
            headers["Authorization"] = self._keys.shown(probe.key, probe.scheme)
        self.note(journal.addressed(probe.id, callback_url))
        with self.budget.paying(probe) as came:
            exchange = self._patiently(probe, headers, with_url(probe.body, callback_url), probe.path)
            came.append(exchange)
        if self._denied(probe, exchange):
            raise Busy(f"the target answered with {self.terms.rate}, however long the request waited", exchange)
        return exchange

    def get(self, path: str) -> Exchange:
        """The answer to a GET with the own key. After DEAF_POLLS polls without an answer, no more are sent."""
        if len(self._deaf) >= DEAF_POLLS:
            return self._deaf[-1]
        exchange = self._patiently(self._poll, self._as_own(), b"", path)
        self._deaf = [*self._deaf, exchange] if exchange.error else []
        return exchange

    def poll(self, task_id: str, path: str = "") -> Exchange:
        """The record of a task, at the path of another operation's records where one is given."""
        return self.get(record_path(task_id, path or self.terms.record_info))

    def look(self, task_id: str) -> Exchange:
        """The record of a task, for a callback that waits: one try, in LOOK_PATIENCE seconds at most."""
        return self._once(
            self._poll,
            record_path(task_id, self.terms.record_info),
            self._as_own(),
            b"",
            min(self._patience, LOOK_PATIENCE),
        )

    def record_as(self, task_id: str, key: str | None, scheme: str) -> Exchange:
        """What somebody gets who asks for a task with another key, in another scheme, or without one."""
        poll = replace(self._poll, key=key, scheme=scheme)
        headers = {} if key is None else {"Authorization": self._keys.shown(key, scheme)}
        return self._patiently(poll, headers, b"", record_path(task_id, self.terms.record_info))

    def shown_in(self, text: str) -> bool:
        """Whether the own key stands in a text."""
        return self._keys.shown_in(text)

    def followed(self, task_id: str, within: float, every: float = POLL_AFTER, path: str = "") -> list[Exchange]:
        """All polls of a task, at least one, until it has ended or `within` seconds are over, in which it is polled as
        often as `every` so many seconds allow."""
        deadline = time.monotonic() + within
        polls: list[Exchange] = []
        while True:
            polls.append(self.poll(task_id, path))
            record = polls[-1].record
            status = record.get("status", record.get("successFlag")) if isinstance(record, dict) else None
            under_way = not isinstance(record, dict) or status in self.terms.statuses[:-1]
            if not under_way or time.monotonic() >= deadline or len(polls) > within / every:
                return polls
            self._sleep(every)

    def _patiently(self, probe: Probe, headers: Mapping[str, str], body: bytes, path: str = "") -> Exchange:
        """One request, repeated after a 429. A target that answered DENIALS requests with 429 alone gets no repeats."""
        path = path or self.terms.extend
        retries = RETRIES if self._denials < DENIALS else 0
        exchange = self._once(probe, path, headers, body, self._patience)
        while self._denied(probe, exchange) and retries and not exchange.tasks:
            seconds = exchange.asks_to_wait
            log.warning("the target answers %s: the request is sent again in %g s", self.terms.rate, seconds)
            self._sleep(seconds)
            exchange = self._once(probe, path, headers, body, self._patience)
            retries -= 1
        with self._one:
            self._denials = self._denials + 1 if self._denied(probe, exchange) else 0
        return exchange

    def _once(self, probe: Probe, path: str, headers: Mapping[str, str], body: bytes, patience: float) -> Exchange:
        self._take_turn("GET" if not probe.id else "POST", 0 if probe.hurries else 1)
        auth = None if probe.key is None else self._keys.credential(probe.key, probe.scheme)
        if probe.method == "POST":
            with self._one:
                self.note(journal.leaving(probe.id))
        exchange = self._wire.send(probe.method, path, headers, auth, body, patience)
        with self._one:
            self._number += 1
            exchange = replace(exchange, key_env=self._keys.variable(probe.key), number=self._number)
            silent = exchange.error and (not exchange.status or exchange.error.startswith("ReadTimeout"))
            self._silences = self._silences + 1 if silent else 0
            self.note(journal.line(exchange, probe))
        return exchange

    def _take_turn(self, method: str, share: int) -> None:
        """Wait until the spacing allows a request; threads take turns. Polls have turns of their own, closer together:
        they count for each task alone."""
        with self._one:
            now = time.monotonic()
            turn = max(now, self._next[method])
            self._next[method] = turn + self._limits.spacing * (POLL_SHARE if method == "GET" else share)
        if turn > now:
            self._sleep(turn - now)

    def _denied(self, probe: Probe, exchange: Exchange) -> bool:
        """Whether the target answers that too many requests came, and the probe does not want that."""
        rate = self.terms.rate
        by_proxy = exchange.code is None and exchange.status == 429
        return (by_proxy or rate in (exchange.status, exchange.code)) and rate not in probe.expected.codes

    def _as_own(self) -> dict[str, str]:
        return {"Authorization": self._keys.shown("own", self._poll.scheme)}

    def note(self, text: str) -> None:
        """Write a line into the journal. Raises NotNoted."""
        try:
            with self._writing:
                self._journal.write(text)
                self._journal.flush()
        except OSError as error:
            raise NotNoted(error) from None
