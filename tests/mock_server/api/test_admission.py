"""What every endpoint asks first: whose the request is, whether it may come in, what it says."""

import re
from typing import Any

import httpx
import orjson
import pytest

from mock_server.contract.decode import BODY_LIMIT
from mock_server.contract.operations import EXTEND, GENERATE, PERSONA, path
from mock_server.domain.accounts import LONGEST_KEY
from mock_server.state.journal_entries import Requested
from tests.builders import generation, request
from tests.clients import OTHER, WAV, Mock, client, credits, extend, generate, poll, post, refusal

pytestmark = pytest.mark.anyio

EXTENSION = orjson.dumps(request())


async def sent(
    mock: Mock,
    *,
    key: str | None = "key",
    body: bytes = EXTENSION,
    operation: str = EXTEND,
    prefer: str = "",
    content_type: str = "application/json",
) -> Requested:
    """What the journal says of a request."""
    headers = {"Content-Type": content_type} | ({} if key is None else {"Authorization": f"Bearer {key}"})
    headers |= {"Prefer": prefer} if prefer else {}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(mock.app), base_url="http://mock") as http:
        await http.post(path(operation), content=body, headers=headers)
    entry = (await mock.store.journal.page())[-1]
    assert isinstance(entry, Requested)
    return entry


async def test_what_comes_in_is_counted_and_kept_as_it_came() -> None:
    mock = Mock()
    await sent(mock)
    entry = await sent(mock)
    record = await mock.store.task(entry.task_id or "")
    assert record is not None
    assert (record.operation, record.key, record.ordinal) == ("extend", "key", 2)
    assert (record.body, record.scenario, entry.code) == (EXTENSION, "200", 200)


async def test_a_revoked_key_is_401_until_it_is_not() -> None:
    mock = Mock()
    await mock.control.change_account("key", {"revoked": True})
    problem = await sent(mock)
    assert problem.code == 401
    assert problem.msg.endswith(": the key was revoked over /__admin/accounts; use another, or reset the mock")
    assert (await sent(mock, key="other")).code == 200
    await mock.control.change_account("key", {"revoked": False})
    assert (await sent(mock)).code == 200


async def test_a_created_key_is_known_where_keys_are_strict() -> None:
    mock = Mock(strict_keys=True)
    created = await mock.control.change_account(None, {})
    assert (await sent(mock, key=created.key)).code == 200
    assert (await sent(mock)).code == 401


async def test_keys_can_become_strict_while_the_mock_runs() -> None:
    mock = Mock()
    assert (await sent(mock)).code == 200
    await mock.control.change_settings({"strict_keys": True})
    assert (await sent(mock)).code == 401


@pytest.mark.parametrize("key", [None, "mock-silnt", "revoked"])
async def test_a_refused_key_has_no_account(key: str | None) -> None:
    mock = Mock()
    await mock.control.change_account("revoked", {"revoked": True})
    assert (await sent(mock, key=key)).code == 401
    assert await mock.store.keys() == []


async def test_maintenance_can_be_of_one_key() -> None:
    mock = Mock()
    await mock.control.change_account("key", {"maintenance": True})
    assert (await sent(mock)).code == 455
    assert (await sent(mock, key="other")).code == 200


async def test_a_key_can_be_spared_maintenance() -> None:
    mock = Mock(maintenance=True)
    await mock.control.change_account("key", {"maintenance": False})
    assert (await sent(mock)).code == 200
    assert (await sent(mock, key="other")).code == 455


async def test_a_key_has_its_own_limit() -> None:
    mock = Mock(rate_limit="1/10")
    await mock.control.change_account("many", {"rate_limit": "2/10"})
    await mock.control.change_account("free", {"rate_limit": ""})
    for key, allowed in {"key": 1, "many": 2, "free": 5}.items():
        for _ in range(allowed):
            assert (await sent(mock, key=key)).code == 200
    for key in ("key", "many"):
        problem = await sent(mock, key=key)
        assert problem.code == 429
        assert "the next is possible in 10.0 s" in problem.msg


async def test_a_limit_is_over_all_endpoints_that_start_something() -> None:
    mock = Mock(rate_limit="2/10")
    wav = {"taskId": "t", "audioId": "a", "callBackUrl": "http://127.0.0.1/"}
    await sent(mock)
    await sent(mock, body=orjson.dumps(generation()), operation=GENERATE)
    problem = await sent(mock, body=orjson.dumps(wav), operation=WAV)
    assert problem.msg.endswith(
        ": the account had 2 requests within 10 s; "
        "the next is possible in 10.0 s of the mock's clock, which stands still until it is advanced (--rate-limit)"
    )
    persona = {"taskId": "t", "audioId": "a", "name": "n", "description": "d"}
    assert (await sent(mock, body=orjson.dumps(persona), operation=PERSONA)).code == 404


async def test_a_refusal_that_is_asked_for_takes_no_slot() -> None:
    mock = Mock(rate_limit="1/10")
    assert (await sent(mock, prefer="code=409")).code == 409
    assert (await sent(mock)).code == 200


async def test_a_broken_rule_takes_a_slot() -> None:
    mock = Mock(rate_limit="1/10")
    assert (await sent(mock, body=b"{}")).code == 422
    assert (await sent(mock)).code == 429


async def test_a_preference_comes_before_a_magic_track_before_a_magic_key_before_the_queue() -> None:
    mock = Mock()
    await mock.control.queue("mock-late", "402", None)
    magic = orjson.dumps(request(audioId="mock-silent"))
    assert (await sent(mock, key="mock-late", body=magic, prefer="scenario=duplicate")).scenario == "duplicate"
    assert (await sent(mock, key="mock-late", body=magic)).scenario == "silent"
    assert (await sent(mock, key="mock-late")).scenario == "late"


async def test_a_queued_scenario_is_taken_once() -> None:
    mock = Mock()
    await mock.control.queue("key", "silent", 1)
    assert [(await sent(mock)).scenario for _ in range(2)] == ["silent", "200"]


async def test_a_queued_refusal_is_forced() -> None:
    mock = Mock()
    await mock.control.queue("key", "429", 1)
    problem = await sent(mock)
    assert (problem.code, problem.scenario, problem.task_id) == (429, "429", None)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "extend.contentType": ({"content_type": "text/plain"}, "Content-Type"),
    "extend.body.size": ({"body": b" " * (BODY_LIMIT + 1)}, "body is too large"),
    "extend.body.json": ({"body": b"{"}, "body is not JSON"),
    "extend.body.type": ({"body": b"[]"}, "body is []"),
}


@pytest.mark.parametrize("rule", REFUSED)
async def test_what_cannot_be_read_is_422(rule: str) -> None:
    change, text = REFUSED[rule]
    problem = await sent(Mock(), **change)
    assert (problem.code, problem.rules) == (422, (rule,))
    assert f": {text}" in problem.msg


async def test_credits_and_unknown_tasks_take_no_slot() -> None:
    async with client(Mock(rate_limit="1/10").app) as http:
        for _ in range(5):
            assert (await credits(http)).json()["code"] == 200
            assert (await poll(http, "unknown")).json()["code"] == 200
        assert (await extend(http)).json()["code"] == 200


@pytest.mark.parametrize("operation", [EXTEND, GENERATE, PERSONA, WAV])
async def test_every_endpoint_has_the_same_gate(operation: str) -> None:
    mock = Mock()
    async with client(mock.app) as http:
        refusal(await post(http, operation, {"Authorization": ""}), 401)
        refusal(await post(http, operation, {"Prefer": "code=451"}), 451)
        assert f"({operation}.contentType" in refusal(await post(http, operation, {"Content-Type": "text/plain"}), 422)
        await mock.control.change_settings({"maintenance": True})
        refusal(await post(http, operation), 455)


async def test_a_running_clock_needs_no_hint() -> None:
    mock = Mock(rate_limit="1/10", pace="60x")
    mock.clock.run()
    await sent(mock)
    assert re.search(r": the account had 1 .* possible in [0-9.]+ s \(--rate-limit\)$", (await sent(mock)).msg)


async def test_a_key_has_a_length() -> None:
    assert (await sent(Mock(), key="k" * LONGEST_KEY)).code == 200
    problem = await sent(Mock(), key="k" * (LONGEST_KEY + 1))
    assert problem.code == 401
    assert problem.msg.endswith(": the key has 1001 characters; allowed: at most 1000")


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


@pytest.mark.parametrize("prefer", ["", "code=200", "scenario=silent"])
async def test_a_wrong_magic_key_comes_before_everything(prefer: str) -> None:
    async with client(Mock(maintenance=True).app) as http:
        refusal(await extend(http, {"Authorization": "Bearer mock-silnt", "Prefer": prefer}), 401)


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
