"""What has to be known of a whole recording before the first of its courses can be judged. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import islice

from contract_tests.documents.published import Published
from contract_tests.probes.request import Track
from contract_tests.recording.broken_rules import read_exactly
from contract_tests.recording.message import NOT_HANDED_ON, REQUEST, Message
from contract_tests.recording.probes import ACCEPTED_CODE, Known, extends
from contract_tests.target.exchange import Exchange


@dataclass(slots=True)
class Survey:
    """Takes one message after the other and keeps none. `ends` is when the last one had passed, `source` what is known
    of source tracks, `first` the request that was told a task id first, by that id, and `others` the number of POSTs
    that get no verdict."""

    published: Published
    source: Known
    ends: float = 0.0
    others: int = 0
    first: dict[str, int] = field(default_factory=dict)
    _messages: int = 0
    _last: dict[int, int] = field(default_factory=dict)
    _titles: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, messages: Iterable[Message], published: Published, tracks: Sequence[Track] = ()) -> "Survey":
        survey = cls(published, Known(tracks))
        for each in messages:
            survey.add(each)
        return survey

    def add(self, message: Message) -> None:
        self.ends = max(self.ends, message.at + message.took)
        self._last[self._course(message)] = self._messages
        self._messages += 1
        if extends(message, self.published.terms.extend):
            self._asked(message, message.exchange(""))
        else:
            asked = message.kind == REQUEST and message.method == "POST"
            self.others += asked and not message.error.startswith(NOT_HANDED_ON)

    def courses(self, messages: Iterable[Message]) -> Iterator[list[Message]]:
        """The same messages once more by their courses, each as soon as its last one has come; what belongs to none
        is alone."""
        under_way: dict[int, list[Message]] = {}
        for place, message in enumerate(islice(messages, self._messages)):
            course = self._course(message)
            if not course:
                yield [message]
                continue
            under_way.setdefault(course, []).append(message)
            if self._last.get(course) == place:
                yield under_way.pop(course)
        yield from under_way.values()  # of a file that somebody has changed meanwhile

    def titles(self) -> Set[str]:
        """The titles that one course alone was to have."""
        return {title for title, number in self._titles.items() if number == 1}

    def _course(self, message: Message) -> int:
        """What a request starts is its own course, whatever its line says."""
        return message.number if extends(message, self.published.terms.extend) else message.course

    def _asked(self, message: Message, exchange: Exchange) -> None:
        if exchange.code == ACCEPTED_CODE:
            self.source.accepted(message)
        if exchange.task_id is not None:
            self.first[exchange.task_id] = min(message.number, self.first.get(exchange.task_id, message.number))
        if is_course(message, exchange, self.published):
            title = (read_exactly(message.sent) or {}).get("title")
            self._titles.update([title] if isinstance(title, str) else [])


def is_course(message: Message, exchange: Exchange, published: Published) -> bool:
    """Whether a request started a task whose tracks can be judged: what a server accepts beside that is a verdict on
    its answer."""
    body: Mapping[str, object] = read_exactly(message.sent) or {}
    started = exchange.code == ACCEPTED_CODE and exchange.task_id is not None
    return started and body.get("model") in published.models
