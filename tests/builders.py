"""Valid wholes, of which a test changes one thing."""

from functools import cache
from typing import Any

import orjson

from mock_server.delivery import Attempt, Outcome
from mock_server.demo import documented_request
from mock_server.profile import Edition, Editions
from mock_server.scenarios import Scenarios
from mock_server.settings import Pace, Settings
from mock_server.tasks import Task
from mock_server.tracks import Track

SCENARIOS = Scenarios.read()
SEED = 7
CREATED = 1735689600.0
SOURCE = Track(id="source", model="V4", duration=198.44, title="Iron Man", style="rock", prompt="[Verse] Night")
TEXT, FIRST, COMPLETE = 30.0, 105.0, 180.0
"""Seconds after the answer at which each stage is reached at real pace."""


def request(**changes: Any) -> dict[str, Any]:
    """The documented example of apikley; a change to `...` leaves the property out."""
    return {name: value for name, value in (documented_request("apikley") | changes).items() if value is not ...}


@cache
def edition(profile: str = "apikley", *readings: str) -> Edition:
    """One profile with some questions answered otherwise, such as `edition("apikley", "first_items=both")`."""
    return Editions(Settings(profile=profile, readings=readings)).default


def task(
    *,
    id: str = "5c790000000000000000000000000be8",
    account: str = "key",
    scenario: str = "200",
    pace: str = "realtime",
    under: Edition | None = None,
    **changes: Any,
) -> Task:
    """An accepted task for the documented request with changes, created at CREATED."""
    body = orjson.dumps(request(**changes))
    judged = under or edition()
    return Task(id, account, CREATED, body, SOURCE, judged, SCENARIOS.named(scenario), Pace.parse(pace))


class RecordingDelivery:
    """Delivers nothing: remembers what would be sent, and answers with the outcomes given, the last one for ever."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.sent: list[tuple[str, bytes]] = []
        self.closed = False
        self._outcomes = list(outcomes or [Outcome.ACCEPTED])

    async def attempt(self, url: str, body: bytes, received: tuple[int, int]) -> Attempt:
        self.sent.append((url, body))
        outcome = self._outcomes.pop(0) if len(self._outcomes) > 1 else self._outcomes[0]
        return Attempt(outcome=outcome, detail="by the test", took=0.0)

    async def close(self) -> None:
        self.closed = True

    @property
    def stages(self) -> list[str]:
        """callbackType of everything sent, in order."""
        return [orjson.loads(body)["data"]["callbackType"] for _, body in self.sent]
