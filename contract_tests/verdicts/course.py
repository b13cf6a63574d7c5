"""The course of one accepted request: its answer, callbacks and polls; and the finding, one broken rule. Pure."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contract_tests.documents import rules
from contract_tests.documents.any_json import parsed
from contract_tests.documents.terms import DOCUMENTED
from contract_tests.probes.request import Probe
from contract_tests.receiver.receiver import Arrival
from contract_tests.target.exchange import Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One broken rule."""

    rule: str
    expected: str
    got: str

    def __post_init__(self) -> None:
        """Raises LookupError for a rule that is not in the registry."""
        rules.check(self.rule)


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One answer to a poll. `arrival` is the callback that was waiting for its answer meanwhile, if one was."""

    exchange: Exchange
    arrival: Arrival | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What came for one accepted request: its answer, its callbacks in order, what polling told at the end, and what it
    told on the way. `heard` says whether every callback could come to this run's receiver. `statuses` are those of a
    task that goes well, in order, `lost` that of one whose last callback could not be delivered."""

    probe: Probe
    exchange: Exchange
    url: str
    arrivals: Sequence[Arrival]
    record: Any
    polls: Sequence[Poll] = ()
    heard: bool = True
    statuses: Sequence[str] = DOCUMENTED.statuses
    lost: str = DOCUMENTED.lost

    @property
    def bodies(self) -> list[Any]:
        return [parsed(arrival.body) for arrival in self.arrivals]

    @property
    def request(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = json.loads(self.exchange.sent)
        return found

    @property
    def status(self) -> Any:
        """The status that polling showed at the end."""
        return self.record.get("status") if isinstance(self.record, dict) else None

    @property
    def is_late(self) -> bool:
        """Whether the task was still under way, as polling says, when the run waited for it no more."""
        return self.status in self.statuses[:-1] and self.at("complete") is None

    def timeline(self) -> tuple[tuple[float, str], ...]:
        """What came, with the seconds since the request: the answer, and each callback by its stage. Empty for a
        request of the run that is resumed: its times are of another clock."""
        if self.exchange.resumed:
            return ()
        begun = self.exchange.started
        stages = [text_of(stage)[:40] for stage in self.stages()]
        came = [(arrival.at - begun, stage) for arrival, stage in zip(self.arrivals, stages, strict=True)]
        return ((self.exchange.answered - begun, "answer"), *came)

    def data(self, body: Any) -> Mapping[str, Any]:
        """`data` of a callback, empty where it has none."""
        found = body.get("data") if isinstance(body, dict) else None
        return found if isinstance(found, dict) else {}

    def stages(self) -> list[Any]:
        return [stage_of(body) for body in self.bodies]

    def at(self, stage: str) -> Any:
        """The body of a stage's callback; None where none came."""
        return next((body for body in self.bodies if stage_of(body) == stage), None)

    @property
    def finished(self) -> Any:
        """The callback that lists the finished tracks: complete, or the last one where that never came."""
        last = self.bodies[-1] if self.arrivals else None
        return last if (complete := self.at("complete")) is None else complete

    def tracks(self, body: Any) -> list[Mapping[str, Any]]:
        items = self.data(body).get("data")
        return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def stage_of(body: Any) -> Any:
    """The stage that a callback names, as it came; None where it names none."""
    data = body.get("data") if isinstance(body, dict) else None
    return data.get("callbackType") if isinstance(data, dict) else None


def task_of(body: Any) -> str | None:
    """The task that a callback names."""
    data = body.get("data") if isinstance(body, dict) else None
    task_id = data.get("task_id") if isinstance(data, dict) else None
    return task_id if isinstance(task_id, str) else None


def ids(course: Course) -> Callable[[Any], list[Any]]:
    return lambda body: [track.get("id") for track in course.tracks(body)]


def finding(rule: str, expected: str, got: Any) -> Finding:
    return Finding(rule=rule, expected=expected, got=text_of(got))


def text_of(value: Any) -> str:
    """A text as it is, and any other value as JSON. Half a surrogate pair in a server's text is escaped: no report
    could hold it."""
    return _writable(value) if isinstance(value, str) else notation(value)


def notation(value: Any, most: int = 0) -> str:
    """A value as JSON, as the API writes it; of a long one the first `most` characters."""
    text = _writable(json.dumps(value, ensure_ascii=False, default=str))
    return f"{text[:most]}…" if 0 < most < len(text) else text


def _writable(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()
