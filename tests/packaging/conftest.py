"""The wheel and an environment with it, made once."""

from pathlib import Path

import pytest

from tests.packaging.environment import Environment, environment, wheel


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel."""
    return wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def users(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """A user's environment: suno-mock without extras, and pytest."""
    return environment(tmp_path_factory.mktemp("environment"), built, "pytest")
