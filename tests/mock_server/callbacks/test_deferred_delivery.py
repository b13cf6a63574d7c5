"""The delivery whose client is imported while requests are answered."""

import asyncio
import subprocess
import sys
import threading

import pytest

from mock_server.callbacks.deferred_delivery import DeferredDelivery
from mock_server.callbacks.host_policy import HostPolicy
from mock_server.callbacks.http_delivery import HttpDelivery
from mock_server.callbacks.trust import Trust
from mock_server.domain.attempt import Attempt, Outcome
from tests.waiting import begun

pytestmark = pytest.mark.anyio


class SlowImport:
    """An import that ends when it is let go; it counts how often it was begun."""

    def __init__(self) -> None:
        self.times = 0
        self.began = threading.Event()
        self.ended = threading.Event()

    def __call__(self, policy: HostPolicy, timeout: float, trust: Trust) -> HttpDelivery:
        self.times += 1
        self.began.set()
        assert self.ended.wait(10)
        return HttpDelivery(policy, timeout, trust)

    async def under_way(self) -> None:
        assert await asyncio.to_thread(self.began.wait, 10)


async def blocked(delivery: DeferredDelivery) -> Attempt:
    """An attempt that ends before anything is sent."""
    return await delivery.attempt("http://192.0.2.1/cb", b"{}", (200, 200))


def test_serve_starts_without_an_http_client() -> None:
    code = "import sys, mock_server.commands.serve; sys.exit('aiohttp' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


async def test_attempts_at_once_wait_for_one_import() -> None:
    slow = SlowImport()
    late = DeferredDelivery(HostPolicy(), 5, load=slow)
    attempts = [await begun(blocked(late)) for _ in range(3)]
    await slow.under_way()
    assert not any(attempt.done() for attempt in attempts)
    slow.ended.set()
    assert [attempt.outcome for attempt in await asyncio.gather(*attempts)] == [Outcome.BLOCKED] * 3
    assert slow.times == 1
    await late.close()


async def test_an_attempt_that_is_cut_off_leaves_the_import_to_others() -> None:
    slow = SlowImport()
    late = DeferredDelivery(HostPolicy(), 5, load=slow)
    first, second = await begun(blocked(late)), await begun(blocked(late))
    await slow.under_way()
    first.cancel()
    slow.ended.set()
    assert (await second).outcome is Outcome.BLOCKED


async def test_what_is_ready_stays_so() -> None:
    late = DeferredDelivery(HostPolicy(), 5)
    await late.ready()
    await late.ready()
    assert (await blocked(late)).outcome is Outcome.BLOCKED


async def test_what_was_never_needed_can_be_closed() -> None:
    await DeferredDelivery(HostPolicy(), 5).close()
