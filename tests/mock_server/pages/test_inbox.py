"""The rows of the inbox: tasks and refused requests, newest first, and the keys that they are filtered by."""

import asyncio
import re
from typing import Any

import httpx
import pytest

from mock_server.domain.answer import succeeded
from mock_server.domain.attempt import Outcome
from mock_server.domain.opening import Draft
from mock_server.domain.proposal import Proposal
from mock_server.pages.delivered import BAD, DULL, FAILING, GOOD, Delivered
from mock_server.pages.filters import EVERYTHING, FORGOTTEN, REFUSED, Filter
from mock_server.pages.inbox import TASKS_SEEN, Inbox, Row
from mock_server.pages.shown_keys import label
from mock_server.state.faults import Fault
from tests.builders import COMPLETE, CREATED, FIRST, SCENARIOS, SOURCE, TEXT, task
from tests.clients import OTHER, Mock, client, credits, extend, finished, poll

pytestmark = pytest.mark.anyio
URL = "http://127.0.0.1:9/callback"


def inbox_of(mock: Mock) -> Inbox:
    return Inbox(mock.store, mock.control.catalogue)


async def rows(mock: Mock, **wanted: Any) -> list[Row]:
    return (await inbox_of(mock).rows(Filter(**wanted), 100))[0]


async def test_tasks_and_refused_requests_are_listed_newest_first() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await extend(http, title="One")
        await extend(http, prompt=5)
        await extend(http, title="Two")
        assert [row.title for row in await rows(mock)] == ["Two", "Validation Error", "One"]


async def test_polls_and_downloads_are_no_rows() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id, tracks = await finished(mock, http, await extend(http))
        await poll(http, task_id)
        await http.get(tracks[0]["audioUrl"])
        await credits(http)
        assert [row.kind for row in await rows(mock)] == ["task"]
        assert [row.kind for row in await rows(mock, status=EVERYTHING)] == [*["entry"] * 4, "task"]


async def test_rows_are_searched_by_words_and_filters() -> None:
    mock = Mock()
    mock.delivery.outcomes = [Outcome.REFUSED]
    async with client(mock.app) as http:
        await extend(http, title="Mine", callBackUrl="http://127.0.0.1:9/mine")
        await mock.advance(TEXT)
        await extend(http, OTHER, title="Theirs", style="Ska")
        await extend(http, prompt=5)
        found = {
            text: [row.title for row in await rows(mock, q=text)]
            for text in ("mine", "SKA", "9/mine", "prompt is 5", "status:failed", "key:other", "after:1s", "stage:text")
        }
    assert found == {
        "mine": ["Mine"],
        "SKA": ["Theirs"],
        "9/mine": ["Mine"],
        "prompt is 5": ["Validation Error"],
        "status:failed": ["Validation Error", "Mine"],
        "key:other": ["Theirs"],
        "after:1s": ["Validation Error", "Theirs"],
        "stage:text": ["Mine"],
    }


async def test_a_refused_poll_is_a_row() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await http.get("/api/v1/generate/record-info")
        [row] = await rows(mock)
        assert (row.subtitle, row.code) == ("GET /api/v1/generate/record-info", 422)


async def test_a_request_that_ran_into_a_fault_is_a_row() -> None:
    mock = Mock()
    await mock.control.put_fault(None, Fault.of("status"))
    async with client(mock.app) as http:
        await http.get("/api/v1/generate/record-info")
        [row] = await rows(mock)
        assert (row.title, row.code, row.tone) == ("fault: status", 0, BAD)
        assert await rows(mock, status=REFUSED) == [row]


async def test_a_task_tells_how_its_stages_went() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await extend(http)
        assert (await rows(mock))[0].stages == {}
        await mock.advance(TEXT)
        [row] = await rows(mock)
        assert (row.subtitle, row.tone, row.trouble) == ("TEXT_SUCCESS", GOOD, "")
        assert row.stages == {"text": Delivered(GOOD, "received", "by the test")}


WORDS = {
    Outcome.REFUSED: "refused",
    Outcome.TIMED_OUT: "timed out",
    Outcome.UNREACHABLE: "unreachable",
    Outcome.BLOCKED: "blocked",
}


@pytest.mark.parametrize("outcome", WORDS)
async def test_a_task_whose_callbacks_fail_says_so_in_words(outcome: Outcome) -> None:
    mock = Mock()
    mock.delivery.outcomes = [outcome]
    async with client(mock.app) as http:
        await extend(http, title="Fails")
        await mock.advance(TEXT)
        await extend(http, title="Was not called yet")
        _, row = await rows(mock)
        assert (row.tone, row.trouble) == (BAD, f"callbacks fail: text {WORDS[outcome]} (by the test)")
        assert await rows(mock, status=FAILING) == [row]


async def test_a_callback_that_was_received_in_the_end_does_not_fail() -> None:
    mock = Mock()
    mock.delivery.outcomes = [Outcome.REFUSED, Outcome.ACCEPTED]
    async with client(mock.app) as http:
        await extend(http)
        await mock.advance(COMPLETE)
        [row] = await rows(mock)
        assert (row.tone, row.trouble) == (GOOD, "")
        assert await rows(mock, status=FAILING) == []


async def test_callbacks_that_are_not_sent_because_the_mock_stops_do_not_fail() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await extend(http)
        await mock.app.release()
        [row] = await rows(mock)
        assert ({each.tone for each in row.stages.values()}, row.trouble) == ({DULL}, "")


async def test_a_task_that_fails_has_the_code_of_its_callback() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await extend(http, audioId="mock-callback-501")
        assert [(row.code, row.tone) for row in await rows(mock)] == [(200, GOOD)]
        await mock.advance(COMPLETE)
        assert [(row.code, row.tone) for row in await rows(mock)] == [(501, BAD)]


async def test_a_triggered_task_is_a_row() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await extend(http)
        await mock.advance(1)
        triggered = await mock.control.trigger("late", URL, None, {})
        assert next(row.id for row in await rows(mock)) == triggered


async def test_a_task_that_the_store_forgot_is_what_the_journal_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_server.state.memory_accounts.TASKS_KEPT", 1)
    mock = Mock()
    async with client(mock.app) as http:
        for _ in range(2):
            await extend(http)
        _, row = await rows(mock)
        assert (row.kind, row.code) == ("entry", 200)
        assert await rows(mock, status=FORGOTTEN) == [row]


async def filtered(http: httpx.AsyncClient) -> None:
    await extend(http, title="Mine")
    await extend(http, OTHER, title="Theirs")
    await extend(http, OTHER, prompt=5)


@pytest.mark.parametrize(
    ("wanted", "titles"),
    [
        ({"code": "422"}, ["Validation Error"]),
        ({"code": "200"}, ["Theirs", "Mine"]),
        ({"code": "402"}, []),
        ({"status": REFUSED}, ["Validation Error"]),
        ({"status": "PENDING"}, ["Theirs", "Mine"]),
        ({"status": "PENDING", "code": "422"}, []),
        ({"key": "nobody"}, []),
    ],
)
async def test_rows_are_filtered(wanted: dict[str, str], titles: list[str]) -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await filtered(http)
        assert [row.title for row in await rows(mock, **wanted)] == titles


async def test_rows_are_filtered_by_the_handle_of_a_key() -> None:
    mock, inbox = Mock(), None
    async with client(mock.app) as http:
        await filtered(http)
        inbox = inbox_of(mock)
        theirs, mine = await inbox.keys()
        for key, titles in ((theirs, ["Validation Error", "Theirs"]), (mine, ["Mine"])):
            found, _ = await inbox.rows(Filter(key=key.handle), 100)
            assert [row.title for row in found] == titles


async def test_a_request_without_a_key_is_of_no_key() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await http.post("/api/v1/generate/extend", headers={"Authorization": ""})
        [row] = await rows(mock)
        assert (row.key, row.code) == ("no key", 401)
        assert await rows(mock, key="any") == []


async def test_only_so_many_rows_are_there_and_whether_there_are_more() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        for title in "abc":
            await extend(http, title=title)
        found, more = await inbox_of(mock).rows(Filter(), 2)
        assert ([row.title for row in found], more) == (["c", "b"], True)
        assert (await inbox_of(mock).rows(Filter(), 3))[1] is False


async def test_a_key_is_shown_masked_and_found_by_its_handle() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await extend(http, {"Authorization": "Bearer secret-of-mine"})
        inbox = inbox_of(mock)
        [key] = await inbox.keys()
        assert re.fullmatch(r"sec… \(hash [0-9a-f]{4}\)", key.shown)
        assert "secret" not in key.handle
        assert await inbox.key(key.handle) == "secret-of-mine"
        assert await inbox.key("another") is None


async def test_before_any_key_is_used_the_known_ones_are_offered() -> None:
    inbox = inbox_of(Mock())
    keys = await inbox.keys()
    assert [key.shown for key in keys] == ["test-key", "empty-key"]
    assert await inbox.key(keys[0].handle) == "test-key"


async def test_what_is_queued_is_told_by_key() -> None:
    mock = Mock()
    inbox = inbox_of(mock)
    assert [key.queued for key in await inbox.keys()] == ["", ""]
    await mock.control.queue("mine", "429", 12)
    await mock.control.queue("mine", "402", None)
    [key] = await inbox.keys()
    assert (key.shown, key.queued) == (label("mine"), f"{'429, ' * 10}2 more, 402 for all others")


async def test_keys_that_begin_alike_can_be_told_apart() -> None:
    assert label("client-a") != label("client-b")
    assert label("client-a").startswith("cli…")
    assert label("test-key") == "test-key"


async def test_the_key_of_a_filter_is_listed_in_any_case() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await extend(http)
        inbox = inbox_of(mock)
        [handle] = [key.handle for key in await inbox.keys()]
        for number in range(60):
            await extend(http, {"Authorization": f"Bearer key-{number}"})
        assert handle not in {key.handle for key in await inbox.keys()}
        [first] = [key for key in await inbox.keys(handle) if key.handle == handle]
        assert first.shown == label("key")
        assert [key.shown for key in await inbox.keys("gone")][-1] == "a key that is not used"
        assert len(await inbox.keys()) == 50


async def test_a_task_whose_last_callback_was_lost_is_bad() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await extend(http, audioId="mock-undeliverable")
        await mock.advance(COMPLETE)
        assert [(row.subtitle, row.tone) for row in await rows(mock)] == [("CALLBACK_EXCEPTION", BAD)]


async def test_a_task_says_when_it_goes_on_by_itself() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await extend(http, audioId="mock-silent")
        for seconds, changes in ((0, TEXT), (TEXT, FIRST), (FIRST - TEXT, COMPLETE)):
            await mock.advance(seconds)
            assert [row.changes_at for row in await rows(mock)] == [CREATED + changes]
        await mock.advance(COMPLETE)
        assert [row.changes_at for row in await rows(mock)] == [None]


async def fill(mock: Mock, count: int) -> None:
    """Start many tasks, without judging a request for each."""
    one = task()
    draft = Draft(0, "key", one.record.body, one.callback_url, one.operation, SOURCE, one.edition, 1.0)
    proposal = Proposal(
        call=None,
        key="key",
        terms=await mock.store.terms("key"),
        edition=one.edition,
        scenarios=SCENARIOS,
        succeeded=lambda proposal, decision: succeeded(None, one.edition),
        ordinal=None,
        opens=draft.opened,
    )
    for _ in range(count):
        await mock.store.accept(proposal)


async def test_the_newest_tasks_are_looked_at_and_others_are_served_meanwhile() -> None:
    mock = Mock()
    await fill(mock, TASKS_SEEN + 3)
    looking = asyncio.create_task(rows(mock, code="402"))
    served = 0
    while not looking.done():
        await asyncio.sleep(0)
        served += 1
    assert await looking == []
    assert served > 30


async def test_a_refused_row_names_its_fields_and_rules() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await extend(http, prompt=5)
        await extend(http, prompt=5, style=5, title=5, model="V9", continueAt="soon")
        many, one = await rows(mock)
        assert (one.title, one.trouble) == ("Validation Error", "prompt (extend.prompt.type)")
        assert many.trouble == (
            "prompt (extend.prompt.type), style (extend.style.type), title (extend.title.type) and 2 more"
        )


async def test_a_row_that_was_refused_without_a_rule_says_why() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await extend(http, {"Authorization": ""})
        [row] = await rows(mock)
        assert row.title == "Unauthorized"
        assert row.trouble.startswith("Authentication")


@pytest.mark.parametrize(
    ("title", "shown"),
    [("   ", '"   "'), (" Night", '" Night"'), ("Night  train", "Night  train"), ("x" * 80, "x" * 80)],
)
async def test_a_title_of_blanks_can_be_seen(title: str, shown: str) -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await extend(http, title=title)
        assert [row.title for row in await rows(mock)] == [shown]


async def test_a_row_has_the_query_of_its_request() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await http.get("/api/v1/generate/record-info?taskId=none&x=%20")
        assert [row.subtitle for row in await rows(mock, status=EVERYTHING)] == [
            "GET /api/v1/generate/record-info?taskId=none&x=%20"
        ]
