"""How the callbacks of tasks went, as rows of the inbox say it. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from mock_server.core.text import cut
from mock_server.domain.attempt import Outcome
from mock_server.state.journal_entries import Attempted, Entry

GOOD, BAD, DULL = "good", "bad", "dull"
"""How something went; dull is what nobody has to look at."""
TONES: Final[Mapping[Outcome, str]] = {Outcome.ACCEPTED: GOOD, Outcome.UNDELIVERED: DULL}
REASON: Final = 80
"""Characters of what a row says of why a callback failed."""
FAILING: Final = "callbacks fail"
"""In place of a status: tasks with a callback whose last attempt was not received."""


class Delivered(NamedTuple):
    """How the last attempt at one callback went: its tone, in a word, and why."""

    tone: str
    word: str
    why: str

    @classmethod
    def of(cls, attempt: Attempted) -> "Delivered":
        word = "received" if attempt.outcome is Outcome.ACCEPTED else attempt.outcome.replace("_", " ")
        return cls(TONES.get(attempt.outcome, BAD), word, cut(attempt.detail, REASON))


Stages = Mapping[str, Delivered]
"""How the callback of each stage went that was attempted."""


class Attempts:
    """The last attempt of each stage of each task, of the entries that were noted."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._last: dict[str, dict[str, Attempted]] = {}
        for entry in entries:
            self.note(entry)

    def note(self, entry: Entry) -> None:
        if isinstance(entry, Attempted):
            self._last.setdefault(entry.task_id, {})[entry.stage] = entry

    def stages(self, task_id: str) -> Stages:
        """How they went of one task."""
        return {stage: Delivered.of(attempt) for stage, attempt in self._last.get(task_id, {}).items()}


def trouble_of(stages: Stages) -> str:
    """Which callbacks were not received by now, and why; empty where none failed."""
    failing = [f"{stage} {each.word} ({each.why})" for stage, each in stages.items() if each.tone == BAD]
    return f"{FAILING}: {'; '.join(failing)}" if failing else ""
