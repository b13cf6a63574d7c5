"""The control plane: health, journal, clock."""

from typing import Any

import pytest

from mock_server.app import create_app
from mock_server.settings import Settings
from tests.builders import CREATED, RecordingDelivery
from tests.clients import client, extend

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
            {"error": "the clock runs by itself; start the mock with --pace manual to move it"},
        )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"5",
        b'{"seconds": "60"}',
        b'{"seconds": -1}',
        b'{"seconds": 1e99}',
        b'{"seconds": true}',
        b'{"seconds": NaN}',
    ],
)
async def test_a_bad_advance_is_400(body: bytes) -> None:
    async with client(app()) as http:
        response = await http.post("/__admin/clock/advance", content=body)
        assert response.status_code == 400
        assert response.json()["error"] == 'the body must be {"seconds": n}; allowed: n from 0 to 31622400'
