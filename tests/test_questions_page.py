"""docs/questions-and-profiles.md says of questions what the register, the mock and a standard library say."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from mock_server.contract import profile_files
from mock_server.contract.documents import OPENAPI, load
from mock_server.contract.open_questions import violations
from mock_server.contract.operations import EXTEND
from mock_server.contract.questions import Register
from mock_server.domain.generated_tracks import create_time
from tests.builders import edition, request, task

PAGE = (Path(__file__).parents[1] / "docs" / "questions-and-profiles.md").read_text("utf-8")
QUESTIONS = Register.read().questions
CREATED = 1735689600.0


def rows(section: str) -> list[list[str]]:
    """The cells of the table under a heading, without its head."""
    text = PAGE.partition(f"## {section}\n")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def test_the_questions_that_refuse_are_those_that_say_why() -> None:
    listed = [row[0].strip("`") for row in rows("Refusals that rest on a question")]
    assert listed == [entry["id"] for entry in load(OPENAPI / "questions.yaml") if "why" in entry]


def test_the_readings_that_let_pass_are_readings() -> None:
    for row in rows("Refusals that rest on a question"):
        assert set(re.findall("`(.+?)`", row[2])) <= set(QUESTIONS[row[0].strip("`")].readings)


def test_the_refusal_that_is_quoted_is_what_is_said() -> None:
    (violation,) = violations(edition(), EXTEND, request(defaultParamFlag=False, personaId=..., prompt=...))
    quoted = " ".join(PAGE.partition("```\n")[2].partition("```")[0].split())
    assert masked(quoted) == masked(str(violation))


def masked(text: str) -> str:
    """Without the lines of documents, which may be others tomorrow."""
    return re.sub(r"(?<=\.yaml:)\d+", "N", text)


CREATE_TIMES = rows("`createTime`, and who breaks on which reading")


def test_every_spelling_of_create_time_is_told_with_its_profiles() -> None:
    question = QUESTIONS["create_time"]
    assert [row[0].strip("`") for row in CREATE_TIMES] == list(question.readings)
    for reading, wire, profiles, *_ in CREATE_TIMES:
        name = reading.strip("`")
        assert json.loads(wire.strip("`")) == create_time(task(under=edition("apikley", f"create_time={name}")))
        picks = profile_files.picked("create_time")
        picked = [profile for profile, pick in picks.items() if pick == name]
        assert re.findall("`(.+?)`", profiles) == picked


def parses(read: Callable[[Any], object], value: object) -> bool:
    try:
        read(value)
    except (ValueError, TypeError):
        return False
    return True


@pytest.mark.parametrize(
    ("client", "read", "fits"),
    [
        pytest.param("fromisoformat", datetime.fromisoformat, ["string", "rfc3339"], id="fromisoformat"),
        pytest.param("strptime", lambda text: datetime.strptime(text, "%Y-%m-%d %H:%M:%S"), ["string"], id="strptime"),
    ],
)
def test_python_breaks_where_the_page_says(client: str, read: Callable[[Any], object], fits: list[str]) -> None:
    for reading, wire, _, breaks, _ in CREATE_TIMES:
        fitting = parses(read, json.loads(wire.strip("`")))
        assert fitting == (reading.strip("`") in fits)
        assert not (fitting and client in breaks)
