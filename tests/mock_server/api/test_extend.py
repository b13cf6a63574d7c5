"""An extension: what it asks for, its source track, and whether it fits it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.api.extend import task_request as asked_for
from tests.builders import SOURCE, request, task
from tests.clients import Mock, client, extend, refusal

pytestmark = pytest.mark.anyio


def test_a_custom_extension_is_what_it_says() -> None:
    task_request = asked_for(request(title="T", style="S", prompt="P", continueAt=60), SOURCE)
    assert (task_request.title, task_request.style, task_request.prompt, task_request.starts) == ("T", "S", "P", 60)


@given(st.fixed_dictionaries({}, optional={name: st.text() for name in ("title", "style", "prompt")}))
def test_another_extension_inherits_everything(ignored: dict[str, str]) -> None:
    task_request = asked_for({"defaultParamFlag": False, "model": "V4", **ignored}, SOURCE)
    assert (task_request.title, task_request.style, task_request.prompt) == (SOURCE.title, SOURCE.style, SOURCE.prompt)
    assert task_request.starts == SOURCE.duration


def test_an_extension_is_of_the_model_asked_for() -> None:
    assert task(model="V5").request.model == "V5"


async def test_every_broken_rule_is_named() -> None:
    async with client(Mock().app) as http:
        response = await extend(http, style=..., title="x" * 81, vocalGender="x", styleWeight=0.655, continueAt=0)
        msg = refusal(response, 422)
        assert response.headers["suno-mock-rules"].split(", ") == [
            "extend.vocalGender.enum",
            "extend.styleWeight.multipleOf",
            "extend.title.length",
            "extend.style.custom",
            "extend.continueAt.start",
        ]
        assert "5 rules are broken: " in msg
        assert "title has 81 characters; allowed: at most 80 characters for model V4 (extend.title.length, " in msg


async def test_an_unknown_track_is_404() -> None:
    async with client(Mock().app) as http:
        response = await extend(http, audioId="1f7a2b90-64c3-4d1a-8e25-7b3c9d0f1a03")
        msg = refusal(response, 404)
        assert msg.startswith("Not Found - The requested resource or endpoint does not exist: audioId ")
        assert "Nearest: 1f7a2b90-64c3-4d1a-8e25-7b3c9d0f1a02." in msg
        assert response.headers["suno-mock-rules"] == "extend.audioId.known"


async def test_an_unknown_track_is_422_where_the_reading_says_so() -> None:
    async with client(Mock(readings={"unknown_audio": "invalid"}).app) as http:
        assert refusal(await extend(http, audioId="unknown"), 422)


async def test_an_unknown_track_can_be_adopted() -> None:
    async with client(Mock(adopt_unknown_tracks=True).app) as http:
        assert (await extend(http, audioId="anything", model="V5", continueAt=400)).json()["code"] == 200


async def test_the_source_tracks_model_and_length_are_judged_together() -> None:
    async with client(Mock().app) as http:
        msg = refusal(await extend(http, model="V5", continueAt=198.44), 422)
        assert 'model is "V5"; allowed: V4, the model of the source track (extend.model.source, ' in msg
        assert "continueAt is 198.44; allowed: less than 198.44, the seconds that the source track lasts" in msg


async def test_the_last_moment_of_the_source_is_accepted() -> None:
    async with client(Mock().app) as http:
        assert (await extend(http, continueAt=198.43)).json()["code"] == 200
