"""What can be done to a running mock, in Python: the one implementation behind `/__admin` and `MockServer`."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from mock_server.contract.scenarios import MAGIC, Scenario
from mock_server.contract.source_tracks import Track
from mock_server.control.trigger import triggered
from mock_server.control.views import AccountView, Moment, TaskView, account_view, task_view, timeline
from mock_server.core import seeded
from mock_server.core.errors import BadSetting, NoSuch, unknown
from mock_server.core.settings import Settings
from mock_server.core.text import cut
from mock_server.domain.accounts import first_key
from mock_server.domain.attempt import Attempt
from mock_server.domain.masking import masked
from mock_server.domain.tasks import Task
from mock_server.domain.timeline import plan, reached_at
from mock_server.runtime import Parts
from mock_server.state.faults import Fault
from mock_server.state.journal_entries import Attempted, Entry, Match
from mock_server.state.live_settings import KeySettings


class Control:
    """Sees and steers one mock, from within its event loop."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def entries(self, match: Match | None = None) -> list[Entry]:
        """The journal, oldest first: the entries that match."""
        return [entry for entry in self._parts.journal if match is None or match(entry)]

    async def entries_after(self, id: int, match: Match, within: float) -> list[Entry]:
        """The entries after that of an id that match, once there are some; none after `within` seconds."""
        return await self._parts.journal.after(id, match, within)

    async def clear_journal(self, key: str | None) -> None:
        """Forget one key's entries, or all."""
        self._parts.journal.clear(key)

    async def wait_for(self, match: Match, count: int, within: float) -> list[Entry]:
        """The entries that match, once there are `count`. Raises TimeoutError with what did come, of the key's alone
        where the match has one; and BadSetting for a count below 1."""
        _check("count", count)
        if not isinstance(within, int | float) or not within >= 0:
            raise BadSetting(f"within is {within!r}. Allowed: seconds, 0 or more.")
        among = Match(key=match.key)
        return await self._parts.journal.wait_for(match, count=count, within=within, among=among)

    async def tasks(self, key: str | None = None, status: str | None = None, limit: int = 100) -> list[TaskView]:
        """The tasks of one key or all, newest first, in one status where given.

        Raises BadSetting for a status that does not exist and for a limit below 1.
        """
        if status is not None and status not in self.statuses():
            raise unknown("status", status, self.statuses())
        _check("limit", limit)
        now = self.now()
        newest_first = reversed(await self._parts.store.tasks(key))
        views = (task_view(task, now) for task in newest_first)
        return list(islice((view for view in views if status in (None, view.status)), limit))

    async def task(self, task_id: str, key: str | None = None) -> tuple[TaskView, Mapping[str, Any], Sequence[Moment]]:
        """One task, its request, and its timeline. Raises NoSuch; where a key is given, for a task of another too."""
        task = await self.find_task(task_id, key)
        attempts = [entry for entry in self.entries(Match(task_id=task_id)) if isinstance(entry, Attempted)]
        moments = timeline(task, attempts, self._parts.scheduler.owed(task), self.now())
        return task_view(task, self.now()), task.request.fields, moments

    async def redeliver(self, task_id: str, stage: str, key: str | None = None) -> Attempt:
        """Send one of a task's callbacks once more. Raises NoSuch as `task`, BadSetting for a stage that it has not or
        has not reached."""
        task = await self.find_task(task_id, key)
        stages = [planned.step.stage for planned in plan(task)]
        if not stages:
            raise BadSetting(f"task {task_id} has no callbacks: its scenario is {task.scenario.name}")
        if stage not in stages:
            raise unknown(f"stage of task {task_id}", stage, stages)
        early = reached_at(task, stage) - self.now()
        if early > 0:
            raise BadSetting(f"task {task_id} reaches {stage} in {early:g} s of the mock's clock, and tells it then.")
        return await self._parts.scheduler.redeliver(task, stages.index(stage))

    async def trigger(self, scenario: str, to: str, key: str | None, request: Mapping[str, Any]) -> str:
        """Owe a scenario's callbacks to a URL, without a request; the id of the task. Raises BadSetting."""
        task = await triggered(self._parts, scenario, key or first_key(), {**request, "callBackUrl": to})
        self._parts.scheduler.schedule(task)
        return task.id

    async def queue(self, key: str, scenario: str, times: int | None) -> None:
        """Give the key's next `times` requests a scenario; None means every one that is not told otherwise.

        Raises BadSetting for a scenario that does not exist, and for fewer than one request.
        """
        if times is not None:
            _check("times", times, ", or None for all requests")
        await self._parts.store.queue(key, self._parts.scenarios.named(scenario).name, times)

    async def clear_queue(self, key: str) -> None:
        """Give the key's requests no scenario any more."""
        await self._parts.store.clear_queue(key)

    async def put_fault(self, key: str | None, fault: Fault) -> None:
        """Replace the fault of one key, or of all that have none of their own; `Fault()` is none."""
        self._parts.faults.put(key, fault)

    async def faults(self) -> list[tuple[str | None, Fault]]:
        """The faults that are set, by key."""
        return self._parts.faults.all()

    async def reset(self, key: str | None) -> None:
        """Forget one key's state, or all; what is owed is not sent. All of it also takes settings, questions, faults
        and the clock back to the start."""
        parts = self._parts
        await parts.store.reset(key)
        parts.journal.clear(key)
        parts.faults.reset(key)
        if key is not None:
            return await parts.scheduler.drop(key)
        parts.config.reset()
        parts.editions.reset()
        # What comes first forgets without waiting, so that no request is judged by half of what was.
        await parts.scheduler.drop(None)
        await parts.scheduler.set_clock(parts.clock.reset)

    async def advance(self, seconds: float) -> int:
        """Move a clock that stands still and attempt what falls due. Raises as Scheduler.advance."""
        return await self._parts.scheduler.advance(seconds)

    async def freeze(self) -> None:
        """Let the clock stand still."""
        await self._parts.scheduler.set_clock(self._parts.clock.freeze)

    async def run(self) -> None:
        """Let the clock follow real time, from where it stands."""
        await self._parts.scheduler.set_clock(self._parts.clock.run)

    def now(self) -> float:
        """What time it is for the mock, in epoch seconds."""
        return self._parts.clock.now()

    async def accounts(self) -> list[AccountView]:
        """Every key that has something of its own or was used."""
        keys = dict.fromkeys([*self._parts.config.keys, *await self._parts.store.keys()])
        return [await self.account(key, shown_as=masked(key)) for key in keys]

    async def account(self, key: str, *, shown_as: str | None = None) -> AccountView:
        """One key's account and what it has of its own."""
        config = self._parts.config
        account = await self._parts.store.account(key)
        own = config.of(key) or KeySettings()
        return account_view(shown_as or key, account, own, config.credits(key), self.now())

    async def change_account(self, key: str | None, changes: Mapping[str, Any]) -> AccountView:
        """Create a key or change what it has of its own, with the fields of KeySettings. Raises BadSetting."""
        if key == "":
            raise BadSetting("the key is empty. Allowed: any other text, or None for a new key.")
        if key is not None and key.startswith(MAGIC):
            raise BadSetting(f"the key {cut(key)!r} begins with {MAGIC!r}, which names a scenario. Allowed: any other.")
        key = key or self._new_key()
        self._parts.config.change_key(key, changes)
        if "credits" in changes:
            await self._parts.store.set_credits(key, self._parts.config.credits(key))
        return await self.account(key)

    async def tracks(self, key: str | None = None) -> list[Track]:
        """The source tracks of the profile, and those that were added for all or for the key."""
        return [*self._parts.tracks.values(), *(await self._parts.store.tracks(key)).values()]

    async def add_track(self, track: Track, key: str | None = None) -> Track:
        """Add a source track, for one key or for all. Raises BadSetting for a model that the profile has not."""
        models = self._parts.editions.profile.models
        if track.model not in models:
            raise unknown("model", track.model, models)
        await self._parts.store.add_track(key, track)
        return track

    def scenarios(self) -> list[Scenario]:
        """Every scenario that can be asked for."""
        return list(self._parts.scenarios)

    def settings(self) -> Settings:
        """The settings in force."""
        return self._parts.config.settings

    def questions(self) -> dict[str, str]:
        """Every open question with the reading in force, or `vary`."""
        editions = self._parts.editions
        return {question: editions.reading(question) for question in editions.register.questions}

    async def dropped(self) -> dict[str, int]:
        """How many of what the mock forgot or wrote off because there were too many."""
        parts = self._parts
        lost = {"entries": parts.journal.dropped, "tasks_owed": parts.scheduler.written_off}
        return {**lost, **await parts.store.dropped()}

    async def change_settings(self, changes: Mapping[str, Any]) -> None:
        """Change settings until a reset. Raises BadSetting."""
        self._parts.config.change(changes)

    async def change_questions(self, readings: Mapping[str, str]) -> None:
        """Answer questions otherwise until a reset. Raises BadSetting."""
        self._parts.editions.change(readings)

    def statuses(self) -> set[str]:
        """Every status that a task can be in."""
        family = self._parts.editions.family
        failed = {each.fails.status for each in self._parts.scenarios if each.fails is not None}
        return {family.pending, family.lost, *(stage.status for stage in family.stages.values()), *failed}

    def _new_key(self) -> str:
        config = self._parts.config
        return f"key-{seeded.digest(config.settings.seed, 'key', len(config.keys)).hex()[:16]}"

    async def find_task(self, task_id: str, key: str | None = None) -> Task:
        """A task that is kept. Raises NoSuch; where a key is given, for a task of another too."""
        task = await self._parts.store.task(task_id)
        if task is None or key not in (None, task.account):
            raise NoSuch(f"there is no task {cut(str(task_id))!r}; GET /__admin/tasks lists those that are kept")
        return task


def _check(name: str, number: int, more: str = "") -> None:
    """Raise BadSetting for what is no whole number from 1 on."""
    if type(number) is not int or number < 1:
        raise BadSetting(f"{name} is {number!r}. Allowed: 1 or more{more}.")
