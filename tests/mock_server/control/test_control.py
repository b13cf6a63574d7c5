"""What can be done to a running mock: one key's or all of it, and what a reset takes back."""

import contextlib
import re
from typing import Any

import pytest

from mock_server.contract.source_tracks import added
from mock_server.core.errors import BadSetting, ClockRuns, NoSuch, Stopped
from mock_server.domain.attempt import Outcome
from mock_server.state.faults import Broken, Fault
from mock_server.state.journal_entries import LISTED
from mock_server.state.journal_match import Match
from tests.builders import COMPLETE, CREATED, FIRST, TEXT, attempted
from tests.clients import OTHER, Mock, client, credits, extend, generate, poll
from tests.waiting import begun

pytestmark = pytest.mark.anyio


async def started(mock: Mock, *headers: dict[str, str], **changes: Any) -> list[str]:
    """The ids of one extension for each of these headers, or for the key alone."""
    async with client(mock.app) as http:
        return [(await extend(http, each, **changes)).json()["data"]["taskId"] for each in headers or ({},)]


async def test_entries_are_filtered_and_the_newest_of_them_shown() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        for prompt in ("", 5, "", 6):
            await extend(http, prompt=prompt)
        assert [entry.code for entry in await mock.control.entries()] == [200, 422, 200, 422]
        assert [entry.id for entry in await mock.control.entries(Match(code=422))] == [2, 4]
        assert await mock.control.entries(Match(code=402)) == []


async def test_a_journal_can_be_cleared_for_one_key() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await extend(http)
        await extend(http, OTHER)
        await mock.control.clear_journal("key")
        assert [entry.key for entry in await mock.control.entries()] == ["other"]
        await mock.control.clear_journal(None)
        assert await mock.control.entries() == []


async def test_waiting_ends_when_enough_match() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await extend(http)
        (entry,) = await mock.control.wait_for(Match(kind="request"), 1, 0)
        assert entry.code == 200
        with pytest.raises(TimeoutError, match="1 of 2 came within 0 s"):
            await mock.control.wait_for(Match(kind="request"), 2, 0)


async def test_tasks_are_listed_newest_first() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        first, second = [(await ask(http)).json()["data"]["taskId"] for ask in (extend, generate)]
        views = await mock.control.tasks()
    assert [(view.task_id, view.operation) for view in views] == [(second, "generate"), (first, "extend")]
    assert [view.task_id for view in await mock.control.tasks(limit=1)] == [second]


async def test_tasks_are_those_of_one_key_in_one_status() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        first = (await extend(http)).json()["data"]["taskId"]
        await mock.advance(TEXT)
        second = (await extend(http)).json()["data"]["taskId"]
        await extend(http, OTHER)
        assert [view.task_id for view in await mock.control.tasks("key")] == [second, first]
        assert [view.task_id for view in await mock.control.tasks("key", "TEXT_SUCCESS")] == [first]
        assert [view.task_id for view in await mock.control.tasks("key", "PENDING", 1)] == [second]
        assert await mock.control.tasks("nobody") == []


async def test_a_timeline_tells_what_was_and_what_is_to_come() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id = (await extend(http, title="Harbour")).json()["data"]["taskId"]
        await mock.advance(TEXT)
        view, request, moments = await mock.control.task(task_id)
    assert (view.status, request["title"]) == ("TEXT_SUCCESS", "Harbour")
    assert [(moment.at - CREATED, moment.what, moment.stage) for moment in moments] == [
        (0, "accepted", None),
        (TEXT, "reached", "text"),
        (TEXT, "attempted", "text"),
        (FIRST, "expected", "first"),
        (FIRST, "owed", "first"),
        (COMPLETE, "expected", "complete"),
        (COMPLETE, "owed", "complete"),
    ]


async def test_a_task_that_is_not_there_is_told() -> None:
    text = "there is no task 'nothing'; GET /__admin/tasks lists those that are kept"
    with pytest.raises(NoSuch, match=text):
        await Mock().control.task("nothing")
    with pytest.raises(NoSuch, match=text):
        await Mock().control.redeliver("nothing", "text")


async def test_a_callback_is_sent_once_more_and_nothing_follows() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id = (await extend(http)).json()["data"]["taskId"]
        await mock.advance(FIRST)
        attempt = await mock.control.redeliver(task_id, "text")
        moments = (await mock.control.task(task_id))[2]
    assert (attempt.outcome, mock.delivery.stages) == (Outcome.ACCEPTED, ["text", "first", "text"])
    assert [moment.detail for moment in moments if moment.what == "attempted"] == [
        "attempt 1: accepted, by the test",
        "attempt 1: accepted, by the test",
        "once more: accepted, by the test",
    ]


async def test_a_stage_that_a_task_has_not_reached_is_not_sent() -> None:
    mock = Mock()
    (task_id,) = await started(mock)
    mock.clock.move_to(CREATED + 1)
    text = f"task {task_id} reaches text in {TEXT - 1:g} s of the mock's clock, and tells it then."
    with pytest.raises(BadSetting, match=f"^{re.escape(text)}$"):
        await mock.control.redeliver(task_id, "text")
    assert mock.delivery.sent == []


async def test_a_stage_whose_callback_the_scenario_sends_late_can_be_sent_before() -> None:
    mock = Mock()
    (task_id,) = await started(mock, {"Prefer": "scenario=late"})
    mock.clock.move_to(CREATED + COMPLETE)
    assert (await mock.control.redeliver(task_id, "complete")).outcome is Outcome.ACCEPTED


async def test_a_stage_that_a_task_has_not_is_not_sent() -> None:
    mock = Mock()
    (task_id,) = await started(mock, {"Prefer": "scenario=only-complete"})
    with pytest.raises(BadSetting, match=f"stage of task {task_id} 'text' is unknown. Nearest: complete."):
        await mock.control.redeliver(task_id, "text")


async def test_a_task_without_callbacks_says_that_it_has_none() -> None:
    mock = Mock()
    (task_id,) = await started(mock, {"Prefer": "scenario=silent"})
    with pytest.raises(BadSetting, match=f"task {task_id} has no callbacks"):
        await mock.control.redeliver(task_id, "text")


async def test_a_queue_is_taken_in_turn_before_what_stands() -> None:
    mock = Mock()
    await mock.control.queue("key", "455", None)
    await mock.control.queue("key", "mock-402", 2)
    async with client(mock.app) as http:
        assert [(await extend(http)).json()["code"] for _ in range(4)] == [402, 402, 455, 455]
        await mock.control.clear_queue("key")
        assert (await extend(http)).json()["code"] == 200


async def test_an_unknown_scenario_is_not_queued() -> None:
    with pytest.raises(BadSetting, match=r"scenario 'silnt' is unknown\. Nearest: silent\."):
        await Mock().control.queue("key", "silnt", 1)


async def test_a_clock_is_frozen_and_runs_again() -> None:
    mock = Mock()
    with pytest.raises(ValueError, match="the clock would pass the end of the year 9999"):
        await mock.control.advance(1e12)
    await mock.control.run()
    with pytest.raises(ClockRuns, match="the clock runs by itself; freeze it first, or start with --pace manual"):
        await mock.control.advance(1)
    await mock.control.freeze()
    now = (await mock.store.moment()).now
    assert (await mock.store.moment()).now == now >= CREATED
    assert await mock.control.advance(1) == 0


async def test_accounts_are_the_known_keys_and_those_that_were_used() -> None:
    mock = Mock()
    await started(mock, {}, OTHER)
    accounts = {view.key: view for view in await mock.control.accounts()}
    assert list(accounts) == ["test-key", "empty-key", "key…", "oth…"]
    assert (accounts["empty-key"].credits, accounts["test-key"].credits) == (0, 1_000_000)
    used = accounts["oth…"]
    assert (used.credits, used.requests, used.tasks) == (1_000_000 - 12, 1, 1)


async def test_an_account_is_created_with_what_it_has_of_its_own() -> None:
    mock = Mock(seed=3)
    view = await mock.control.change_account(None, {"credits": 5, "rate_limit": "1/10"})
    again = await Mock(seed=3).control.change_account(None, {})
    assert (view.credits, view.rate_limit, view.revoked) == (5, "1/10", False)
    assert view.key.startswith("key-")
    assert again.key == view.key
    assert (await mock.control.change_account(None, {})).key != view.key


async def test_credits_can_be_given_and_given_back() -> None:
    mock = Mock(credits=100)
    await started(mock)
    assert (await mock.control.change_account("key", {"credits": 7})).credits == 7
    assert (await mock.control.change_account("key", {"revoked": True})).credits == 7
    assert (await mock.control.change_account("key", {"credits": None})).credits == 100


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"credits": -1},
            "credits is -1. Allowed: 0 to 10000000000000. Example: 1000000.",
        ),
        ({"rate_limit": "20"}, "rate limit '20' is not REQUESTS/SECONDS, both above 0. Example: 20/10."),
        (
            {"retention_days": -1},
            "retention days is -1. Allowed: 0 to 36500 days. Leave it out for the documented time.",
        ),
    ],
)
async def test_an_account_takes_no_impossible_setting(changes: dict[str, Any], text: str) -> None:
    mock = Mock()
    with pytest.raises(BadSetting) as caught:
        await mock.control.change_account("key", changes)
    assert str(caught.value) == text
    assert (await mock.store.terms("key")).own is None


async def test_tracks_are_listed_with_those_that_were_added() -> None:
    mock = Mock()
    listed = await mock.control.tracks()
    mine, ours = added("mine", "V5", 60), added("ours", "V4", 90)
    await mock.control.add_track(mine, "key")
    await mock.control.add_track(ours)
    assert await mock.control.tracks() == [*listed, ours]
    assert await mock.control.tracks("key") == [*listed, ours, mine]


async def test_a_track_of_a_model_that_the_profile_has_not_is_refused() -> None:
    with pytest.raises(BadSetting, match=r"model 'V3_5' is unknown\. Nearest: V4_5\. Known: V4, "):
        await Mock().control.add_track(added("mine", "V3_5", 60))
    await Mock(profile="classic").control.add_track(added("mine", "V3_5", 60))


async def test_settings_change_until_a_reset() -> None:
    mock = Mock(credits=50)
    await mock.control.change_settings({"credits": 5, "maintenance": True})
    async with client(mock.app) as http:
        assert (await credits(http)).json()["code"] == 455
        await mock.control.change_settings({"maintenance": False})
        assert (await credits(http)).json()["data"] == 5
        await mock.control.reset(None)
        assert (await credits(http)).json()["data"] == 50


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"pace": "time"}, "changeable setting 'pace' is unknown. Nearest: maintenance. Known: "),
        ({"maintenance": "yes"}, "maintenance is 'yes'. Allowed: True or False."),
    ],
)
async def test_what_cannot_be_changed_stays(changes: dict[str, Any], text: str) -> None:
    mock = Mock()
    with pytest.raises(BadSetting) as caught:
        await mock.control.change_settings({"credits": 5} | changes)
    assert str(caught.value).startswith(text)
    assert (await mock.control.settings()).credits == 1_000_000


async def test_questions_change_until_a_reset() -> None:
    mock = Mock(readings=("refusal_status=mirror",))
    await mock.control.change_questions({"refusal_status": "envelope", "error_data": "null"})
    async with client(mock.app) as http:
        changed = await extend(http, prompt=5)
        assert (changed.status_code, changed.json()["data"]) == (200, None)
        await mock.control.reset(None)
        answer = await extend(http, prompt=5)
        assert (answer.status_code, "data" in answer.json()) == (422, False)


async def test_a_question_without_that_reading_stays_as_it_was() -> None:
    mock = Mock()
    with pytest.raises(BadSetting, match=r"reading of error_data 'nul' is unknown\. Nearest: null\."):
        await mock.control.change_questions({"refusal_status": "mirror", "error_data": "nul"})
    assert (await mock.control.questions())["refusal_status"] == "envelope"


async def test_faults_are_of_one_key_or_of_all_others() -> None:
    mock = Mock()
    slow, cut = Fault(delay=1), Fault(answer=Broken.RESET, times=2)
    await mock.control.put_fault(None, slow)
    await mock.control.put_fault("key", cut)
    assert await mock.control.faults() == [(None, slow), ("key", cut)]
    await mock.control.put_fault(None, Fault())
    assert await mock.control.faults() == [("key", cut)]


async def test_a_reset_of_one_key_leaves_the_others() -> None:
    mock = Mock()
    fault = Fault(delay=0.001)
    for key in ("key", "other"):
        await mock.control.put_fault(key, fault)
        await mock.control.add_track(added(f"of {key}", "V5", 60), key)
    async with client(mock.app) as http:
        first, kept = [(await extend(http, each)).json()["data"]["taskId"] for each in ({}, OTHER)]
        await mock.control.change_settings({"credits": 5})
        await mock.control.reset("key")
        assert (await poll(http, first)).json()["data"] is None
        assert (await poll(http, kept, OTHER)).json()["data"]["taskId"] == kept
    assert [view.task_id for view in await mock.control.tasks()] == [kept]
    assert await mock.control.faults() == [("other", fault)]
    assert [track.id for key in ("key", "other") for track in await mock.control.tracks(key)][-1] == "of other"
    assert (await mock.control.settings()).credits == 5


async def test_what_one_key_is_owed_is_not_sent_after_its_reset() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await extend(http)
        await extend(http, OTHER)
        await mock.control.reset("key")
        assert await mock.advance(3600) == 3


async def test_what_a_key_has_of_its_own_survives_its_reset() -> None:
    mock = Mock()
    await mock.control.change_account("key", {"revoked": True})
    await mock.control.reset("key")
    assert (await mock.control.account("key")).revoked
    await mock.control.reset(None)
    assert not (await mock.control.account("key")).revoked


async def test_a_whole_reset_starts_anew() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        first = (await extend(http)).json()
        await mock.control.put_fault(None, Fault(delay=0.001))
        await mock.control.add_track(added("ours", "V4", 60))
        await mock.advance(40)
        await mock.control.run()
        await mock.control.reset(None)
        assert (await mock.control.entries(), await mock.control.faults(), await mock.control.tasks()) == ([], [], [])
        assert await mock.store.moment() == (CREATED, True)
        assert await mock.control.tracks() == await Mock().control.tracks()
        assert await mock.advance(3600) == 0
        assert (await extend(http)).json() == first


async def test_a_reset_forgets_the_count_of_a_fault() -> None:
    mock = Mock()
    await mock.control.put_fault("key", Fault(answer=Broken.RESET, times=2))
    await mock.control.reset("key")
    await mock.control.put_fault("key", Fault(answer=Broken.RESET))
    assert await mock.control.faults() == [("key", Fault(answer=Broken.RESET))]


@pytest.mark.parametrize("times", [0, -3])
async def test_a_scenario_is_queued_for_one_request_or_more(times: int) -> None:
    with pytest.raises(BadSetting, match=rf"^times is {times}\. Allowed: 1 or more, or None for all requests\.$"):
        await Mock().control.queue("key", "429", times)


async def test_an_empty_key_is_nobodys() -> None:
    with pytest.raises(BadSetting, match=r"^the key is empty\. Allowed: any other text, or None for a new key\.$"):
        await Mock().control.change_account("", {"credits": 5})


async def test_tasks_are_listed_in_a_status_that_exists() -> None:
    with pytest.raises(
        BadSetting, match=r"^status 'SUCESS' is unknown\. Nearest: SUCCESS\. Known: CALLBACK_EXCEPTION, "
    ):
        await Mock().control.tasks(status="SUCESS")


@pytest.mark.parametrize("limit", [0, -1])
async def test_at_least_one_task_is_listed(limit: int) -> None:
    with pytest.raises(BadSetting, match=rf"^limit is {limit}\. Allowed: 1 or more\.$"):
        await Mock().control.tasks(limit=limit)


async def test_at_least_one_entry_is_waited_for() -> None:
    with pytest.raises(BadSetting, match=r"^count is 0\. Allowed: 1 or more\.$"):
        await Mock().control.wait_for(Match(), 0, 0)


@pytest.mark.parametrize("key", ["mock-402", "mock-nothing"])
async def test_a_magic_key_has_nothing_of_its_own(key: str) -> None:
    text = f"the key '{key}' begins with 'mock-', which names a scenario. Allowed: any other."
    with pytest.raises(BadSetting, match=f"^{re.escape(text)}$"):
        await Mock().control.change_account(key, {"credits": 5})


async def test_an_unknown_setting_of_a_key_shows_the_nearest() -> None:
    with pytest.raises(
        BadSetting, match=r"^setting of a key 'revokd' is unknown\. Nearest: revoked\. Known: credits, "
    ):
        await Mock().control.change_account("key", {"revokd": True})


async def test_the_url_of_a_trigger_goes_before_the_request() -> None:
    mock = Mock()
    async with client(mock.app):
        task_id = await mock.control.trigger(
            "200", "http://127.0.0.1/mine", None, {"callBackUrl": "http://127.0.0.1/x"}
        )
        assert (await mock.control.task(task_id))[0].callback_url == "http://127.0.0.1/mine"


async def test_a_reset_forgets_before_anything_can_come_between() -> None:
    """Everything that a request could still be judged by is forgotten before the first moment of waiting."""
    mock = Mock()
    (task_id,) = await started(mock)
    await mock.control.change_settings({"maintenance": True})
    resetting = mock.control.reset(None)
    with contextlib.suppress(StopIteration):
        resetting.send(None)
    assert await mock.store.task(task_id) is None
    assert (await mock.control.entries(), (await mock.control.settings()).maintenance) == ([], False)
    resetting.close()


async def test_a_long_journal_is_told_in_short() -> None:
    mock = Mock()
    for number in range(2, LISTED + 5):
        await mock.store.journal.append(attempted(number=number))
    with pytest.raises(TimeoutError) as caught:
        await mock.control.wait_for(Match(stage="text"), 100, 0)
    heading, *lines = str(caught.value).splitlines()
    assert heading == f"{LISTED + 3} of 100 came within 0 s. Journal: (3 older ones left out)"
    assert (len(lines), "(attempt 5)" in lines[0], f"(attempt {LISTED + 4})" in lines[-1]) == (LISTED, True, True)


async def test_who_waits_for_a_keys_entries_is_told_of_that_key_alone() -> None:
    mock = Mock()
    for key in ("mine", "other"):
        await mock.store.journal.append(attempted(key=key, stage="first"))
    with pytest.raises(TimeoutError) as caught:
        await mock.control.wait_for(Match(stage="complete", key="mine"), 1, 0)
    assert [line.split()[:2] for line in str(caught.value).splitlines()[1:]] == [["<--", "first"]]


async def test_nobody_waits_for_a_mock_that_stops() -> None:
    mock = Mock()
    await mock.store.journal.append(attempted())
    waiting = await begun(mock.control.wait_for(Match(stage="text"), 2, 60))
    await mock.app.release()
    with pytest.raises(Stopped, match=r"^1 of 2 came until the mock was stopped\. Journal:\n  <-- text"):
        await waiting
    assert len(await mock.control.wait_for(Match(stage="text"), 1, 60)) == 1
