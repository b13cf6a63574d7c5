"""What every endpoint asks first: whose the request is, whether it may come in, what it says."""

import re
from dataclasses import replace
from typing import Any

import orjson
import pytest

from mock_server.api.admission import Admitted, Gate
from mock_server.contract.operations import EXTEND, GENERATE, PERSONA, WAV, operations
from mock_server.core.errors import ApiError, Forced, Invalid, Maintenance, RateLimited, Unauthorized
from mock_server.domain.accounts import LONGEST_KEY
from mock_server.domain.call import Call
from tests.builders import EXTENDING, generation, request
from tests.clients import Mock, client, credits, extend, poll, post, refusal

pytestmark = pytest.mark.anyio

EXTENSION = replace(EXTENDING, key="key", body=orjson.dumps(request()))


async def admit(mock: Mock, call: Call = EXTENSION, operation: str = EXTEND) -> Admitted:
    """The call through the gate of a mock, as the endpoint sends it there."""
    gate = Gate(mock.parts)
    ordinal = await mock.parts.store.next_ordinal(call.key) if gate.is_known(call.key) else 0
    return await gate.admit(operations()[operation], call, ordinal, mock.parts.editions.default)


async def refused(mock: Mock, call: Call = EXTENSION, operation: str = EXTEND) -> ApiError:
    """The refusal of the gate."""
    with pytest.raises(ApiError) as caught:
        await admit(mock, call, operation)
    return caught.value


async def test_what_comes_in_is_known_and_decoded() -> None:
    mock = Mock()
    await admit(mock)
    admitted = await admit(mock)
    assert (admitted.operation.name, admitted.account, admitted.ordinal) == ("extend", "key", 2)
    assert (admitted.request, admitted.body) == (request(), EXTENSION.body)
    assert (admitted.choice.scenario.name, admitted.choice.applied) == ("200", "")


async def test_a_revoked_key_is_401_until_it_is_not() -> None:
    mock = Mock()
    await mock.control.change_account("key", {"revoked": True})
    problem = await refused(mock)
    assert isinstance(problem, Unauthorized)
    assert problem.msg == "the key was revoked over /__admin/accounts; use another, or reset the mock"
    assert await admit(mock, replace(EXTENSION, key="other"))
    await mock.control.change_account("key", {"revoked": False})
    assert await admit(mock)


async def test_a_created_key_is_known_where_keys_are_strict() -> None:
    mock = Mock(strict_keys=True)
    created = await mock.control.change_account(None, {})
    assert await admit(mock, replace(EXTENSION, key=created.key))
    assert isinstance(await refused(mock), Unauthorized)


async def test_keys_can_become_strict_while_the_mock_runs() -> None:
    mock = Mock()
    assert await admit(mock)
    await mock.control.change_settings({"strict_keys": True})
    assert isinstance(await refused(mock), Unauthorized)


@pytest.mark.parametrize("key", [None, "mock-silnt", "revoked"])
async def test_a_refused_key_has_no_account(key: str | None) -> None:
    mock = Mock()
    await mock.control.change_account("revoked", {"revoked": True})
    assert isinstance(await refused(mock, replace(EXTENSION, key=key)), Unauthorized)
    assert await mock.parts.store.keys() == []


async def test_maintenance_can_be_of_one_key() -> None:
    mock = Mock()
    await mock.control.change_account("key", {"maintenance": True})
    assert isinstance(await refused(mock), Maintenance)
    assert await admit(mock, replace(EXTENSION, key="other"))


async def test_a_key_can_be_spared_maintenance() -> None:
    mock = Mock(maintenance=True)
    await mock.control.change_account("key", {"maintenance": False})
    assert await admit(mock)
    assert isinstance(await refused(mock, replace(EXTENSION, key="other")), Maintenance)


async def test_a_key_has_its_own_limit() -> None:
    mock = Mock(rate_limit="1/10")
    await mock.control.change_account("many", {"rate_limit": "2/10"})
    await mock.control.change_account("free", {"rate_limit": ""})
    for key, allowed in {"key": 1, "many": 2, "free": 5}.items():
        for _ in range(allowed):
            await admit(mock, replace(EXTENSION, key=key))
    for key in ("key", "many"):
        problem = await refused(mock, replace(EXTENSION, key=key))
        assert isinstance(problem, RateLimited)
        assert problem.retry_after == 10


async def test_a_limit_is_over_all_endpoints_that_start_something() -> None:
    mock = Mock(rate_limit="2/10")
    wav = {"taskId": "t", "audioId": "a", "callBackUrl": "http://127.0.0.1/"}
    await admit(mock)
    await admit(mock, replace(EXTENSION, body=orjson.dumps(generation())), GENERATE)
    problem = await refused(mock, replace(EXTENSION, body=orjson.dumps(wav)), WAV)
    assert problem.msg == (
        "the account had 2 requests within 10 s; "
        "the next is possible in 10.0 s of the mock's clock, which stands still until it is advanced (--rate-limit)"
    )
    persona = {"taskId": "t", "audioId": "a", "name": "n", "description": "d"}
    assert await admit(mock, replace(EXTENSION, body=orjson.dumps(persona)), PERSONA)


async def test_a_refusal_that_is_asked_for_takes_no_slot() -> None:
    mock = Mock(rate_limit="1/10")
    assert isinstance(await refused(mock, replace(EXTENSION, prefer="code=409")), Forced)
    assert await admit(mock)


async def test_a_broken_rule_takes_a_slot() -> None:
    mock = Mock(rate_limit="1/10")
    assert isinstance(await refused(mock, replace(EXTENSION, body=b"{}")), Invalid)
    assert isinstance(await refused(mock), RateLimited)


async def test_a_preference_comes_before_a_magic_track_before_a_magic_key_before_the_queue() -> None:
    mock = Mock()
    await mock.control.queue("mock-late", "402", None)
    magic = orjson.dumps(request(audioId="mock-silent"))
    call = replace(EXTENSION, key="mock-late", body=magic)
    assert (await admit(mock, replace(call, prefer="scenario=duplicate"))).choice.scenario.name == "duplicate"
    assert (await admit(mock, call)).choice.scenario.name == "silent"
    assert (await admit(mock, replace(call, body=EXTENSION.body))).choice.scenario.name == "late"


async def test_a_queued_scenario_is_taken_once() -> None:
    mock = Mock()
    await mock.control.queue("key", "silent", 1)
    assert [(await admit(mock)).choice.scenario.name for _ in range(2)] == ["silent", "200"]


async def test_a_queued_refusal_is_forced() -> None:
    mock = Mock()
    await mock.control.queue("key", "429", 1)
    problem = await refused(mock)
    assert isinstance(problem, Forced)
    assert (problem.code, problem.scenario, problem.applied) == (429, "429", "")


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "extend.contentType": ({"content_type": "text/plain"}, "Content-Type"),
    "extend.body.size": ({"body": None}, "body is too large"),
    "extend.body.json": ({"body": b"{"}, "body is not JSON"),
    "extend.body.type": ({"body": b"[]"}, "body is []"),
}


@pytest.mark.parametrize("rule", REFUSED)
async def test_what_cannot_be_read_is_422(rule: str) -> None:
    change, text = REFUSED[rule]
    problem = await refused(Mock(), replace(EXTENSION, **change))
    assert isinstance(problem, Invalid)
    assert problem.rules == (rule,)
    assert problem.msg.startswith(text)


async def test_a_task_can_be_polled_three_times_a_second() -> None:
    mock = Mock(rate_limit="9/10")
    async with client(mock.app) as http:
        task_id, other = [(await extend(http)).json()["data"]["taskId"] for _ in range(2)]
        codes = [(await poll(http, task_id)).json()["code"] for _ in range(4)]
        assert codes == [200, 200, 200, 429]
        limited = await poll(http, task_id)
        assert "the task had 3 requests within 1 s; the next is possible in 1.0 s" in refusal(limited, 429)
        assert limited.headers["retry-after"] == "1"
        assert (await poll(http, other)).json()["code"] == 200
        await mock.advance(1)
        assert (await poll(http, task_id)).json()["code"] == 200


async def test_polls_are_not_limited_where_nothing_is() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id = (await extend(http)).json()["data"]["taskId"]
        assert {(await poll(http, task_id)).json()["code"] for _ in range(9)} == {200}
        await mock.control.change_account("key", {"rate_limit": "20/10"})
        assert [(await poll(http, task_id)).json()["code"] for _ in range(4)] == [200, 200, 200, 429]


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
    mock.parts.clock.run()
    await admit(mock)
    assert re.fullmatch(r"the account had 1 .* possible in [0-9.]+ s \(--rate-limit\)", (await refused(mock)).msg)


async def test_a_key_has_a_length() -> None:
    assert await admit(Mock(), replace(EXTENSION, key="k" * LONGEST_KEY))
    problem = await refused(Mock(), replace(EXTENSION, key="k" * (LONGEST_KEY + 1)))
    assert (problem.code, problem.msg) == (401, "the key has 1001 characters; allowed: at most 1000")
