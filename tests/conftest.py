"""What every test file shares."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio, as the mock does."""
    return "asyncio"
