"""The pytest plugin: `suno_mock` and `suno_receiver` as fixtures, without an import.

Servers live as long as the session, one per combination of settings that a test asks for; a test gets a clean state, a
clock that stands still and a key of its own, the same on every run.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mock_server.testing.key import KeyView
    from mock_server.testing.mock_server import MockServer
    from mock_server.testing.receiver import Receiver

MOCK = pytest.StashKey["MockServer"]()
MARKER = (
    "suno(profile=..., pace=..., scenario=..., **settings): how the test's suno_mock behaves; see mock_server.Settings"
)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)


@pytest.fixture(scope="session")
def _suno_mocks() -> Iterator[Callable[..., "MockServer"]]:
    """Starts a mock for settings that none was started for yet."""
    from mock_server.testing.mock_server import MockServer

    started: dict[str, MockServer] = {}
    with ExitStack() as stack:

        def mock(**settings: Any) -> MockServer:
            name = repr(sorted(settings.items()))
            if name not in started:
                started[name] = stack.enter_context(MockServer(**settings))
            return started[name]

        yield mock


@pytest.fixture
def suno_mock(request: pytest.FixtureRequest, _suno_mocks: Callable[..., "MockServer"]) -> "KeyView":
    """A key on a mock with a clean state: `url`, `headers`, `clock.advance`, `queue`, `requests`, `attempts`."""
    settings: dict[str, Any] = {"pace": "manual"}
    for marker in reversed([*request.node.iter_markers("suno")]):  # the one nearest to the test comes last
        if marker.args:
            came = ", ".join(map(repr, marker.args))
            raise pytest.UsageError(f"@pytest.mark.suno({came}) names no setting. {MARKER}")
        settings |= marker.kwargs
    scenario = settings.pop("scenario", None)
    mock = _suno_mocks(**settings)
    mock.reset()
    request.node.stash[MOCK] = mock
    account = mock.account(f"test-{blake2b(request.node.nodeid.encode(), digest_size=6).hexdigest()}")
    if scenario is not None:
        account.queue(scenario, times=None)
    return account


@pytest.fixture(scope="session")
def _suno_receiver() -> Iterator["Receiver"]:
    from mock_server.testing.receiver import Receiver

    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def suno_receiver(_suno_receiver: "Receiver") -> "Receiver":
    """A callback receiver on a real socket: give `url` as callBackUrl; `received`, `wait_for`, `answer`."""
    _suno_receiver.renew()
    return _suno_receiver


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the mock's journal with a test that failed."""
    report = yield
    mock = item.stash.get(MOCK, None)
    if report.failed and mock is not None:
        from mock_server.state.journal_entries import line

        report.sections.append(("suno-mock journal", "\n".join(map(line, mock.entries)) or "(nothing)"))
    return report
