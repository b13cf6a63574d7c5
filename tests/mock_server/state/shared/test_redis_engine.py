"""Redis and Valkey when they are away, full, slow, emptied or somebody else's."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import trustme
from redis import Redis

from mock_server.app import create_app
from mock_server.contract.operations import path
from mock_server.core.errors import BadSetting, StateFailed
from mock_server.core.settings import Settings
from mock_server.state.file_store import made_with
from mock_server.state.open_store import open_store
from mock_server.state.shared.engine import EngineFailed
from mock_server.state.shared.redis_engine import RedisEngine
from mock_server.state.shared.store import SharedStore
from tests.builders import request as asked
from tests.builders import task
from tests.mock_server.state.shared.servers import PROGRAMS, Server
from tests.proposals import data, decided, started

pytestmark = pytest.mark.anyio
HEADERS = {"Authorization": "Bearer key"}


@pytest.fixture(params=PROGRAMS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    found = Server(request.param, "--appendonly", "yes", "--appendfsync", "always")
    yield found
    found.end()


@pytest.fixture
def choices(server: Server) -> Settings:
    return Settings(pace="manual", state=server.url)


def opened(choices: Settings) -> SharedStore:
    engine = RedisEngine(choices.state, choices.state_prefix, made_with(choices))
    return SharedStore(choices, engine, choices.lease)


async def test_all_goes_on_once_an_engine_that_was_away_is_back(server: Server, choices: Settings) -> None:
    app = create_app(choices)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mock") as http:
        taken = (await http.post(path("extend"), headers=HEADERS, json=asked())).json()["data"]["taskId"]
        server.stop()
        refused = await http.post(path("extend"), headers=HEADERS, json=asked())
        failing = await http.get("/__admin/health")
        changed = await http.patch("/__admin/settings", json={"credits": 1})
        server.start()
        polled = await http.get(path("record-info"), headers=HEADERS, params={"taskId": taken})
        again = await http.post(path("extend"), headers=HEADERS, json=asked())
        after = (await http.get("/__admin/health")).json()
    assert (refused.status_code, refused.headers["content-type"], changed.status_code) == (503, "text/plain", 503)
    assert refused.text.startswith(f"the mock cannot keep its state in {server.url}: ")
    health = failing.json()
    assert (failing.status_code, health["status"], after["status"]) == (503, "trouble", "ready")
    assert health["trouble"].startswith(f"the mock cannot keep its state in {server.url}: ")
    assert (polled.json()["code"], again.json()["code"], "trouble" in after) == (200, 200, False)
    await app.state.runtime.store.close()


async def test_an_engine_that_is_full_changes_nothing(server: Server, choices: Settings) -> None:
    held = opened(choices)
    assert data(await decided(held))["ordinal"] == 1
    with Redis(port=server.port) as client:
        client.config_set("maxmemory", "1")
        with pytest.raises(StateFailed, match="maxmemory"):
            await decided(held)
        client.config_set("maxmemory", "0")
    assert data(await decided(held))["ordinal"] == 2
    await held.close()


async def test_what_an_engine_has_lost_is_lost_for_all_and_each_says_so(
    server: Server, choices: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    one, other = opened(choices), opened(choices)
    await started(one, task())
    assert len(await other.tasks(None)) == 1
    with Redis(port=server.port) as client:
        client.flushall()
    with caplog.at_level("WARNING", "uvicorn.error"):
        await other.count("another")
        await one.count("another")
    lost = (
        f"{server.url} has lost changes that it had kept. The mock goes on with what is there now: 0 tasks, and 0 call"
    )
    assert [each.getMessage() for each in caplog.records] == [f"{lost}backs owed."] * 2
    assert ([*await one.tasks(None)], [*await other.tasks(None)]) == ([], [])
    assert [*await one.keys()] == ["another"]
    await one.close()
    await other.close()


async def test_a_turn_that_took_too_long_has_changed_nothing(
    server: Server, choices: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mock_server.state.shared.redis_engine.TURN_LASTS", 0.001)
    engine = RedisEngine(choices.state, choices.state_prefix, made_with(choices))
    slow = await engine.take("slow", 0)
    quick = await engine.take("quick", 0)
    assert quick.token > slow.token
    with pytest.raises(EngineFailed, match="took longer than"):
        await engine.write(slow, "slow", {}, 1)
    assert await engine.missed(0) == []
    await engine.close()


async def test_who_waits_for_a_turn_for_too_long_is_told(
    server: Server, choices: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mock_server.state.shared.redis_engine.TURN_WITHIN", 0)
    engine = RedisEngine(choices.state, choices.state_prefix, made_with(choices))
    turn = await engine.take("one", 0)
    with pytest.raises(EngineFailed, match="no turn came within 0 seconds"):
        await engine.take("other", 0)
    await engine.give_up(turn)
    assert (await engine.take("other", 0)).token > turn.token
    await engine.close()


async def test_mocks_with_prefixes_of_their_own_share_an_engine(choices: Settings) -> None:
    one, other = opened(choices), opened(replace(choices, state_prefix="other", seed=7))
    assert [data(await decided(each))["ordinal"] for each in (one, other)] == [1, 1]
    with pytest.raises(BadSetting, match=r"^the mock in \S+ was made with .*'0', and now it is '7'.*--state-prefix\.$"):
        opened(replace(choices, seed=7))
    await one.close()
    await other.close()


async def test_who_has_lost_his_data_to_another_mock_says_so(server: Server, choices: Settings) -> None:
    one = opened(choices)
    assert data(await decided(one))["ordinal"] == 1
    with Redis(port=server.port) as client:
        client.flushall()
    other = opened(replace(choices, seed=7))
    told = (
        r"it lost its data, and another mock is there now, which was made with seed '7', and now it is '0'; start all "
        r"with the same, or each with another --state-prefix\."
    )
    with pytest.raises(StateFailed, match=told):
        await decided(one)
    assert (data(await decided(other))["ordinal"], await other.keys()) == (1, ["key"])
    with Redis(port=server.port) as client:
        client.flushall()
    assert data(await decided(one))["ordinal"] == 1
    await one.close()
    await other.close()


async def test_who_waits_for_a_turn_looks_more_and_more_seldom(
    server: Server, choices: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mock_server.state.shared.redis_engine.TURN_WITHIN", 0.5)
    engine = RedisEngine(choices.state, choices.state_prefix, made_with(choices))
    await engine.take("one", 0)
    with Redis(port=server.port) as client:
        client.config_resetstat()
        with pytest.raises(EngineFailed, match="no turn came"):
            await engine.take("other", 0)
        assert client.info("commandstats")["cmdstat_evalsha"]["calls"] < 25
    await engine.close()


async def test_an_engine_speaks_tls_with_a_certificate_that_is_trusted(tmp_path: Path) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    files = {name: str(tmp_path / name) for name in ("authority", "certificate", "key")}
    authority.cert_pem.write_to_path(files["authority"])
    certificate.cert_chain_pems[0].write_to_path(files["certificate"])
    certificate.private_key_pem.write_to_path(files["key"])
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    tls = {"port": f"{port}", "cert-file": files["certificate"], "key-file": files["key"], "auth-clients": "no"}
    options = [
        word for name, value in {**tls, "ca-cert-file": files["authority"]}.items() for word in (f"--tls-{name}", value)
    ]
    server = Server("redis", *options, "--requirepass", "secret")
    url = f"rediss://:secret@127.0.0.1:{port}"
    held = opened(Settings(pace="manual", state=f"{url}?ssl_ca_certs={files['authority']}"))
    assert data(await decided(held))["ordinal"] == 1
    await held.close()
    for wrong, told in (
        (url, r"certificate verify failed.*Name the file with the certificate of its authority at the end of --state"),
        (
            f"{url}?ssl_ca_certs={tmp_path}/none",
            r"No such file or directory\. Name the file with the certificate of its",
        ),
        (url.replace("rediss", "redis"), r"reset by peer.*Where it speaks TLS, write rediss:// or valkeys://;"),
    ):
        with pytest.raises(BadSetting, match=told):
            opened(Settings(pace="manual", state=wrong))
    server.end()


async def test_a_password_is_used_and_told_nowhere(server: Server, choices: Settings) -> None:
    with Redis(port=server.port) as client:
        client.config_set("requirepass", "secret")
    with (
        pytest.raises(BadSetting, match=r"Authentication required\. Give the user, the"),
        open_store(choices),
    ):
        pass
    held = opened(replace(choices, state=server.url.replace("://", "://:secret@")))
    assert data(await decided(held))["ordinal"] == 1
    server.stop()
    with pytest.raises(StateFailed) as caught:
        await decided(held)
    assert (server.url in str(caught.value), "secret" in str(caught.value)) == (True, False)
    await held.close()


async def test_an_engine_that_is_not_there_is_told_in_one_line(server: Server, choices: Settings) -> None:
    server.stop()
    with (
        pytest.raises(BadSetting, match=r"cannot be used: .* Start the engine, or choose another --state\."),
        open_store(choices),
    ):
        pass


async def test_who_has_lost_the_newest_changes_says_so_and_goes_on_with_the_rest(
    server: Server, choices: Settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mock_server.state.shared.worker.LOOKS_EVERY", 60)
    one, other = opened(choices), opened(choices)
    await started(one, task(id="kept"))
    with Redis(port=server.port) as client:
        before = {key: client.dump(key) for key in client.scan_iter()}
        await started(one, task(id="lost"))
        assert len(await other.tasks(None)) == 2
        client.flushall()
        for key, value in before.items():
            client.restore(key, 0, value)
    await started(other, task(id="later"))
    assert [each.id for each in await one.tasks(None)] == ["kept", "later"]
    told = [each.getMessage().partition(" The mock goes on ")[2] for each in caplog.records]
    await one.close()
    await other.close()
    assert told == [f"with what is there now: {number} tasks, and {number} callbacks owed." for number in (1, 2)]
