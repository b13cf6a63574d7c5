"""Small changes of a behaviour, of which legal variants and faults are made. Each makes hooks of its own, so that what
one server remembers is nothing to another."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from contract_tests.targets.behaviour import Answer, Asked, Behaviour, Callback, Json, Task
from contract_tests.targets.checks import Body, Check, short_enough
from contract_tests.targets.edition import Source
from contract_tests.targets.tasks import CAMEL

Change = Callable[[Behaviour], Behaviour]
Texts = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Legal:
    """A server that conforms, and does one thing otherwise than most. `leaves_open` stands in the documents: it is all
    that they say about it. `editions` are the documents that it is a server of."""

    name: str
    leaves_open: str
    change: Change
    editions: tuple[str, ...] = ("apikley", "classic")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A server with one fault. `breaks` are patterns of the rules that name it; `kind` is what it is a case of."""

    name: str
    kind: str
    breaks: tuple[str, ...]
    change: Change
    editions: tuple[str, ...] = ("apikley", "classic")


def chained(*changes: Change) -> Change:
    def change(behaviour: Behaviour) -> Behaviour:
        for each in changes:
            behaviour = each(behaviour)
        return behaviour

    return change


# Requests.


def without(*names: str) -> Change:
    """Does not check this."""
    return lambda behaviour: behaviour.checked_by(dict.fromkeys(names))


def checking(name: str, check: Callable[[Behaviour], Check]) -> Change:
    """Checks something in another way, or checks more with a name that ends with '+'."""
    return lambda behaviour: behaviour.checked_by({name: check(behaviour)})


def measured(name: str, measure: Callable[[str], int]) -> Callable[[Behaviour], Check]:
    """A check of a text's length that counts in its own way."""
    return lambda behaviour: short_enough(name, behaviour.edition, 0, measure)


def refusing(applies: Callable[[Body, Source | None], object]) -> Change:
    """Refuses more than the documents do."""

    def check(body: Body, source: Source | None) -> str:
        return "No." if applies(body, source) else ""

    return lambda behaviour: behaviour.checked_by({f"{len(behaviour.checks)}+": check})


def sparing(name: str, applies: Callable[[Body], object]) -> Change:
    """Leaves a check out for some requests."""

    def change(behaviour: Behaviour) -> Behaviour:
        check = behaviour.checks[name]
        return behaviour.checked_by({name: lambda body, source: "" if applies(body) else check(body, source)})

    return change


def reading(read: Callable[[Any], Any]) -> Change:
    """Takes a body for another before it is judged."""
    return lambda behaviour: replace(behaviour, read=read)


def converting(name: str, fits: Callable[[Any], object], convert: Callable[[Any], Any]) -> Change:
    """Takes some values of a field for others."""

    def read(body: Any) -> Any:
        return {**body, name: convert(body[name])} if name in body and fits(body[name]) else body

    return reading(read)


def keeping(kept: Callable[[Body], Body]) -> Change:
    """Works with another request than the one that it accepted."""
    return lambda behaviour: replace(behaviour, kept=kept)


def mangling(name: str, mangle: Texts) -> Change:
    """Works with another text than the one that it accepted."""
    return keeping(lambda body: {**body, name: mangle(body[name])} if isinstance(body.get(name), str) else body)


# Answers.


def answering(applies: Callable[[Asked, Answer], object], change: Callable[[Answer], Answer]) -> Change:
    return lambda behaviour: behaviour.answering(
        lambda asked, answer: change(answer) if applies(asked, answer) else answer
    )


def is_code(*codes: int) -> Callable[[Asked, Answer], bool]:
    """Answers to an extend request with one of these codes."""
    return lambda asked, answer: asked.extends and answer.code in codes


def is_refusal(asked: Asked, answer: Answer) -> bool:
    return asked.extends and answer.code != 200


def is_extend(asked: Asked, answer: Answer) -> bool:
    return asked.extends


def is_poll(asked: Asked, answer: Answer) -> bool:
    return not asked.extends and asked.path.endswith("record-info")


def with_members(applies: Callable[[Asked, Answer], object], changes: Mapping[str, Any]) -> Change:
    return answering(applies, lambda answer: answer.merged(changes))


# Callbacks.


def calling(change: Callable[[Task, Callback], Iterable[Callback]], *stages: str) -> Change:
    """Changes callbacks of some stages, of all that go well where none is named."""
    wanted = stages or ("text", "first", "complete")
    return lambda behaviour: behaviour.calling(
        lambda task, callback: change(task, callback) if callback.stage in wanted else [callback]
    )


def called_with(changes: Mapping[str, Any], *stages: str) -> Change:
    return calling(lambda task, callback: [callback.merged(changes)], *stages)


def calling_as(change: Callable[[Callback], Callback], *stages: str) -> Change:
    return calling(lambda task, callback: [change(callback)], *stages)


def tracks_as(change: Callable[[Json], Any], *stages: str) -> Change:
    """Changes each track of callbacks."""
    return calling_as(
        lambda callback: callback.with_tracks(lambda tracks: [change(track) for track in tracks]), *stages
    )


def tracks_with(changes: Mapping[str, Any], *stages: str) -> Change:
    return tracks_as(lambda track: left({**track, **changes}), *stages)


def left(members: Mapping[str, Any]) -> Json:
    """An object without the members that are gone."""
    return {name: value for name, value in members.items() if value is not ...}


def starting(change: Callable[[Task], None]) -> Change:
    """Changes a task as it starts: its callbacks and its record agree on it."""
    return lambda behaviour: replace(behaviour, starts=change)


def made_with(changes: Mapping[str, Any]) -> Change:
    """Makes tracks with other members, in callbacks and records alike."""

    def change(task: Task) -> None:
        task.tracks = [left({**track, **changes}) for track in task.tracks]

    return starting(change)


def delivering(**changes: Any) -> Change:
    return lambda behaviour: replace(behaviour, delivery=replace(behaviour.delivery, **changes))


def sending(**changes: Any) -> Change:
    """Sends callbacks with another method, content type, or other bytes."""
    return calling_as(lambda callback: replace(callback, **changes))


# Records.


def recording(change: Callable[[Task, Json], Any]) -> Change:
    return lambda behaviour: behaviour.recording(change)


def recorded_with(changes: Mapping[str, Any]) -> Change:
    return recording(lambda task, record: left({**record, **changes}))


def recorded_tracks(change: Callable[[list[Json]], Any]) -> Change:
    def shown(task: Task, record: Json) -> Json:
        return {**record, "response": {**record["response"], "sunoData": change(record["response"]["sunoData"])}}

    return recording(shown)


def recorded_tracks_with(changes: Mapping[str, Any]) -> Change:
    return recorded_tracks(lambda tracks: [left({**track, **changes}) for track in tracks])


SNAKE: Final = {camel: snake for snake, camel in CAMEL.items()}
