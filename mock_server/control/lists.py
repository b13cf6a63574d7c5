"""The pages of the two lists that grow with what clients send: the journal and the tasks."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from mock_server.control.views import TaskView
from mock_server.core.errors import NoSuch
from mock_server.core.text import cut
from mock_server.domain.tasks import TaskRecord
from mock_server.state.journal_entries import Entry
from mock_server.state.journal_match import Match
from mock_server.state.steps import Steps
from mock_server.state.store import Journal


class Entries(NamedTuple):
    """A page of the journal, oldest first: whether there are `more`, and the id behind which they are, or will come."""

    found: list[Entry]
    more: bool
    place: int


class Tasks(NamedTuple):
    """A page of tasks, newest first, and whether there are `more`."""

    found: list[TaskView]
    more: bool


async def entries_after(journal: Journal, id: int, match: Match, limit: int, last: int | None = None) -> Entries:
    """The first `limit` entries after that of an id that match; of the `last` ones, where that is given."""
    newest = journal.newest
    if last is None:
        found = await journal.page(id, limit + 1, match)
    else:
        found = (await journal.page(id, match=match))[-last:]
    if len(found) > limit:
        return Entries(found[:limit], True, found[limit - 1].id)
    return Entries(found, False, max(newest, id, *(entry.id for entry in found[-1:])))


async def one_entry(journal: Journal, entry_id: str) -> Entry:
    """The entry of an id. Raises NoSuch."""
    number = int(entry_id) if entry_id.isascii() and entry_id.isdigit() and len(entry_id) < 20 else 0
    entry = await journal.entry(number)
    if entry is None:
        raise NoSuch(f"the journal has no entry {cut(entry_id)!r}; it was cleared, or is older than all that is kept")
    return entry


async def tasks_after(
    task_id: str | None,
    records: Sequence[TaskRecord],
    view: Callable[[TaskRecord], TaskView],
    status: str | None,
    limit: int,
) -> Tasks:
    """The first `limit` tasks behind one, newest first, in one status where given. `records` are the oldest first.

    Raises NoSuch for a task that is none of them.
    """
    found: list[TaskView] = []
    steps, behind = Steps(), task_id is None
    for record in reversed(records):
        await steps.one()
        if behind:
            each = view(record)
            found += [each] if status in (None, each.status) else []
        behind = behind or record.id == task_id
        if len(found) > limit:
            break
    if not behind:
        raise NoSuch(f"cursor is {cut(task_id or '')!r}, of no task that is kept. Allowed: that of a page, or none.")
    return Tasks(found[:limit], len(found) > limit)
