"""What a profile's own file says behind its lines."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.contract.evidence import Evidence, Seen, evidence
from mock_server.contract.profile_files import profile_names

LEARNED = """# What was seen.
# Behind each line: how often.
format: 1
extends: apikley
texts:
  required: '{field} is # required.' # 2 times: requests 1, 7
  unseen: nobody says
stages:
  text:
    at: {0: 0.02, 1: 0.11} # 12 times: requests 1, …
models: # not behind a value
  V5: null # once: request 3
picks:
  first_items: one # in all that came

# Not learned:
# - picks.unknown_task: nothing that was sent tells it
# - texts.extend.auth.missing: other words
"""


def written(folder: Path, text: str) -> Evidence:
    file = folder / "live.yaml"
    file.write_text(text, "utf-8")
    return evidence(str(file))


def test_each_line_has_its_value_and_what_stands_behind_it(tmp_path: Path) -> None:
    found = written(tmp_path, LEARNED)
    assert (found.file, found.about) == ("live.yaml", ["What was seen.", "Behind each line: how often."])
    assert found.lines == [
        Seen("texts.required", "'{field} is # required.'", "2 times: requests 1, 7"),
        Seen("stages.text.at", "{0: 0.02, 1: 0.11}", "12 times: requests 1, …"),
        Seen("models.V5", "null", "once: request 3"),
        Seen("picks.first_items", "one", "in all that came"),
    ]


@pytest.mark.parametrize(
    ("question", "said"),
    [("first_items", "in all that came"), ("unknown_task", "nothing that was sent tells it"), ("text_items", "")],
)
def test_a_question_is_told_with_what_was_seen_or_why_it_is_open(tmp_path: Path, question: str, said: str) -> None:
    assert written(tmp_path, LEARNED).of(question) == said


@pytest.mark.parametrize("name", profile_names())
def test_a_profile_that_comes_with_the_mock_says_nothing(name: str) -> None:
    assert evidence(name) == Evidence()


@given(st.text(max_size=200))
def test_no_text_at_all_is_too_much(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    assert isinstance(written(tmp_path_factory.mktemp("profile"), text), Evidence)


def test_a_file_that_is_gone_says_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "live"
    folder.mkdir()
    assert evidence(str(folder)) == Evidence()
