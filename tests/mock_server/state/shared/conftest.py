"""Ends the servers that tests have started."""

from collections.abc import Iterator

import pytest

from tests.mock_server.state.shared.engines import server
from tests.mock_server.state.shared.servers import PROGRAMS


@pytest.fixture(scope="package", autouse=True)
def _ended() -> Iterator[None]:
    yield
    for name, program in PROGRAMS.items():
        if program() and server.cache_info().currsize:
            server(name).end()
    server.cache_clear()
