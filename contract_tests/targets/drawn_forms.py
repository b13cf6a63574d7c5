"""In what form drawn servers say things beside what is documented, and the lines of a profile that tell it, by their
keys."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any, Final

from contract_tests.targets.behaviour import GONE, Answer, Asked, Behaviour, Task
from contract_tests.targets.changes import (
    Change,
    answering,
    called_with,
    calling_as,
    is_code,
    recorded_tracks_with,
    tracks_with,
    with_members,
)
from contract_tests.targets.legal_courses import URLS

Path = tuple[str | int, ...]
Lines = Mapping[Path, Any]
OFTEN: Final = 0.3
"""How often a server has each of the forms."""
CALLED: Final = ("text", "first", "complete", "failed")
"""All callbacks, as the stages of the plain server name them."""
RECORDED: Final[Lines] = {
    ("track_members", "records", stage, "without"): ["sourceAudioUrl", "sourceImageUrl", "sourceStreamAudioUrl"]
    for stage in ("first", "complete")
}
"""What every server apart from the mock does otherwise: its records have no URLs of sources."""

AT_TEXT: Final[Path] = ("track_members", "callbacks", "text", "members", "source_audio_url")


def drawn(seed: int, behaviour: Behaviour, source_urls: Collection[str]) -> tuple[Behaviour, Lines]:
    """The behaviour with forms of its own, and the lines that a profile of it has, if all is found. `source_urls` are
    the stages at which its callbacks have URLs of sources: the same of each track, none of the stream."""
    chance = Random(f"{seed} forms")  # noqa: S311, no secret hangs on it
    without: dict[Path, Any] = {
        ("track_members", "callbacks", stage, "without"): ["source_stream_audio_url"] for stage in source_urls
    }
    due = {**RECORDED, **without, **({AT_TEXT: URLS["source_audio_url"]} if "text" in source_urls else {})}
    for change, lines in _forms(mirrors=behaviour.mirrors):
        if chance.random() < OFTEN:
            behaviour = change(behaviour)
            due |= {path: [*due[path], *value] if path in due else value for path, value in lines.items()}
    return behaviour, due


def _forms(*, mirrors: bool) -> Iterator[tuple[Change, Lines]]:
    """Each form a server can have, with its lines."""
    stages = ("first", "complete")
    yield with_members(_every, {"success": True}), {("answers", "members", "success"): True}
    yield answering(_every, _served), {("answers", "headers", "x-served-by"): "node-1"}
    yield called_with({"source": "suno"}, *CALLED), {("callbacks", "members", "source"): "suno"}
    yield (
        calling_as(lambda each: replace(each, headers={"X-Event": "song"}), *CALLED),
        {("callbacks", "headers", "x-event"): "song"},
    )
    yield _starting(_prefixed), {("ids", "task"): "task_{id}"}
    yield _starting(_suffixed), {("ids", "track"): "{id}-v2"}
    yield (
        tracks_with({"lyrics": None}, *stages),
        {("track_members", "callbacks", stage, "members", "lyrics"): None for stage in stages},
    )
    yield tracks_with({"tags": GONE}, "complete"), {("track_members", "callbacks", "complete", "without"): ["tags"]}
    yield (
        recorded_tracks_with({"plays": 0}),
        {("track_members", "records", stage, "members", "plays"): 0 for stage in stages},
    )
    if not mirrors:
        yield (
            answering(is_code(422), lambda answer: replace(answer, status=422)),
            {("answers", "statuses", 422): 422},
        )


def _every(asked: Asked, answer: Answer) -> bool:
    return isinstance(answer.content, dict)


def _served(answer: Answer) -> Answer:
    return replace(answer, headers={**answer.headers, "X-Served-By": "node-1"})


def _starting(change: Any) -> Change:
    """Changes a task as it starts, behind what is changed already."""

    def changed(behaviour: Behaviour) -> Behaviour:
        before = behaviour.starts

        def starts(task: Task) -> None:
            before(task)
            change(task)

        return replace(behaviour, starts=starts)

    return changed


def _prefixed(task: Task) -> None:
    task.id = f"task_{task.id}"


def _suffixed(task: Task) -> None:
    task.tracks = [{**each, "id": f"{each['id']}-v2"} for each in task.tracks]
