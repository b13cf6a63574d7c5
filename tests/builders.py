"""Valid wholes, of which a test changes one thing."""

import asyncio
from dataclasses import replace
from functools import cache
from typing import Any

import orjson

from mock_server.api.served_operations import TASK_REQUESTS
from mock_server.contract.editions import Edition, Editions
from mock_server.contract.examples import documented_request
from mock_server.contract.profile import Profile
from mock_server.contract.scenarios import Scenarios
from mock_server.contract.source_tracks import Track
from mock_server.core.seeded import track_ids
from mock_server.core.settings import Pace, Settings, parse_readings
from mock_server.domain.answer import Answer, accepted
from mock_server.domain.attempt import Attempt, Outcome
from mock_server.domain.call import Call
from mock_server.domain.catalogue import Catalogue
from mock_server.domain.generated_tracks import TrackMaker
from mock_server.domain.tasks import Task, TaskRecord
from mock_server.state.journal_entries import Attempted, Requested

SCENARIOS = Scenarios.read()
SEED = 7
TRACK_MAKER = TrackMaker(SEED, "http://media/")
CREATED = 1735689600.0
TASK_ID = "5c790000000040008000000000000be8"
SOURCE = Track(id="source", model="V4", duration=198.44, title="Iron Man", style="rock", prompt="[Verse] Night")
TEXT, FIRST, COMPLETE = 30.0, 105.0, 180.0
"""Seconds after the answer at which each stage is reached at real pace."""


def request(**changes: Any) -> dict[str, Any]:
    """The documented example of apikley; a change to `...` leaves the property out."""
    return {name: value for name, value in (documented_request("apikley") | changes).items() if value is not ...}


@cache
def editions(profile: str = "apikley") -> Editions:
    """The editions of one profile."""
    return Editions(Settings(profile=profile))


@cache
def edition(profile: str = "apikley", *readings: str) -> Edition:
    """One profile with some questions answered otherwise, such as `edition("apikley", "first_items=both")`."""
    return editions(profile).under(tuple(parse_readings(readings).items())).default


def posts(profile: Profile) -> list[str]:
    """The names of the operations that have rules."""
    return [each.name for each in profile.operations.values() if each.method == "POST"]


def task(
    *,
    id: str = TASK_ID,
    key: str = "key",
    scenario: str = "200",
    pace: str = "realtime",
    under: Edition | None = None,
    body: bytes | None = None,
    lost: bool = False,
    given_up: bool = False,
    **changes: Any,
) -> Task:
    """An accepted extension, for the documented request with changes, created at CREATED."""
    speed = Pace.parse(pace).speed
    kept = {"key": key, "speed": speed, "lost": lost, "given_up": given_up}
    kept |= {} if body is None else {"body": body}
    return _started("extend", request(**changes), SOURCE, id, scenario, under, **kept)


def generation(**changes: Any) -> dict[str, Any]:
    """A valid generate request for an instrumental in custom mode; a change to `...` leaves the property out."""
    whole = {
        "prompt": "A calm piano",
        "style": "Classical",
        "title": "Peaceful Piano",
        "customMode": True,
        "instrumental": True,
        "model": "V4",
        "callBackUrl": "https://api.example.com/callback",
    }
    return {name: value for name, value in (whole | changes).items() if value is not ...}


def generated(*, id: str = TASK_ID, scenario: str = "200", under: Edition | None = None, **changes: Any) -> Task:
    """An accepted generation, created at CREATED."""
    return _started("generate", generation(**changes), None, id, scenario, under)


def _started(
    operation: str,
    asked: dict[str, Any],
    source: Track | None,
    id: str,
    scenario: str,
    under: Edition | None,
    **kept: Any,
) -> Task:
    judged_by = under or edition()
    record = TaskRecord(
        id=id,
        key="key",
        ordinal=1,
        created=CREATED,
        body=orjson.dumps(asked),
        callback_url=asked["callBackUrl"],
        operation=operation,
        source=source,
        readings=judged_by.picked,
        drawn=judged_by.drawn,
        scenario=scenario,
        speed=1.0,
        tracks=track_ids(SEED, id, judged_by.family.tracks_per_task),
    )
    return catalogue(judged_by.profile.name).task(record.changed(**kept))


@cache
def catalogue(profile: str = "apikley") -> Catalogue:
    """Makes tasks of the records of a profile."""
    return Catalogue(editions(profile), SCENARIOS, TASK_REQUESTS)


EXTENDING = Call("POST", "/api/v1/generate/extend", b"", "secret-key", "application/json", "", b"{}")


def requested(answer: Answer | None = None, **changes: Any) -> Requested:
    """The journal's entry of a request, by default of one that was accepted; the changes are those of its call."""
    return Requested.answered(CREATED, replace(EXTENDING, **changes), answer or accepted(task().record, edition(), ""))


def attempted(**changes: Any) -> Attempted:
    """The journal's entry of a first attempt that was received."""
    whole: dict[str, Any] = {
        "at": CREATED,
        "key": "key",
        "task_id": "5c79",
        "stage": "text",
        "code": 200,
        "number": 1,
        "url": "http://127.0.0.1:3000/callback",
        "outcome": Outcome.ACCEPTED,
        "detail": "HTTP 200",
        "took": 0.0,
    }
    return Attempted(**(whole | changes))


class RecordingDelivery:
    """Delivers nothing: keeps what would be sent, and answers with the outcomes given, the last one for ever. `parts`
    are further fields of each Attempt, `came` is released with each. Its receivers hang until they `may_answer`."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.sent: list[tuple[str, bytes]] = []
        self.parts: dict[str, Any] = {}
        self.may_answer: asyncio.Event | None = None
        self.came = asyncio.Semaphore(0)
        self.closed = False
        self.outcomes = list(outcomes or [Outcome.ACCEPTED])

    async def ready(self) -> None:
        """At once."""

    async def attempt(self, url: str, body: bytes, received: tuple[int, int], headers: object = ()) -> Attempt:
        self.sent.append((url, body))
        self.came.release()
        if self.may_answer is not None:
            await self.may_answer.wait()
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        return Attempt(outcome=outcome, detail="by the test", took=0.0, **self.parts)

    async def close(self) -> None:
        self.closed = True

    @property
    def stages(self) -> list[str]:
        """callbackType of everything sent, in order."""
        return [orjson.loads(body)["data"]["callbackType"] for _, body in self.sent]
