"""Finds what tasks must not have in common, what records and callbacks must, and where a key is shown. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from contract_tests.documents.published import Published
from contract_tests.receiver.receiver import Arrival
from contract_tests.target.exchange import Exchange
from contract_tests.verdicts.course import Course, Finding, Poll, finding, notation
from contract_tests.verdicts.polling import recorded_tracks

ITS_OWN: Final = ("id", "audio_url", "stream_audio_url")
"""Members of a finished track that no track of another task has."""
CAMEL: Final[Mapping[str, str]] = {
    "audio_url": "audioUrl",
    "stream_audio_url": "streamAudioUrl",
    "image_url": "imageUrl",
    "prompt": "prompt",
    "model_name": "modelName",
    "title": "title",
    "tags": "tags",
    "createTime": "createTime",
    "duration": "duration",
}
"""By member of a track in a callback: what it is called in a record."""
ROUNDED: Final = 1.0
"""Seconds by which a duration may differ that is told as whole seconds."""


def unique_findings(courses: Sequence[Course]) -> Iterator[tuple[Course, list[Finding]]]:
    """Courses whose tracks have what tracks of an earlier task have, or two of their own, each with what that is."""
    owners = Owners()
    for number, course in enumerate(courses):
        owners.add(number, course)
    for number, course in enumerate(courses):
        if found := owners.findings(number, course):
            yield course, found


class Owners:
    """Which task had a member of a track first that no other task may have. Courses are numbered in the order in which
    they were asked for, and may be added in any."""

    def __init__(self) -> None:
        self._first: dict[int, tuple[int, str | None]] = {}
        self.shared: set[int] = set()

    def add(self, number: int, course: Course) -> None:
        """Notes what a course has. `shared` are the numbers of those that have what is not theirs alone."""
        told = [*_owned(course)]
        for each in told:
            owner, _ = self._first.setdefault(hash(each), (number, course.exchange.task_id))
            if number < owner:
                self._first[hash(each)] = (number, course.exchange.task_id)
            if number != owner:
                self.shared.add(max(number, owner))
        if any(_is_twice(each, told) for each in told):
            self.shared.add(number)

    def findings(self, number: int, course: Course) -> list[Finding]:
        """What a course has that is not its own, once all were added."""
        told = [*_owned(course)] if number in self.shared else []
        for member, value in told:
            owner, task_id = self._first[hash((member, value))]
            if owner != number or _is_twice((member, value), told):
                expected = f"a {member} of its own, not that of a track of the task {task_id}"
                return [finding("callback.track.unique", expected, value)]
        return []


def _owned(course: Course) -> Iterator[tuple[str, str]]:
    """What tracks of no other task may have."""
    for track in _finished(course):
        yield from ((member, track[member]) for member in ITS_OWN if _is_text(track, member))


def _is_twice(each: tuple[str, str], told: Sequence[tuple[str, str]]) -> bool:
    return each[0] != "id" and told.count(each) > 1


def _finished(course: Course) -> list[Mapping[str, Any]]:
    return course.tracks(course.finished) if course.bodies else []


def _is_text(track: Mapping[str, Any], member: str) -> bool:
    return isinstance(track.get(member), str) and bool(track[member])


def member_findings(course: Course, published: Published) -> Iterator[Finding]:
    """Members of finished tracks that the record tells otherwise than the callback complete, or under the callback's
    name."""
    recorded = {str(track.get("id")): track for track in recorded_tracks(course.record)}
    changed = {name for kind in ("callbacks", "records") for part in published.track_members(kind) for name in part}
    for track in course.tracks(course.at("complete")):
        record = recorded.get(str(track.get("id")), {})
        for member, name in CAMEL.items():
            if member in changed or name in changed:
                continue
            if member != name and member in record:
                yield finding("polling.members", f"{name} in a record", member)
            if member in track and name in record and not _same(member, track[member], record[name]):
                yield finding(
                    "polling.members", f"{name} {notation(track[member], 80)}, as the callback told", record[name]
                )


def _same(member: str, told: Any, recorded: Any) -> bool:
    if member == "createTime":  # how it is written is an open question, in callbacks and in records
        return True
    numbers = isinstance(told, int | float) and isinstance(recorded, int | float)
    return abs(told - recorded) <= ROUNDED if numbers else bool(told == recorded)


def shown_findings(places: Iterable[str]) -> Iterator[Finding]:
    """The key stands where the target sent something. `places` are where, in words."""
    told = ", ".join(dict.fromkeys(places))
    if told:
        yield finding("key.shown", "no key in what the target sends", f"it is in {told}")


def shown_places(came: Sequence[Arrival], polls: Sequence[Poll], shows: Callable[[str], bool]) -> Iterator[str]:
    """Where a task's callbacks and records show the key, in words. `came` are the callbacks before they were masked."""
    for arrival in came:
        parts = {"body": arrival.body.decode(errors="replace"), "URL": arrival.target}
        parts["headers"] = "\n".join(arrival.headers.values())
        yield from (f"the {name} of a callback" for name, text in parts.items() if shows(text))
    yield from ("a record" for poll in polls if poll.exchange.shows_key)


def other_key_findings(rule: str, says: str, exchange: Exchange) -> Iterator[Finding]:
    """A poll that has no right to a task got it. Another account may be told that there is no such task, in any way."""
    nothing = exchange.record is None and rule == "polling.auth.other"
    if exchange.code == 200 and exchange.status == 200 and not nothing:
        yield finding(rule, f"no success, because {says}", exchange.body[:200].decode(errors="replace"))
