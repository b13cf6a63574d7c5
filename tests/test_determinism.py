"""Same seed, same bytes: two fresh processes give the same answers and the same callbacks."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from mock_server.testing.receiver import Receiver
from tests.journeys import Journey, journey
from tests.processes import serving

Transcript = list[bytes]
SCENARIOS = ["200", "callback-501", "402", "out-of-order", "duplicate", "malformed", "200", "callback-531"]
BASE_URL = "http://suno-mock:4010"
"""Media URLs begin with it, since the port that a mock takes is not always the same."""


def transcript(receiver: Receiver, hash_seed: str, *options: str, module: str = "mock_server") -> Transcript:
    """Everything that one fresh process answers and calls back, in order, and one track's media."""
    before = len(receiver.received)
    whole = ("--pace", "manual", "--base-url", BASE_URL, *options)
    with serving(*whole, module=module, PYTHONHASHSEED=hash_seed) as process:
        assert process.stdout
        with httpx.Client(base_url=process.stdout.readline().strip()) as http:
            started = Journey(http=http, receiver=receiver, profile="apikley")
            answers = [
                started.extend(key=key, prefer=f"scenario={name}", title=name).content
                for key in ("one", "two")
                for name in SCENARIOS
            ]
            generation = started.generate()
            answers += [generation.content, *derived(started, generation)]
            started.advance(400)
    return answers + [each.body for each in receiver.received[before:]]


def derived(started: Journey, generation: httpx.Response) -> Iterator[bytes]:
    """What is made of a generation's first track, its record, and its media."""
    record = started.finished(generation)
    track = record["response"]["sunoData"][0]
    about = {"taskId": record["taskId"], "audioId": track["id"]}
    yield started.post("persona", **about, name="Calm", description="A calm voice").content
    yield started.post("wav", **about, callBackUrl=started.receiver.url).content
    yield json.dumps([{**record, "param": ""}, started.credits()]).encode()
    for name in ("audioUrl", "imageUrl"):
        yield started.http.get(track[name].removeprefix(BASE_URL)).content


@pytest.mark.parametrize("readings", [[], ["--set", "all=vary"]], ids=["fixed readings", "varying readings"])
def test_every_byte_is_the_same_under_a_manual_clock(readings: list[str]) -> None:
    with Receiver() as receiver:
        first = transcript(receiver, "1", "--seed", "7", *readings)
        second = transcript(receiver, "2", "--seed", "7", *readings)
        other = transcript(receiver, "1", "--seed", "8", *readings)
    assert len(first) > 2 * len(SCENARIOS) + 30
    assert first == second
    assert first != other


def test_every_byte_is_the_same_with_a_store_that_waits() -> None:
    with Receiver() as receiver:
        at_once = transcript(receiver, "1", "--set", "all=vary")
        slowly = transcript(receiver, "1", "--set", "all=vary", module="tests.slow_store")
    assert slowly == at_once


def test_the_epoch_decides_create_time() -> None:
    with journey(epoch="2031-02-03T04:05:06Z") as started:
        task_id = started.extend().json()["data"]["taskId"]
        started.advance(180)
        track = started.callbacks(task_id)[-1].json()["data"]["data"][0]
        assert track["createTime"] == "2031-02-03 04:05:06"


def test_running_time_changes_nothing_but_create_time() -> None:
    def course() -> list[Any]:
        with journey(pace="immediate", seed=7, epoch="2025-01-01T00:00:00Z", base_url=BASE_URL) as started:
            for count in range(1, 4):
                started.extend(title=str(count))
                started.receiver.wait_for(3 * count)
            bodies = [each.json() for each in started.receiver.received]
        for body in bodies:
            for track in body["data"]["data"]:
                track["createTime"] = None
        return bodies

    assert course() == course()


def test_ids_do_not_depend_on_the_receivers_port() -> None:
    def task_id() -> str:
        with journey(seed=7) as started:
            return str(started.extend().json()["data"]["taskId"])

    assert task_id() == task_id()
