"""Answers of the control plane, held against its document."""

from typing import Any

import pytest

from mock_server.commands.client.answer_schema import flaw, has_body
from tests.admin_answers import CLOCK, HEALTH, TASK, WHOLE_TASK, attempt, entry, page, task_page


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("health", HEALTH),
        ("clock", CLOCK),
        ("tasks", task_page(TASK)),
        ("tasks", task_page(TASK, cursor="5c79")),
        ("tasks/5c79", WHOLE_TASK),
        ("journal", page(1, 2)),
        ("journal/entries/1", entry(1, key=None, body=None, answer=None)),
        ("journal/entries/2", attempt(2)),
    ],
)
def test_what_is_as_documented_has_no_flaw(path: str, answer: Any) -> None:
    assert flaw("GET", path, 200, answer) == ""


FLAWS: list[tuple[str, Any, str]] = [
    ("tasks", task_page(TASK, {**TASK, "status": 7}), 'tasks.1.status: 7 is not of type "string"'),
    ("tasks", {}, 'the answer: "tasks" is a required property'),
    ("journal", {**page(1), "cursor": "-1"}, 'cursor: "-1" does not match '),
    ("clock", {**CLOCK, "now": 1e308}, "now: 1e+308 is greater than the maximum of 253402300799"),
    ("health", {**HEALTH, "dropped": {"\x1b[2J" * 50: "x"}}, "dropped.\\x1b[2J"),
    ("journal/entries/1", entry(1, answer=7), 'answer: 7 is not of types "null", "object"'),
    ("journal/entries/1", entry(1, key=7), 'key: 7 is not of types "null", "string"'),
    ("journal/entries/1", entry(1, body_base64="!"), 'body_base64: "!" is not valid under any of the schemas'),
    ("journal/entries/1", entry(1, kind="attempt"), "the answer: {"),
]


@pytest.mark.parametrize(("path", "answer", "text"), FLAWS, ids=[text for *_, text in FLAWS])
def test_a_flaw_says_where_what_came_and_what_is_allowed(path: str, answer: Any, text: str) -> None:
    found = flaw("GET", path, 200, answer)
    assert found.startswith(text)
    assert found.isprintable()
    assert len(found) < 500


def test_the_document_says_which_answers_there_are() -> None:
    assert has_body("GET", "tasks/5c79", 200) is True
    assert has_body("POST", "reset", 204) is False
    assert has_body("POST", "reset", 403) is True
    assert has_body("GET", "tasks", 204) is None
