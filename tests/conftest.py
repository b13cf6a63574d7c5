"""What every test file shares."""

import pytest
from hypothesis import HealthCheck, settings

# Machines are small and noisy: no property fails because an example took long.
settings.register_profile("suno-mock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suno-mock")


@pytest.fixture
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio, as the mock does."""
    return "asyncio"
