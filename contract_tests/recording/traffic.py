"""The messages of a recording by what they belong to. Pure."""

from collections.abc import Collection, Iterable, Sequence, Set
from dataclasses import dataclass, field

from contract_tests.documents.published import Published
from contract_tests.probes.request import Track
from contract_tests.receiver.receiver import Arrival
from contract_tests.recording.message import CALLBACK, REQUEST, Message
from contract_tests.recording.probes import extends
from contract_tests.target.exchange import Exchange


@dataclass(slots=True)
class Traffic:
    """Messages of one recording, in their order, judged against one profile. `tracks` are source tracks that the server
    is known to have. A message that comes later can be added."""

    published: Published
    target: str
    tracks: Sequence[Track] = ()
    messages: list[Message] = field(default_factory=list)
    ends: float = 0.0
    _by_course: dict[int, list[Message]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        given, self.messages = self.messages, []
        for message in given:
            self.add(message)

    def add(self, message: Message) -> None:
        """Takes a further message. `ends` is when the last one had passed."""
        self.messages.append(message)
        self._by_course.setdefault(message.course, []).append(message)
        self.ends = max(self.ends, message.at + message.took)

    def remove(self, messages: Collection[Message]) -> None:
        """Takes back the last messages."""
        del self.messages[len(self.messages) - len(messages) :]
        for message in messages:
            kept = self._by_course[message.course]
            kept.pop()
            if not kept:
                del self._by_course[message.course]

    def shorten(self, courses: int, each: int) -> Set[int]:
        """Forgets all but so many courses, and all but `each` polls and callbacks of a course, the earliest first.
        Returns the courses that are left."""
        latest = sorted(self._by_course, key=lambda course: self._by_course[course][-1].number)[-courses:]
        self._by_course = {course: _latest(self._by_course[course], each) for course in latest}
        self.messages = _in_order(message for kept in self._by_course.values() for message in kept)
        return self._by_course.keys()

    def longest(self, course: int) -> tuple[int, int]:
        """How many courses there are, and how many messages of one."""
        return len(self._by_course), len(self._by_course.get(course, ()))

    @property
    def ordered(self) -> list[Message]:
        return _in_order(self.messages)

    def course(self, number: int) -> list[Message]:
        """The messages of a course, in their order."""
        return _in_order(self._by_course.get(number, []))

    def asked(self) -> list[Message]:
        """The requests to extend a track, in their order."""
        path = self.published.terms.extend
        return [each for each in self.ordered if extends(each, path)]

    def arrivals(self, course: int) -> list[Arrival]:
        """The callbacks of a course, in the order in which they came."""
        found = [each for each in self._by_course.get(course, ()) if each.kind == CALLBACK]
        return [each.arrival() for each in sorted(found, key=lambda message: message.at)]

    def polls(self, course: int) -> list[Exchange]:
        """The answers to polls of a course's task, in their order. A poll with another key, which may be of another
        account, tells nothing of the task, and neither does one that came too often, or in maintenance."""
        terms, messages = self.published.terms, self.course(course)
        account = next((each.account for each in messages if each.number == course), None)
        asked = (
            each.exchange(self.target)
            for each in messages
            if each.kind == REQUEST
            and each.account == account
            and each.path.partition("?")[0] == terms.record_info
            and each.status
            and "body" not in each.left_out
        )
        return [each for each in asked if each.code not in (terms.rate, terms.maintenance)]


def _latest(messages: Sequence[Message], each: int) -> list[Message]:
    """The first message of a course, which asked for the task, and the latest of its polls and of its callbacks."""
    first, *others = _in_order(messages)
    polls = [message for message in others if message.kind == REQUEST]
    callbacks = [message for message in others if message.kind == CALLBACK]
    return [first, *_in_order([*polls[-each:], *callbacks[-each:]])]


def _in_order(messages: Iterable[Message]) -> list[Message]:
    return sorted(messages, key=lambda message: message.number)
