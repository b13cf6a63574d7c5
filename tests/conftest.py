"""What every test file shares."""

import logging
import os
import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from mock_server.commands.cli import main
from mock_server.testing.mock_server import MockServer
from tests.processes import Run

# Machines are small and noisy: no property fails because an example took long. Every night has more examples.
for name, examples in (("quick", 30), ("nightly", 200)):
    settings.register_profile(name, max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("quick")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the test that takes longest, or one process runs it while all others have ended."""
    items.sort(key=lambda item: item.path.name != "test_slow_store.py")


@pytest.fixture(autouse=True)
def unlogged() -> None:
    """A server within this process gives the log of uvicorn a stream that ends with its test, or with its module."""
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate, logger.level = [], True, logging.NOTSET


@pytest.fixture
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio, as the mock does."""
    return "asyncio"


@pytest.fixture(scope="module")
def untraced() -> Iterator[None]:
    """Coverage leaves the processes of a module alone: it would take long, and other modules show the same."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [each for each in os.environ if each.startswith("COVERAGE_")]:
            patch.delenv(name)
        yield


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """`suno-mock` within this process."""

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        output, errors = capsys.readouterr()
        return int(ended.value.code or 0), output, errors

    return run


@pytest.fixture
def closed_url() -> Iterator[str]:
    """A URL where nobody listens: its port is taken, and that is all."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def many_descriptors() -> Iterator[None]:
    """The next descriptor has a number that `select` cannot take."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(2048, hard)), hard))
    with Path(os.devnull).open("rb") as nothing, ExitStack() as taken:
        while (descriptor := os.dup(nothing.fileno())) < 1100:
            taken.callback(os.close, descriptor)
        taken.callback(os.close, descriptor)
        yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture(scope="module")
def _running() -> Iterator[MockServer]:
    with MockServer(pace="manual") as mock:
        yield mock


@pytest.fixture
def running(_running: MockServer, monkeypatch: pytest.MonkeyPatch) -> MockServer:
    """A mock as new, whose clock stands still, and which the commands of the desk find."""
    _running.reset()
    monkeypatch.setenv("SUNO_MOCK_URL", _running.url)
    return _running
