"""The oracle itself: it accepts the documented examples, refuses planted faults, and says what it does not see."""

import json
from typing import Any

import pytest

from contract_tests.documents.oracle import JSON, LEFT_OPEN, SET_ASIDE, Oracle
from mock_server.contract.documents import FIXTURES, OPENAPI
from mock_server.contract.scenarios import Step
from mock_server.domain.callback_body import body
from tests.builders import TRACK_MAKER, edition, task
from tests.calls import calls

HEADERS = {"Authorization": "Bearer key", "Content-Type": JSON}
PROFILES = {profile: OPENAPI / f"{profile}.openapi.yaml" for profile in ("apikley", "classic")}
ORACLES = {profile: Oracle(document) for profile, document in PROFILES.items()}
EXAMPLES = FIXTURES / "documents"
APIKLEY = ORACLES["apikley"]
CREATE_TIME = '$.data.data[0].createTime: "2025-01-01 00:00:00" is not a "date-time"'

each_profile = pytest.mark.parametrize("profile", PROFILES)


def example(path: str) -> Any:
    return json.loads((EXAMPLES / path).read_text("utf-8"))


def planted(path: str, fault: str, value: Any) -> bytes:
    """An example with another value, or none for `...`, at a place such as `data.data.0.id`."""
    whole = part = example(path)
    *way, last = [int(key) if key.isdigit() else key for key in fault.split(".")]
    for key in way:
        part = part[key]
    if value is ...:
        del part[last]
    else:
        part[last] = value
    return json.dumps(whole).encode()


@each_profile
def test_the_documented_request_conforms(profile: str) -> None:
    raw = (EXAMPLES / profile / "extend-request.json").read_bytes()
    assert ORACLES[profile].request(raw, HEADERS) == []
    assert edition(profile).contract("extend").accepts(json.loads(raw))


@each_profile
def test_the_documented_answer_conforms(profile: str) -> None:
    raw = (EXAMPLES / profile / "extend-answer.json").read_bytes()
    assert ORACLES[profile].answer(200, "application/json;charset=utf-8", raw) == []


@each_profile
def test_the_documented_callback_conforms_but_for_its_create_time(profile: str) -> None:
    raw = (EXAMPLES / "apikley" / "callback-complete.json").read_bytes()
    assert ORACLES[profile].callback(raw) == []
    strict = Oracle(PROFILES[profile], set_aside=())
    assert strict.callback(raw) == [CREATE_TIME, CREATE_TIME.replace("[0]", "[1]")]


@each_profile
def test_the_other_create_time_conforms_strictly(profile: str) -> None:
    owed = task(under=edition(profile, "create_time=rfc3339"))
    callback = body(owed, Step(stage="complete"), TRACK_MAKER)
    assert Oracle(PROFILES[profile], set_aside=()).callback(callback) == []


@pytest.mark.parametrize(
    ("fault", "value", "problem"),
    [
        ("audioId", ..., "$: 'audioId' is a required property"),
        ("audioId", 1, '$.audioId: 1 is not of type "string"'),
        ("defaultParamFlag", "true", '$.defaultParamFlag: "true" is not of type "boolean"'),
        ("model", "V6", '$.model: "V6" is not one of ["V4", "V4_5", "V4_5PLUS", "V4_5ALL", "V5"]'),
        ("vocalGender", "x", '$.vocalGender: "x" is not one of ["m", "f"]'),
        ("styleWeight", 1.01, "$.styleWeight: 1.01 is greater than the maximum of 1"),
        ("audioWeight", 0.655, "$.audioWeight: 0.655 is not a multiple of 0.01"),
        ("continueAt", "60", '$.continueAt: "60" is not of type "number"'),
        ("continueAt", float("nan"), "the body is not JSON in UTF-8: NaN is no JSON number"),
    ],
)
def test_a_fault_in_a_request_is_named(fault: str, value: Any, problem: str) -> None:
    assert APIKLEY.request(planted("apikley/extend-request.json", fault, value), HEADERS) == [problem]


@pytest.mark.parametrize(
    ("headers", "problem"),
    [
        ({"Content-Type": JSON}, "Security not found"),
        ({**HEADERS, "Authorization": "Basic a2V5"}, "Security not found"),
        ({**HEADERS, "Content-Type": "text/plain"}, "Content for the following mimetype not found: text/plain"),
        ({"Authorization": "Bearer key"}, "Content for the following mimetype not found: "),
    ],
)
def test_a_fault_in_the_headers_is_named(headers: dict[str, str], problem: str) -> None:
    raw = (EXAMPLES / "apikley/extend-request.json").read_text("utf-8")
    (found,) = APIKLEY.request(raw, headers)
    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("fault", "value", "problem"),
    [
        ("code", 418, "$.code: 418 is not one of [200, 401, 402, 404, 409, 422, 429, 451, 455, 500]"),
        ("code", "200", '$.code: "200" is not of type "integer"'),
        ("msg", None, '$.msg: null is not of type "string"'),
        ("data", None, '$.data: null is not of type "object"'),
        ("data", [], '$.data: [] is not of type "object"'),
        ("data.taskId", 1, '$.data.taskId: 1 is not of type "string"'),
    ],
)
def test_a_fault_in_an_answer_is_named(fault: str, value: Any, problem: str) -> None:
    assert problem in APIKLEY.answer(200, JSON, planted("apikley/extend-answer.json", fault, value))


@pytest.mark.parametrize(
    ("status", "content_type", "content", "problem"),
    [
        (404, JSON, b"{}", "Unknown response http status: 404"),
        (200, "text/html", b"{}", "Content for the following mimetype not found: text/html"),
        (200, "", b"{}", "Content for the following mimetype not found: "),
        (200, JSON, b"", "Missing response data"),
        (200, JSON, b"{", "the body is not JSON in UTF-8: "),
        (200, JSON, b"\xff", "the body is not JSON in UTF-8: "),
        (200, JSON, b"[" * 100_000, "the body is not JSON in UTF-8: it is nested too deeply"),
    ],
)
def test_a_fault_around_an_answer_is_named(status: int, content_type: str, content: bytes, problem: str) -> None:
    (found,) = APIKLEY.answer(status, content_type, content)
    assert found.startswith(problem)


@each_profile
@pytest.mark.parametrize(
    ("fault", "value", "problem"),
    [
        ("code", "200", '$.code: "200" is not of type "integer"'),
        ("data", None, '$.data: null is not of type "object"'),
        ("data.callbackType", "error", '$.data.callbackType: "error" is not one of ["text", "first", "complete"]'),
        ("data.task_id", 1, '$.data.task_id: 1 is not of type "string"'),
        ("data.data", None, '$.data.data: null is not of type "array"'),
        ("data.data.0", "track", '$.data.data[0]: "track" is not of type "object"'),
        ("data.data.1.id", 1, '$.data.data[1].id: 1 is not of type "string"'),
        ("data.data.1.createTime", 1735689600000, '$.data.data[1].createTime: 1735689600000 is not of type "string"'),
        ("data.data.0.duration", "198.44", '$.data.data[0].duration: "198.44" is not of type "number"'),
    ],
)
def test_a_fault_in_a_callback_is_named(fault: str, value: Any, problem: str, profile: str) -> None:
    assert problem in ORACLES[profile].callback(planted("apikley/callback-complete.json", fault, value))


@pytest.mark.parametrize("content", [b"{", b"\xff", b'{"code": NaN}'])
def test_a_callback_that_is_no_json_is_named(content: bytes) -> None:
    (found,) = APIKLEY.callback(content)
    assert found.startswith("the body is not JSON in UTF-8: ")


def test_a_callback_of_another_content_type_is_named() -> None:
    (found,) = APIKLEY.callback(b"{}", "text/plain")
    assert found.startswith("Content for the following mimetype not found: text/plain")


def test_what_is_set_aside_is_not_judged() -> None:
    unjudged = {
        "date-time": APIKLEY.callback(planted("apikley/callback-complete.json", "data.data.0.createTime", "soon")),
        "uri": APIKLEY.request(planted("apikley/extend-request.json", "callBackUrl", "no url"), HEADERS),
    }
    assert unjudged == {name: [] for name in SET_ASIDE}


def test_what_the_documents_leave_open_conforms() -> None:
    left_open = {
        "empty answer": APIKLEY.answer(200, JSON, b"{}"),
        "failed answer": APIKLEY.answer(500, "text/html", b"<html>"),
        "empty callback": APIKLEY.callback(b"{}"),
        "missing callback": APIKLEY.callback(b""),
    }
    assert left_open == {name: [] for name in LEFT_OPEN}
    assert ORACLES["classic"].answer(500, JSON, b"{}") == ["Unknown response http status: 500"]


def test_the_mock_calls_back_with_the_keys_of_the_example() -> None:
    callback = json.loads(body(task(), Step(stage="complete"), TRACK_MAKER))
    assert keys(callback) == keys(example("apikley/callback-complete.json"))


def keys(value: Any) -> Any:
    """The keys of a JSON value in their order, at every depth."""
    if isinstance(value, dict):
        return [(key, keys(part)) for key, part in value.items()]
    return [keys(part) for part in value] if isinstance(value, list) else None


def test_what_was_judged_before_is_judged_once_as_long_as_it_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contract_tests.documents.oracle.REMEMBERED", 2)
    oracle = Oracle(PROFILES["apikley"])

    def cost(number: int) -> int:
        return calls(lambda: oracle.callback(json.dumps({"code": f"{number}"}).encode()))

    first = cost(1)
    assert 20 * cost(1) < first  # remembered
    assert 20 * cost(1) < cost(2)
    cost(3)
    assert 20 * cost(2) < cost(1)  # forgotten, in its place 1 again
    told = [oracle.callback(body) for body in [b'{"code": "1"}', b"{}", b'{"code": "1"}']]
    assert told[0] == told[2] != told[1]
