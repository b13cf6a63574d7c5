"""What a command says, and where."""

import pytest

from mock_server.commands.telling import tell, warn


@pytest.mark.parametrize(("as_json", "output"), [(False, "one\ntwo\n"), (True, "[\n  1,\n  2\n]\n")])
def test_lines_or_json_are_the_output(as_json: bool, output: str, capsys: pytest.CaptureFixture[str]) -> None:
    tell(["one", "two"], [1, 2], as_json)
    assert capsys.readouterr() == (output, "")


def test_a_warning_is_no_output(capsys: pytest.CaptureFixture[str]) -> None:
    warn("look out")
    assert capsys.readouterr() == ("", "suno-mock: look out\n")
