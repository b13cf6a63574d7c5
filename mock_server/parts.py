"""What the endpoints and the control plane work with, wired by `app`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from mock_server.clock import Clock
from mock_server.journal import Journal
from mock_server.profile import Editions
from mock_server.scenarios import Scenarios
from mock_server.scheduler import Scheduler
from mock_server.settings import Pace, RateLimit, Settings
from mock_server.store import Store
from mock_server.tracks import Track


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """One mock, taken apart. `settings` as given; `pace` and `rate_limit` are its texts, parsed."""

    settings: Settings
    pace: Pace
    rate_limit: RateLimit | None
    clock: Clock
    editions: Editions
    scenarios: Scenarios
    tracks: Mapping[str, Track]
    personas: Collection[str]
    known_keys: Collection[str]
    store: Store
    journal: Journal
    scheduler: Scheduler
