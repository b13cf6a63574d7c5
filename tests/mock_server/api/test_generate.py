"""A generation: what it asks for, and what becomes of it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.api.generate import STYLE, TITLE_LENGTH, UNTITLED
from mock_server.api.generate import task_request as asked_for
from mock_server.contract.source_tracks import INSTRUMENTAL
from tests.builders import generation
from tests.clients import Mock, client, credits, finished, generate, poll, refusal

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("changes", "lyrics"),
    [
        pytest.param({"instrumental": False, "prompt": "[Verse] La"}, "[Verse] La", id="its own"),
        pytest.param({"instrumental": True, "prompt": "[Verse] La"}, INSTRUMENTAL, id="none where it is instrumental"),
        pytest.param({"instrumental": True, "prompt": ...}, INSTRUMENTAL, id="none, and no prompt"),
    ],
)
def test_a_custom_generation_is_what_it_says(changes: dict[str, Any], lyrics: str) -> None:
    task_request = asked_for(generation(title="T", style="S", **changes), None)
    assert (task_request.title, task_request.style, task_request.prompt, task_request.starts) == ("T", "S", lyrics, 0)


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
    task_request = asked_for(generation(customMode=False, instrumental=False) | ignored, None)
    assert (task_request.title, task_request.style, task_request.prompt) == ("A calm piano", STYLE, "A calm piano")


@given(st.text())
def test_a_title_is_never_empty_nor_long(prompt: str) -> None:
    title = asked_for(generation(customMode=False, prompt=prompt), None).title
    assert 0 < len(title) <= TITLE_LENGTH


async def test_a_generation_is_a_task_like_any_other() -> None:
    mock = Mock(credits=24)
    async with client(mock.app) as http:
        answer = await generate(http, title="Harbour")
        assert answer.json()["msg"] == "success"
        task_id, tracks = await finished(mock, http, answer)
        assert mock.delivery.stages == ["text", "first", "complete"]
        record = (await poll(http, task_id)).json()["data"]
        assert (record["operationType"], record["parentMusicId"], record["status"]) == ("generate", "", "SUCCESS")
        assert [track["title"] for track in tracks] == ["Harbour", "Harbour"]
        assert (await credits(http)).json()["data"] == 12


async def test_every_broken_rule_of_a_generation_is_named() -> None:
    async with client(Mock().app) as http:
        response = await generate(http, style=..., title="x" * 81, vocalGender="x")
        assert "3 rules are broken: " in refusal(response, 422)
        assert response.headers["suno-mock-rules"].split(", ") == [
            "generate.vocalGender.enum",
            "generate.title.length",
            "generate.style.custom",
        ]
