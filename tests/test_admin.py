"""The control plane: health, journal, clock."""

from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from mock_server.app import create_app
from mock_server.settings import Settings
from tests.builders import CREATED, RecordingDelivery
from tests.clients import client, extend, poll

pytestmark = pytest.mark.anyio


def app(pace: str = "manual") -> Any:
    return create_app(Settings(pace=pace), delivery=RecordingDelivery())


async def test_the_index_lists_the_endpoints() -> None:
    async with client(app()) as http:
        listed = (await http.get("/__admin")).json()["endpoints"]
        assert "POST /__admin/clock/advance" in listed
        assert "GET /__admin/health" in listed


async def test_health_tells_what_is_served() -> None:
    async with client(app()) as http:
        health = (await http.get("/__admin/health")).json()
        assert health == {"status": "ready", "profile": "apikley", "seed": 0, "pace": "manual"}


async def test_the_journal_has_requests_and_attempts() -> None:
    async with client(app()) as http:
        first = (await extend(http)).json()["data"]["taskId"]
        await extend(http, prompt=5)
        await http.post("/__admin/clock/advance", json={"seconds": 30})
        journal = (await http.get("/__admin/journal")).json()
        assert [entry["kind"] for entry in journal["entries"]] == ["request", "request", "attempt"]
        assert journal["entries"][1]["rules"] == ["extend.prompt.type"]
        assert journal["dropped"] == 0
        of_first = (await http.get("/__admin/journal", params={"task_id": first})).json()["entries"]
        assert [entry["kind"] for entry in of_first] == ["request", "attempt"]
        assert (of_first[1]["stage"], of_first[1]["outcome"]) == ("text", "accepted")


async def test_the_clock_is_told_and_advanced() -> None:
    async with client(app()) as http:
        assert (await http.get("/__admin/clock")).json() == {
            "now": CREATED,
            "iso": "2025-01-01T00:00:00+00:00",
            "manual": True,
        }
        await extend(http)
        advanced = (await http.post("/__admin/clock/advance", json={"seconds": 105})).json()
        assert advanced == {"attempts": 2, "now": CREATED + 105, "iso": "2025-01-01T00:01:45+00:00", "manual": True}


async def test_a_running_clock_is_not_advanced() -> None:
    async with client(app("realtime")) as http:
        assert (await http.get("/__admin/clock")).json()["manual"] is False
        response = await http.post("/__admin/clock/advance", json={"seconds": 1})
        assert (response.status_code, response.json()) == (
            409,
            {"error": "the clock runs by itself; only --pace manual has a clock to move"},
        )


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "body is not JSON: EOF while parsing a value at line 1 column 0"),
        (b"[]", 'body: [] is not of type "object"'),
        (b"{}", 'body: "seconds" is a required property'),
        (b'{"seconds": "60"}', 'seconds: "60" is not of type "number"'),
        (b'{"seconds": -1}', "seconds: -1 is less than the minimum of 0"),
        (b'{"seconds": 1e99}', "seconds: 1e+99 is greater than the maximum of 31622400"),
        (b'{"seconds": true}', 'seconds: true is not of type "number"'),
        (b'{"seconds": NaN}', "body is not JSON: expected value at line 1 column 13"),
        (b'{"seconds": 1, "seconds": 2}', 'body is not JSON: Detected duplicate key "seconds"'),
    ],
)
async def test_a_bad_body_is_400_with_its_field(body: bytes, text: str) -> None:
    async with client(app()) as http:
        response = await http.post("/__admin/clock/advance", content=body)
        assert response.status_code == 400
        assert response.json()["error"].startswith(text)


async def test_every_broken_field_is_named() -> None:
    async with client(app()) as http:
        response = await http.post("/__admin/wait", json={"count": 0, "outcome": "lost", "extra": 1})
        assert response.status_code == 400
        for text in (
            "count: 0 is less than",
            "outcome: ",
            "'extra' was unexpected",
            '"task_id" is a required property',
        ):
            assert text in response.json()["error"]


async def test_waiting_ends_when_the_callbacks_came() -> None:
    async with client(app("immediate")) as http:
        task_id = (await extend(http)).json()["data"]["taskId"]
        waited = (await http.post("/__admin/wait", json={"task_id": task_id, "count": 3})).json()
        assert [entry["stage"] for entry in waited["entries"]] == ["text", "first", "complete"]


async def test_waiting_in_vain_tells_what_came() -> None:
    async with client(app()) as http:
        task_id = (await extend(http)).json()["data"]["taskId"]
        response = await http.post("/__admin/wait", json={"task_id": task_id, "count": 1, "within": 0})
        assert response.status_code == 408
        assert response.json()["error"] == (
            f"0 of 1 came within 0 s. Journal:\n  --> POST /api/v1/generate/extend  200 task {task_id}"
        )


async def test_queued_scenarios_are_taken_in_turn() -> None:
    async with client(app()) as http:
        for scenario, times in (("mock-429", 2), ("402", 1)):
            queued = await http.post(
                "/__admin/scenarios/queue", json={"key": "key", "scenario": scenario, "times": times}
            )
            assert queued.status_code == 204
        assert [(await extend(http)).json()["code"] for _ in range(4)] == [429, 429, 402, 200]


async def test_a_standing_scenario_lasts_until_a_reset() -> None:
    async with client(app()) as http:
        await http.post("/__admin/scenarios/queue", json={"key": "key", "scenario": "455", "times": None})
        codes = [(await extend(http)).json()["code"] for _ in range(3)]
        forced = (await extend(http, {"Prefer": "code=402"})).json()["code"]
        await http.post("/__admin/reset", json={"key": "key"})
        assert (codes, forced) == ([455, 455, 455], 402)
        assert (await extend(http)).json()["code"] == 200


async def test_an_unknown_scenario_is_400_with_the_nearest() -> None:
    async with client(app()) as http:
        response = await http.post("/__admin/scenarios/queue", json={"key": "key", "scenario": "silnt"})
        assert response.status_code == 400
        assert response.json()["error"].startswith("scenario 'silnt' is unknown. Nearest: silent.")


async def test_a_reset_of_one_key_leaves_the_others() -> None:
    mock = app()
    async with client(mock) as http:
        kept = (await extend(http, {"Authorization": "Bearer other"})).json()["data"]["taskId"]
        first = (await extend(http)).json()["data"]["taskId"]
        assert (await http.post("/__admin/reset", json={"key": "key"})).status_code == 204
        assert (await poll(http, first)).json()["data"] is None
        assert (await poll(http, kept, {"Authorization": "Bearer other"})).json()["data"]["taskId"] == kept
        assert (await http.post("/__admin/clock/advance", json={"seconds": 3600})).json()["attempts"] == 3
        assert (await extend(http)).json()["data"]["taskId"] == first


async def test_a_whole_reset_starts_anew() -> None:
    async with client(app()) as http:
        first = (await extend(http)).json()
        await http.post("/__admin/clock/advance", json={"seconds": 40})
        assert (await http.post("/__admin/reset")).status_code == 204
        assert (await http.get("/__admin/journal")).json() == {"entries": [], "dropped": 0}
        assert (await http.get("/__admin/clock")).json()["now"] == CREATED
        assert (await http.post("/__admin/clock/advance", json={"seconds": 3600})).json()["attempts"] == 0
        assert (await extend(http)).json() == first


async def test_the_document_is_served_and_complete() -> None:
    mock = app()
    async with client(mock) as http:
        document = (await http.get("/__admin/openapi.json")).json()
        served = {route.path for route in mock.router.routes if route.path.startswith("/__admin/")}
        assert set(document["paths"]) == served - {"/__admin/openapi.json"}
        OpenAPIV30SpecValidator(document).validate()


async def test_scenarios_are_listed() -> None:
    async with client(app()) as http:
        listed = (await http.get("/__admin/scenarios")).json()["scenarios"]
        assert listed[4]["name"] == "409"
        assert listed[4]["cause"].startswith("never by itself: ")


async def test_the_clock_ends_with_the_year_9999() -> None:
    mock = create_app(Settings(pace="manual", epoch="9998-12-31T12:00:00Z"), delivery=RecordingDelivery())
    async with client(mock) as http:
        response = await http.post("/__admin/clock/advance", json={"seconds": 31622400})
        assert response.status_code == 400
        assert response.json()["error"].startswith("the clock would pass the end of the year 9999; ")
