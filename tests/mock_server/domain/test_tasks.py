"""What a task was asked for."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.contract.source_tracks import INSTRUMENTAL
from mock_server.domain.tasks import STYLE, TITLE_LENGTH, UNTITLED, TaskRequest
from tests.builders import SOURCE, generated, generation, request, task


def test_a_custom_extension_is_what_it_says() -> None:
    asked = TaskRequest.extend(request(title="T", style="S", prompt="P", continueAt=60), SOURCE)
    assert (asked.title, asked.style, asked.prompt, asked.starts) == ("T", "S", "P", 60)


@given(st.fixed_dictionaries({}, optional={name: st.text() for name in ("title", "style", "prompt")}))
def test_another_extension_inherits_everything(ignored: dict[str, str]) -> None:
    asked = TaskRequest.extend({"defaultParamFlag": False, "model": "V4", **ignored}, SOURCE)
    assert (asked.title, asked.style, asked.prompt) == (SOURCE.title, SOURCE.style, SOURCE.prompt)
    assert asked.starts == SOURCE.duration


def test_an_extension_is_of_the_model_asked_for() -> None:
    assert task(model="V5").request.model == "V5"


@pytest.mark.parametrize(
    ("changes", "lyrics"),
    [
        pytest.param({"instrumental": False, "prompt": "[Verse] La"}, "[Verse] La", id="its own"),
        pytest.param({"instrumental": True, "prompt": "[Verse] La"}, INSTRUMENTAL, id="none where it is instrumental"),
        pytest.param({"instrumental": True, "prompt": ...}, INSTRUMENTAL, id="none, and no prompt"),
    ],
)
def test_a_custom_generation_is_what_it_says(changes: dict[str, Any], lyrics: str) -> None:
    asked = TaskRequest.generate(generation(title="T", style="S", **changes))
    assert (asked.title, asked.style, asked.prompt, asked.starts) == ("T", "S", lyrics, 0)


@pytest.mark.parametrize(
    ("prompt", "title"),
    [
        pytest.param("A calm piano", "A calm piano", id="the description"),
        pytest.param("x" * 41, "x" * TITLE_LENGTH, id="the beginning of a long description"),
        pytest.param("  spaced  ", "spaced", id="without blanks around it"),
        pytest.param("", UNTITLED, id="an empty description"),
        pytest.param(" " * 41, UNTITLED, id="a blank description"),
    ],
)
def test_a_description_becomes_the_title(prompt: str, title: str) -> None:
    assert TaskRequest.generate(generation(customMode=False, prompt=prompt)).title == title


@given(st.fixed_dictionaries({}, optional={"title": st.text(), "style": st.text()}))
def test_without_custom_mode_the_prompt_alone_counts(ignored: dict[str, str]) -> None:
    asked = TaskRequest.generate(generation(customMode=False, instrumental=False) | ignored)
    assert (asked.title, asked.style, asked.prompt) == ("A calm piano", STYLE, "A calm piano")


@given(st.text())
def test_a_title_is_never_empty_nor_long(prompt: str) -> None:
    title = TaskRequest.generate(generation(customMode=False, prompt=prompt)).title
    assert 0 < len(title) <= TITLE_LENGTH


@pytest.mark.parametrize("made", [task, generated])
def test_a_request_is_kept_as_it_came(made: Any) -> None:
    accepted = made(prompt="ö😀", tempo=[1, None, 0.5])
    assert accepted.request.fields == json.loads(accepted.body)
    assert accepted.request.fields["tempo"] == [1, None, 0.5]


@pytest.mark.parametrize("made", [task, generated])
def test_a_new_task_has_lost_nothing(made: Any) -> None:
    accepted = made()
    assert (accepted.given_up, accepted.lost) == (False, False)
