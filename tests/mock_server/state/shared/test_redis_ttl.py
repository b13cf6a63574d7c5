"""How long Redis and Valkey keep a mock that nobody runs."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from redis import Redis

from mock_server.core.errors import BadSetting
from mock_server.core.setting_limits import DAY
from mock_server.core.settings import Settings
from mock_server.state.faults import Fault
from mock_server.state.open_store import open_store
from mock_server.state.shared.redis_scripts import keys
from mock_server.state.state_copy import loaded, saved, shown
from tests.builders import task
from tests.mock_server.state.shared.servers import PROGRAMS, Server
from tests.proposals import started

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module", params=PROGRAMS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    found = Server(request.param)
    yield found
    found.end()


@pytest.fixture
def choices(server: Server) -> Settings:
    with Redis(port=server.port) as client:
        client.flushall()
    return Settings(pace="manual", state=server.url)


def ends(server: Server, prefix: str = "suno-mock") -> float:
    """In how many days the keys of a mock end, at one moment; -1 for never. That of a turn has an end of its own."""
    with Redis(port=server.port) as client:
        seconds, _ = client.time()
        names = [name.encode() for name in keys(prefix) if not name.endswith(":turn")]
        (end,) = {client.pexpiretime(name) for name in names if client.exists(name)}
    return -1 if end < 0 else round((end / 1000 - seconds) / DAY, 2)


def age(server: Server, days: float) -> None:
    """Have all end in this time from now on."""
    with Redis(port=server.port) as client:
        end = int((client.time()[0] + days * DAY) * 1000)
        for key in client.scan_iter():
            client.pexpireat(key, end)


async def test_all_of_a_mock_ends_at_one_moment_after_the_last_who_ran_it(server: Server, choices: Settings) -> None:
    with open_store(choices) as held:
        assert ends(server) == 14
        await started(held, task())
        await held.put_fault("key", Fault(delay=1, times=1))
        assert ends(server) == 14
        await held.close()
    assert ends(server) == 14


async def test_who_runs_a_mock_has_it_last(server: Server, choices: Settings) -> None:
    with open_store(choices) as held:
        await started(held, task())
        age(server, 1)
        await held.count("another")
        assert ends(server) == 14
        age(server, 1)
        with open_store(choices) as other:
            assert ends(server) == 14
            await other.close()
        await held.close()


async def test_other_mocks_of_an_engine_end_when_they_end(server: Server, choices: Settings) -> None:
    with open_store(replace(choices, state_prefix="other")) as other:
        await started(other, task())
        await other.close()
    age(server, 3)
    with open_store(choices) as held:
        await started(held, task())
        await held.close()
    assert (ends(server), ends(server, "other")) == (14, 3)


async def test_who_is_refused_has_nothing_last(server: Server, choices: Settings) -> None:
    with open_store(choices) as held:
        await started(held, task())
        await held.close()
    age(server, 3)
    with pytest.raises(BadSetting, match="was made with seed"), open_store(replace(choices, seed=7)):
        pass
    assert ends(server) == 3


async def test_how_long_is_a_setting_and_0_is_for_ever(server: Server, choices: Settings) -> None:
    for days in (0, 2, 0, 300):
        with open_store(replace(choices, state_ttl=float(days))) as held:
            assert ends(server) == (days or -1)
            await started(held, task(id=f"{days}"))
            assert ends(server) == (days or -1)
            await held.close()


async def test_what_is_loaded_ends_too(tmp_path: Path, server: Server, choices: Settings) -> None:
    with open_store(choices) as held:
        await started(held, task())
        await held.close()
    saved(f"{tmp_path}/copy", choices.state)
    loaded(f"{tmp_path}/copy", choices.state, "other", 3)
    assert ends(server, "other") == 3
    loaded(f"{tmp_path}/copy", choices.state, "for-ever", 0)
    assert ends(server, "for-ever") == -1


async def test_a_mock_that_has_ended_is_one_that_never_was(server: Server, choices: Settings) -> None:
    second = replace(choices, lease=0.5, state_ttl=1 / DAY)
    with open_store(second) as held:
        await started(held, task())
        await held.close()
    with Redis(port=server.port) as client:
        while client.exists("{suno-mock}:about"):
            pass
        assert not any(client.exists(key) for key in client.scan_iter())
    with open_store(replace(choices, seed=7)) as held:
        assert await held.tasks(None) == []
        await held.close()
    assert shown(choices.state)["seed"] == "7"
