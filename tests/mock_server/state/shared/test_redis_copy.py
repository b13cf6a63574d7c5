"""What Redis or Valkey keeps of a mock, looked at, checked and copied while workers go on."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from redis import Redis
from redis.client import Pipeline

from mock_server.core.errors import BadSetting
from mock_server.core.settings import Settings
from mock_server.state.file_store import FileStore, made_with
from mock_server.state.open_store import open_store
from mock_server.state.shared.redis_engine import RedisEngine
from mock_server.state.shared.store import SharedStore
from mock_server.state.state_copy import loaded, problem, saved, shown
from tests.builders import task
from tests.mock_server.state.shared.servers import PROGRAMS, Server
from tests.processes import Run
from tests.proposals import data, decided, started

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module", params=PROGRAMS)
def program(request: pytest.FixtureRequest) -> Iterator[Server]:
    found = Server(request.param)
    yield found
    found.end()


@pytest.fixture
def server(program: Server) -> Server:
    with Redis(port=program.port) as client:
        client.flushall()
    return program


@pytest.fixture
def choices(server: Server) -> Settings:
    return Settings(pace="manual", state=server.url)


def opened(choices: Settings, name: str = "") -> SharedStore:
    engine = RedisEngine(choices.state, choices.state_prefix, made_with(choices))
    return SharedStore(choices, engine, choices.lease, name)


def keys(server: Server) -> dict[bytes, bytes]:
    """All that an engine holds, as it writes it down itself."""
    with Redis(port=server.port) as client:
        return {key: cast("bytes", client.dump(key)) for key in cast("list[bytes]", client.keys())}


async def test_what_an_engine_keeps_is_shown_while_workers_go_on(server: Server, choices: Settings) -> None:
    one, other = opened(choices), opened(choices)
    for id in ("a", "b"):
        await started(one, task(id=id))
    await other.count("another")
    found = shown(choices.state)
    assert [found[name] for name in ("engine", "prefix", "workers", "version", "seed", "profile", "frozen")] == [
        server.url,
        "suno-mock",
        2,
        2,
        "0",
        "apikley",
        True,
    ]
    assert [found["records"][name] for name in ("task", "owed", "account")] == [2, 2, 2]
    await one.close()
    assert shown(choices.state)["workers"] == 1
    assert problem(choices.state) == ""
    await other.close()


async def test_a_copy_of_an_engine_is_a_state_file_with_which_a_mock_goes_on(tmp_path: Path, choices: Settings) -> None:
    held = opened(choices)
    await started(held, task())
    assert data(await decided(held))["ordinal"] == 2
    saved(f"{tmp_path}/copy", choices.state)
    await started(held, task(id="later"))
    assert (problem(f"{tmp_path}/copy"), (tmp_path / "copy").stat().st_mode & 0o777) == ("", 0o600)
    alone = FileStore.open(Settings(pace="manual", state=f"{tmp_path}/copy"))
    assert [each.id for each in await alone.tasks(None)] == [task().id]
    assert [*await alone.owed(task().id)] == [*await held.owed(task().id)]
    assert data(await decided(alone))["ordinal"] == 3
    await alone.close()
    await held.close()


async def test_what_was_saved_is_in_an_engine_again(tmp_path: Path, server: Server, choices: Settings) -> None:
    held = opened(choices)
    for number in range(3):
        await started(held, task(id=f"{number}"))
    await held.change_settings({"credits": 7})
    await held.close()
    saved(f"{tmp_path}/copy", choices.state)
    with Redis(port=server.port) as client:
        client.flushall()
    loaded(f"{tmp_path}/copy", choices.state)
    again = opened(choices)
    assert [each.id for each in await again.tasks(None)] == ["0", "1", "2"]
    assert (await again.settings_in_force()).credits == 7
    await started(again, task(id="3"))
    other = opened(choices)
    assert [each.id for each in await other.tasks(None)] == ["0", "1", "2", "3"]
    await again.close()
    await other.close()


async def test_a_state_file_goes_on_in_an_engine_and_in_the_end_in_a_file(tmp_path: Path, choices: Settings) -> None:
    alone = FileStore.open(Settings(pace="manual", state=f"{tmp_path}/state"))
    await started(alone, task(id="alone"))
    await alone.close()
    loaded(f"{tmp_path}/state", choices.state, "team")
    with open_store(Settings(pace="manual", state=choices.state, state_prefix="team")) as held:
        await started(held, task(id="together"))
        await held.close()
    saved(f"{tmp_path}/state", choices.state, "team")
    assert shown(f"{tmp_path}/state")["records"]["task"] == 2


async def test_what_a_worker_had_begun_goes_on_where_its_state_was_loaded(
    tmp_path: Path, server: Server, choices: Settings
) -> None:
    gone = opened(choices, "gone")
    await started(gone, task())
    to = await gone.begin_advance(3600)
    assert await gone.advance(to)
    assert await gone.claim((), advancing=True)
    saved(f"{tmp_path}/copy", choices.state)
    with Redis(port=server.port) as client:
        client.flushall()
    await gone.close()
    with Redis(port=server.port) as client:
        client.flushall()
    loaded(f"{tmp_path}/copy", choices.state)
    other = opened(choices)
    await other.count("another")
    assert await other.take_over() == to
    assert await other.claim((), advancing=True)
    await other.close()


async def test_an_engine_that_keeps_a_mock_is_not_loaded_into(
    tmp_path: Path, server: Server, choices: Settings
) -> None:
    held = opened(choices)
    await started(held, task())
    saved(f"{tmp_path}/copy", choices.state)
    await held.close()
    before = keys(server)
    told = (
        rf"^{server.url} keeps a mock with the prefix 'suno-mock', which stays as it is\. Choose another "
        r"--state-prefix, or delete the keys that begin with \{suno-mock\}: once no mock uses them\.$"
    )
    with pytest.raises(BadSetting, match=told):
        loaded(f"{tmp_path}/copy", choices.state)
    assert keys(server) == before
    loaded(f"{tmp_path}/copy", choices.state, "other")
    assert {key: value for key, value in keys(server).items() if key in before} == before


async def test_who_comes_first_while_a_copy_is_loaded_stays(
    tmp_path: Path, server: Server, choices: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    FileStore.open(Settings(state=f"{tmp_path}/state")).let_go()
    begin = Pipeline.multi

    def late(asked: Pipeline) -> None:
        with Redis(port=server.port) as client:
            client.hset("{suno-mock}:about", "seed", "7")
        begin(asked)

    monkeypatch.setattr(Pipeline, "multi", late)
    with pytest.raises(BadSetting, match="keeps a mock with the prefix 'suno-mock', which stays as it is"):
        loaded(f"{tmp_path}/state", choices.state)
    assert [*keys(server)] == [b"{suno-mock}:about"]


async def test_what_is_not_there_is_told_in_a_line(tmp_path: Path, server: Server, run: Run) -> None:
    nothing = (
        f"suno-mock: {server.url} keeps no mock with the prefix 'none'. Give the --state and the --state-prefix that "
        "a mock was started with.\n"
    )
    of_none = ("--state", server.url, "--state-prefix", "none")
    for asked in (("show",), ("check",), ("save", f"{tmp_path}/copy")):
        assert run("state", *asked, *of_none) == (2, "", nothing)
    server.stop()
    status, _, errors = run("state", "show", "--state", server.url)
    server.start()
    assert (status, errors.count("\n"), "cannot be used: Error " in errors) == (2, 1, True)
    assert errors.endswith("Start the engine, or choose another --state.\n")
    assert not (tmp_path / "copy").exists()


async def test_records_of_another_version_are_left_alone(server: Server, choices: Settings) -> None:
    await opened(choices).close()
    with Redis(port=server.port) as client:
        assert client.hget("{suno-mock}:about", "version") == b"2"
        client.hset("{suno-mock}:about", "version", "3")
    with pytest.raises(BadSetting, match=r"has records of version 3, and this suno-mock knows version 2\."):
        shown(choices.state)
    with pytest.raises(BadSetting, match=r"has records of version 3, where this suno-mock writes version 2\."):
        opened(choices)


async def test_what_no_mock_could_go_on_with_is_told(server: Server, choices: Settings, run: Run) -> None:
    held = opened(choices)
    await started(held, task())
    await held.close()
    assert run("state", "check", "--state", server.url) == (
        0,
        f"{server.url} is whole: a mock can go on with it.\n",
        "",
    )
    with Redis(port=server.port) as client:
        client.hset("{suno-mock}:about", "questions", "of old")
        assert problem(choices.state).startswith(f"the mock in {server.url} cannot be read: it was made with questions")
        client.hset("{suno-mock}:about", "questions", made_with(choices)["questions"])
        client.delete("{suno-mock}:account")
        assert problem(choices.state) == f"the mock in {server.url} cannot be read: KeyError('key')."
        client.hset("{suno-mock}:task", task().id, "no place")
    with pytest.raises(BadSetting, match=rf"^the mock in {server.url} cannot be read: ValueError\("):
        shown(choices.state)


async def test_no_password_is_told_of_what_no_mock_could_go_on_with(server: Server, choices: Settings) -> None:
    await opened(choices).close()
    with Redis(port=server.port) as client:
        client.hdel("{suno-mock}:about", "seed")
    with pytest.raises(BadSetting) as told:
        problem(choices.state.replace("//", "//default:hunter2@"))
    shown_as = choices.state.replace("//", "//...@")
    assert str(told.value) == f"the mock in {shown_as} cannot be read: KeyError('seed')."


async def test_the_commands_do_the_same(tmp_path: Path, server: Server, choices: Settings, run: Run) -> None:
    held = opened(choices)
    await started(held, task())
    await held.close()
    copy, of_team = f"{tmp_path}/copy", ("--state", server.url, "--state-prefix", "team")
    assert run("state", "save", copy, "--state", server.url) == (
        0,
        f"{copy} holds what {server.url} does: 1 task\n",
        "",
    )
    assert run("state", "load", copy, *of_team) == (0, f"{server.url} holds what {copy} does: 1 task\n", "")
    status, output, _ = run("state", "show", *of_team)
    assert (status, output.splitlines()[:4]) == (
        0,
        [f"engine: {server.url}", "prefix: team", "workers: 0", "version: 2"],
    )
    assert json.loads(run("state", "show", *of_team, "--json")[1])["records"]["task"] == 1
    status, _, errors = run("state", "load", copy, *of_team)
    assert (status, "which stays as it is" in errors) == (2, True)
