"""The control plane in Python: the one implementation behind `/__admin` and `MockServer`."""

from collections.abc import Mapping, Sequence
from typing import Any

from mock_server.callbacks.scheduler import Scheduler
from mock_server.callbacks.under_way import UnderWay
from mock_server.contract.editions import Editions, InForce
from mock_server.contract.scenarios import MAGIC, Scenario, Scenarios
from mock_server.contract.source_tracks import Track
from mock_server.control.lists import Entries, Tasks, entries_after, one_entry, tasks_after
from mock_server.control.trigger import Trigger
from mock_server.control.views import AccountView, TaskView, TimelinePoint, account_view, task_view, timeline
from mock_server.control.waiting import came
from mock_server.core import seeded
from mock_server.core.errors import BadSetting, NoSuch, check_count, unknown
from mock_server.core.settings import Settings
from mock_server.core.text import cut
from mock_server.domain.accounts import first_key
from mock_server.domain.attempt import Attempt
from mock_server.domain.catalogue import Catalogue
from mock_server.domain.masking import masked
from mock_server.domain.tasks import Task
from mock_server.domain.timeline import plan, reached_at
from mock_server.http.held import LetsGo
from mock_server.state.faults import Fault
from mock_server.state.journal_entries import Attempted, Entry
from mock_server.state.journal_match import Match
from mock_server.state.steps import in_steps
from mock_server.state.store import Store


class Control:
    """Sees and steers one mock, in its event loop. `listed` are the tracks that every key has from the start."""

    def __init__(
        self,
        store: Store,
        scheduler: Scheduler,
        editions: Editions,
        scenarios: Scenarios,
        catalogue: Catalogue,
        trigger: Trigger,
        held: Sequence[LetsGo],
        listed: Mapping[str, Track],
    ) -> None:
        self.store = store
        self.editions = editions
        self.catalogue = catalogue
        self._scheduler = scheduler
        self._scenarios = scenarios
        self._trigger = trigger
        self._held = held
        self._listed = listed

    async def entries(self, match: Match | None = None) -> list[Entry]:
        """The journal, oldest first: the entries that match."""
        return await self.store.journal.page(match=match)

    async def entries_after(self, id: int, match: Match, within: float, limit: int, last: int | None = None) -> Entries:
        """The first `limit` entries after that of an id that match, of the `last` ones where that is given, once there
        are some; none after `within` seconds."""
        if within:
            await self.store.journal.wait(match, count=1, after=id, within=within)
        return await entries_after(self.store.journal, id, match, limit, last)

    async def entry(self, entry_id: str) -> Entry:
        """One entry of the journal. Raises NoSuch."""
        return await one_entry(self.store.journal, entry_id)

    async def clear_journal(self, key: str | None) -> None:
        """Forget one key's entries, or all."""
        await self.store.journal.clear(key)

    async def wait_until(self, match: Match, count: int, within: float) -> None:
        """Return once there are `count` entries that match. Raises as `came`."""
        await came(self.store, match, count, within)

    async def wait_for(self, match: Match, count: int, within: float) -> list[Entry]:
        """The entries that match, once there are `count`. Raises as `came`."""
        await self.wait_until(match, count, within)
        return await self.entries(match)

    async def tasks(self, key: str | None = None, status: str | None = None, limit: int = 100) -> list[TaskView]:
        """The tasks of one key or all, newest first, in one status where given. Raises as `tasks_after`."""
        return (await self.tasks_after(None, key, status, limit)).found

    async def tasks_after(
        self, task_id: str | None, key: str | None = None, status: str | None = None, limit: int = 100
    ) -> Tasks:
        """The first `limit` tasks behind one, newest first. Raises BadSetting for a status that does not exist, for a
        limit below 1, and for a task that is not kept."""
        if status is not None and status not in self.statuses():
            raise unknown("status", status, self.statuses())
        check_count("limit", limit)
        found, now = await self.store.tasks(key), (await self.store.moment()).now
        return await tasks_after(task_id, found, lambda each: task_view(self.catalogue.task(each), now), status, limit)

    async def task(
        self, task_id: str, key: str | None = None
    ) -> tuple[TaskView, Mapping[str, Any], Sequence[TimelinePoint]]:
        """One task, its request, and its timeline. Raises NoSuch; where a key is given, for a task of another too."""
        task = await self.find_task(task_id, key)
        attempts = [entry for entry in await self.entries(Match(task_id=task_id)) if isinstance(entry, Attempted)]
        now = (await self.store.moment()).now
        moments = timeline(task, attempts, await self.store.owed(task_id), now)
        return task_view(task, now), task.request.fields, moments

    async def redeliver(self, task_id: str, stage: str, key: str | None = None, to: str = "") -> Attempt:
        """Send one of a task's callbacks once more, to its own URL or another. Raises NoSuch as `task`, BadSetting for
        a stage that it has not or has not reached, and for what is no URL."""
        task = await self.find_task(task_id, key)
        stages = [planned.step.stage for planned in plan(task)]
        if not stages:
            raise BadSetting(f"task {task_id} has no callbacks: its scenario is {task.scenario.name}")
        if stage not in stages:
            raise unknown(f"stage of task {task_id}", stage, stages)
        early = reached_at(task, stage) - (await self.store.moment()).now
        if early > 0:
            raise BadSetting(f"task {task_id} reaches {stage} in {early:g} s of the mock's clock, and tells it then.")
        return await self._scheduler.redeliver(task, stages.index(stage), to)

    def under_way(self, longer_than: float = 0.0) -> Sequence[UnderWay]:
        """The attempts that have been under way for so many seconds of real time."""
        return self._scheduler.under_way(longer_than)

    async def trigger(self, scenario: str, to: str, key: str | None, request: Mapping[str, Any], base: str = "") -> str:
        """Owe a scenario's callbacks to a URL, without a request; the id of the task, whose base URL is `base` or the
        mock's own. Raises BadSetting."""
        return await self._trigger(scenario, key or first_key(), {**request, "callBackUrl": to}, base)

    async def queue(self, key: str, scenario: str, times: int | None) -> None:
        """Give the key's next `times` requests a scenario; None means every one that is not told otherwise.

        Raises BadSetting for a scenario that does not exist, and for fewer than one request.
        """
        if times is not None:
            check_count("times", times, ", or None for all requests")
        await self.store.queue(key, self._scenarios.named(scenario).name, times)

    async def clear_queue(self, key: str) -> None:
        """Give the key's requests no scenario any more."""
        await self.store.clear_queue(key)

    async def put_fault(self, key: str | None, fault: Fault) -> None:
        """Replace the fault of one key, or of all that have none of their own; `Fault()` is none."""
        await self.store.put_fault(key, fault)

    async def faults(self) -> Sequence[tuple[str | None, Fault]]:
        """The faults that are set, by key."""
        return await self.store.faults()

    async def reset(self, key: str | None) -> None:
        """Forget one key's state, or all; what is owed is not sent. All of it also takes settings, questions, faults
        and the clock back to the start."""
        for each in self._held:
            each.let_go(key)
        await self._scheduler.reset(key)

    async def advance(self, seconds: float) -> int:
        """Move a clock that stands still and attempt what falls due. Raises as Scheduler.advance."""
        return await self._scheduler.advance(seconds)

    async def freeze(self) -> None:
        """Let the clock stand still."""
        await self._scheduler.freeze()

    async def run(self) -> None:
        """Let the clock follow real time, from where it stands."""
        await self._scheduler.run()

    async def accounts(self) -> list[AccountView]:
        """Every key that has something of its own or was used."""
        keys = dict.fromkeys([*await self.store.keys_of_their_own(), *await self.store.keys()])
        return await in_steps(keys, lambda key: self.account(key, shown_as=masked(key)))

    async def account(self, key: str, *, shown_as: str | None = None) -> AccountView:
        """One key's account and what it has of its own."""
        return account_view(shown_as or key, await self.store.account(key), await self.store.terms(key))

    async def change_account(self, key: str | None, changes: Mapping[str, Any]) -> AccountView:
        """Create a key or change what it has of its own, with the fields of KeySettings. Raises BadSetting."""
        if key == "":
            raise BadSetting("the key is empty. Allowed: any other text, or None for a new key.")
        if key is not None and key.startswith(MAGIC):
            raise BadSetting(f"the key {cut(key)!r} begins with {MAGIC!r}, which names a scenario. Allowed: any other.")
        key = key or await self._new_key()
        await self.store.change_key(key, changes)
        return await self.account(key)

    async def tracks(self, key: str | None = None) -> list[Track]:
        """The source tracks of the profile, and those that were added for all or for the key."""
        return [*self._listed.values(), *(await self.store.tracks(key)).values()]

    async def add_track(self, track: Track, key: str | None = None) -> Track:
        """Add a source track, for one key or for all. Raises BadSetting for a model that the profile has not."""
        models = self.editions.profile.models
        if track.model not in models:
            raise unknown("model", track.model, models)
        await self.store.add_track(key, track)
        return track

    def scenarios(self) -> list[Scenario]:
        """Every scenario that can be asked for."""
        return list(self._scenarios)

    async def settings(self) -> Settings:
        """The settings in force."""
        return await self.store.settings_in_force()

    async def questions(self) -> dict[str, str]:
        """Every open question with the reading in force, or `vary`."""
        in_force = await self.in_force()
        return {question: in_force.reading(question) for question in self.editions.register.questions}

    async def in_force(self) -> InForce:
        """The readings that the next request is judged by, or that are drawn from."""
        return self.editions.under((await self.store.terms(None)).overrides)

    async def dropped(self) -> Mapping[str, int]:
        """How many of what the mock forgot or wrote off because there were too many."""
        return await self.store.dropped()

    async def change_settings(self, changes: Mapping[str, Any]) -> None:
        """Change settings until a reset. Raises BadSetting."""
        await self.store.change_settings(changes)

    async def change_questions(self, readings: Mapping[str, str]) -> None:
        """Answer questions otherwise until a reset. Raises BadSetting."""
        self.editions.register.choices(self.editions.profile.picks, readings)
        await self.store.change_readings(readings)

    def statuses(self) -> set[str]:
        """Every status that a task can be in."""
        family = self.editions.family
        failed = {each.fails.status for each in self._scenarios if each.fails is not None}
        of_music = {family.pending, family.lost, *(stage.status for stage in family.stages.values()), *failed}
        served = self.editions.profile.operations.values()
        return {*of_music, *(str(word) for each in served for word in each.statuses.values())}

    async def find_task(self, task_id: str, key: str | None = None) -> Task:
        """A task that is kept. Raises NoSuch; where a key is given, for a task of another too."""
        record = await self.store.task(task_id)
        if record is None or key not in (None, record.key):
            raise NoSuch(f"there is no task {cut(str(task_id))!r}; GET /__admin/tasks lists those that are kept")
        return self.catalogue.task(record)

    async def _new_key(self) -> str:
        number = len(await self.store.keys_of_their_own())
        return f"key-{seeded.digest(self.store.settings.seed, 'key', number).hex()[:16]}"
