"""What the wheel carries, and what works where it alone is installed."""

import zipfile
from pathlib import Path

import pytest

import mock_server
from tests.packaging.environment import ROOT

PACKAGES = ("mock_server", "contract_tests", "suno_mock_pytest")


def test_the_wheel_carries_the_code_and_the_data(built: Path) -> None:
    with zipfile.ZipFile(built) as wheel:
        carried = set(wheel.namelist())
    for folder in ("openapi", "fixtures"):
        files = [path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file()]
        assert {f"mock_server/_data/{path.as_posix()}" for path in files} <= carried
    for package in PACKAGES:
        code = [path for path in (ROOT / package).rglob("*.*") if "__pycache__" not in path.parts]
        assert {path.relative_to(ROOT).as_posix() for path in code} <= carried
        assert f"{package}/py.typed" in carried
    assert {name.partition("/")[0] for name in carried if ".dist-info/" not in name} == set(PACKAGES)


@pytest.mark.parametrize("name", mock_server.__all__)
def test_every_public_name_is_there_on_first_use(name: str) -> None:
    assert getattr(mock_server, name).__name__ == name


def test_a_name_that_is_not_there_is_named() -> None:
    with pytest.raises(AttributeError, match="module 'mock_server' has no attribute 'creat_app'"):
        mock_server.creat_app  # type: ignore[attr-defined]  # noqa: B018
