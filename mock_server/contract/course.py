"""What a recording tells of one task: the answer that started it, callbacks and polls. Plain values."""

from collections.abc import Sequence
from dataclasses import dataclass

from mock_server.contract.recording import Message


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Told:
    """One answer or callback, on a `line` of the recording, `after` seconds behind the answer that started its task;
    `code` is that of its envelope, `stage` what a callback tells, `callbacks` counts those that came before."""

    line: int
    after: float
    status: int
    code: int
    msg: str
    headers: Sequence[tuple[str, str]]
    body: bytes
    stage: str = ""
    callbacks: int = 0

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """A task as it was recorded. `asked` is the body of its request, `tracks` are the ids of its tracks, `callbacks`
    and `polls` are in their order."""

    asked: bytes
    answer: Told
    task_id: str
    tracks: tuple[str, ...]
    callbacks: tuple[Told, ...]
    polls: tuple[Told, ...]

    def at(self, stage: str) -> float:
        """Seconds behind the answer until a callback tells a stage; 0 where none does."""
        return next((each.after for each in self.callbacks if each.stage == stage), 0.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recorded:
    """A request as it was recorded, with its answer, and the course of the task that it started, if it did. `keyed`: it
    came with a key."""

    message: Message
    answer: Told
    keyed: bool
    course: Course | None

    @property
    def line(self) -> int:
        """Where it stands."""
        return self.answer.line

    @property
    def outcome(self) -> tuple[int, int]:
        """Its status and its code."""
        return self.answer.status, self.answer.code
