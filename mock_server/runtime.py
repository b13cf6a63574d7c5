"""One running mock, taken apart: what its endpoints, its control plane and its pages are given by name."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mock_server.callbacks.attempts import Attempts
from mock_server.callbacks.host_policy import HostPolicy
from mock_server.callbacks.http_delivery import HttpDelivery
from mock_server.callbacks.scheduler import Scheduler
from mock_server.callbacks.trust import Trust
from mock_server.contract.editions import Editions
from mock_server.contract.profile import Profile
from mock_server.contract.scenarios import Scenarios
from mock_server.contract.source_tracks import Track, personas, source_tracks
from mock_server.core.settings import Settings
from mock_server.core.text import words
from mock_server.domain.attempt import Delivery
from mock_server.domain.catalogue import Catalogue
from mock_server.domain.generated_tracks import TrackMaker
from mock_server.domain.tasks import TaskRequestFrom
from mock_server.http.base_urls import BaseUrls
from mock_server.http.held import HeldRequests
from mock_server.state.store import Store
from mock_server.state.uploaded_files import UploadedFiles

if TYPE_CHECKING:
    from mock_server.domain.replay import Replay


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """`tracks` and `personas` are those that every key has from the start; `base_url` is where the mock says that it
    listens, `base_urls` knows where a request found it, `settings` are those that it was started with."""

    settings: Settings
    base_url: str
    base_urls: BaseUrls
    policy: HostPolicy
    editions: Editions
    scenarios: Scenarios
    tracks: Mapping[str, Track]
    personas: Collection[str]
    store: Store
    catalogue: Catalogue
    track_maker: TrackMaker
    held: HeldRequests
    uploads: UploadedFiles
    delivery: Delivery
    scheduler: Scheduler
    replay: "Replay | None"

    @classmethod
    def of(
        cls, store: Store, delivery: Delivery | None, task_requests: Mapping[str, TaskRequestFrom], address: str = ""
    ) -> "Runtime":
        """The parts of a mock with this store; `task_requests` make of a body what it asks for, `address` is as
        in `create_app`. Raises BadSetting for names that do not exist."""
        settings = store.settings
        editions = Editions(settings)
        profile = editions.profile
        scenarios = Scenarios.read(profile.codes, profile.callback_codes)
        replay = _replay(settings, profile)
        scenarios.know(() if replay is None else replay.scenarios)
        policy = HostPolicy(words(settings.allow_callbacks_to))
        base_urls = BaseUrls(settings.base_url, address)
        trust = Trust(settings.callback_ca, insecure=settings.insecure_callbacks)
        timeout = settings.callback_timeout or editions.family.callback_timeout
        delivery = delivery or HttpDelivery(policy, timeout, trust)
        catalogue = Catalogue(editions, scenarios, task_requests)
        folder = f"{editions.family.media_path}/".removeprefix("/")
        track_maker = TrackMaker(settings.seed, f"{base_urls.own}/", folder)
        return cls(
            settings=settings,
            base_url=base_urls.own,
            base_urls=base_urls,
            policy=policy,
            editions=editions,
            scenarios=scenarios,
            tracks=source_tracks(profile.lineage, profile.models, profile.tracks),
            personas=personas() if profile.personas is None else profile.personas,
            store=store,
            catalogue=catalogue,
            track_maker=track_maker,
            held=HeldRequests(),
            uploads=UploadedFiles(),
            delivery=delivery,
            scheduler=Scheduler(store, delivery, Attempts(store, delivery, catalogue, track_maker)),
            replay=replay,
        )


def _replay(settings: Settings, profile: Profile) -> "Replay | None":
    """The recording that is to be played. Raises BadSetting."""
    if not settings.replay:
        return None
    from mock_server.domain.replay import Replay  # what a mock without one would load for nothing

    return Replay(settings.replay, profile.operations)
