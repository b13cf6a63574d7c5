"""The module for Testcontainers, with processes of this machine in place of its containers."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any, Self

import httpx
import pytest

from mock_server.contract.operations import path
from tests.builders import request
from tests.packaging.environment import ROOT
from tests.processes import COMMAND

FILE = ROOT / "examples" / "testcontainers" / "suno_mock_container.py"


class Waiting:
    """What is waited for: an answer of a status."""

    def __init__(self, port: int, path: str) -> None:
        self.path = path

    def for_status_code(self, code: int) -> Self:
        self.code = code
        return self


class Container:
    """What the module knows of a container, as a process."""

    started: list["Container"]
    breaks = ""

    def __init__(self, image: str) -> None:
        self.image = image
        self.variables: dict[str, str] = {}
        self.more: dict[str, Any] = {}
        self.waits: Waiting | None = None

    def with_command(self, command: list[str]) -> Self:
        self.command = command
        return self

    def with_env(self, name: str, value: str) -> Self:
        self.variables[name] = value
        return self

    def with_exposed_ports(self, port: int) -> Self:
        self.exposed = port
        return self

    def waiting_for(self, what: Waiting) -> Self:
        self.waits = what
        return self

    def with_kwargs(self, **more: Any) -> Self:
        self.more = more
        return self

    def get_container_id(self) -> str:
        return f"of-{self.command[0]}"

    def get_container_host_ip(self) -> str:
        return "127.0.0.1"

    def get_exposed_port(self, port: int) -> int:
        assert port == self.exposed
        return int(self.url.rpartition(":")[2])

    def __enter__(self) -> Self:
        if self.command[0] == self.breaks:
            raise RuntimeError("it does not start")
        command = ["0" if each == "3000" else each for each in self.command]
        self._process = subprocess.Popen(
            [*COMMAND, *command],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **self.variables, "SUNO_MOCK_PORT": "0"},
        )
        self.started.append(self)
        assert self._process.stdout
        self.url = self._process.stdout.readline().strip().removesuffix("/callback")
        if self.waits:
            assert httpx.get(f"{self.url}{self.waits.path}").status_code == self.waits.code
        return self

    def __exit__(self, *error: object) -> None:
        self._process.terminate()
        self._process.communicate(timeout=20)
        self.started.remove(self)


PARTS: Mapping[str, Mapping[str, Any]] = {
    "container": {"DockerContainer": Container},
    "wait_strategies": {"HttpWaitStrategy": Waiting},
}


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """`SunoMock` of the module; nothing that it has started is left."""
    monkeypatch.setattr(Container, "started", [], raising=False)
    for name, member in PARTS.items():
        module = ModuleType(f"testcontainers.core.{name}")
        vars(module).update(member)
        monkeypatch.setitem(sys.modules, module.__name__, module)
    of: dict[str, Any] = {"__name__": "suno_mock_container"}
    exec(compile(FILE.read_text("utf-8"), FILE, "exec"), of)
    yield of["SunoMock"]
    assert Container.started == []


def test_a_test_steers_the_mock_and_its_receiver_receives(started: Callable[..., Any]) -> None:
    headers = {"Authorization": "Bearer test-key"}
    with started("--seed", "7") as mock:
        assert mock.receiver.more == {"network_mode": f"container:{mock.mock.get_container_id()}"}
        body = request(callBackUrl=f"{mock.receiver.url}/callback")
        taken = httpx.post(f"{mock.url}{path('extend')}", headers=headers, json=body).json()
        mock.advance(180)
        poll = {"taskId": taken["data"]["taskId"]}
        found = httpx.get(f"{mock.url}{path('record-info')}", headers=headers, params=poll).json()
        assert found["data"]["status"] == "SUCCESS"
        mock.fails_next("429")
        assert httpx.post(f"{mock.url}{path('extend')}", headers=headers, json=body).json()["code"] == 429


def test_a_receiver_that_does_not_start_leaves_no_mock(
    started: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Container, "breaks", "receive")
    with pytest.raises(RuntimeError, match="it does not start"), started():
        raise AssertionError
