"""Which recorded requests a request is like, however many there are."""

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mock_server.contract.alike import IDS, Alike, Members, members
from mock_server.contract.course import Recorded, Told
from mock_server.contract.recording import Message
from tests.calls import calls

JSON = "application/json"
VALUES: Mapping[str, list[Any]] = {
    "audioId": ["one", "two"],
    "model": ["V4", "V5"],
    "title": ["Title", None],
    "continueAt": [0, 60, "60"],
    "callBackUrl": ["http://a/b", "http://c/d", "no"],
}
ASKED = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in VALUES.items()})


def recorded(line: int, asked: Mapping[str, Any], code: int) -> Recorded:
    message = Message(
        line=line,
        is_callback=False,
        number=line,
        course=0,
        at=0.0,
        took=0.0,
        method="POST",
        path="/api/v1/generate/extend",
        headers=(("Content-Type", JSON),),
        sent=json.dumps(asked).encode(),
        status=200,
        answer_headers=(),
        body=b"",
        left_out={},
    )
    answer = Told(line=line, after=0.0, status=200, code=code, msg="", headers=(), body=b"")
    return Recorded(message=message, answer=answer, keyed=True, course=None)


def told(asked: Mapping[str, Any]) -> Members:
    return members(json.dumps(asked).encode(), JSON, "", keyed=True)


def but_for_ids(asked: Members) -> dict[str, str]:
    return {name: value[:1] if name in IDS else value for name, value in asked.items()}


@given(st.lists(st.tuples(ASKED, st.sampled_from([200, 422])), min_size=1, max_size=20), ASKED)
def test_those_with_the_same_members_are_found_before_those_with_other_ids(
    known: list[tuple[dict[str, Any], int]], asked: dict[str, Any]
) -> None:
    requests = [recorded(line, body, code) for line, (body, code) in enumerate(known)]
    match = Alike(requests, tells_keys=True).found(told(asked), lambda: False)
    same = [line for line, (body, _) in enumerate(known) if told(body) == told(asked)]
    other_ids = [line for line, (body, _) in enumerate(known) if but_for_ids(told(body)) == but_for_ids(told(asked))]
    if not same and len({known[line][1] for line in other_ids}) != 1:
        assert match is None
    else:
        assert match is not None
        assert [each.line for each in match.recorded] == (same or other_ids)


def test_members_that_one_request_alone_has_cost_no_more_than_others() -> None:
    """A recording may be made to hold up the mock."""

    def called(number: int) -> int:
        requests = [recorded(line, {f"name{line}": line, f"other{line}": line}, 422) for line in range(number)]
        return calls(lambda: Alike(requests, tells_keys=True))

    assert called(1600) < 5 * called(400)


def test_a_callback_url_that_is_masked_is_like_those_of_its_form_alone() -> None:
    known = [recorded(1, {"callBackUrl": "ftp://***"}, 400), recorded(2, {"callBackUrl": "***"}, 400)]
    known += [recorded(3, {"callBackUrl": ["https://***"]}, 422), recorded(4, {"callBackUrl": "https://***"}, 200)]
    alike = Alike(known, tells_keys=True)
    asked: list[Any] = ["ftp://me:pw@x/y", "no", ["https://x/y"], "http://x/y"]
    found = [alike.found(told({"callBackUrl": url}), lambda: False) for url in asked]
    assert [[each.line for each in match.recorded] if match else None for match in found] == [[1], [2], [3], [4]]
    assert alike.found(told({"callBackUrl": ""}), lambda: False) is None
