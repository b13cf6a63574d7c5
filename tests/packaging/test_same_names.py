"""Projects that have a `mock_server` or a `contract_tests` of their own, where suno-mock is installed."""

from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.packaging.environment import Environment

CASES = {
    "a module": ("mock_server", "mock_server.py"),
    "a package": ("mock_server", "mock_server/__init__.py"),
    "a folder": ("mock_server.app", "mock_server/app.py"),
    "a package called contract_tests": ("contract_tests", "contract_tests/__init__.py"),
    "a folder called contract_tests": ("contract_tests.cli", "contract_tests/cli.py"),
}
"""What a project imports, and the file that it has for it. Two of the files are called as some of suno-mock's."""
HIDDEN = [name for name, (module, _) in CASES.items() if module.startswith("mock_server")]
FIXTURES = "def test_song(suno_mock, suno_receiver):\n    assert suno_mock.url\n    assert suno_receiver.url\n"


def project(folder: Path, name: str) -> Path:
    """A project whose tests import its own module, and then use both fixtures."""
    module, file = CASES[name]
    path = folder / file
    path.parent.mkdir(exist_ok=True)
    path.write_text("OWN = 'mine'\n", "utf-8")
    test = f"import {module} as own\n\ndef test_own():\n    assert own.OWN == 'mine'\n"
    (folder / "test_own.py").write_text(test, "utf-8")
    (folder / "test_song.py").write_text(FIXTURES, "utf-8")
    return path


def run(users: Environment, folder: Path, *options: str) -> CompletedProcess[str]:
    return users.run("-m", "pytest", "-q", "-p", "no:cacheprovider", *options, cwd=folder)


@pytest.mark.parametrize("name", CASES)
def test_own_tests_run_undisturbed(users: Environment, tmp_path: Path, name: str) -> None:
    project(tmp_path, name)
    ran = run(users, tmp_path, "-W", "error", "test_own.py")
    assert ran.stdout.splitlines()[-1].startswith("1 passed"), ran.stdout + ran.stderr


@pytest.mark.parametrize("files", [("test_own.py", "test_song.py"), ("test_song.py",)], ids=" and ".join)
@pytest.mark.parametrize("name", HIDDEN)
def test_a_fixture_says_in_one_line_what_is_in_the_way(
    users: Environment, tmp_path: Path, name: str, files: tuple[str, ...]
) -> None:
    path = project(tmp_path, name)
    place = path if name == "a module" else path.parent
    lines = run(users, tmp_path, "-rN", *files).stdout.splitlines()
    assert [line for line in lines if not line.startswith((".", "E", "=", "_"))][:-1] == [
        f"suno-mock's package mock_server cannot be imported: {place} is in the way. Rename it, or start the mock "
        "beside your tests: suno-mock serve --port 0"
    ]


@pytest.mark.parametrize("name", sorted(set(CASES) - set(HIDDEN)))
def test_the_fixtures_work_beside_own_contract_tests(users: Environment, tmp_path: Path, name: str) -> None:
    project(tmp_path, name)
    assert run(users, tmp_path).stdout.splitlines()[-1].startswith("2 passed")


def test_fixtures_and_the_marker_are_listed_where_the_mock_is_hidden(users: Environment, tmp_path: Path) -> None:
    project(tmp_path, "a module")
    fixtures = run(users, tmp_path, "--fixtures").stdout
    assert "A key on a mock with a clean state: `url`" in fixtures
    assert "A callback receiver on a real socket: give `url` as callBackUrl" in fixtures
    assert "@pytest.mark.suno(profile=" in run(users, tmp_path, "--markers").stdout


def test_a_run_that_uses_no_fixture_imports_nothing_of_the_mock(users: Environment, tmp_path: Path) -> None:
    told = users.run("-X", "importtime", "-m", "pytest", "--co", cwd=tmp_path).stderr
    names = {line.rpartition("|")[2].strip().partition(".")[0] for line in told.splitlines()}
    assert "suno_mock_pytest" in names
    assert not names & {"mock_server", "contract_tests", "click", "httpx", "starlette", "uvicorn"}
