"""The mock and a callback receiver as containers of a test: `pip install testcontainers httpx`."""

from contextlib import ExitStack
from typing import Any, Self

import httpx
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

PORT = 4010
KEY = "test-key"
CALLBACKS = "http://127.0.0.1:3000/callback"
"""The receiver shares the network of the mock: this is its address for the mock."""
TOKEN = "of-a-mock-that-ends-with-its-test"  # noqa: S105


class SunoMock:
    """`with SunoMock() as mock:` a mock whose clock the test moves. `options` are those of `suno-mock serve`.

    A receiver of your own on this machine is http://host.docker.internal:PORT for the mock."""

    def __init__(self, *options: str, image: str = "suno-mock") -> None:
        healthy = HttpWaitStrategy(PORT, "/__admin/health").for_status_code(200)
        self.mock = DockerContainer(image).with_command(["serve", "--pace", "manual", *options])
        self.mock.with_env("SUNO_MOCK_ADMIN_TOKEN", TOKEN).with_exposed_ports(PORT).waiting_for(healthy)
        self.mock.with_kwargs(extra_hosts={"host.docker.internal": "host-gateway"})
        self.receiver = DockerContainer(image).with_command(["receive", "--port", "3000"])
        self._started = ExitStack()

    @property
    def url(self) -> str:
        return f"http://{self.mock.get_container_host_ip()}:{self.mock.get_exposed_port(PORT)}"

    def advance(self, seconds: float) -> None:
        """Move the clock; what falls due has been delivered when this returns."""
        self._control("clock/advance", {"seconds": seconds})

    def fails_next(self, scenario: str) -> None:
        """Have KEY's next request come out as a scenario says: `429`, say; `suno-mock scenarios` lists all."""
        self._control("scenarios/queue", {"key": KEY, "scenario": scenario})

    def _control(self, path: str, body: dict[str, Any]) -> None:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        httpx.post(f"{self.url}/__admin/{path}", headers=headers, json=body, timeout=60).raise_for_status()

    def __enter__(self) -> Self:
        with ExitStack() as starting:
            starting.enter_context(self.mock)
            beside = self.receiver.with_kwargs(network_mode=f"container:{self.mock.get_container_id()}")
            starting.enter_context(beside)
            self._started = starting.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._started.close()
