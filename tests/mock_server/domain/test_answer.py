"""Envelopes, statuses and headers of answers."""

from itertools import product
from typing import Any

import orjson
import pytest

from mock_server.contract.profile_files import profile_names
from mock_server.core.errors import (
    ApiError,
    Conflict,
    Forced,
    InsufficientCredits,
    Invalid,
    Maintenance,
    NotFound,
    RateLimited,
    Unauthorized,
    Violation,
)
from mock_server.domain.answer import BLOCKED, DRAWN, accepted, refused, status, succeeded
from tests.builders import edition, editions, task
from tests.places import field_place

PLACE = field_place("model", "enum:")
ANY = Violation(rule="extend.model.enum", field="model", message="model is 4", place=PLACE)
OTHER = Violation(rule="mock.prefer", field="Prefer", message="Prefer is odd")


def test_an_accepted_task_is_answered() -> None:
    started = task(scenario="late")
    answer = accepted(started.record, edition(), "scenario=late")
    assert answer.body == b'{"code":200,"msg":"success","data":{"taskId":"5c790000000040008000000000000be8"}}'
    assert (answer.status, answer.code, answer.msg) == (200, 200, "success")
    assert (answer.content_type, answer.headers) == ("application/json", {"preference-applied": "scenario=late"})
    assert (answer.scenario, answer.record, answer.rules) == ("late", started.record, ())


def test_no_preference_gives_no_header() -> None:
    assert accepted(task().record, edition(), "").headers == {}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(None, id="no data"),
        pytest.param({"status": "SUCCESS"}, id="a record"),
        pytest.param(988, id="a number"),
    ],
)
def test_success_carries_its_data(data: Any) -> None:
    answer = succeeded(data, edition("observed"))
    assert orjson.loads(answer.body) == {"code": 200, "msg": "success", "data": data}
    assert (answer.status, answer.code, answer.record) == (200, 200, None)
    assert answer.content_type == "application/json;charset=utf-8"
    assert answer.headers == {}


@pytest.mark.parametrize("data", [988, 988.0])
def test_a_number_is_written_as_it_is(data: float) -> None:
    assert succeeded(data, edition()).body == b'{"code":200,"msg":"success","data":%b}' % str(data).encode()


def test_an_honoured_preference_is_told() -> None:
    assert succeeded(None, edition(), "scenario=late").headers == {"preference-applied": "scenario=late"}


def test_callbacks_that_will_not_be_sent_are_told() -> None:
    blocked = accepted(task().record, edition(), "code=200", "a\r\nb\x1b[2Jé is public")
    told = {"preference-applied": "code=200", BLOCKED: "blocked; a\\r\\nb\\x1b[2J\\xe9 is public"}
    assert blocked.headers == told
    assert blocked.body == accepted(task().record, edition(), "").body


def test_drawn_readings_are_told() -> None:
    varying = editions().under((("first_items", "vary"), ("text_items", "vary"))).draw("key", 1)
    drawn = {DRAWN: f"text_items={varying.names['text_items']} first_items={varying.names['first_items']}"}
    assert accepted(task(under=varying).record, varying, "").headers == drawn
    assert (
        accepted(task(under=varying).record, varying, "code=200").headers == {"preference-applied": "code=200"} | drawn
    )
    assert succeeded(None, varying).headers == drawn
    assert refused(Unauthorized("send a key"), varying).headers == drawn


@pytest.mark.parametrize(
    ("error", "code", "msg"),
    [
        pytest.param(
            Unauthorized("send a key"),
            401,
            "Unauthorized - Authentication credentials are missing or invalid: send a key",
            id="no key",
        ),
        pytest.param(
            InsufficientCredits(3, 12),
            402,
            "Insufficient Credits - Account does not have enough credits to perform the operation: the account has 3 "
            "credits and this costs 12; use another key, or start the mock with more --credits",
            id="too few credits",
        ),
        pytest.param(
            NotFound("no track"),
            404,
            "Not Found - The requested resource or endpoint does not exist: no track",
            id="no such track",
        ),
        pytest.param(
            Conflict("one per audioId"),
            409,
            "Conflict - WAV record already exists: one per audioId",
            id="made already",
        ),
        pytest.param(
            Invalid([ANY]),
            422,
            "Validation Error - The request parameters failed validation checks: "
            f"model is 4 (extend.model.enum, {PLACE})",
            id="one broken rule",
        ),
        pytest.param(
            Invalid([ANY, OTHER]),
            422,
            "Validation Error - The request parameters failed validation checks: 2 rules are broken: "
            f"model is 4 (extend.model.enum, {PLACE}); Prefer is odd (mock.prefer)",
            id="two broken rules",
        ),
        pytest.param(
            RateLimited("the next in 2.5 s", 3),
            429,
            "Rate Limited - Request limit has been exceeded for this resource: the next in 2.5 s",
            id="too many requests",
        ),
        pytest.param(
            Maintenance("started with --maintenance"),
            455,
            "Service Unavailable - System is currently undergoing maintenance: started with --maintenance",
            id="maintenance",
        ),
        pytest.param(
            ApiError("see standard error"),
            500,
            "Server Error - An unexpected error occurred while processing the request: see standard error",
            id="a bug of the mock",
        ),
        pytest.param(
            Forced(451, "451", "code=451"),
            451,
            "Unauthorized - Failed to fetch the image. Kindly verify any access limits set by you or your service "
            "provider.",
            id="a forced code, in the document's words alone",
        ),
    ],
)
def test_a_refusal_says_why(error: ApiError, code: int, msg: str) -> None:
    answer = refused(error, edition())
    assert (answer.code, answer.msg) == (code, msg)
    assert orjson.loads(answer.body) == {"code": code, "msg": msg}


def test_a_profile_words_its_refusals() -> None:
    answer = refused(InsufficientCredits(0, 12), edition("observed"))
    assert answer.msg == (
        "The current credits are insufficient. Please top up: the account has 0 credits and this costs 12; "
        "use another key, or start the mock with more --credits"
    )
    assert orjson.loads(answer.body) == {"code": 402, "msg": answer.msg, "data": None}


@pytest.mark.parametrize(
    ("error", "headers"),
    [
        pytest.param(RateLimited("later", 3), {"retry-after": "3"}, id="too many requests"),
        pytest.param(Forced(402, "402", "code=402"), {"preference-applied": "code=402"}, id="by preference"),
        pytest.param(Forced(402, "402", ""), {}, id="by magic value"),
        pytest.param(Unauthorized("send a key"), {}, id="without a rule"),
        pytest.param(NotFound("no track", "r"), {"suno-mock-rules": "r"}, id="one rule"),
        pytest.param(Invalid([ANY, OTHER]), {"suno-mock-rules": "extend.model.enum, mock.prefer"}, id="two rules"),
    ],
)
def test_a_refusal_carries_its_headers(error: ApiError, headers: dict[str, str]) -> None:
    assert refused(error, edition()).headers == headers


def test_a_refusal_names_its_rules() -> None:
    assert refused(Invalid([ANY, OTHER]), edition()).rules == ("extend.model.enum", "mock.prefer")


def test_a_forced_refusal_names_its_scenario() -> None:
    assert refused(Forced(409, "409", ""), edition()).scenario == "409"
    assert refused(NotFound("no track"), edition()).scenario == ""


@pytest.mark.parametrize(("profile", "server_error"), list(product(profile_names(), [200, 500])))
def test_refusals_hide_in_http_200(profile: str, server_error: int) -> None:
    reading = "http_500" if server_error == 500 else "envelope"
    judged = edition(profile, f"server_error_status={reading}")
    for code in judged.profile.codes:
        assert status(code, judged) == (server_error if code == 500 else 200)


@pytest.mark.parametrize(("profile", "reading"), list(product(profile_names(), ["http_500", "envelope"])))
def test_mirrored_statuses_are_the_codes(profile: str, reading: str) -> None:
    judged = edition(profile, "refusal_status=mirror", f"server_error_status={reading}")
    for code in judged.profile.codes:
        assert status(code, judged) == code
