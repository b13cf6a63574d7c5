"""What a generation asks for."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.api.generate import STYLE, TITLE_LENGTH, UNTITLED
from mock_server.api.generate import asked as asked_for
from mock_server.contract.source_tracks import INSTRUMENTAL
from tests.builders import generation


@pytest.mark.parametrize(
    ("changes", "lyrics"),
    [
        pytest.param({"instrumental": False, "prompt": "[Verse] La"}, "[Verse] La", id="its own"),
        pytest.param({"instrumental": True, "prompt": "[Verse] La"}, INSTRUMENTAL, id="none where it is instrumental"),
        pytest.param({"instrumental": True, "prompt": ...}, INSTRUMENTAL, id="none, and no prompt"),
    ],
)
def test_a_custom_generation_is_what_it_says(changes: dict[str, Any], lyrics: str) -> None:
    asked = asked_for(generation(title="T", style="S", **changes), None)
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
    assert asked_for(generation(customMode=False, prompt=prompt), None).title == title


@given(st.fixed_dictionaries({}, optional={"title": st.text(), "style": st.text()}))
def test_without_custom_mode_the_prompt_alone_counts(ignored: dict[str, str]) -> None:
    asked = asked_for(generation(customMode=False, instrumental=False) | ignored, None)
    assert (asked.title, asked.style, asked.prompt) == ("A calm piano", STYLE, "A calm piano")


@given(st.text())
def test_a_title_is_never_empty_nor_long(prompt: str) -> None:
    title = asked_for(generation(customMode=False, prompt=prompt), None).title
    assert 0 < len(title) <= TITLE_LENGTH
