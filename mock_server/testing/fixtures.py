"""What stands behind the pytest fixtures: mocks that live as long as the session, and a key of its own for each test.

One mock serves all tests that ask for the same settings. A test gets a clean state, a clock that stands still and a key
that is the same on every run.
"""

from contextlib import ExitStack
from hashlib import blake2b
from typing import Any, Self

from mock_server.state.journal_entries import line
from mock_server.testing.key import KeyView
from mock_server.testing.mock_server import MockServer


class Mocks:
    """The mocks of a session; a context manager that ends them all."""

    def __init__(self) -> None:
        self._started: dict[str, MockServer] = {}
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._stack.close()

    def prepared(self, test: str, *, scenario: str | None = None, **settings: Any) -> tuple[MockServer, KeyView]:
        """A mock without a past, and the key of a test on it. Every request gets the scenario, if there is one.

        Raises BadSetting.
        """
        mock = self._mock({"pace": "manual"} | settings)
        mock.reset()
        key = mock.account(f"test-{blake2b(test.encode(), digest_size=6).hexdigest()}")
        if scenario is not None:
            key.queue(scenario, times=None)
        return mock, key

    def _mock(self, settings: dict[str, Any]) -> MockServer:
        name = repr(sorted(settings.items()))
        if name not in self._started:
            self._started[name] = self._stack.enter_context(MockServer(**settings))
        return self._started[name]


def journal(mock: MockServer) -> str:
    """The journal of a mock as a test report shows it, a line per entry."""
    return "\n".join(map(line, mock.entries)) or "(nothing)"
