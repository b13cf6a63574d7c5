"""The pytest plugin: `suno_mock` and `suno_receiver` as fixtures, and the marker `suno`, without an import.

It is loaded in every test run wherever suno-mock is installed. So it imports the mock when a test asks for a fixture,
and leaves a project alone that has a `mock_server` or a `contract_tests` of its own.
"""

import sys
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from suno_mock_pytest.same_names import FoldersWithoutInit, in_the_way

if TYPE_CHECKING:
    from pluggy import Result

    from mock_server.testing.fixtures import Mocks
    from mock_server.testing.key import KeyView
    from mock_server.testing.mock_server import MockServer
    from mock_server.testing.receiver import Receiver

MOCK: "pytest.StashKey[MockServer]" = pytest.StashKey()
MARKER = (
    "suno(profile=..., pace=..., scenario=..., **settings): how the test's suno_mock behaves; see mock_server.Settings"
)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    finder = FoldersWithoutInit()
    sys.meta_path.insert(0, finder)
    early_config.add_cleanup(lambda: sys.meta_path.remove(finder))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)


@pytest.fixture(scope="session")
def _suno_mocks() -> Iterator["Mocks"]:
    _check_names()
    from mock_server.testing.fixtures import Mocks

    with Mocks() as mocks:
        yield mocks


@pytest.fixture
def suno_mock(request: pytest.FixtureRequest, _suno_mocks: "Mocks") -> "KeyView":
    """A key on a mock with a clean state: `url`, `headers`, `clock.advance`, `queue`, `requests`, `attempts`."""
    mock, key = _suno_mocks.prepared(request.node.nodeid, **_marked(request.node))
    request.node.stash[MOCK] = mock
    return key


@pytest.fixture(scope="session")
def _suno_receiver() -> Iterator["Receiver"]:
    _check_names()
    from mock_server.testing.receiver import Receiver

    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def suno_receiver(_suno_receiver: "Receiver") -> "Receiver":
    """A callback receiver on a real socket: give `url` as callBackUrl; `received`, `wait_for`, `answer`."""
    _suno_receiver.renew()
    return _suno_receiver


# The older kind of wrapper: with the newer one an old pluggy would not load the plugin, and nobody's tests would run.
@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, "Result[pytest.TestReport]", None]:
    """Show the mock's journal with a test that failed."""
    report = (yield).get_result()
    mock = item.stash.get(MOCK, None)
    if report.failed and mock is not None:
        from mock_server.testing.fixtures import journal

        report.sections.append(("suno-mock journal", journal(mock)))


def _check_names() -> None:
    """Fail with one line where the mock cannot be imported."""
    if place := in_the_way():
        pytest.fail(
            f"suno-mock's package mock_server cannot be imported: {place} is in the way. Rename it, or start the mock "
            "beside your tests: suno-mock serve --port 0",
            pytrace=False,
        )


def _marked(node: pytest.Item) -> dict[str, Any]:
    """The settings of a test's markers."""
    settings: dict[str, Any] = {}
    for marker in reversed([*node.iter_markers("suno")]):  # the one nearest to the test comes last
        if marker.args:
            came = ", ".join(map(repr, marker.args))
            raise pytest.UsageError(f"@pytest.mark.suno({came}) names no setting. {MARKER}")
        settings |= marker.kwargs
    return settings
