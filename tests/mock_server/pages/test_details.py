"""A task and a request in full."""

import re
from collections.abc import Sequence
from typing import Any

import pytest

from mock_server.core.errors import NoSuch
from mock_server.domain.attempt import Outcome
from mock_server.domain.kept_answer import KeptAnswer
from mock_server.media.files import DAY
from mock_server.pages.bodies import GONE, NEW
from mock_server.pages.details import ATTEMPTS_SHOWN, CURL_SHOWN, Details, Happening, TaskDetail
from mock_server.pages.exchanges import BASE64_SHOWN, HEADERS_SHOWN, LINE_SHOWN, NO_UTF8, Body, Exchange
from mock_server.runtime import Runtime
from tests.builders import COMPLETE, FIRST, TEXT, attempted
from tests.clients import Mock, client, extend, finished

pytestmark = pytest.mark.anyio


def details(mock: Mock) -> Details:
    runtime: Runtime = mock.app.state.runtime
    return Details(mock.control, runtime.track_maker, runtime.base_url)


async def detail(mock: Mock, seconds: float = 0, **changes: Any) -> TaskDetail:
    """A task of the documented request with changes, so many seconds later."""
    async with client(mock.app) as http:
        task_id = (await extend(http, **changes)).json()["data"]["taskId"]
        await mock.advance(seconds)
        return await details(mock).task(task_id)


def told(happenings: Sequence[Happening]) -> list[tuple[float, str, str]]:
    return [(each.after, each.what, each.detail) for each in happenings]


async def test_a_timeline_has_what_happened_and_what_will() -> None:
    happenings = (await detail(Mock(), TEXT)).happenings
    assert told(happenings) == [
        (0, "accepted", "HTTP 200, code 200; extend, scenario 200"),
        (TEXT, "text reached", "TEXT_SUCCESS"),
        (TEXT, "text callback accepted", "by the test, 0 ms"),
        (FIRST, "first to come", "FIRST_SUCCESS"),
        (FIRST, "first callback to come", "attempt 1"),
        (COMPLETE, "complete to come", "SUCCESS"),
        (COMPLETE, "complete callback to come", "attempt 1"),
    ]
    assert [each.tone for each in happenings] == [*["good"] * 3, *["dull"] * 4]


async def test_an_attempt_that_failed_tells_why_and_when_it_is_tried_again() -> None:
    mock = Mock()
    mock.delivery.outcomes = [Outcome.REFUSED]
    happenings = (await detail(mock, TEXT + 60)).happenings
    attempts = [each for each in happenings if "callback" in each.what]
    assert told(attempts)[:3] == [
        (TEXT, "text callback refused", "by the test, 0 ms"),
        (TEXT + 60, "text callback refused", "attempt 2, by the test, 0 ms"),
        (TEXT + 60 + 300, "text callback to come", "attempt 3"),
    ]
    assert [each.tone for each in attempts[:3]] == ["bad", "bad", "dull"]
    assert attempts[0].curl
    assert attempts[0].curl.startswith("curl ")


async def test_a_failure_is_told() -> None:
    happenings = (await detail(Mock(), COMPLETE, audioId="mock-callback-501")).happenings
    assert ("first failed", "501 GENERATE_AUDIO_FAILED", "bad") in [(e.what, e.detail, e.tone) for e in happenings]


async def test_a_callback_that_was_sent_once_more_says_so() -> None:
    mock = Mock()
    found = await detail(mock, TEXT)
    await mock.control.redeliver(found.view.task_id, "text")
    again = await details(mock).task(found.view.task_id)
    assert "once more, by the test, 0 ms" in [each.detail for each in again.happenings]


def named(found: TaskDetail, name: str) -> Body:
    return next(body for body in found.bodies if body.name == name)


async def test_a_body_shows_what_differs_from_the_stage_before() -> None:
    found = await detail(Mock(), COMPLETE)
    assert [body.name for body in found.bodies] == [
        "request",
        "answer",
        "text",
        "first",
        "complete",
        "polling says now",
    ]
    assert {line.change for line in named(found, "text").lines} == {"same"}
    changed = [(line.text.strip(), line.change) for line in named(found, "first").lines]
    assert ('"callbackType": "text",', GONE) in changed
    assert ('"callbackType": "first",', NEW) in changed


async def test_tracks_can_be_seen_and_played_as_far_as_they_are_there() -> None:
    [made, making] = (await detail(Mock(), COMPLETE)).tracks
    assert made.audio.endswith(".mp3")
    assert made.cover.endswith(".jpeg")
    assert made.duration
    assert making.duration
    unfinished = (await detail(Mock(readings=("text_items=both",)), TEXT)).tracks
    assert [(track.duration, track.audio.endswith(".mp3")) for track in unfinished] == [(None, False)] * 2


async def test_the_stages_that_were_reached_can_be_sent_once_more() -> None:
    assert (await detail(Mock())).again == []
    assert (await detail(Mock(), FIRST)).again == ["text", "first"]
    assert (await detail(Mock(), COMPLETE, audioId="mock-duplicate")).again == ["text", "first", "complete"]


async def test_a_triggered_task_shows_what_it_would_have_been_asked() -> None:
    mock = Mock()
    task_id = await mock.control.trigger("200", "http://127.0.0.1:9/x", None, {"title": "Triggered"})
    found = await details(mock).task(task_id)
    assert told(found.happenings)[0] == (0, "accepted", "extend, scenario 200")
    body = named(found, "request")
    assert '  "title": "Triggered",' in [line.text for line in body.lines]
    assert (body.curl, found.readings, found.journaled) == (None, "", False)


async def test_a_request_by_its_entry() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await extend(http, prompt=5)
        found = await details(mock).request("1")
        assert found.entry.rules == ("extend.prompt.type",)
        assert '  "prompt": 5,' in [line.text for line in found.body.lines]
        assert found.body.curl
        assert "Bearer" in found.body.curl


@pytest.mark.parametrize("entry", ["0", "3", "x", "²", "9" * 5000])
async def test_an_entry_that_is_not_there_is_told(entry: str) -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await extend(http)
        await mock.advance(TEXT)
        with pytest.raises(NoSuch, match=r"^the journal has no entry "):
            await details(mock).request(entry)
        with pytest.raises(NoSuch, match=r"^entry '2' of the journal is no request; its task has it"):
            await details(mock).request("2")


async def test_a_task_that_is_not_kept_is_told() -> None:
    mock = Mock()
    with pytest.raises(NoSuch, match=r"^there is no task 'x'"):
        await details(mock).task("x")


async def test_files_that_are_gone_are_told() -> None:
    assert (await detail(Mock(), 13 * DAY)).gone_after is None
    assert (await detail(Mock(), 14 * DAY)).gone_after == 14


async def test_a_curl_that_is_too_long_for_a_page_is_left_out() -> None:
    found = await detail(Mock(), TEXT, padding="x" * CURL_SHOWN)
    assert named(found, "request").curl is None
    assert named(found, "text").curl


@pytest.mark.parametrize(
    ("body", "lines", "note"),
    [
        pytest.param(b"", [], "It has no body.", id="none"),
        pytest.param("é\n".encode(), ["é"], "", id="a text"),
        pytest.param(b"caf\xe9 \x00\n", ["caf\\xe9 \x00"], NO_UTF8, id="no text"),
    ],
)
async def test_every_body_can_be_read(body: bytes, lines: list[str], note: str) -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await http.post("/api/v1/generate/extend", content=body)
        found = (await details(mock).request("1")).body
        assert ([line.text for line in found.lines], found.note) == (lines, note)


async def test_what_the_mock_was_asked_and_answered_has_its_headers() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await extend(http, {"Authorization": "Bearer secret-of-mine", "X-Trace": "secret-of-mine 7"}, prompt=5)
        found = await details(mock).request("1")
        assert found.body.head[0] == "POST /api/v1/generate/extend"
        assert {"authorization: Bearer sec…", "x-trace: sec… 7"} < set(found.body.head)
        assert found.answer.head[:2] == ["HTTP 200", "content-type: application/json"]
        assert "suno-mock-rules: extend.prompt.type" in found.answer.head
        assert '  "code": 422,' in [line.text for line in found.answer.lines]
        assert found.answer.curl is None


async def test_a_long_answer_says_what_is_left_out() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        _, tracks = await finished(mock, http, await extend(http, prompt="z" * 3000))
        polled, downloaded = mock.store.journal.newest, tracks[0]["imageUrl"]
        answer = (await details(mock).request(str(polled))).answer
        assert re.fullmatch(r"4096 bytes of its body are kept, \d+ more were sent\.", answer.note)
        picture = await http.get(downloaded)
        answer = (await details(mock).request(str(polled + 1))).answer
        assert answer.note == f"0 bytes of its body are kept, {len(picture.content)} more were sent."
        assert "content-type: image/jpeg" in answer.head


BROKEN = KeptAnswer(
    status=500,
    headers=[("Content-Type", "text/html"), ("Set-Cookie", "session=1234")],
    body=b"<h1>Internal\n  Server Error</h1>",
    size=32,
)
SENT = [("Host", "127.0.0.1:9"), ("User-Agent", "suno-mock")]


async def exchange(**parts: Any) -> Exchange:
    """What a timeline shows of the wire of a first attempt."""
    mock = Mock()
    mock.delivery.parts = parts
    happenings = (await detail(mock, TEXT)).happenings
    return next(each.exchange for each in happenings if each.exchange)


async def test_an_attempt_shows_what_was_sent_and_answered() -> None:
    found = await exchange(sent=SENT, answer=BROKEN)
    assert found.sent == ["POST https://api.example.com/callback", "Host: 127.0.0.1:9", "User-Agent: suno-mock"]
    assert found.answer == [
        "HTTP 500",
        "Content-Type: text/html",
        "Set-Cookie: ses…",
        "",
        "<h1>Internal",
        "  Server Error</h1>",
    ]
    assert found.excerpt == "<h1>Internal Server Error</h1>"


async def test_an_attempt_without_an_answer_says_so() -> None:
    found = await exchange(sent=SENT)
    assert (found.answer, found.excerpt) == ([], "nothing came back")
    empty = await exchange(answer=KeptAnswer(status=200, headers=()))
    assert (empty.answer, empty.excerpt) == (["HTTP 200"], "without a body")


async def test_a_page_has_the_newest_attempts_of_many() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id = (await extend(http)).json()["data"]["taskId"]
        await mock.store.journal.append(attempted(task_id=task_id, outcome=Outcome.REFUSED))
        for number in range(ATTEMPTS_SHOWN + 4):
            await mock.store.journal.append(attempted(task_id=task_id, stage="first", number=number))
        found = await details(mock).task(task_id)
        assert found.earlier == 5
        assert len([each for each in found.happenings if "callback accepted" in each.what]) == ATTEMPTS_SHOWN
        assert found.trouble.startswith("callbacks fail: text refused")
        assert "5 earlier attempts are left out" in (await http.get(f"/__admin/?task={task_id}")).text


async def test_a_page_has_the_first_headers_of_many() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        many = [(f"x-{number}", "y" * LINE_SHOWN) for number in range(HEADERS_SHOWN + 9)]
        await http.post("/api/v1/generate/extend", headers=many)
        head = (await details(mock).request("1")).body.head
        assert len(head) == HEADERS_SHOWN + 2
        assert max(map(len, head)) < LINE_SHOWN + 30
        assert head[-1] == f"... more than {HEADERS_SHOWN} headers; the entry of the journal has all"


async def test_a_page_has_the_beginning_of_a_long_body_that_is_no_text() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await extend(http)
        await http.post("/api/v1/generate/extend", content=b"\xff" * 900_000, headers={"Content-Type": "text/plain"})
        found = (await details(mock).request("2")).body
        assert found.note == f"{NO_UTF8} Its beginning is shown."
        assert sum(len(line.text) for line in found.lines) < 4 * BASE64_SHOWN


async def test_what_was_refused_unread_says_how_much_is_left_out() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await http.post("/nothing", content=b"x" * 20_000)
        found = (await details(mock).request("1")).body
        assert found.note == "16384 bytes of its body are kept, 3616 more came: it was refused unread."
        assert (found.curl, found.sent) == (None, False)
