"""Two callbacks, or two answers, side by side: what the later has and the earlier has not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from mock_server.control.control import Control
from mock_server.core.text import cut
from mock_server.domain.curl import text_of
from mock_server.pages.bodies import GONE, NEW, SAME, compared, lines_of
from mock_server.pages.exchanges import readable_text
from mock_server.pages.visit import Visit
from mock_server.state.journal_entries import Attempted, Entry, Requested
from mock_server.state.journal_match import Match

OFFERED: Final = 100
"""Bodies that can be chosen, the newest ones."""
TARGET_SHOWN: Final = 80
"""Characters of what a request asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A callback or an answer by its entry's id, what it is in words, and its body."""

    id: str
    says: str
    text: str


class Comparing:
    """Compares what one mock's journal has."""

    def __init__(self, control: Control) -> None:
        self._control = control

    async def page(self, visit: Visit) -> dict[str, Any]:
        """What the page shows of the entries `one` and `other`; without them, of the callbacks of a task's first
        and last stage, or of the two newest answers. Raises NoSuch."""
        task = visit.query.get("task", "")
        entries = [each for each in await self._offered(task) if _has_body(each)]
        sides = [_side(each) for each in entries]
        callbacks = {each.stage: _side(each) for each in entries if isinstance(each, Attempted)}
        either = [*callbacks.values()] or sides[-2:]
        one = await self._chosen(visit.query.get("one", ""), sides) or next(iter(either), None)
        other = await self._chosen(visit.query.get("other", ""), sides) or next(reversed(either), None)
        lines = [*compared(lines_of(one.text), lines_of(other.text))] if one and other else []
        counts = {change: sum(line.change == change for line in lines) for change in (SAME, NEW, GONE)}
        listed = {each.id: each for each in [*sides[-OFFERED:], one, other] if each}
        return {"task_id": task, "sides": list(listed.values()), "one": one, "other": other, "lines": lines} | counts

    async def _offered(self, task_id: str) -> Sequence[Entry]:
        """The entries of a task and its polls, or every request."""
        requests = await self._control.entries(Match(kind="request"))
        if not task_id:
            return requests
        asked = f"taskId={task_id}".encode()
        polls = [each for each in requests if isinstance(each, Requested) and asked in each.call.query]
        return sorted([*await self._control.entries(Match(task_id=task_id)), *polls], key=lambda each: each.id)

    async def _chosen(self, id: str, sides: Sequence[Side]) -> Side | None:
        """The side that is asked for, which may be none of those that are offered. Raises NoSuch."""
        found = next((each for each in sides if each.id == id), None)
        return found or (_side(await self._control.entry(id)) if id else None)


def _side(entry: Entry) -> Side:
    at = datetime.fromtimestamp(entry.at, UTC).strftime("%H:%M:%S")
    if isinstance(entry, Attempted):
        again = ", once more" if entry.redelivered else f", attempt {entry.number}" if entry.number > 1 else ""
        return Side(id=str(entry.id), says=f"callback {entry.stage}{again}, {at}", text=text_of(entry.body) or "")
    if isinstance(entry, Requested):
        asked = cut(f"{entry.call.method} {entry.call.target}", TARGET_SHOWN)
        says = f"answer {entry.code or entry.status} to {asked}, {at}"
        return Side(id=str(entry.id), says=says, text=readable_text(entry.answer.shown(whole=True))[0])
    return Side(id=str(entry.id), says=f"no callback and no answer, {at}", text="")


def _has_body(entry: Entry) -> bool:
    return bool(entry.body if isinstance(entry, Attempted) else isinstance(entry, Requested) and entry.answer_body)
