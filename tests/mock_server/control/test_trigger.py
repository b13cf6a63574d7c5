"""A task without a request: what it would have been, and what cannot be triggered."""

from typing import Any

import orjson
import pytest

from mock_server.contract.decode import BODY_LIMIT
from mock_server.contract.examples import documented_request
from mock_server.contract.source_tracks import added
from mock_server.core.errors import BadSetting
from mock_server.domain.tasks import TaskRecord
from tests.builders import COMPLETE, CREATED
from tests.clients import KEY, Mock, client, credits, extend, finished, poll

pytestmark = pytest.mark.anyio

TO = "http://127.0.0.1:9/callback"


async def trigger(mock: Mock, scenario: str = "200", key: str = "key", **changes: Any) -> TaskRecord:
    """The task that is started; `callBackUrl` among the changes is where it calls back."""
    url = changes.pop("callBackUrl", TO)
    record = await mock.store.task(await mock.control.trigger(scenario, url, key, changes))
    assert record is not None
    return record


@pytest.mark.parametrize("profile", ["apikley", "classic", "observed"])
async def test_it_is_the_documented_request_with_changes(profile: str) -> None:
    mock = Mock(profile=profile)
    task = await trigger(mock, title="Harbour")
    assert orjson.loads(task.body) == documented_request(profile) | {"callBackUrl": TO, "title": "Harbour"}
    assert (task.key, task.created, task.operation, task.callback_url) == ("key", CREATED, "extend", TO)


@pytest.mark.parametrize(
    ("scenario", "stages"),
    [
        ("200", ["text", "first", "complete"]),
        ("mock-only-complete", ["complete"]),
        ("callback-501", ["text", "complete"]),
    ],
)
async def test_its_callbacks_are_those_of_the_scenario(scenario: str, stages: list[str]) -> None:
    mock = Mock()
    await mock.control.trigger(scenario, TO, "key", {})
    assert await mock.advance(3600) == len(stages)
    assert mock.delivery.stages == stages
    assert {url for url, _ in mock.delivery.sent} <= {TO}


async def test_it_can_be_polled_and_costs_nothing() -> None:
    mock = Mock(credits=5)
    async with client(mock.app) as http:
        task_id = await mock.control.trigger("200", TO, "key", {})
        await mock.advance(COMPLETE)
        assert (await poll(http, task_id)).json()["data"]["status"] == "SUCCESS"
        assert (await credits(http)).json()["data"] == 5


async def test_without_a_key_it_is_of_the_first_known_one() -> None:
    mock = Mock()
    await mock.control.trigger("200", TO, None, {})
    assert [view.key for view in await mock.control.tasks()] == ["test-key"]


async def test_it_counts_as_a_request_of_the_key() -> None:
    mock, other = Mock(), Mock()
    async with client(mock.app) as http, client(other.app) as another:
        first = (await trigger(mock)).id
        assert (await extend(another, KEY)).json()["data"]["taskId"] == first
        assert (await extend(http, KEY)).json()["data"]["taskId"] != first


async def test_it_goes_on_from_a_track_that_the_key_can_extend() -> None:
    mock = Mock()
    mine = added("mine", "V5", 60)
    await mock.control.add_track(mine, "key")
    task = await trigger(mock, audioId="mine", model="V5")
    assert task.source == mine
    async with client(mock.app) as http:
        _, (track, _) = await finished(mock, http, await extend(http))
    assert (await trigger(mock, audioId=track["id"])).source.id == track["id"]  # type: ignore[union-attr]


async def test_an_unknown_track_is_adopted() -> None:
    task = await trigger(Mock(), audioId="anything", model="V5")
    assert task.source
    assert (task.source.id, task.source.model, task.source.duration) == ("anything", "V5", 480)


@pytest.mark.parametrize("name", ["402", "silent", "undeliverable"])
async def test_a_scenario_without_callbacks_is_refused(name: str) -> None:
    mock = Mock()
    with pytest.raises(BadSetting) as caught:
        await trigger(mock, f"mock-{name}")
    assert str(caught.value).startswith(f"scenario {name!r} has no callbacks. Allowed: 200, callback-200, ")
    assert f" {name}" not in str(caught.value).partition("Allowed: ")[2]
    assert (await mock.control.account("key")).requests == 0


async def test_an_unknown_scenario_shows_the_nearest() -> None:
    with pytest.raises(BadSetting, match=r"scenario 'silnt' is unknown\. Nearest: silent\."):
        await trigger(Mock(), "silnt")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"callBackUrl": "here"}, 'request: callBackUrl is "here"; allowed: an absolute URI'),
        ({"title": "x" * 81, "prompt": 5}, "request: 2 rules are broken: prompt is 5; allowed: a string"),
        ({"model": "V3_5"}, 'request: model is "V3_5"; allowed: V4, '),
        ({"styleWeight": 10**400}, "request: styleWeight is 1000"),
        ({"styleWeight": float("nan")}, "request: body is not JSON: "),
        ({"title": "\ud800"}, "request: body is not JSON: "),
        ({"title": "x" * BODY_LIMIT}, "request: body is too large; allowed: at most "),
        ({"title": object()}, "request cannot be written as JSON: Object of type object is not JSON serializable."),
    ],
)
async def test_a_request_that_breaks_a_rule_is_refused(change: dict[str, Any], text: str) -> None:
    mock = Mock()
    with pytest.raises(BadSetting) as caught:
        await trigger(mock, **change)
    assert str(caught.value).startswith(text)
    assert await mock.control.tasks() == []


async def test_varying_readings_are_drawn_for_it() -> None:
    mock = Mock(readings=("first_items=vary",))
    drawn = {(await trigger(mock)).drawn for _ in range(16)}
    assert drawn == {"first_items=one", "first_items=both"}


async def test_a_number_of_any_size_is_carried() -> None:
    assert orjson.loads((await trigger(Mock(), anything=2**63)).body)["anything"] == 2**63


async def test_callbacks_that_would_be_blocked_are_refused_with_the_way_out() -> None:
    with pytest.raises(BadSetting) as refused:
        await Mock().control.trigger("200", "https://8.8.8.8/cb", "key", {})
    assert str(refused.value) == (
        "to is no URL that a callback may go to: 8.8.8.8 is public; allow it with --allow-callbacks-to 8.8.8.8."
    )
    await Mock(allow_callbacks_to="8.8.8.8").control.trigger("200", "https://8.8.8.8/cb", "key", {})
