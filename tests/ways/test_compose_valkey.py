"""What compose.valkey.yaml starts, as processes of this machine in place of containers."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any, NamedTuple

import httpx
import pytest
import yaml

from mock_server.commands.cli import cli
from mock_server.contract.operations import path
from tests.builders import request
from tests.mock_server.state.shared.servers import Server
from tests.packaging.environment import ROOT
from tests.processes import serving

PAGE = yaml.safe_load((ROOT / "compose.valkey.yaml").read_text("utf-8"))
SERVICES: dict[str, Any] = PAGE["services"]
MOCKS = ("first", "second")
CHOSEN = {"VALKEY_PASSWORD": "secret", "SUNO_MOCK_ADMIN_TOKEN": "token"}
HEALTH = re.search(r"HEALTHCHECK .*\\\n +CMD (\[.*\])", (ROOT / "Dockerfile").read_text("utf-8"))
"""How a container of the image asks whether it is well."""


def filled(text: str) -> str:
    """What Compose makes of a value: `$NAME` and `${NAME:?why}` are variables, `$$` is one sign."""
    names = r"\$(\$)|\$\{(\w+):\?[^}]*\}|\$(\w+)"
    return re.sub(names, lambda found: found[1] or CHOSEN[found[2] or found[3]], text)


def variables(service: Mapping[str, Any]) -> dict[str, str]:
    return {name: filled(value) for name, value in service["environment"].items()}


class Running(NamedTuple):
    """Both mocks, by their URLs, and their Valkey."""

    urls: list[str]
    engine: Server


@pytest.fixture
def running() -> Iterator[Running]:
    engine = Server("valkey", *map(filled, SERVICES["valkey"]["command"]))
    with ExitStack() as ends:
        ends.callback(engine.end)
        urls = []
        for name in MOCKS:
            environment = variables(SERVICES[name])
            state = environment["SUNO_MOCK_STATE"].replace("@valkey:6379", f"@127.0.0.1:{engine.port}")
            process = ends.enter_context(serving("--pace", "manual", **environment | {"SUNO_MOCK_STATE": state}))
            assert process.stdout is not None
            urls.append(process.stdout.readline().strip())
        yield Running(urls, engine)


def is_healthy(url: str) -> bool:
    """What Docker finds of a container."""
    assert HEALTH is not None
    command = [sys.executable, *json.loads(HEALTH[1])[1:]]
    asked = {**os.environ, "SUNO_MOCK_PORT": url.rpartition(":")[2]}
    return subprocess.run(command, env=asked, stderr=subprocess.DEVNULL, timeout=30, check=False).returncode == 0


def test_both_are_one_mock(running: Running) -> None:
    first, second = running.urls
    headers = {"Authorization": "Bearer test-key"}
    asked = request(callBackUrl="http://127.0.0.1:9/")
    task_id = httpx.post(f"{first}{path('extend')}", headers=headers, json=asked).json()["data"]["taskId"]
    own = {"Authorization": "Bearer token"}
    tasks = httpx.get(f"{second}/__admin/tasks", headers=own).json()["tasks"]
    assert [each["task_id"] for each in tasks] == [task_id]
    base_urls = {httpx.get(f"{url}/__admin/health").json()["base_url"] for url in running.urls}
    assert base_urls == {variables(SERVICES["first"])["SUNO_MOCK_BASE_URL"]}


def test_a_container_is_unhealthy_while_the_engine_is_away(running: Running) -> None:
    assert [is_healthy(url) for url in running.urls] == [True, True]
    running.engine.stop()
    assert httpx.get(f"{running.urls[0]}/__admin/health").status_code == 503
    assert [is_healthy(url) for url in running.urls] == [False, False]
    running.engine.start()
    assert [is_healthy(url) for url in running.urls] == [True, True]


@pytest.mark.skipif(not shutil.which("redis-cli"), reason="the check is of redis-cli here: apt-get install redis-tools")
def test_the_engine_says_itself_that_it_is_there(running: Running) -> None:
    kind, check = SERVICES["valkey"]["healthcheck"]["test"]
    here = filled(check).replace("valkey-cli", f"redis-cli -p {running.engine.port}")
    for password, status in (("secret", 0), ("wrong", 1)):
        environment = {**os.environ, **variables(SERVICES["valkey"]), "PASSWORD": password}
        ended = subprocess.run(["sh", "-c", here], env=environment, stderr=subprocess.DEVNULL, check=False)
        assert (kind, ended.returncode) == ("CMD-SHELL", status)


def test_the_variables_are_those_of_options() -> None:
    options = {str(each.envvar) for each in cli.commands["serve"].params if each.envvar}
    for name in MOCKS:
        assert variables(SERVICES[name]).keys() <= options


def test_only_this_machine_reaches_the_mocks_and_only_they_the_engine() -> None:
    ports = [port for name in MOCKS for port in SERVICES[name]["ports"]]
    assert ports == ["127.0.0.1:4010:4010", "127.0.0.1:4011:4010"]
    assert "ports" not in SERVICES["valkey"]
    assert (SERVICES["valkey"]["networks"], PAGE["networks"]["state"]["internal"]) == (["state"], True)
    for name in MOCKS:
        assert SERVICES[name]["networks"] == ["default", "state"]
        assert (SERVICES[name]["read_only"], SERVICES[name]["cap_drop"]) == (True, ["ALL"])
