"""What a user gives, as values."""

from pathlib import Path

import click
import pytest

from contract_tests.run.command import run_command
from contract_tests.run.inputs import LONGEST, SHORTEST_TRACK, CannotRun, Seconds, command_of, documents


@pytest.mark.parametrize(
    ("seconds", "given", "text"),
    [
        (Seconds(), "nan", "'nan' is no number of seconds. Allowed: more than 0, at most 86400."),
        (Seconds(SHORTEST_TRACK), "nan", "'nan' is no number of seconds. Allowed: at least 4, at most 86400."),
        (Seconds(2.5), "nan", "'nan' is no number of seconds. Allowed: at least 2.5, at most 86400."),
        (Seconds(), "0", "0.0 is not in the range 0<x<=86400."),
        (Seconds(SHORTEST_TRACK), "3.9", "3.9 is not in the range 4<=x<=86400."),
    ],
)
def test_what_cannot_be_waited_for_is_refused_with_the_range(seconds: Seconds, given: str, text: str) -> None:
    """The ranges of the last two are in click's words: ours are the same."""
    with pytest.raises(click.BadParameter) as refused:
        seconds.convert(given, None, None)
    assert refused.value.format_message() == f"Invalid value: {text}"


@pytest.mark.parametrize(("seconds", "given"), [(Seconds(), "0.1"), (Seconds(4), "4"), (Seconds(), str(LONGEST))])
def test_seconds_within_the_range_are_a_number(seconds: Seconds, given: str) -> None:
    assert seconds.convert(given, None, None) == float(given)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("format: 1", "it has no 'document', and extends no profile that has"),
        ("extends: apikley\nmodels: 5", "something in it is of another type than it has to be"),
        ("extends: apikley\nmodels: {V9: 5}", "something in it is of another type"),
        ("extends: apikley\ndocument: nobodys.yaml", "/nobodys.yaml: No such file or directory"),
        ("extends: apikley\ndocument: broken.yaml", "it is no YAML, in line "),
    ],
)
def test_a_profile_that_nobody_checked_is_refused_with_the_way_to_check_it(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "broken.yaml").write_text("[", "utf-8")
    path = tmp_path / "mine.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(CannotRun) as refused:
        documents(str(path))
    assert refused.value.message.startswith(f"profile '{path}' cannot be read: ")
    assert why in refused.value.message
    assert refused.value.message.endswith(f". `suno-mock profiles check {path}` tells what is wrong.")


def test_what_was_typed_is_told_as_a_shell_takes_it() -> None:
    typed = ["--audio-id", "a b", "--audio-id", "c", "--budget", "3", "--strict"]
    context = run_command.make_context("suno-contract run", [*typed])
    assert command_of(context) == "suno-contract run --audio-id 'a b' --audio-id c --budget 3 --strict"
