"""The control plane over HTTP: what each endpoint answers, and what it says of a wrong request."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from mock_server.domain.kept_answer import KeptAnswer
from mock_server.state.journal_entries import UNREAD_KEPT
from tests.builders import COMPLETE, CREATED, TEXT
from tests.clients import OTHER, Mock, client, credits, extend, generate, poll

pytestmark = pytest.mark.anyio

TO = "http://127.0.0.1:9/callback"


async def get(http: httpx.AsyncClient, path: str, **query: Any) -> Any:
    """The JSON of an answer that succeeds."""
    response = await http.get(f"/__admin/{path}", params=query)
    assert response.status_code == 200, response.text
    return response.json()


async def post(http: httpx.AsyncClient, path: str, status: int = 200, **body: Any) -> Any:
    """The JSON of an answer with this status, None where it has none."""
    response = await http.post(f"/__admin/{path}", json=body)
    assert response.status_code == status, response.text
    return response.json() if response.content else None


async def problem(http: httpx.AsyncClient, path: str, status: int = 400, method: str = "POST", **body: Any) -> str:
    """The text of a refusal."""
    response = await http.request(method, f"/__admin/{path}", json=body)
    assert (response.status_code, set(response.json())) == (status, {"error"}), response.text
    return str(response.json()["error"])


async def test_the_index_lists_the_endpoints() -> None:
    async with client(Mock().app) as http:
        index = (await http.get("/__admin")).json()
        assert {"POST /__admin/clock/advance", "GET /__admin/health", "PUT /__admin/faults"} <= set(index["endpoints"])
        assert (await http.get(index["document"])).json()["info"]["title"] == "suno-mock control plane"


async def test_health_tells_what_is_served() -> None:
    async with client(Mock(base_url="http://mock:4010/").app) as http:
        health = await get(http, "health")
        assert health.pop("started") == (await get(http, "journal"))["started"]
        assert health == {
            "status": "ready",
            "profile": "apikley",
            "seed": 0,
            "pace": "manual",
            "base_url": "http://mock:4010",
            "dropped": {"entries": 0, "tasks": 0, "tasks_owed": 0, "accounts": 0},
        }


@pytest.mark.parametrize("path", ["/__admin/helth", "/__admin/tasks/", "/__admin/a/b/c"])
async def test_an_unknown_path_is_404(path: str) -> None:
    async with client(Mock().app) as http:
        response = await http.get(path)
        assert response.status_code == 404
        assert response.json()["error"].startswith(f"nothing is served at {path}.")
        assert response.json()["error"].endswith(" GET /__admin lists everything.")


async def test_a_near_miss_of_a_path_is_named() -> None:
    async with client(Mock().app) as http:
        assert await problem(http, "helth", 404, "GET") == (
            "nothing is served at /__admin/helth. Nearest: /__admin/health. GET /__admin lists everything."
        )


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/clock/advance", "POST"),
        ("DELETE", "/faults", "GET, HEAD, PUT"),
        ("POST", "/tasks/x", "GET, HEAD"),
        ("POST", "", "GET, HEAD"),
        ("OPTIONS", "", "GET, HEAD"),
    ],
)
async def test_a_wrong_method_is_405_with_allow(method: str, path: str, allowed: str) -> None:
    async with client(Mock().app) as http:
        response = await http.request(method, f"/__admin{path}")
        assert (response.status_code, response.headers["allow"]) == (405, allowed)
        assert response.json() == {"error": f"{method} is not allowed on /__admin{path}; allowed: {allowed}"}


async def test_what_is_asked_of_the_control_plane_is_in_no_journal() -> None:
    async with client(Mock().app) as http:
        await http.get("/__admin/health")
        await http.get("/__admin/helth")
        await http.get("/__admin/reset")
        journal = await get(http, "journal")
        assert (journal["entries"], journal["newest"], journal["dropped"]) == ([], 0, 0)


async def test_the_journal_has_requests_and_attempts() -> None:
    async with client(Mock().app) as http:
        first = (await extend(http)).json()["data"]["taskId"]
        await extend(http, prompt=5)
        await post(http, "clock/advance", seconds=30)
        journal = await get(http, "journal")
        assert [entry["kind"] for entry in journal["entries"]] == ["request", "request", "attempt"]
        assert [entry["id"] for entry in journal["entries"]] == [1, 2, 3]
        assert journal["entries"][1]["rules"] == ["extend.prompt.type"]
        of_first = (await get(http, "journal", task_id=first))["entries"]
        assert [entry["kind"] for entry in of_first] == ["request", "attempt"]
        assert (of_first[1]["stage"], of_first[1]["outcome"]) == ("text", "accepted")


async def test_the_journal_is_followed_by_the_last_id() -> None:
    async with client(Mock().app) as http:
        await extend(http)
        following = asyncio.create_task(get(http, "journal", after=1, within=60, code=422))
        await extend(http)
        await extend(http, prompt=5)
        journal = await following
        assert ([entry["id"] for entry in journal["entries"]], journal["newest"]) == ([3], 3)
        assert journal["entries"][0]["line"].startswith("--> POST /api/v1/generate/extend  422 Validation Error")
        assert (await get(http, "journal", after=3))["entries"] == []


FILTERS: list[tuple[dict[str, Any], list[int]]] = [
    ({"kind": "request"}, [1, 2, 3]),
    ({"kind": "attempt"}, [4]),
    ({"key": "other"}, [3]),
    ({"code": 422}, [2]),
    ({"code": 200}, [1, 3, 4]),
    ({"path": "/api/v1/generate"}, [3]),
    ({"stage": "text"}, [4]),
    ({"outcome": "accepted"}, [4]),
    ({"outcome": "refused"}, []),
    ({"limit": 2}, [1, 2]),
    ({"last": 2}, [3, 4]),
    ({"last": 3, "limit": 1}, [2]),
    ({"kind": "request", "code": 200, "last": 1}, [3]),
    ({"kind": "request", "code": 200, "limit": 1, "cursor": "1"}, [3]),
    ({"after": 1, "cursor": "2", "last": 1}, [3, 4]),
]


@pytest.mark.parametrize(("query", "ids"), FILTERS)
async def test_the_journal_is_filtered(query: dict[str, Any], ids: list[int]) -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await extend(http)
        await extend(http, prompt=5)
        await generate(http, {**OTHER, "Prefer": "scenario=silent"})
        await mock.advance(TEXT)
        entries = (await http.get("/__admin/journal", params=query)).json()["entries"]
        assert [entry["id"] for entry in entries] == ids


async def pages(http: httpx.AsyncClient, path: str, name: str, **query: Any) -> AsyncIterator[list[Any]]:
    """The pages of a list, by their cursors."""
    cursor: dict[str, str] = {}
    more = True
    while more:
        page = await get(http, path, **query, **cursor)
        yield page[name]
        more, cursor = page["more"], {"cursor": page["cursor"]}


@pytest.mark.parametrize("query", [{}, {"code": 422}, {"last": 4}, {"after": 2}, {"last": 5, "code": 200}])
@pytest.mark.parametrize("limit", [1, 2, 3, 9])
async def test_page_by_page_the_journal_has_every_entry_once(query: dict[str, Any], limit: int) -> None:
    async with client(Mock().app) as http:
        for number in range(7):
            await extend(http, prompt=5 if number % 3 else "")
        whole = [entry["id"] for entry in (await get(http, "journal", **query))["entries"]]
        found = [each async for each in pages(http, "journal", "entries", limit=limit, **query)]
        assert [entry["id"] for page in found for entry in page] == whole
        assert all(len(page) == limit for page in found[:-1])


async def test_the_last_cursor_leads_to_what_comes_next() -> None:
    async with client(Mock().app) as http:
        await extend(http)
        await extend(http, prompt=5)
        page = await get(http, "journal", code=200)
        assert (page["more"], page["cursor"]) == (False, "2")
        following = asyncio.create_task(get(http, "journal", code=200, cursor="2", within=60))
        await extend(http, prompt=5)
        await extend(http)
        assert [entry["id"] for entry in (await following)["entries"]] == [4]


async def test_a_page_that_was_waited_for_has_a_cursor_too() -> None:
    async with client(Mock().app) as http:
        for _ in range(3):
            await extend(http)
        waited = await post(http, "wait", kind="request", count=2, within=0)
        assert (len(waited["entries"]), waited["more"], waited["cursor"]) == (3, False, "3")


@pytest.mark.parametrize("query", [{}, {"key": "key"}, {"status": "PENDING"}, {"status": "SUCCESS"}])
@pytest.mark.parametrize("limit", [1, 2, 9])
async def test_page_by_page_every_task_is_listed_once(query: dict[str, Any], limit: int) -> None:
    mock = Mock()
    async with client(mock.app) as http:
        for number in range(5):
            await extend(http, OTHER if number % 2 else {})
        whole = [task["task_id"] for task in (await get(http, "tasks", **query))["tasks"]]
        found = [each async for each in pages(http, "tasks", "tasks", limit=limit, **query)]
        assert [task["task_id"] for page in found for task in page] == whole


async def test_a_cursor_of_no_task_is_told() -> None:
    async with client(Mock().app) as http:
        assert await problem(http, "tasks?cursor=gone", 404, "GET") == (
            "cursor is 'gone', of no task that is kept. Allowed: that of a page, or none."
        )
        assert "cursor: " in await problem(http, "journal?cursor=gone", 400, "GET")


async def test_what_is_refused_without_a_key_is_kept_cut() -> None:
    async with client(Mock().app) as http:
        for answer in (
            await http.post("/api/v1/generate/extend", content=b"x" * 900_000, headers={"Authorization": ""}),
            await http.post("/nothing", content=b"x" * 900_000),
            await http.put("/api/v1/generate/extend", content=b"x" * 900_000),
        ):
            assert answer.json()["code"] in (401, 404)
        for entry in (await get(http, "journal"))["entries"]:
            assert (entry["body_size"], entry["body_left_out"]) == (900_000, 900_000 - UNREAD_KEPT)
            shown = await get(http, f"journal/entries/{entry['id']}")
            assert (shown["body"], shown["curl"]) == ("x" * UNREAD_KEPT, None)


async def test_keys_in_the_journal_are_masked() -> None:
    async with client(Mock().app) as http:
        await extend(http, {"Authorization": "Bearer secret-key"})
        answer = await http.get("/__admin/journal", params={"key": "secret-key"})
        assert [entry["key"] for entry in answer.json()["entries"]] == ["sec…"]
        assert "secret-key" not in answer.text


async def test_the_journal_is_cleared_for_a_key_or_for_all() -> None:
    async with client(Mock().app) as http:
        await extend(http)
        await extend(http, OTHER)
        await post(http, "journal/clear", 204, key="key")
        assert len((await get(http, "journal"))["entries"]) == 1
        await post(http, "journal/clear", 204, all=True)
        assert (await get(http, "journal"))["entries"] == []


async def test_waiting_ends_when_the_callbacks_came() -> None:
    async with client(Mock(pace="immediate").app) as http:
        await post(http, "clock/run")
        task_id = (await extend(http)).json()["data"]["taskId"]
        waited = await post(http, "wait", task_id=task_id, count=3)
        assert [entry["stage"] for entry in waited["entries"]] == ["text", "first", "complete"]


async def test_waiting_is_for_accepted_attempts_unless_it_says_otherwise() -> None:
    mock = Mock(readings=("received_statuses=any_2xx",))
    async with client(mock.app) as http:
        await extend(http)
        await problem(http, "wait", 408, count=1, within=0)
        assert len((await post(http, "wait", count=1, within=0, kind="request"))["entries"]) == 1
        await mock.advance(TEXT)
        assert len((await post(http, "wait", count=1, within=0))["entries"]) == 1
        await problem(http, "wait", 408, count=1, within=0, outcome="refused")
        await problem(http, "wait", 408, count=1, within=0, kind="attempt", outcome="undelivered")


async def test_waiting_in_vain_tells_what_came() -> None:
    async with client(Mock().app) as http:
        task_id = (await extend(http)).json()["data"]["taskId"]
        assert await problem(http, "wait", 408, task_id=task_id, count=1, within=0) == (
            f"0 of 1 came within 0 s. Journal:\n  --> POST /api/v1/generate/extend  200 task {task_id}"
        )


async def test_tasks_are_shown_as_they_stand() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id = (await extend(http)).json()["data"]["taskId"]
        await mock.advance(COMPLETE)
        await generate(http, OTHER)
        assert (await get(http, "tasks", status="SUCCESS"))["tasks"] == [
            {
                "task_id": task_id,
                "key": "key…",
                "operation": "extend",
                "scenario": "200",
                "status": "SUCCESS",
                "created": CREATED,
                "callback_url": "https://api.example.com/callback",
            }
        ]
        assert [task["key"] for task in (await get(http, "tasks"))["tasks"]] == ["oth…", "key…"]
        assert [task["key"] for task in (await get(http, "tasks", limit=1))["tasks"]] == ["oth…"]
        assert [task["task_id"] for task in (await get(http, "tasks", key="key"))["tasks"]] == [task_id]


async def test_one_task_has_its_request_and_its_timeline() -> None:
    async with client(Mock().app) as http:
        task_id = (await extend(http, title="Harbour")).json()["data"]["taskId"]
        task = await get(http, f"tasks/{task_id}")
        assert (task["task_id"], task["request"]["title"]) == (task_id, "Harbour")
        accepted = {"at": CREATED, "what": "accepted", "stage": None, "detail": "extend, 200", "answer": None}
        assert task["timeline"][0] == accepted
        owed = {"at": CREATED + TEXT, "what": "owed", "stage": "text", "detail": "attempt 1", "answer": None}
        assert owed in task["timeline"]


async def test_a_task_that_is_not_there_is_404() -> None:
    text = "there is no task 'nothing'; GET /__admin/tasks lists those that are kept"
    async with client(Mock().app) as http:
        assert await problem(http, "tasks/nothing", 404, "GET") == text
        assert await problem(http, "redeliver", 404, task_id="nothing", stage="text") == text


async def test_a_callback_is_sent_once_more() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id = (await extend(http)).json()["data"]["taskId"]
        assert f"task {task_id} reaches first in" in await problem(http, "redeliver", task_id=task_id, stage="first")
        await post(http, "clock/advance", seconds=180)
        attempt = await post(http, "redeliver", task_id=task_id, stage="first")
        assert attempt == {"outcome": "accepted", "detail": "by the test", "took": 0.0, "answer": None}
        assert mock.delivery.stages == ["text", "first", "complete", "first"]
        assert [entry["redelivered"] for entry in (await get(http, "journal"))["entries"][1:]] == [False] * 3 + [True]


ANSWERED = KeptAnswer(status=418, headers=(("X-Why", "tea"),), body=b'{"short": "and stout"}', size=22)
WHOLE = {
    "status": 418,
    "headers": [["X-Why", "tea"]],
    "size": 22,
    "body": '{"short": "and stout"}',
    "body_base64": None,
}


async def test_what_a_receiver_answered_is_with_its_entry_and_its_task_and_lists_stay_small() -> None:
    mock = Mock()
    mock.delivery.parts = {"answer": ANSWERED, "sent": (("Host", "127.0.0.1"),)}
    async with client(mock.app) as http:
        task_id = (await extend(http)).json()["data"]["taskId"]
        await mock.advance(TEXT)
        request, attempt = (await get(http, "journal"))["entries"]
        assert attempt["answer"] == {"status": 418, "size": 22}
        assert not {"headers", "body", "curl"} & {*request, *attempt}
        assert request["answer"]["status"] == 200
        entry = await get(http, f"journal/entries/{attempt['id']}")
        body = mock.delivery.sent[0][1]
        assert (attempt["body_size"], attempt["body_left_out"]) == (len(body), 0)
        assert entry == {
            **attempt,
            "answer": WHOLE,
            "headers": [["Host", "127.0.0.1"]],
            "body": body.decode(),
            "body_base64": None,
            "curl": entry["curl"],
        }
        assert (await http.get(attempt["entry"])).json() == entry
        assert [each["answer"] for each in (await get(http, f"tasks/{task_id}"))["timeline"] if each["answer"]] == [
            WHOLE
        ]
        assert (await post(http, "redeliver", task_id=task_id, stage="text"))["answer"] == WHOLE


async def test_what_the_mock_was_asked_and_answered_is_with_the_entry() -> None:
    async with client(Mock().app) as http:
        task_id = (await extend(http)).json()["data"]["taskId"]
        entry = await get(http, "journal/entries/1")
        assert ["authorization", "Bearer key…"] in entry["headers"]
        assert json.loads(entry["answer"]["body"])["data"] == {"taskId": task_id}
        assert ["content-type", "application/json"] in entry["answer"]["headers"]


async def test_an_entry_that_is_not_there_is_404() -> None:
    text = "the journal has no entry 'x'; it was cleared, or is older than all that is kept"
    async with client(Mock().app) as http:
        assert await problem(http, "journal/entries/x", 404, "GET") == text


async def test_a_scenario_is_triggered() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        body = {"scenario": "mock-skip-text", "to": TO, "key": "key", "request": {"title": "Harbour"}}
        task_id = (await post(http, "trigger", 201, **body))["task_id"]
        assert (await post(http, "clock/advance", seconds=180))["attempts"] == 2
        record = (await poll(http, task_id)).json()["data"]
        assert record["response"]["sunoData"][0]["title"] == "Harbour"
        await post(http, "trigger", 201, scenario="200", to=TO)
        assert [task["key"] for task in (await get(http, "tasks"))["tasks"]] == ["test-key", "key…"]


async def test_what_cannot_be_triggered_is_400() -> None:
    async with client(Mock().app) as http:
        assert "scenario 'silnt' is unknown. Nearest: silent." in await problem(
            http, "trigger", scenario="silnt", to=TO
        )
        assert "scenario '402' has no callbacks. Allowed: 200, " in await problem(
            http, "trigger", scenario="402", to=TO
        )
        assert 'request: callBackUrl is "x"; allowed: ' in await problem(http, "trigger", scenario="200", to="x")


async def test_queued_scenarios_are_taken_in_turn() -> None:
    async with client(Mock().app) as http:
        for scenario, times in (("mock-429", 2), ("402", 1)):
            await post(http, "scenarios/queue", 204, key="key", scenario=scenario, times=times)
        assert [(await extend(http)).json()["code"] for _ in range(4)] == [429, 429, 402, 200]


async def test_a_standing_scenario_lasts_until_it_is_cleared() -> None:
    async with client(Mock().app) as http:
        await post(http, "scenarios/queue", 204, key="key", scenario="455", times=None)
        codes = [(await extend(http)).json()["code"] for _ in range(3)]
        forced = (await extend(http, {"Prefer": "code=402"})).json()["code"]
        await post(http, "scenarios/clear", 204, key="key")
        assert (codes, forced) == ([455, 455, 455], 402)
        assert (await extend(http)).json()["code"] == 200


async def test_an_unknown_scenario_is_400_with_the_nearest() -> None:
    async with client(Mock().app) as http:
        text = await problem(http, "scenarios/queue", key="key", scenario="silnt")
        assert text.startswith("scenario 'silnt' is unknown. Nearest: silent.")


async def test_scenarios_are_listed() -> None:
    async with client(Mock().app) as http:
        listed = (await get(http, "scenarios"))["scenarios"]
        assert listed[0]["triggers"][:2] == ["Prefer: code=200", "Prefer: scenario=200"]
        by_name = {each["name"]: each for each in listed}
        assert by_name["409"]["cause"].startswith("by itself: a second POST /api/v1/wav/generate for one track")


async def test_a_fault_is_put_and_taken_back() -> None:
    async with client(Mock().app) as http:
        put = await http.put("/__admin/faults", json={"key": "key", "answer": "status", "status": 503, "times": 2})
        fault = {"key": "key…", "delay": 0.0, "answer": "status", "status": 503, "times": 2}
        assert put.json() == {"faults": [fault]}
        assert (await credits(http)).status_code == 503
        assert (await get(http, "faults"))["faults"] == [fault | {"times": 1}]
        assert (await http.put("/__admin/faults", json={"key": "key"})).json() == {"faults": []}
        assert (await credits(http)).json()["code"] == 200


async def test_a_general_fault_has_no_key() -> None:
    async with client(Mock().app) as http:
        (fault,) = (await http.put("/__admin/faults", json={"answer": "malformed"})).json()["faults"]
        assert (fault["key"], fault["times"]) == (None, None)
        with pytest.raises(ValueError, match="Expecting value"):
            (await credits(http)).json()


async def test_a_fault_leaves_the_control_plane_alone() -> None:
    async with client(Mock().app) as http:
        await http.put("/__admin/faults", json={"answer": "status"})
        assert (await get(http, "health"))["status"] == "ready"


async def test_an_account_is_created_and_changed() -> None:
    async with client(Mock().app) as http:
        created = await post(http, "accounts", credits=12)
        key = {"Authorization": f"Bearer {created['key']}"}
        assert [(await extend(http, key)).json()["code"] for _ in range(2)] == [200, 402]
        changed = await post(http, "accounts", key=created["key"], revoked=True)
        assert (changed["credits"], changed["tasks"], changed["revoked"]) == (0, 1, True)
        assert (await extend(http, key)).json()["code"] == 401
        listed = (await get(http, "accounts"))["accounts"]
        assert [account["key"] for account in listed] == ["test-key", "empty-key", "key…"]


async def test_null_means_that_the_servers_setting_holds() -> None:
    async with client(Mock(maintenance=True).app) as http:
        await post(http, "accounts", key="key", maintenance=False)
        assert (await credits(http)).json()["code"] == 200
        assert (await post(http, "accounts", key="key", maintenance=None))["maintenance"] is None
        assert (await credits(http)).json()["code"] == 455


async def test_a_track_is_added_for_a_key_or_for_all() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        added = await post(http, "tracks", 201, id="mine", model="V5", duration=60, key="key", title="Harbour")
        assert added == {
            "id": "mine",
            "model": "V5",
            "duration": 60,
            "title": "Harbour",
            "style": "unknown",
            "prompt": "[Instrumental]",
        }
        await post(http, "tracks", 201, id="ours", model="V4", duration=60.5)
        assert (await get(http, "tracks", key="key"))["tracks"][-2:][1] == added
        assert [track["id"] for track in (await get(http, "tracks"))["tracks"]] == [
            *mock.app.state.runtime.tracks,
            "ours",
        ]
        assert (await extend(http, audioId="mine", model="V5", continueAt=59)).json()["code"] == 200


async def test_a_track_of_an_unknown_model_is_400() -> None:
    async with client(Mock().app) as http:
        text = await problem(http, "tracks", id="mine", model="V6", duration=60)
        assert text.startswith("model 'V6' is unknown. Nearest: V5.")


async def test_the_clock_is_told_and_advanced() -> None:
    async with client(Mock().app) as http:
        start = {"now": CREATED, "iso": "2025-01-01T00:00:00+00:00", "frozen": True}
        assert await get(http, "clock") == start
        await extend(http)
        later = {"now": CREATED + 105, "iso": "2025-01-01T00:01:45+00:00", "frozen": True}
        assert await post(http, "clock/advance", seconds=105) == {"attempts": 2, **later}


async def test_a_running_clock_is_not_advanced() -> None:
    async with client(Mock().app) as http:
        running = await post(http, "clock/run")
        assert running["frozen"] is False
        assert datetime.fromisoformat(running["iso"]) >= datetime.fromtimestamp(CREATED, UTC)
        assert await problem(http, "clock/advance", 409, seconds=1) == (
            "the clock runs by itself; freeze it first, or start with --pace manual"
        )
        assert (await post(http, "clock/freeze"))["frozen"] is True
        assert (await post(http, "clock/advance", seconds=1))["attempts"] == 0


async def test_the_clock_ends_with_the_year_9999() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        mock.clock.move_to(253402300000.0)
        text = await problem(http, "clock/advance", seconds=31622400)
        assert text.startswith("the clock would pass the end of the year 9999; ")


async def test_settings_are_shown_and_changed() -> None:
    async with client(Mock(credits=30).app) as http:
        shown = await get(http, "settings")
        assert (shown["settings"]["credits"], shown["settings"]["profile"]) == (30, "apikley")
        assert shown["changeable"] == [
            "rate_limit",
            "maintenance",
            "strict_keys",
            "adopt_unknown_tracks",
            "credits",
            "retention_days",
        ]
        changed = await http.patch("/__admin/settings", json={"maintenance": True})
        assert changed.json()["settings"] == shown["settings"] | {"maintenance": True}
        assert (await credits(http)).json()["code"] == 455


async def test_a_setting_without_such_a_value_is_400() -> None:
    async with client(Mock().app) as http:
        assert await problem(http, "settings", method="PATCH", rate_limit="20") == (
            "rate limit '20' is not REQUESTS/SECONDS, both above 0. Example: 20/10."
        )
        text = await problem(http, "settings", method="PATCH", profile="classic")
        assert text == (
            "profile: unknown field. "
            "Known: rate_limit, maintenance, strict_keys, adopt_unknown_tracks, credits, retention_days"
        )


async def test_questions_are_shown_and_answered_otherwise() -> None:
    async with client(Mock(readings=("text_items=vary",)).app) as http:
        shown = {each["id"]: each for each in (await get(http, "questions"))["questions"]}
        assert (shown["text_items"]["reading"], shown["first_items"]["reading"]) == ("vary", "one")
        assert shown["first_items"]["readings"] == {"one": "the finished track", "both": "both, the second unfinished"}
        assert shown["first_items"]["sources"][0] == "kie: one track (D)"
        changed = (await http.patch("/__admin/questions", json={"first_items": "both"})).json()["questions"]
        assert {each["id"]: each["reading"] for each in changed}["first_items"] == "both"


async def test_a_question_or_reading_that_does_not_exist_is_400() -> None:
    async with client(Mock().app) as http:
        unknown = await problem(http, "questions", method="PATCH", first_item="both")
        assert unknown.startswith("question 'first_item' is unknown. Nearest: first_items.")
        assert "reading of first_items 'two' is unknown." in await problem(
            http, "questions", method="PATCH", first_items="two"
        )


async def test_a_reset_is_of_one_key_or_of_everything() -> None:
    async with client(Mock().app) as http:
        first = (await extend(http)).json()
        kept = (await extend(http, OTHER)).json()["data"]["taskId"]
        await post(http, "reset", 204, key="key")
        assert [task["task_id"] for task in (await get(http, "tasks"))["tasks"]] == [kept]
        await post(http, "clock/advance", seconds=40)
        await post(http, "reset", 204, all=True)
        journal = await get(http, "journal")
        assert (journal["entries"], journal["newest"], journal["dropped"]) == ([], 3, 0)
        assert (await get(http, "clock"))["now"] == CREATED
        assert (await extend(http)).json() == first


@pytest.mark.parametrize("sent", [b"", b" ", b"\r\n"])
@pytest.mark.parametrize("path", ["reset", "journal/clear"])
async def test_a_missing_body_is_not_everything(path: str, sent: bytes) -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await extend(http)
        response = await http.post(f"/__admin/{path}", content=sent)
        assert response.status_code == 400
        assert response.json() == {
            "error": 'body is missing; allowed: {"key": KEY} for one key, {"all": true} or {} for all of them'
        }
        assert len(await mock.control.entries()) == 1


@pytest.mark.parametrize("path", ["reset", "journal/clear"])
async def test_everything_is_an_empty_object_or_said_in_words(path: str) -> None:
    mock = Mock()
    async with client(mock.app) as http:
        for fields in ({}, {"all": True}):
            await extend(http)
            await post(http, path, 204, **fields)
            assert await mock.control.entries() == []


WRONG: list[tuple[str, str, Any, str]] = [
    ("POST", "clock/advance", b"", 'body is missing; allowed: a JSON object with "seconds"'),
    ("POST", "wait", b" \r\n", 'body is missing; allowed: a JSON object with "count"'),
    ("PUT", "faults", b"", "body is missing; allowed: a JSON object"),
    ("POST", "clock/advance", b"[]", 'body: [] is not of type "object"'),
    ("POST", "clock/advance", b"{}", 'body: "seconds" is a required property'),
    ("POST", "clock/advance", b'{"seconds": "60"}', 'seconds: "60" is not of type "number"'),
    ("POST", "clock/advance", b'{"seconds": -1}', "seconds: -1 is less than the minimum of 0"),
    ("POST", "clock/advance", b'{"seconds": 1e99}', "seconds: 1e+99 is greater than the maximum of 31622400"),
    ("POST", "clock/advance", b'{"seconds": NaN}', "body is not JSON: expected value at line 1 column 13"),
    ("POST", "wait", b'{"count": 0}', "count: 0 is less than the minimum of 1"),
    ("POST", "wait", b'{"count": 1, "outcome": "lost"}', 'outcome: "lost" is unknown. Nearest: '),
    ("POST", "reset", b"", 'body is missing; allowed: {"key": KEY} for one key, {"all": true} or {} for all of them'),
    ("POST", "reset", b"null", 'body: null is not of type "object"'),
    ("POST", "reset", b'{"all": false}', "all: false is not allowed. Allowed: true, or leave it out"),
    ("POST", "reset", b'{"all": true, "key": "key"}', 'body: {"all": true, "key": "key"} has more than 1 property'),
    ("POST", "reset", b'{"key": ""}', 'key: "" is shorter than 1 character'),
    ("POST", "accounts", b'{"key": "a b"}', 'key: "a b" does not match "^[!-~]+$"'),
    ("POST", "accounts", b'{"credits": 1e12}', 'credits: 1000000000000.0 is not of types "null", "integer"'),
    ("POST", "accounts", b'{"credits": 1000000000000001}', "credits: 1000000000000001 is greater than the maximum of "),
    ("POST", "accounts", b'{"retention_days": 36501}', "retention_days: 36501 is greater than the maximum of 36500"),
    (
        "POST",
        "redeliver",
        b'{"task_id": "x", "stage": "last"}',
        'stage: "last" is unknown. Nearest: first. Known: text, first, complete',
    ),
    (
        "PUT",
        "faults",
        b'{"answer": "rest"}',
        'answer: "rest" is unknown. Nearest: reset. Known: reset, truncated, malformed, status',
    ),
    ("PUT", "faults", b'{"status": 404}', "status: 404 is less than the minimum of 500"),
    ("POST", "tracks", b'{"id": "x", "model": "V4", "duration": 0}', "duration: 0 is less than or equal to the "),
    ("GET", "journal?limit=0", b"", "limit: 0 is less than the minimum of 1"),
    ("GET", "journal?kind=answer", b"", 'kind: "answer" is unknown. Nearest: '),
    (
        "GET",
        "tasks?stat=SUCCESS",
        b"",
        "query parameter 'stat' is unknown. Nearest: status. Known: key, status, limit, cursor",
    ),
    ("GET", "health?verbose=1", b"", "query parameter 'verbose' is unknown. Known: none"),
]


@pytest.mark.parametrize(("method", "path", "body", "text"), WRONG)
async def test_a_wrong_request_is_400_with_its_field(method: str, path: str, body: bytes, text: str) -> None:
    async with client(Mock().app) as http:
        response = await http.request(method, f"/__admin/{path}", content=body)
        assert response.status_code == 400
        assert response.json()["error"].startswith(text)


async def test_every_broken_field_is_named() -> None:
    async with client(Mock().app) as http:
        text = await problem(http, "wait", outcome="lost", extra=1)
        for part in ("outcome: ", "extra: unknown field. Known: count, within, key", '"count" is a required property'):
            assert part in text


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://mock:1"])
@pytest.mark.parametrize(("method", "path"), [("POST", "reset"), ("PUT", "faults"), ("PATCH", "settings")])
async def test_a_page_of_another_origin_changes_nothing(origin: str, method: str, path: str) -> None:
    mock = Mock(credits=5)
    async with client(mock.app) as http:
        await http.request(method, f"/__admin/{path}", json={}, headers={"Origin": "http://mock"})
        await extend(http)
        refused = await http.request(method, f"/__admin/{path}", json={}, headers={"Origin": origin})
        assert (refused.status_code, len(await mock.control.entries())) == (403, 1)
        assert refused.json()["error"] == (
            f'Origin is "{origin}"; allowed: http://mock alone, or none. '
            "If it is the mock's own page, behind TLS or a proxy, tell the mock its URL with --base-url."
        )
        assert (await http.get("/__admin/journal", headers={"Origin": origin})).status_code == 200


async def test_an_answer_ends_with_a_line() -> None:
    async with client(Mock().app) as http:
        for path in ("", "/health", "/nothing"):
            assert (await http.get(f"/__admin{path}")).text.endswith("}\n")


async def test_a_request_is_waited_for_by_its_path() -> None:
    async with client(Mock().app) as http:
        await extend(http)
        assert (
            len(
                (
                    await http.post("/__admin/wait", json={"count": 1, "within": 0, "path": "/api/v1/generate/extend"})
                ).json()["entries"]
            )
            == 1
        )
