"""Sends the callbacks once more that were not received."""

import asyncio
from collections.abc import Sequence
from typing import Final, NamedTuple

from mock_server.control.control import Control
from mock_server.core.errors import BadSetting, NoSuch
from mock_server.domain.attempt import Outcome
from mock_server.pages.delivered import BAD
from mock_server.pages.inbox import Row

AT_ONCE: Final = 8
"""Tasks whose callbacks are under way at the same time."""


class Redelivered(NamedTuple):
    """How many callbacks were sent once more, and how many of them were received."""

    sent: int
    received: int


async def redeliver_failed(control: Control, rows: Sequence[Row], to: str = "") -> Redelivered:
    """Send every callback of these rows once more whose last attempt was not received, those of one task one after the
    other; `to` is a receiver in place of theirs. Raises BadSetting for what is no URL, before anything is sent."""
    room = asyncio.Semaphore(AT_ONCE)

    async def of_task(row: Row) -> list[bool]:
        went = []
        async with room:
            for stage in (stage for stage, each in row.stages.items() if each.tone == BAD):
                try:
                    attempt = await control.redeliver(row.id, stage, to=to)
                except NoSuch:  # the task was forgotten meanwhile
                    break
                went.append(attempt.outcome is Outcome.ACCEPTED)
        return went

    failing = [row for row in rows if row.kind == "task" and row.trouble]
    if not failing:
        raise BadSetting("no callback of what is shown fails. Allowed: a search that finds some, or none.")
    ended = [went for each in await asyncio.gather(*map(of_task, failing)) for went in each]
    return Redelivered(len(ended), sum(ended))
