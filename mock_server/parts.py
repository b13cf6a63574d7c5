"""What the endpoints and the control plane work with, wired by `app`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from mock_server.clock import Clock
from mock_server.config import Config
from mock_server.faults import Faults
from mock_server.hosts import HostPolicy
from mock_server.journal import Journal
from mock_server.profile import Editions
from mock_server.results import Studio
from mock_server.scenarios import Scenarios
from mock_server.scheduler import Scheduler
from mock_server.store import Store
from mock_server.tracks import Track


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """One mock, taken apart. `tracks` and `personas` are those that every key has from the start; `base_url` is where
    it says that it listens."""

    base_url: str
    policy: HostPolicy
    config: Config
    clock: Clock
    editions: Editions
    scenarios: Scenarios
    tracks: Mapping[str, Track]
    personas: Collection[str]
    store: Store
    studio: Studio
    journal: Journal
    faults: Faults
    scheduler: Scheduler
