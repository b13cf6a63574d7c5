"""What a mock remembers, behind protocols that a durable or a shared engine can implement: every method may wait.

Store    accounts, tasks, what is owed, tracks, the clock, settings, faults
Journal  what came in and what went out

A request has three steps: its `terms` are read, it is judged, and `accept` decides what depends on the state, in one
step that either happens as a whole or not at all. A callback has two: `claim`, and after its attempt `settle`.
"""

from collections.abc import Callable, Collection, Container, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from mock_server.contract.source_tracks import Track
from mock_server.core.credits import Credits
from mock_server.core.settings import Settings
from mock_server.domain.accounts import AccountRecord
from mock_server.domain.answer import Answer
from mock_server.domain.owed import Claimed, Owed, Settlement
from mock_server.domain.proposal import Crowded, Proposal
from mock_server.domain.tasks import TaskRecord
from mock_server.domain.terms import KeySettings, Terms
from mock_server.state.change_signal import Changes
from mock_server.state.faults import Fault
from mock_server.state.journal_entries import Attempted, Entry
from mock_server.state.journal_match import Match


class Moment(NamedTuple):
    """What the mock's clock shows, in epoch seconds, and whether it stands still."""

    now: float
    frozen: bool


class Advance(NamedTuple):
    """A clock that stands still is being moved to `target`, in epoch seconds; a reset of everything ends that, which
    `resets` tells, how many there were."""

    target: float
    resets: int


class Journal(Protocol):
    """The newest entries. `newest` is the id that was given last, `dropped` counts the older ones that were forgotten;
    `started` is another text whenever ids begin anew."""

    started: str
    newest: int
    dropped: int

    def listen(self, listener: Callable[[Entry], None]) -> None:
        """Have every entry shown to somebody as it is written."""

    async def append(self, entry: Entry) -> int:
        """Write an entry down; its id."""

    async def entry(self, id: int) -> Entry | None:
        """The entry of an id, if it is kept."""

    async def page(self, after: int = 0, limit: int | None = None, match: Match | None = None) -> list[Entry]:
        """The entries after that of an id that match, oldest first; of more than `limit` the oldest."""

    async def wait(self, match: Match, *, count: int, after: int = 0, within: float) -> int:
        """Return once there are `count` entries after that of an id that match, after `within` seconds of real time, or
        when the journal is closed. How many there are."""

    async def clear(self, key: str | None) -> None:
        """Forget one key's entries, or everything and the count of what was dropped."""

    def close(self) -> None:
        """Let nobody wait any longer, as the mock stops."""


class Store(Protocol):
    """All state of a mock. `settings` are those that it was made with, `changes` counts what somebody who looks at the
    mock may want to see."""

    @property
    def settings(self) -> Settings: ...

    @property
    def journal(self) -> Journal: ...

    @property
    def changes(self) -> Changes: ...

    @property
    def outlives(self) -> bool:
        """Whether what is owed when the mock stops is sent by the next one."""

    @property
    def trouble(self) -> str:
        """Why nothing can be kept now; empty where all can."""

    async def terms(self, key: str | None) -> Terms:
        """What holds for the requests of a key."""

    async def count(self, key: str) -> int:
        """Count one request of the key, from 1, for one that cannot be judged without its number."""

    async def take_fault(self, key: str | None) -> Fault | None:
        """The fault of one request of the key, if there is one."""

    async def accept(self, proposal: Proposal) -> Answer | None:
        """Decide a request, in one step: count it, take the scenario that is queued for its key, its place in the rate,
        what can be made once and its price; start its task, owe the first callback, and write the answer down.

        None where other terms hold by now: then nothing was changed, and the request is to be judged anew.
        """

    async def claim(self, full: Container[str], *, advancing: bool = False) -> Claimed | None:
        """Take what is due first, so that nobody else attempts it, of the receivers that are not `full`. While the
        clock stands still nothing is due, unless who moves it asks."""

    async def settle(self, claimed: Claimed, entries: Sequence[Attempted], settlement: Settlement) -> None:
        """Write down how an attempt ended, and what follows. Nothing where the claim was dropped by a reset."""

    async def due_within(self) -> float | None:
        """Seconds until something becomes due; None when nothing will, or the clock stands still. What is due and waits
        for its receiver is left out: the end of an attempt makes room for it."""

    async def crowded(self, receiver: str) -> Crowded | None:
        """Why no more callbacks can be owed to a receiver now; None when more can."""

    async def owed(self, task_id: str) -> Sequence[Owed]:
        """What is still owed of a task, also what is claimed, in order."""

    async def abandon(self, why: str) -> None:
        """The mock stops: write down what can be delivered by nobody else, and let go of it."""

    async def moment(self) -> Moment:
        """What the clock shows."""

    async def freeze(self) -> None:
        """Let the clock stand still."""

    async def run(self) -> None:
        """Let the clock follow real time, from where it stands."""

    async def begin_advance(self, seconds: float) -> Advance:
        """What the clock will show. Raises ClockRuns when it runs by itself, and BadSetting when it would go back or
        pass the year 9999."""

    async def advance(self, to: Advance) -> bool:
        """Move the clock to what is due next on the way, or to the target. Whether something is due now."""

    async def take_over(self) -> Advance | None:
        """The advance of somebody who ended before he had reached its target, to be carried on, if there is one."""

    async def settings_in_force(self) -> Settings:
        """The settings, changes included."""

    async def change_settings(self, changes: Mapping[str, Any]) -> None:
        """Change settings until a reset. Raises BadSetting."""

    async def change_readings(self, readings: Mapping[str, str]) -> None:
        """Answer questions otherwise until a reset."""

    async def change_key(self, key: str, changes: Mapping[str, Any]) -> None:
        """Create a key or change what it has of its own, with the fields of KeySettings. Raises BadSetting."""

    async def keys_of_their_own(self) -> Mapping[str, KeySettings]:
        """The keys that have something of their own."""

    async def put_fault(self, key: str | None, fault: Fault) -> None:
        """Replace the fault of one key, or of all that have none of their own; `Fault()` is none. Raises BadSetting."""

    async def faults(self) -> Sequence[tuple[str | None, Fault]]:
        """The faults that are set, by key, with the requests that they are left for."""

    async def queue(self, key: str, scenario: str, times: int | None) -> None:
        """Give the key's next `times` requests a scenario, after those queued before; None means all further ones.

        Raises BadSetting when too many are queued."""

    async def clear_queue(self, key: str) -> None:
        """Give the key's requests no scenario any more."""

    async def add_track(self, key: str | None, track: Track) -> None:
        """Add a source track for one key or for all. Raises BadSetting when there are too many."""

    async def tracks(self, key: str | None) -> Mapping[str, Track]:
        """The source tracks that were added for all, and those for the key, by id."""

    async def added_track(self, track_id: str) -> Track | None:
        """The source track of an id that was added, for all or else for whichever key."""

    async def task(self, task_id: str) -> TaskRecord | None:
        """The task with this id, if it is kept."""

    async def task_of_track(self, track_id: str) -> TaskRecord | None:
        """The task that generates a track, if it is kept."""

    async def tasks(self, key: str | None) -> Sequence[TaskRecord]:
        """One key's tasks or all, oldest first."""

    async def made(self, key: str, operation: str) -> Collection[str]:
        """What the key made by an operation, by name."""

    async def account(self, key: str) -> AccountRecord | None:
        """The key's account as it stands, if it was used and is kept."""

    async def balance(self, key: str) -> Credits:
        """The key's credits; the key counts as used by this."""

    async def keys(self) -> Sequence[str]:
        """The keys of all accounts, the one used last at the end."""

    async def dropped(self) -> Mapping[str, int]:
        """How many entries, tasks, accounts and owed tasks were forgotten because there were too many."""

    async def reset(self, key: str | None) -> None:
        """Forget one key's state, entries and fault, or everything: settings, questions and the clock go back to the
        start, too. What is owed is not sent, and what was claimed cannot be settled any more."""

    async def close(self) -> None:
        """Let go of what the engine holds."""

    def let_go(self) -> None:
        """The same, where nothing was done with it yet."""
