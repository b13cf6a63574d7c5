"""What is asked of every request that starts a task: its persona, room for its callbacks, its price."""

from typing import Any

import pytest

from tests.builders import COMPLETE
from tests.clients import OTHER, Mock, client, credits, extend, finished, generate, post, refusal

pytestmark = pytest.mark.anyio


async def test_a_valid_request_starts_a_task() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        response = await extend(http)
        assert response.headers["content-type"] == "application/json"
        body = response.json()
        assert (response.status_code, body["code"], body["msg"]) == (200, 200, "success")
        assert len(body["data"]["taskId"]) == 32
        assert await mock.advance(3600) == 3


async def test_an_unknown_persona_is_404() -> None:
    async with client(Mock().app) as http:
        assert 'personaId "nobody" is unknown' in refusal(await extend(http, personaId="nobody"), 404)


@pytest.mark.parametrize("ask", [extend, generate])
async def test_a_persona_is_known_to_the_key_that_made_it(ask: Any) -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id, tracks = await finished(mock, http, await generate(http))
        made = await post(
            http, "persona", taskId=task_id, audioId=tracks[0]["id"], name="Calm", description="A calm voice"
        )
        persona = made.json()["data"]["personaId"]
        assert (await ask(http, personaId=persona)).json()["code"] == 200
        assert f'personaId "{persona}" is unknown' in refusal(await ask(http, OTHER, personaId=persona), 404)


@pytest.mark.parametrize("ask", [extend, generate])
async def test_a_listed_persona_is_known_to_every_key(ask: Any) -> None:
    async with client(Mock().app) as http:
        assert (await ask(http, personaId="persona_123")).json()["code"] == 200


async def test_a_persona_that_has_no_effect_may_be_unknown() -> None:
    async with client(Mock(readings={"persona_without_custom": "ignored"}).app) as http:
        plain = await extend(http, defaultParamFlag=False, personaId="nobody")
        simple = await generate(http, customMode=False, personaId="nobody")
        assert [plain.json()["code"], simple.json()["code"]] == [200, 200]


@pytest.mark.parametrize("persona", [["x"], {"x": 1}, 5])
async def test_a_persona_that_the_document_does_not_name_may_be_anything(persona: Any) -> None:
    async with client(Mock(profile="classic").app) as http:
        assert (await extend(http, model="V3_5", personaId=persona)).json()["code"] == 200


async def test_an_empty_account_is_402() -> None:
    async with client(Mock().app) as http:
        msg = refusal(await extend(http, {"Authorization": "Bearer empty-key"}), 402)
        assert msg.endswith(
            "the account has 0 credits and this costs 12; use another key, or start the mock with more --credits"
        )


async def test_credits_go_down_with_every_task() -> None:
    async with client(Mock(credits=30).app) as http:
        codes = [(await extend(http)).json()["code"] for _ in range(3)]
        assert codes == [200, 200, 402]


async def test_extensions_and_generations_share_ordinals_and_credits() -> None:
    async with client(Mock(credits=24).app) as http:
        first, second = await extend(http), await generate(http)
        assert first.json()["data"] != second.json()["data"]
        refusal(await extend(http), 402)


async def test_a_refused_request_costs_nothing() -> None:
    async with client(Mock(credits=12).app) as http:
        refusal(await extend(http, prompt=5), 422)
        assert (await extend(http)).json()["code"] == 200


async def test_531_gives_the_credits_back() -> None:
    mock = Mock(credits=12)
    async with client(mock.app) as http:
        assert (await extend(http, {"Prefer": "code=callback-531"})).json()["code"] == 200
        assert (await extend(http)).json()["code"] == 402
        await mock.advance(COMPLETE)
        assert (await extend(http)).json()["code"] == 200


async def test_past_what_can_be_owed_a_task_is_429_and_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_server.state.memory_callbacks.OWED_KEPT", 2)
    mock = Mock()
    async with client(mock.app) as http:
        for _ in range(2):
            await extend(http)
        left = (await credits(http)).json()["data"]
        response = await extend(http)
        assert refusal(response, 429) == (
            "Rate Limited - Request limit has been exceeded for this resource: 2 tasks are owed callbacks, which "
            "is all that the mock keeps; advance the clock, or reset the mock"
        )
        assert response.headers["retry-after"] == "1"
        assert (await credits(http)).json()["data"] == left
        await mock.control.reset(None)
        assert (await extend(http)).json()["code"] == 200


async def test_callbacks_that_will_be_blocked_are_accepted_and_told_at_once() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        answer = await extend(http, callBackUrl="https://8.8.8.8/cb")
        assert answer.json()["code"] == 200
        told = "blocked; 8.8.8.8 is public; allow it with --allow-callbacks-to 8.8.8.8"
        assert answer.headers["suno-mock-callback"] == told
        assert (await http.get("/__admin/journal")).json()["entries"][0]["callback"] == told
        assert "suno-mock-callback" not in (await extend(http)).headers
