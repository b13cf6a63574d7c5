"""What every test file shares."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# Machines are small and noisy: no property fails because an example took long.
settings.register_profile("suno-mock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suno-mock")


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
