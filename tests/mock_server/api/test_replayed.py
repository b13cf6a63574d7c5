"""A mock that plays a recording: which request is answered by which, and what is told of a task, when."""

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.recording.message import Message
from mock_server.domain.attempt import Outcome
from tests.builders import CREATED, request
from tests.clients import KEY, OTHER, Mock
from tests.recordings import (
    EXTEND,
    PROXY,
    RECORD_INFO,
    TASK,
    TRACK,
    asked,
    called_back,
    course,
    polled,
    recorded,
    stage,
    told,
    written,
)

pytestmark = pytest.mark.anyio
URL = "http://127.0.0.1:3000/new"


class Played:
    """A mock that plays messages, and a client."""

    def __init__(self, mock: Mock, http: httpx.AsyncClient) -> None:
        self.mock = mock
        self.http = http

    async def extend(self, headers: dict[str, str] = KEY, **changes: Any) -> httpx.Response:
        return await self.http.post(EXTEND, json=request(**{"callBackUrl": URL, **changes}), headers=headers)

    async def started(self, **changes: Any) -> str:
        answer = await self.extend(**changes)
        return str(answer.json()["data"]["taskId"])

    async def poll(self, task_id: str) -> httpx.Response:
        return await self.http.get(RECORD_INFO, params={"taskId": task_id}, headers=KEY)

    @property
    def sent(self) -> list[Any]:
        return [json.loads(body) for _, body in self.mock.delivery.sent]


@asynccontextmanager
async def playing(folder: Path, messages: Iterable[Message], **settings: Any) -> AsyncIterator[Played]:
    mock = Mock(replay=written(folder, messages), **settings)
    transport = httpx.ASGITransport(app=mock.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://mock") as http:
        yield Played(mock, http)


def source(answer: httpx.Response) -> str:
    """What the answer says of where it came from."""
    return answer.headers["suno-mock-replay"]


async def test_a_course_is_played_with_new_ids_at_its_times_to_the_new_receiver(tmp_path: Path) -> None:
    async with playing(tmp_path, course()) as played:
        answer = await played.extend()
        task_id = answer.json()["data"]["taskId"]
        assert (source(answer), task_id != TASK, len(task_id)) == ("recorded; line 2", True, len(TASK))
        assert await played.mock.advance(29.9) == 0
        assert await played.mock.advance(0.1) == 1
        assert await played.mock.advance(80) == 1
        text, complete = played.sent
        assert {url for url, _ in played.mock.delivery.sent} == {URL}
        assert text == {"code": 200, "msg": "text generated", "data": {**text["data"], "task_id": task_id}}
        track = complete["data"]["data"][0]["id"]
        assert track != TRACK
        polled_tracks = (await played.poll(task_id)).json()["data"]["response"]["sunoData"]
        assert [each["id"] for each in polled_tracks] == [track]


async def test_polls_show_what_the_recording_shows_between_the_same_callbacks(tmp_path: Path) -> None:
    async with playing(tmp_path, course()) as played:
        task_id = await played.started()
        shown = []
        for seconds in (0, 29, 1, 79, 1, 60):
            await played.mock.advance(seconds)
            answer = await played.poll(task_id)
            shown.append((answer.json()["data"]["status"], source(answer)))
    pending, text, success = ("PENDING", "line 3"), ("TEXT_SUCCESS", "line 5"), ("SUCCESS", "line 7")
    assert [(word, said.removeprefix("recorded; ")) for word, said in shown] == [
        pending, pending, text, text, success, success,
    ]  # fmt: skip


async def test_the_new_url_stands_where_the_proxys_did_also_in_json_within_a_text(tmp_path: Path) -> None:
    async with playing(tmp_path, course()) as played:
        answer = (await played.poll(await played.started())).text
    assert PROXY not in answer
    assert json.loads(json.loads(answer)["data"]["param"]) == {"callBackUrl": URL}


async def test_files_of_tracks_are_the_mocks_own_and_can_be_loaded(tmp_path: Path) -> None:
    async with playing(tmp_path, course()) as played:
        await played.started()
        await played.mock.advance(110)
        url = played.sent[-1]["data"]["data"][0]["audio_url"]
        loaded = await played.http.get(url.removeprefix("http://127.0.0.1:4010"))
    assert (loaded.status_code, loaded.headers["content-type"]) == (200, "audio/mpeg")


async def test_refusals_are_played_byte_for_byte_with_their_status_and_headers(tmp_path: Path) -> None:
    body = b'{ "code":429,  "msg":"\\u00e9 slow"}'
    headers = (("Content-Type", "text/json"), ("Retry-After", "7"), ("Date", "x"), ("Set-Cookie", "a=***"))
    async with playing(tmp_path, [asked(answer=body, status=429, answer_headers=headers)]) as played:
        answer = await played.extend()
    assert (answer.status_code, answer.content) == (429, body)
    assert dict(answer.headers) == {
        "content-type": "text/json",
        "content-length": str(len(body)),
        "retry-after": "7",
        "suno-mock-replay": "recorded; line 2",
    }


async def test_what_was_never_recorded_is_answered_by_the_profile_which_says_so(tmp_path: Path) -> None:
    async with playing(tmp_path, course()) as played:
        wrong = await played.extend(title="x" * 101)
        credits = await played.http.get("/api/v1/chat/credit", headers=KEY)
        other = await played.started(prompt="Something else")
        left = await played.poll(other)
    assert wrong.json()["code"] == 422
    assert source(wrong) == "profile; no such request was recorded: the nearest is on line 2 and differs in title"
    assert source(credits) == "profile; nothing of chat-credit was recorded"
    assert (left.json()["data"]["status"], source(left)) == ("PENDING", "profile; no recorded course answers this task")


async def test_a_request_that_differs_in_ids_alone_is_like_the_recorded_one_and_gets_its_own_ids_back(
    tmp_path: Path,
) -> None:
    was = stage("complete", TASK, [TRACK], tags="of recorded-track-1")
    messages = [
        asked(1, told(data={"taskId": TASK}), sent={"audioId": "recorded-track-1"}),
        called_back(2, 1, 30.0, was),
    ]
    async with playing(tmp_path, messages) as played:
        answer = await played.extend(audioId="another-track")
        await played.mock.advance(30)
    assert source(answer) == "recorded; line 2; other audioId"
    assert played.sent[0]["data"]["data"][0]["tags"] == "of another-track"


async def test_an_id_that_the_recording_shows_to_matter_is_compared(tmp_path: Path) -> None:
    messages = [*course(), asked(7, told(404, "no such track"), sent={"audioId": "gone"})]
    async with playing(tmp_path, messages) as played:
        gone, there, another = [await played.extend(audioId=each) for each in ("gone", request()["audioId"], "new")]
    assert [gone.json()["code"], there.json()["code"]] == [404, 200]
    assert source(another).startswith("profile; no such request was recorded")


async def test_a_track_of_a_replayed_task_is_the_recorded_one_in_the_next_request(tmp_path: Path) -> None:
    later = course(7, "f" * 32, ("99999999-2222-4333-8444-555555555555",), {"audioId": TRACK, "title": "Then"})
    never = asked(13, told(404, "no such track"), sent={"audioId": "gone", "title": "Then"})
    async with playing(tmp_path, [*course(), *later, never]) as played:
        await played.started()
        await played.mock.advance(110)
        track = played.sent[-1]["data"]["data"][0]["id"]
        answer = await played.extend(audioId=track, title="Then")
    assert source(answer) == "recorded; line 8"


async def test_a_member_that_is_shown_to_make_no_difference_may_be_another(tmp_path: Path) -> None:
    told_title = stage("complete", "e" * 32, ["99999999-2222-4333-8444-555555555555"], title="Two")
    messages = [
        *course(sent={"title": "One"}),
        asked(7, told(data={"taskId": "e" * 32}), sent={"title": "Two"}),
        called_back(8, 7, 20.0, told_title),
    ]
    async with playing(tmp_path, messages) as played:
        first, second = await played.extend(title="Three"), await played.extend(title="Three")
        refused = await played.extend(title="x" * 101)
        await played.mock.advance(20)
    assert [source(first), source(second)] == ["recorded; line 2; other title", "recorded; line 8; other title"]
    assert [each["title"] for each in played.sent[0]["data"]["data"]] == ["Three"]
    assert (refused.json()["code"], source(refused).partition(";")[0]) == (422, "profile")


async def test_several_answers_to_one_request_come_in_turn_for_each_key_and_anew_after_a_reset(tmp_path: Path) -> None:
    messages = [asked(number, told(500, f"{number}")) for number in (1, 2)]
    async with playing(tmp_path, messages) as played:

        async def next_one(headers: dict[str, str]) -> str:
            return str((await played.extend(headers)).json()["msg"])

        mine = [await next_one(KEY) for _ in range(3)]
        others = await next_one(OTHER)
        await played.mock.control.reset(None)
        again = await next_one(KEY)
    assert (mine, others, again) == (["1", "2", "1"], "1", "1")


async def test_a_request_without_a_key_is_answered_as_one_was(tmp_path: Path) -> None:
    messages = [*course(), asked(7, told(401, "who?"), headers=(("Content-Type", "application/json"),))]
    async with playing(tmp_path, messages) as played:
        nobody = await played.extend({})
        somebody = await played.extend()
    assert (nobody.json()["msg"], source(nobody), source(somebody)) == ("who?", "recorded; line 8", "recorded; line 2")


async def test_where_no_request_tells_of_a_key_none_is_compared(tmp_path: Path) -> None:
    first, *others = course()
    messages = [replace(first, headers=(("Content-Type", "application/json"),)), *others]
    async with playing(tmp_path, messages) as played:
        assert source(await played.extend()) == "recorded; line 2"
        assert source(await played.extend({})) == "profile; the mock itself refuses it"


async def test_a_recorded_retry_is_no_callback_of_its_own_and_the_new_receiver_decides(tmp_path: Path) -> None:
    body = stage("complete", TASK)
    twice = [called_back(2, 1, 30.0, body, status=500), called_back(3, 1, 90.0, body)]
    async with playing(tmp_path, [asked(answer=told(data={"taskId": TASK})), *twice]) as played:
        await played.started()
        assert await played.mock.advance(1000) == 1
        played.mock.delivery.outcomes = [Outcome.REFUSED, Outcome.ACCEPTED]
        await played.started()
        assert await played.mock.advance(1000) == 2


async def test_a_callback_that_was_received_and_came_twice_comes_twice(tmp_path: Path) -> None:
    body = stage("complete", TASK)
    twice = [called_back(2, 1, 30.0, body), called_back(3, 1, 30.0, body)]
    async with playing(tmp_path, [asked(answer=told(data={"taskId": TASK})), *twice]) as played:
        await played.started()
        assert await played.mock.advance(30) == 2


async def test_a_failure_is_played_and_shown(tmp_path: Path) -> None:
    failed = told(531, "Server error", {"callbackType": "error", "task_id": TASK, "data": None})
    async with playing(tmp_path, [asked(answer=told(data={"taskId": TASK})), called_back(2, 1, 9.0, failed)]) as played:
        task_id = await played.started()
        await played.mock.advance(9)
        poll = await played.poll(task_id)
        view, _, moments = await played.mock.control.task(task_id)
    assert played.sent[0]["code"] == 531
    assert source(poll) == "profile; no poll was recorded between these callbacks"
    assert (poll.json()["data"]["errorCode"], poll.json()["data"]["response"]) == (531, None)
    assert (view.scenario, [each.what for each in moments]) == ("replay-2", ["accepted", "failed", "attempted"])


async def test_a_poll_that_may_show_what_is_not_there_yet_is_left_to_the_profile(tmp_path: Path) -> None:
    done = polled(2, 1, 120.0, TASK, recorded("SUCCESS", TASK, [TRACK]))
    async with playing(tmp_path, [asked(answer=told(data={"taskId": TASK})), done]) as played:
        answer = await played.extend()
        task_id = answer.json()["data"]["taskId"]
        early = await played.poll(task_id)
        await played.mock.advance(120)
        late = await played.poll(task_id)
    assert source(answer) == "recorded; line 2; no callback of it was recorded, and none is sent"
    assert (early.json()["data"]["status"], source(early)) == (
        "PENDING",
        "profile; no poll was recorded between these callbacks",
    )
    assert (late.json()["data"]["status"], source(late)) == ("SUCCESS", "recorded; line 3")


async def test_a_poll_that_shows_the_end_is_the_answer_from_then_on(tmp_path: Path) -> None:
    *before, _, done = course()
    late = called_back(9, 1, 300.0, stage("complete", TASK, [TRACK]))
    async with playing(tmp_path, [*before, done, late]) as played:
        task_id = await played.started()
        await played.mock.advance(300)
        answer = await played.poll(task_id)
    assert (answer.json()["data"]["status"], source(answer)) == ("SUCCESS", "recorded; line 6")


@pytest.mark.parametrize("pace", ["immediate", "60x", "manual"])
async def test_the_pace_divides_the_recorded_delays(tmp_path: Path, pace: str) -> None:
    async with playing(tmp_path, course(), pace=pace) as played:
        task = await played.mock.store.task(await played.started())
        owed = await played.mock.store.owed(task.id) if task else []
    speed = {"immediate": float("inf"), "60x": 60, "manual": 1}[pace]
    assert [each.after for each in owed[0].planned] == [pytest.approx(30 / speed), pytest.approx(110 / speed)]
    assert owed[0].due == pytest.approx(CREATED + 30 / speed)


async def test_a_scenario_that_is_asked_for_comes_before_the_recording(tmp_path: Path) -> None:
    async with playing(tmp_path, course()) as played:
        asked_for = await played.extend({**KEY, "Prefer": "code=402"})
        await played.mock.control.queue("key", "455", 1)
        queued, then = await played.extend(), await played.extend()
    assert [each.json()["code"] for each in (asked_for, queued, then)] == [402, 455, 200]
    assert source(asked_for) == source(queued) == "profile; a scenario was asked for"
    assert source(then) == "recorded; line 2"


async def test_maintenance_and_revoked_keys_are_the_mocks_own(tmp_path: Path) -> None:
    async with playing(tmp_path, course(), strict_keys=True) as played:
        unknown = await played.extend()
        await played.mock.control.change_settings({"maintenance": True, "strict_keys": False})
        closed = await played.extend()
    assert [unknown.json()["code"], closed.json()["code"]] == [401, 455]
    assert source(closed) == "profile; the mock itself refuses it"


async def test_a_task_of_another_key_is_unknown(tmp_path: Path) -> None:
    async with playing(tmp_path, course()) as played:
        task_id = await played.started()
        answer = await played.http.get(RECORD_INFO, params={"taskId": task_id}, headers=OTHER)
    assert source(answer) == "profile; nothing of record-info was recorded"


async def test_a_track_of_a_replayed_task_can_be_extended_by_the_profile(tmp_path: Path) -> None:
    async with playing(tmp_path, course()) as played:
        await played.started()
        await played.mock.advance(110)
        track = played.sent[-1]["data"]["data"][0]["id"]
        answer = await played.extend(audioId=track, title="Never recorded", continueAt=1)
    assert (answer.json()["code"], source(answer).partition(";")[0]) == (200, "profile")


async def test_a_callback_is_sent_once_more_as_it_was(tmp_path: Path) -> None:
    async with playing(tmp_path, course()) as played:
        task_id = await played.started()
        await played.mock.advance(30)
        await played.mock.control.redeliver(task_id, "text")
    assert played.sent[0] == played.sent[1]


async def test_models_that_the_profile_does_not_know_are_played_and_shown(tmp_path: Path) -> None:
    async with playing(tmp_path, course(sent={"model": "V9"})) as played:
        task_id = await played.started(model="V9")
        await played.mock.advance(110)
        page = await played.http.get("/__admin/", params={"task": task_id})
    assert page.status_code == 200
    assert "replayed from line 2 of live.jsonl" in page.text
