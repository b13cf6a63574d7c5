"""The attempts under way: whose they are, and which have only begun."""

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple


class UnderWay(NamedTuple):
    """An attempt under way: whose it is, to which receiver, of which stage of which task, and since when, by the event
    loop's time."""

    key: str
    receiver: str
    task_id: str
    stage: str
    since: float


async def young_ended(attempts: Mapping[asyncio.Task[Any], UnderWay], within: float) -> None:
    """Return once those that began less than so many seconds ago have ended, or have taken as long."""
    now = asyncio.get_running_loop().time()
    until = {attempt: each.since + within for attempt, each in attempts.items() if each.since + within > now}
    if until:
        await asyncio.wait(until, timeout=max(until.values()) - now)
