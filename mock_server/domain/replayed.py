"""What a replayed task tells: its callbacks, and the polls of the recording at a moment. Pure."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from jiter import from_json

from mock_server.contract.alike import CALLBACK_URL, IDS
from mock_server.contract.course import Course, Recorded, Told
from mock_server.contract.recording import is_masked
from mock_server.contract.scenarios import STAGES, Failure, Scenario, Step
from mock_server.core.seeded import media_name
from mock_server.domain.generated_tracks import TrackMaker
from mock_server.domain.polling_body import record, spelt
from mock_server.domain.swap import Swap
from mock_server.domain.tasks import Task
from mock_server.domain.timeline import plan

ENDINGS: Final = {"image": ".jpeg", "stream": "", "audio": ".mp3"}
"""By what the name of a member says of the file that its URL leads to: how the mock's own ends. The first counts."""
ROUTED: Final = range(36, 117)
"""Characters of the id of a track whose files the mock serves."""
FAILED: Final = "GENERATE_AUDIO_FAILED"


def scenario_of(recorded: Recorded, file: str) -> Scenario:
    """A recorded course as a scenario, which tasks name."""
    course = recorded.course
    callbacks = course.callbacks if course else ()
    failed = next((each.code for each in callbacks if each.code != 200), None)
    told = {each.stage for each in callbacks if each.code == 200}
    fails = None
    if failed is not None and STAGES[-1] not in told:
        fails, told = Failure(instead_of=STAGES[-1], code=failed, status=FAILED), {*told, STAGES[-1]}
    return Scenario(
        name=f"replay-{recorded.line}",
        summary=f"replayed from line {recorded.line} of {file}",
        callbacks=tuple(Step(stage=each.stage, delay=each.after) for each in callbacks),
        fails=fails,
        stages=tuple(stage for stage in STAGES if stage in told),
        course=course,
    )


def callback(scenario: Scenario, course: Course, step: Step) -> Told:
    """The recorded callback of a step of the scenario; steps of the same stage and moment are alike, but not the
    same."""
    return next(each for own, each in zip(scenario.steps(), course.callbacks, strict=True) if own is step)


def polled_at(task: Task, course: Course, now: float) -> Told | None:
    """The recorded poll that shows how far the task is: the last one by now between the same callbacks, else the first
    there, or else one before that shows the end. None where none was recorded there, or where it may show what is not
    there yet."""
    due = sum(task.created + each.after <= now for each in plan(task))
    between = [each for each in course.polls if each.callbacks == due]
    before = [each for each in between if task.created + task.pace.scale(each.after) <= now]
    if before:
        return before[-1]
    if between and (due or _says(task, between[0], task.family.pending)):
        return between[0]
    earlier = [each for each in course.polls if each.callbacks < due]
    return next((each for each in earlier[-1:] if _says(task, each, task.family.stages[STAGES[-1]].status)), None)


def _says(task: Task, told: Told, word: str) -> bool:
    """Whether a poll shows a status, by the family's word for it."""
    data = parsed(told.body).get("data")
    return isinstance(data, dict) and data.get("status") == spelt(task, word)


def shown_by_polling(task: Task, now: float, track_maker: TrackMaker) -> Any:
    """What polling shows of any task, replayed or not: `data` of the answer."""
    course = task.scenario.course
    told = None if course is None else polled_at(task, course, now)
    if course is None or told is None:
        return record(task, now, track_maker)
    return parsed(told_again(task, course, told.text, track_maker)).get("data")


@lru_cache(maxsize=64)
def told_again(task: Task, course: Course, body: str, track_maker: TrackMaker) -> str:
    """A recorded body of the course, told of the task. It is remembered, because a client that polls gets the same one
    many times."""
    record = task.record
    recorded, asked = parsed(course.asked), parsed(record.body)
    made = {course.task_id: record.id, **dict(zip(course.tracks, record.tracks, strict=True))}
    given = {old: new for name, old, new in _changed(recorded, asked) if name in IDS}
    urls = dict(_files(body, made, track_maker.media_of(task)))
    named = {CALLBACK_URL: record.callback_url} if record.callback_url else {}
    return Swap({**given, **made}, {**_texts(recorded, asked), **urls}, named).text(body)


def answered_again(recorded: bytes, asked: bytes, body: str) -> str:
    """A recorded answer that started no task, told to another request."""
    was, now = parsed(recorded), parsed(asked)
    url = now.get(CALLBACK_URL)
    ids = {old: new for name, old, new in _changed(was, now) if name in IDS}
    return Swap(ids, _texts(was, now), {CALLBACK_URL: url} if isinstance(url, str) else {}).text(body)


def _changed(recorded: Mapping[str, Any], asked: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The texts of a request that are others than the recorded one had, by name."""
    for name, new in asked.items():
        old = recorded.get(name)
        if isinstance(old, str) and isinstance(new, str) and old and not is_masked(old) and old != new:
            yield name, old, new


def _texts(recorded: Mapping[str, Any], asked: Mapping[str, Any]) -> Mapping[str, str]:
    """What stands in place of the texts of the request, of those that tell one member alone."""
    changed = [each for each in _changed(recorded, asked) if each[0] not in (*IDS, CALLBACK_URL)]
    every = [value for value in recorded.values() if isinstance(value, str)]
    return {old: new for _, old, new in changed if every.count(old) == 1}


def _files(body: str, made: Mapping[str, str], media: str) -> Iterator[tuple[str, str]]:
    """The mock's own files in place of those that a task's tracks have."""
    waiting: list[Any] = [parsed(body)]
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting.extend(each)
        elif isinstance(each, dict):
            waiting.extend(each.values())
            id = each.get("id")
            new = made.get(id, "") if isinstance(id, str) else ""
            if len(new) in ROUTED:
                yield from _urls(each, f"{media}{media_name(new)}")


def _urls(track: Mapping[str, Any], file: str) -> Iterator[tuple[str, str]]:
    for name, value in track.items():
        word = name.lower()
        kind = next((kind for kind in ENDINGS if kind in word), None) if "url" in word else None
        if kind is not None and isinstance(value, str) and value.startswith(("http://", "https://")):
            yield value, file + ENDINGS[kind]


def parsed(text: str | bytes) -> Mapping[str, Any]:
    """A JSON object; an empty one of what is none."""
    try:
        value = from_json(text.encode() if isinstance(text, str) else text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
