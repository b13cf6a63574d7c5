"""The endpoints' decisions, in the order in which they are made: extend, generate, polling and credits."""

from typing import Any

import httpx
import pytest

from mock_server.app import create_app
from mock_server.contract.operations import EXTEND, operations, path
from mock_server.core.errors import BadSetting
from mock_server.core.settings import Settings
from mock_server.domain.answer import Answer
from mock_server.domain.proposal import Proposal
from mock_server.state.memory_store import MemoryStore
from tests.builders import COMPLETE, CREATED, FIRST, TEXT, RecordingDelivery
from tests.clients import KEY, OTHER, Mock, client, credits, extend, finished, generate, poll, post, refusal

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
        msg = refusal(await extend(http), 401)
        assert msg.endswith(
            "the key is none of fixtures/accounts.yaml (test-key, empty-key) and none created over /__admin/accounts, "
            "and keys are strict"
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
            "Service Unavailable - System is currently undergoing maintenance: "
            "the mock was started with --maintenance, or told so over /__admin"
        )
        assert refusal(await poll(http, "any"), 455)


async def test_past_the_rate_limit_is_429_until_a_slot_is_free() -> None:
    mock = Mock(rate_limit="2/10")
    async with client(mock.app) as http:
        for _ in range(2):
            assert (await extend(http)).json()["code"] == 200
        await mock.advance(4)
        limited = await extend(http)
        assert limited.headers["retry-after"] == "6"
        assert "the account had 2 requests within 10 s; the next is possible in 6.0 s" in refusal(limited, 429)
        await mock.advance(6)
        assert (await extend(http)).json()["code"] == 200


async def test_the_rate_limit_is_per_key() -> None:
    async with client(Mock(rate_limit="1/10").app) as http:
        assert (await extend(http)).json()["code"] == 200
        assert (await extend(http, OTHER)).json()["code"] == 200


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
            "the account has 0 credits and this costs 12; use another key, or start the mock with more --credits"
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
        await mock.advance(COMPLETE)
        assert (await extend(http)).json()["code"] == 200


Reason = tuple[int, dict[str, Any], dict[str, Any]]
BEFORE: list[Reason] = [
    (401, {"headers": {"Authorization": ""}}, {}),
    (455, {}, {"maintenance": True}),
    (409, {"headers": {"Prefer": "code=409"}}, {}),
    (429, {}, {"rate_limit": "1/10"}),
    (422, {"prompt": 5}, {}),
]
"""Each refusal that every endpoint has, and what brings it about: by the request, by the settings."""
OF_SOURCE: list[Reason] = [(404, {"audioId": "unknown"}, {}), (422, {"model": "V5"}, {})]
AFTER: list[Reason] = [(404, {"personaId": "unknown"}, {}), (402, {}, {"credits": 0})]
ORDERS = {extend: [*BEFORE, *OF_SOURCE, *AFTER], generate: [*BEFORE, *AFTER]}
CASES = [
    pytest.param(ask, reasons[n:], id=f"{ask.__name__} {n}")
    for ask, reasons in ORDERS.items()
    for n in range(len(reasons))
]


@pytest.mark.parametrize(("ask", "reasons"), CASES)
async def test_an_earlier_check_decides(ask: Any, reasons: list[Reason]) -> None:
    changes: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    for _, change, setting in reasons:
        changes = {**change, **changes}
        settings |= setting
    async with client(Mock(**settings).app) as http:
        if "rate_limit" in settings:
            await ask(http, {"Prefer": "code=200"})
        assert refusal(await ask(http, **changes), reasons[0][0])


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
            await mock.advance(CREATED + moment - mock.clock.now())
            seen.append((await poll(http, task_id)).json()["data"])
        assert [record["status"] for record in seen] == ["PENDING", "TEXT_SUCCESS", "FIRST_SUCCESS", "SUCCESS"]
        assert mock.delivery.stages == ["text", "first", "complete"]
        assert len(seen[-1]["response"]["sunoData"]) == 2


async def test_a_task_is_unknown_under_another_key() -> None:
    async with client(Mock().app) as http:
        task_id = (await extend(http)).json()["data"]["taskId"]
        response = await poll(http, task_id, OTHER)
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
        assert "taskId is missing; allowed: the taskId that extend or generate answered, as a query" in msg


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
    async def accept(self, proposal: Proposal) -> Answer | None:
        raise ZeroDivisionError


async def test_a_bug_is_answered_with_500_written_down_and_raised() -> None:
    store = BrokenStore(Settings(pace="manual"))
    app = create_app(store=store)
    for raised in (True, False):
        transport = httpx.ASGITransport(app, raise_app_exceptions=raised)
        async with httpx.AsyncClient(transport=transport, base_url="http://mock") as http:
            if raised:
                with pytest.raises(ZeroDivisionError):
                    await http.post(path(EXTEND), headers=KEY)
            else:
                response = await http.post(path(EXTEND), headers=KEY)
    assert (response.status_code, response.json()["code"]) == (500, 500)
    assert response.json()["msg"].endswith("the mock itself failed; its standard error has the traceback")
    assert [entry.code for entry in await store.journal.page()] == [500, 500]


class ChangingStore(MemoryStore):
    """Settings change once, between the judging of a request and the decision on it."""

    def __init__(self, settings: Settings, changes: dict[str, Any]) -> None:
        super().__init__(settings)
        self.changing = changes

    async def accept(self, proposal: Proposal) -> Answer | None:
        changes, self.changing = self.changing, {}
        if changes:
            await self.change_settings(changes)
        return await super().accept(proposal)


@pytest.mark.parametrize("readings", ["", "all=vary"])
async def test_a_request_is_judged_anew_where_the_settings_change_meanwhile(readings: str) -> None:
    store = ChangingStore(Settings(pace="manual", readings=readings), {"maintenance": True})
    async with client(create_app(store=store)) as http:
        assert (await extend(http)).json()["code"] == 455
        await store.change_settings({"maintenance": False})
        await extend(http)
        records = await store.tasks("key")
        assert [record.ordinal for record in records] == [2]


async def test_a_trigger_is_judged_anew_where_the_settings_change_meanwhile() -> None:
    store = ChangingStore(Settings(pace="manual"), {"credits": 5})
    app = create_app(store=store, delivery=RecordingDelivery())
    await app.state.control.trigger("200", "http://127.0.0.1/callback", "key", {})
    assert [record.ordinal for record in await store.tasks("key")] == [1]


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


async def test_extensions_and_generations_share_ordinals_and_credits() -> None:
    async with client(Mock(credits=24).app) as http:
        first, second = await extend(http), await generate(http)
        assert first.json()["data"] != second.json()["data"]
        refusal(await extend(http), 402)


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


async def test_credits_go_down_and_come_back() -> None:
    mock = Mock(credits=100)
    async with client(mock.app) as http:
        await extend(http, {"Prefer": "code=callback-531"})
        before = (await credits(http)).json()
        await mock.advance(COMPLETE)
        assert before == {"code": 200, "msg": "success", "data": 88}
        assert (await credits(http)).json()["data"] == 100
        assert (await credits(http, OTHER)).json()["data"] == 100
        assert (await credits(http, {"Authorization": "Bearer empty-key"})).json()["data"] == 0


async def test_credits_are_written_as_the_reading_says() -> None:
    async with client(Mock(credits=100, readings=("credits_number=float",)).app) as http:
        assert (await credits(http)).content == b'{"code":200,"msg":"success","data":100.0}'


async def test_more_credits_than_can_be_told_are_refused() -> None:
    with pytest.raises(BadSetting, match=f"credits {2**64} "):
        Mock(credits=2**64)


@pytest.mark.parametrize("name", ["chat-credit", "generate-credit"])
async def test_each_profile_has_its_path_for_credits(name: str) -> None:
    served = {"chat-credit": ["apikley", "observed"], "generate-credit": ["classic", "observed"]}[name]
    for profile in ("apikley", "classic", "observed"):
        async with client(Mock(profile=profile).app) as http:
            status = (await http.get(operations()[name].path)).status_code
            assert status == (200 if profile in served else 404)


async def test_credits_need_a_key_and_can_be_forced() -> None:
    async with client(Mock().app) as http:
        refusal(await credits(http, {"Authorization": ""}), 401)
        forced = await credits(http, {"Prefer": "code=402"})
        refusal(forced, 402)
        assert forced.headers["preference-applied"] == "code=402"
    async with client(Mock(maintenance=True).app) as http:
        refusal(await credits(http), 455)


async def test_what_has_no_body_takes_no_queued_scenario() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await mock.control.queue("key", "402", 1)
        assert (await credits(http)).json()["code"] == 200
        assert (await poll(http, "nothing")).json()["code"] == 200
        refusal(await generate(http), 402)


async def test_a_scenario_of_callbacks_does_not_force_what_has_none() -> None:
    async with client(Mock().app) as http:
        assert (await credits(http, {"Prefer": "scenario=silent"})).json()["code"] == 200


async def test_a_task_that_exists_keeps_its_readings() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id = (await extend(http)).json()["data"]["taskId"]
        await mock.control.change_questions({"create_time": "epoch_ms", "error_data": "null"})
        assert (await poll(http, task_id)).json()["data"]["createTime"] == "2025-01-01 00:00:00"
        fresh = (await extend(http)).json()["data"]["taskId"]
        assert (await poll(http, fresh)).json()["data"]["createTime"] == 1735689600000


async def test_callbacks_that_will_be_blocked_are_accepted_and_told_at_once() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        answer = await extend(http, callBackUrl="https://8.8.8.8/cb")
        assert answer.json()["code"] == 200
        told = "blocked; 8.8.8.8 is public; allow it with --allow-callbacks-to 8.8.8.8"
        assert answer.headers["suno-mock-callback"] == told
        assert (await http.get("/__admin/journal")).json()["entries"][0]["callback"] == told
        assert "suno-mock-callback" not in (await extend(http)).headers
