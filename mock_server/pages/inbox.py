"""What came to a mock, as rows: its tasks, and the requests that started none."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from heapq import merge
from itertools import islice
from secrets import token_bytes
from typing import Final

from mock_server.accounts import Account, known_keys
from mock_server.entries import Attempted, Entry, Requested
from mock_server.faults import FAULT
from mock_server.masking import masked
from mock_server.outcomes import Outcome
from mock_server.parts import Parts
from mock_server.records import status
from mock_server.tasks import Task
from mock_server.timeline import progress
from mock_server.wording import LISTED, cut

REFUSED: Final = "refused"
EVERYTHING: Final = "every request"
"""In place of a task's status: requests that were refused, and all that came, polls and downloads too."""
FORGOTTEN: Final = "forgotten"
"""The status of a task of which nothing but the journal is left."""
KEYS_LISTED: Final = 50
ENTRIES_SEEN: Final = 1000
"""The newest entries whose keys are listed though they have no account."""
GOOD, BAD, DULL = "good", "bad", "dull"
"""How something went; dull is what nobody has to look at."""
TONES: Final[Mapping[Outcome, str]] = {Outcome.ACCEPTED: GOOD, Outcome.UNDELIVERED: DULL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which rows are meant. `key` is a handle, `status` one of a task or of those above; empty is any."""

    key: str = ""
    code: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One task, or one request without, whose `id` is then its entry's; `at` in epoch seconds of the mock's clock.
    `stages` has how the last attempt of each stage went."""

    kind: str
    id: str
    at: float
    key: str | None
    title: str
    subtitle: str
    code: int
    status: str
    tone: str
    stages: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key as a page has it: a handle that stands for it and tells nothing of it, what may be shown, and the scenarios
    that its next requests get."""

    handle: str
    shown: str
    queued: str


class Inbox:
    """The rows of one mock, newest first."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._salt = token_bytes(16)
        self._handle = lru_cache(maxsize=10_000)(self._hashed)

    async def rows(self, wanted: Filter, most: int) -> tuple[list[Row], bool]:
        """At most so many rows that are wanted, and whether there are more."""
        every = await self._every(wanted.status == EVERYTHING)
        found = list(islice((row for row in every if self._matches(row, wanted)), most + 1))
        return found[:most], len(found) > most

    async def keys(self) -> list[Key]:
        """The keys that were used last, or before any was those that everyone knows."""
        return [await self._shown(key) for key in islice(await self._known(), KEYS_LISTED)]

    async def key(self, handle: str) -> str | None:
        """The key of a handle."""
        known = [*await self._known(), *known_keys()]
        return next((key for key in known if self._handle(key) == handle), None)

    async def _known(self) -> Iterable[str]:
        """The keys that the mock knows, the one used last first; one that was refused has no account."""
        newest = islice(reversed(list(self._parts.journal)), ENTRIES_SEEN)
        seen = dict.fromkeys(entry.key for entry in newest if entry.key)
        used = seen | dict.fromkeys(reversed(list(await self._parts.store.keys())))
        return used or known_keys()

    async def _every(self, everything: bool) -> Iterator[Row]:
        entries = list(self._parts.journal)
        tasks = {task.id: task for task in await self._parts.store.tasks(None)}
        stages = _stages(entries)
        told = {entry.task_id for entry in entries if isinstance(entry, Requested)}
        now = self._parts.clock.now()

        def of_task(task: Task) -> Row:
            return _task_row(task, now, stages.get(task.id, {}))

        def of_entry(entry: Requested) -> Row:
            task = tasks.get(entry.task_id or "")
            return of_task(task) if task else _entry_row(entry, stages.get(entry.task_id or "", {}))

        came = (each for each in reversed(entries) if isinstance(each, Requested) and (everything or _counts(each)))
        untold = (task for task in reversed(tasks.values()) if task.id not in told)
        return merge(map(of_entry, came), map(of_task, untold), key=lambda row: -row.at)

    def _matches(self, row: Row, wanted: Filter) -> bool:
        return (
            wanted.key in ("", row.key and self._handle(row.key))
            and wanted.code in ("", str(row.code))
            and wanted.status in ("", EVERYTHING, row.status)
        )

    async def _shown(self, key: str) -> Key:
        account = await self._parts.store.account(key)
        queued = "" if account is None else _waiting(account)
        return Key(handle=self._handle(key), shown=cut(masked(key), 40), queued=queued)

    def _hashed(self, key: str) -> str:
        return blake2b(key.encode(errors="surrogateescape"), key=self._salt, digest_size=8).hexdigest()


def _counts(entry: Requested) -> bool:
    """Whether a request started a task, was refused, or ran into a fault."""
    return entry.task_id is not None or entry.code not in (0, 200) or entry.msg.startswith(FAULT)


def _stages(entries: Iterable[Entry]) -> Mapping[str, dict[str, str]]:
    """How the last attempt of each stage of each task went."""
    found: dict[str, dict[str, str]] = {}
    for entry in entries:
        if isinstance(entry, Attempted):
            found.setdefault(entry.task_id, {})[entry.stage] = TONES.get(entry.outcome, BAD)
    return found


def _waiting(account: Account) -> str:
    """The scenarios of the next requests, in order."""
    more = len(account.queued) - LISTED
    names = [*islice(account.queued, LISTED), *([f"{more} more"] if more > 0 else [])]
    return ", ".join([*names, *([f"{account.standing} for all others"] if account.standing else [])])


def _task_row(task: Task, now: float, stages: Mapping[str, str]) -> Row:
    failure = progress(task, now).failure
    return Row(
        kind="task",
        id=task.id,
        at=task.created,
        key=task.account,
        title=cut(task.request.title or task.id, 80),
        subtitle=status(task, progress(task, now)),
        code=200 if failure is None else failure.code,
        status=status(task, progress(task, now)),
        tone=GOOD if failure is None else BAD,
        stages=stages,
    )


def _entry_row(entry: Requested, stages: Mapping[str, str]) -> Row:
    """A request that started no task, or one whose task was forgotten."""
    refused = entry.task_id is None and _counts(entry)
    return Row(
        kind="entry",
        id=str(entry.id),
        at=entry.at,
        key=entry.call.key,
        title=entry.msg.partition(" - ")[0],
        subtitle=f"{entry.call.method} {entry.call.path}",
        code=entry.code,
        status=FORGOTTEN if entry.task_id else REFUSED if refused else "",
        tone=BAD if refused else DULL,
        stages=stages,
    )
