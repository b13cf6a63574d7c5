"""What the endpoints and the control plane work with, wired by `app`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from mock_server.callbacks.host_policy import HostPolicy
from mock_server.callbacks.scheduler import Scheduler
from mock_server.contract.profile import Editions
from mock_server.contract.scenarios import Scenarios
from mock_server.contract.source_tracks import Track
from mock_server.core.clock import Clock
from mock_server.domain.generated_tracks import Studio
from mock_server.state.faults import Faults
from mock_server.state.journal import Journal
from mock_server.state.live_settings import Config
from mock_server.state.store import Store


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
