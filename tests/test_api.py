"""The extend endpoint's decisions, in the order in which they are made, and polling."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from mock_server.api import Api
from mock_server.app import create_app
from mock_server.clock import ManualClock
from mock_server.endpoint import Endpoint
from mock_server.settings import Settings
from mock_server.store import MemoryStore
from tests.builders import COMPLETE, CREATED, FIRST, TEXT, RecordingDelivery
from tests.clients import KEY, client, extend, poll

pytestmark = pytest.mark.anyio


class Mock:
    """One mock in process: its clock, what it delivered, and its application."""

    def __init__(self, **settings: Any) -> None:
        self.clock = ManualClock(CREATED)
        self.delivery = RecordingDelivery()
        self.app = create_app(Settings(pace="manual", **settings), clock=self.clock, delivery=self.delivery)
        self.parts = self.app.state.parts


def refusal(response: httpx.Response, code: int) -> str:
    """The msg of a refusal with this code, in HTTP 200 without data."""
    body = response.json()
    assert (response.status_code, set(body), body["code"]) == (200, {"code", "msg"}, code), response.text
    return str(body["msg"])


async def test_a_valid_request_starts_a_task() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        response = await extend(http)
        assert response.headers["content-type"] == "application/json"
        body = response.json()
        assert (response.status_code, body["code"], body["msg"]) == (200, 200, "success")
        assert len(body["data"]["taskId"]) == 32
        assert await mock.parts.scheduler.advance(3600) == 3


@pytest.mark.parametrize("authorization", ["bearer key", "BEARER key", "Bearer   key", " Bearer key "])
async def test_the_scheme_is_case_insensitive(authorization: str) -> None:
    async with client(Mock().app) as http:
        response = await extend(http, {"Authorization": authorization})
        assert response.json()["code"] == 200


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Basic a2V5", "key", "Token key"])
async def test_no_bearer_key_is_401(authorization: str) -> None:
    async with client(Mock().app) as http:
        msg = refusal(await extend(http, {"Authorization": authorization}), 401)
        assert msg == (
            "Unauthorized - Authentication credentials are missing or invalid: "
            "send your key as 'Authorization: Bearer <key>'; any non-empty key works here"
        )


async def test_strict_keys_refuse_an_unknown_key() -> None:
    async with client(Mock(strict_keys=True).app) as http:
        assert "the key is none of fixtures/accounts.yaml (test-key, empty-key), and keys are strict" in refusal(
            await extend(http), 401
        )
        for key in ("test-key", "mock-callback-501"):
            assert (await extend(http, {"Authorization": f"Bearer {key}"})).json()["code"] == 200


async def test_a_magic_key_without_a_scenario_is_401() -> None:
    async with client(Mock().app) as http:
        msg = refusal(await extend(http, {"Authorization": "Bearer mock-silnt"}), 401)
        assert "'silnt' is none. Nearest: silent." in msg


async def test_maintenance_is_455() -> None:
    async with client(Mock(maintenance=True).app) as http:
        assert refusal(await extend(http, model="nonsense"), 455) == (
            "Service Unavailable - System is currently undergoing maintenance: the mock was started with --maintenance"
        )
        assert refusal(await poll(http, "any"), 455)


async def test_past_the_rate_limit_is_429_until_a_slot_is_free() -> None:
    mock = Mock(rate_limit="2/10")
    async with client(mock.app) as http:
        for _ in range(2):
            assert (await extend(http)).json()["code"] == 200
        await mock.parts.scheduler.advance(4)
        limited = await extend(http)
        assert limited.headers["retry-after"] == "6"
        assert "the account had 2 requests within 10 s; the next is possible in 6.0 s" in refusal(limited, 429)
        await mock.parts.scheduler.advance(6)
        assert (await extend(http)).json()["code"] == 200


async def test_the_rate_limit_is_per_key() -> None:
    async with client(Mock(rate_limit="1/10").app) as http:
        assert (await extend(http)).json()["code"] == 200
        assert (await extend(http, {"Authorization": "Bearer other"})).json()["code"] == 200


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


async def test_an_unknown_persona_is_404() -> None:
    async with client(Mock().app) as http:
        assert 'personaId "nobody" is unknown' in refusal(await extend(http, personaId="nobody"), 404)


async def test_an_empty_account_is_402() -> None:
    async with client(Mock().app) as http:
        msg = refusal(await extend(http, {"Authorization": "Bearer empty-key"}), 402)
        assert msg.endswith(
            "the account has 0 credits and one extension costs 12; "
            "use another key, or start the mock with more --credits"
        )


async def test_credits_go_down_with_every_task() -> None:
    async with client(Mock(credits=30).app) as http:
        codes = [(await extend(http)).json()["code"] for _ in range(3)]
        assert codes == [200, 200, 402]


async def test_a_refused_request_costs_nothing() -> None:
    async with client(Mock(credits=12).app) as http:
        refusal(await extend(http, prompt=5), 422)
        assert (await extend(http)).json()["code"] == 200


async def test_531_gives_the_credits_back() -> None:
    mock = Mock(credits=12)
    async with client(mock.app) as http:
        assert (await extend(http, {"Prefer": "code=callback-531"})).json()["code"] == 200
        assert (await extend(http)).json()["code"] == 402
        await mock.parts.scheduler.advance(COMPLETE)
        assert (await extend(http)).json()["code"] == 200


ORDER: list[tuple[int, dict[str, Any], dict[str, Any]]] = [
    (401, {"headers": {"Authorization": ""}}, {}),
    (455, {}, {"maintenance": True}),
    (409, {"headers": {"Prefer": "code=409"}}, {}),
    (429, {}, {"rate_limit": "1/10"}),
    (422, {"prompt": 5}, {}),
    (404, {"audioId": "unknown"}, {}),
    (422, {"model": "V5"}, {}),
    (404, {"personaId": "unknown"}, {}),
    (402, {}, {"credits": 0}),
]
"""Each refusal, and what brings it about: by the request, by the settings."""


@pytest.mark.parametrize("first", range(len(ORDER)), ids=[f"{n} {code}" for n, (code, _, _) in enumerate(ORDER)])
async def test_an_earlier_check_decides(first: int) -> None:
    changes: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    for _, change, setting in ORDER[first:]:
        changes = {**change, **changes}
        settings |= setting
    mock = Mock(**settings)
    async with client(mock.app) as http:
        if "rate_limit" in settings:
            await extend(http, {"Prefer": "code=200"})
        assert refusal(await extend(http, **changes), ORDER[first][0])


@pytest.mark.parametrize("reading", ["refusal_status=mirror", "refusal_status=envelope"])
async def test_the_http_status_follows_the_reading(reading: str) -> None:
    async with client(Mock(readings=(reading,)).app) as http:
        response = await extend(http, {"Prefer": "code=429"})
        assert response.status_code == (429 if reading.endswith("mirror") else 200)
        assert response.json()["code"] == 429


async def test_code_500_is_http_500_as_apikley_documents() -> None:
    async with client(Mock().app) as http:
        response = await extend(http, {"Prefer": "code=500"})
        assert (response.status_code, response.json()["code"]) == (500, 500)


async def test_an_applied_preference_is_confirmed() -> None:
    async with client(Mock().app) as http:
        for headers in ({"Prefer": "code=402"}, {"Prefer": "wait=5, Scenario=silent"}):
            response = await extend(http, headers)
            assert response.headers["preference-applied"] == headers["Prefer"].split(", ")[-1].lower()


async def test_an_unknown_preference_is_refused_with_the_nearest() -> None:
    async with client(Mock().app) as http:
        msg = refusal(await extend(http, {"Prefer": "scenario=out-off-order"}), 422)
        assert "Prefer: scenario=out-off-order names no scenario" in msg
        assert "Nearest: out-of-order." in msg


async def test_polling_keeps_step_with_the_stages() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id = (await extend(http)).json()["data"]["taskId"]
        seen = []
        for moment in (0, TEXT, FIRST, COMPLETE):
            await mock.parts.scheduler.advance(CREATED + moment - mock.clock.now())
            seen.append((await poll(http, task_id)).json()["data"])
        assert [record["status"] for record in seen] == ["PENDING", "TEXT_SUCCESS", "FIRST_SUCCESS", "SUCCESS"]
        assert mock.delivery.stages == ["text", "first", "complete"]
        assert len(seen[-1]["response"]["sunoData"]) == 2


async def test_a_task_is_unknown_under_another_key() -> None:
    async with client(Mock().app) as http:
        task_id = (await extend(http)).json()["data"]["taskId"]
        response = await poll(http, task_id, {"Authorization": "Bearer other"})
        assert response.json() == {"code": 200, "msg": "success", "data": None}


@pytest.mark.parametrize(
    ("reading", "code", "text"),
    [("not_found", 404, "no task 'nothing' under this key"), ("invalid", 422, "recordInfo is null")],
)
async def test_an_unknown_task_follows_the_reading(reading: str, code: int, text: str) -> None:
    async with client(Mock(readings={"unknown_task": reading}).app) as http:
        assert text in refusal(await poll(http, "nothing"), code)


async def test_polling_without_a_task_id_is_422() -> None:
    async with client(Mock().app) as http:
        msg = refusal(await poll(http, ""), 422)
        assert "taskId is missing; allowed: the taskId that extend answered" in msg


async def test_polling_needs_a_key_and_can_be_forced() -> None:
    async with client(Mock().app) as http:
        refusal(await poll(http, "any", {"Authorization": ""}), 401)
        refusal(await poll(http, "any", {"Prefer": "code=429"}), 429)


async def test_varying_readings_depend_on_the_seed_alone() -> None:
    async def statuses(seed: int) -> list[int]:
        async with client(Mock(seed=seed, readings={"all": "vary"}).app) as http:
            return [(await extend(http, {"Prefer": "code=409"})).status_code for _ in range(16)]

    assert await statuses(7) == await statuses(7)
    assert set(await statuses(7)) == {200, 409}
    assert await statuses(7) != await statuses(8)


class BrokenStore(MemoryStore):
    async def next_ordinal(self, key: str) -> int:
        raise ZeroDivisionError


async def test_a_bug_is_answered_with_500_and_raised() -> None:
    api = Api(replace(Mock().parts, store=BrokenStore(0, {})))
    endpoint = Endpoint(api.extend, api.follow, api.failed)
    for raised in (True, False):
        transport = httpx.ASGITransport(endpoint, raise_app_exceptions=raised)
        async with httpx.AsyncClient(transport=transport, base_url="http://mock") as http:
            if raised:
                with pytest.raises(ZeroDivisionError):
                    await http.post("/", headers=KEY)
            else:
                response = await http.post("/", headers=KEY)
    assert (response.status_code, response.json()["code"]) == (500, 500)
    assert response.json()["msg"].endswith("the mock itself failed; its standard error has the traceback")


async def test_drawn_readings_are_told() -> None:
    async with client(Mock(readings={"first_items": "vary", "text_items": "both"}).app) as http:
        accepted, refused = await extend(http), await extend(http, {"Prefer": "code=402"})
        told = {accepted.headers["suno-mock-readings"], refused.headers["suno-mock-readings"]}
        assert told <= {"first_items=one", "first_items=both"}
        polled = await poll(http, accepted.json()["data"]["taskId"])
        assert polled.headers["suno-mock-readings"] == accepted.headers["suno-mock-readings"]
        journal = (await http.get("/__admin/journal")).json()["entries"]
        assert journal[0]["readings"] == accepted.headers["suno-mock-readings"]
    async with client(Mock().app) as http:
        assert "suno-mock-readings" not in (await extend(http)).headers


@pytest.mark.parametrize("prefer", ["", "code=200", "scenario=silent"])
async def test_a_wrong_magic_key_comes_before_everything(prefer: str) -> None:
    async with client(Mock(maintenance=True).app) as http:
        refusal(await extend(http, {"Authorization": "Bearer mock-silnt", "Prefer": prefer}), 401)
