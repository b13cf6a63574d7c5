"""A worker that claims and settles what is owed, as a process: `python -m tests.mock_server.state.shared.claimant STATE
PREFIX NUMBER`. It says that it is there, and begins once it is told to; what it settles is owed again, one retry later.
It prints every claim: the task, and the retries."""

import asyncio
import sys

from mock_server.core.settings import Settings
from mock_server.domain.owed import Claimed, Settlement
from mock_server.state.open_store import open_store
from mock_server.state.store import Store

LONG = 3600.0
"""Seconds of real time without a sign of life after which a worker counts as dead: none does, however slow it is."""
AT_ONCE = 20


def sharing(state: str, prefix: str) -> Settings:
    """What all workers of a state are made with."""
    return Settings(
        pace="manual", state=state, state_prefix=prefix, workers=2, lease=LONG, base_url="http://127.0.0.1:1"
    )


async def settled(store: Store, claimed: Claimed) -> str:
    again = claimed.owed.changed(retries=claimed.owed.retries + 1)
    await store.settle(claimed, [], Settlement((again,)))
    return f"{claimed.owed.task_id} {claimed.owed.retries}"


async def claims(settings: Settings, number: int) -> list[str]:
    """That many claims at least, in the order in which they were made."""
    with open_store(settings) as store:
        await store.keys()
        print("there", flush=True)
        sys.stdin.readline()
        had: list[str] = []
        while len(had) < number:
            found = await asyncio.gather(*(store.claim(frozenset(), advancing=True) for _ in range(AT_ONCE)))
            had += await asyncio.gather(*(settled(store, each) for each in found if each is not None))
        await store.close()
        return had


if __name__ == "__main__":
    state, prefix, number = sys.argv[1:]
    print("\n".join(asyncio.run(claims(sharing(state, prefix), int(number)))))
