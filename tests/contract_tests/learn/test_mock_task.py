"""What the mock tells of a task while it plays what was learned."""

import json
from typing import Any

import pytest

from contract_tests.documents.any_json import parsed
from contract_tests.learn.evidence import Line
from contract_tests.learn.mock_task import accepted, mock_task
from contract_tests.reports.report import Asked
from tests.courses import BAD, GOOD, PUBLISHED, exchange

pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]
SENT: dict[str, Any] = json.loads(exchange().sent)


def test_a_task_has_its_callbacks_and_a_record_of_each_stage() -> None:
    lines = [
        Line(("stages", "text", "skipped"), 1.0, ""),
        Line(("stages", "first", "at"), 0.04, ""),
        Line(("answers", "statuses", 422), 422, ""),
        Line(("track_members", "callbacks", "first", "members", "lyrics"), None, ""),
    ]
    sent = {**SENT, "audioId": "a-track-of-theirs", "continueAt": 300}
    came = mock_task("apikley", lines, [{**sent, "prompt": 5}, sent], [401, 402, 422, 999], PUBLISHED.terms)
    stages = [parsed(each.body)["data"]["callbackType"] for each in came.asked.callbacks]
    assert stages == ["text", "first", "complete"]
    assert [each.record["status"] for each in came.asked.polls] == ["TEXT_SUCCESS", "FIRST_SUCCESS", "SUCCESS"]
    assert parsed(came.asked.callbacks[1].body)["data"]["data"][0]["lyrics"] is None
    assert came.statuses == {200: 200, 401: 200, 402: 200, 422: 422}


def test_a_request_that_the_mock_refuses_has_no_task() -> None:
    came = mock_task("apikley", [], [], [402], PUBLISHED.terms)
    assert (came.asked.callbacks, came.asked.polls, came.asked.exchange.task_id) == ((), (), None)
    assert came.statuses == {422: 200, 402: 200}


def test_the_smallest_requests_that_were_accepted_come_first() -> None:
    track = {"audioId": "a", "model": "V4"}
    bodies = [({**track, "b": 1}, GOOD), (track, GOOD), ({}, GOOD), ({"audioId": 1, "model": "V4"}, GOOD), ([], GOOD)]
    bodies += [({"audioId": "a", "model": "V9"}, GOOD), ({**track}, BAD)]
    asked = [Asked(probe="one", exchange=exchange(body, sent=json.dumps(sent).encode())) for sent, body in bodies]
    assert accepted(asked, PUBLISHED.models) == [track, {**track, "b": 1}]
    assert accepted([], PUBLISHED.models) == []
