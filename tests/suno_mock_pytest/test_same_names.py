"""Names that a project shares with suno-mock, where this folder is installed as it is."""

import pytest

pytest_plugins = ["pytester"]

USES_THE_FIXTURES = "def test_song(suno_mock, suno_receiver): pass"


def run(pytester: pytest.Pytester) -> pytest.RunResult:
    return pytester.runpytest_subprocess("-p", "no:schemathesis", "-p", "no:cacheprovider")


def test_an_own_module_goes_first_and_is_named(pytester: pytest.Pytester) -> None:
    own = pytester.makepyfile(mock_server="OWN = True")
    pytester.makepyfile(f"import mock_server\nassert mock_server.OWN\n{USES_THE_FIXTURES}")
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*mock_server cannot be imported: {own} is in the way. Rename it, *"])


def test_an_own_folder_goes_first_and_is_named(pytester: pytest.Pytester) -> None:
    folder = pytester.mkdir("mock_server")
    (folder / "app.py").write_text("OWN = True", "utf-8")
    pytester.makepyfile(f"from mock_server import app\nassert app.OWN\n{USES_THE_FIXTURES}")
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*mock_server cannot be imported: {folder} is in the way. Rename it, *"])


def test_a_folder_without_code_is_in_nobodys_way(pytester: pytest.Pytester) -> None:
    (pytester.mkdir("mock_server") / "answers.yaml").write_text("[]", "utf-8")
    pytester.makepyfile(USES_THE_FIXTURES)
    run(pytester).assert_outcomes(passed=1)
