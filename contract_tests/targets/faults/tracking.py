"""Servers whose tracks, texts or records have a fault: a member, its form, its text, or what it agrees with."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final

from contract_tests.targets.behaviour import GONE, Behaviour, Task
from contract_tests.targets.changes import (
    calling_as,
    keeping,
    mangling,
    recorded_tracks,
    starting,
    tracks_as,
    tracks_with,
)
from contract_tests.targets.edition import FLAG, TEXTS, Edition
from contract_tests.targets.faults.recording import DETAILS, Family, agreeing, records, renamed
from contract_tests.targets.faults.texts import texts
from contract_tests.targets.tasks import CAMEL

URLS: Final = ("audio_url", "stream_audio_url", "image_url")
WRITTEN: Final = ("id", *URLS, "prompt", "model_name", "title", "tags", "createTime")
WRONG: Final[tuple[tuple[str, Any], ...]] = (
    ("null", None),
    ("a number", 5),
    ("a list", ["x"]),
    ("an object", {"x": 1}),
)


def _rules(member: str) -> tuple[str, ...]:
    return (f"callback.track.{member}", "callback.schema", "callback.track.*", f"callback.echo.{member}", "polling.*")


def _members(edition: Edition) -> Family:
    for number, member in enumerate(WRITTEN):
        name, wrong = WRONG[number % 4]
        yield f"tracks with {name} as {member}", _rules(member), tracks_with({member: wrong})
    for member in ("id", "audio_url"):
        yield f"tracks without {member}", _rules(member), tracks_with({member: GONE})
        yield f"an empty {member} at complete", _rules(member), tracks_with({member: ""}, "complete")
    for says, seconds in (("a text", "180.4"), ("0", 0), ("a negative number", -1), ("a flag", True), ("null", None)):
        yield f"tracks with {says} as duration", _rules("duration"), tracks_with({"duration": seconds})
    for says, value in (
        ("yesterday", "yesterday"),
        ("nothing", ""),
        ("a month 13", "2025-13-01 00:00:00"),
        ("a date", "01/02/25"),
    ):
        yield f"tracks made {says}", _rules("createTime"), tracks_with({"createTime": value})
    for member in URLS:
        for says, value in (("a path", "/1.mp3"), ("no scheme", "media.invalid/1.mp3")):
            yield f"{member} is {says}", _rules(member), tracks_with({member: value}, "complete")
    camel = tracks_as(lambda track: {CAMEL[name]: value for name, value in track.items()})
    yield "camel case in callbacks", _rules("audio_url"), camel
    for member in ("audio_url", "image_url", "model_name"):
        change = tracks_as(partial(renamed, member, CAMEL[member]))
        yield f"camel case for {member} in callbacks", _rules(member), change


def _identities(edition: Edition) -> Family:
    rules = ("callback.track.*", "polling.tracks", "callback.unique*", "polling*")
    yield "one id for both tracks", rules, starting(lambda task: _alike("id", task))
    yield "one id for all first tracks", rules, starting(lambda task: _first_as(task, "one-for-all"))
    yield "the source's id as a track's", rules, starting(lambda task: _first_as(task, str(task.body.get("audioId"))))
    yield "other ids at complete", rules, tracks_as(lambda track: {**track, "id": f"{track['id']}-2"}, "complete")
    yield "other ids at first", rules, tracks_as(lambda track: {**track, "id": f"{track['id']}-1"}, "first")
    yield (
        "ids in capitals at complete",
        rules,
        tracks_as(lambda track: {**track, "id": track["id"].upper()}, "complete"),
    )
    for member in ("audio_url", "stream_audio_url"):
        yield f"one {member} for both tracks", rules, starting(partial(_alike, member))
        yield (
            f"one {member} for all tracks",
            rules,
            starting(partial(_set, member, "https://media.invalid/1")),
        )
    yield "no track at complete in records", rules, _emptied
    yield (
        "the first track twice",
        rules,
        calling_as(lambda came: came.with_tracks(lambda tracks: tracks[:1] * len(tracks))),
    )
    yield "another finished track at first", rules, _others_first
    yield (
        "the first track is gone at complete",
        rules,
        calling_as(lambda came: came.with_tracks(lambda t: t[1:]), "complete"),
    )


def _alike(member: str, task: Task) -> None:
    _set(member, task.tracks[0][member], task)


def _set(member: str, value: Any, task: Task) -> None:
    task.tracks = [{**track, member: value} for track in task.tracks]


def _first_as(task: Task, id: str) -> None:
    task.tracks = [{**task.tracks[0], "id": id}, *task.tracks[1:]]


def _emptied(behaviour: Behaviour) -> Behaviour:
    return recorded_tracks(lambda tracks: [])(behaviour)


def _others_first(behaviour: Behaviour) -> Behaviour:
    return calling_as(
        lambda came: came.with_tracks(lambda tracks: [{**t, "id": f"draft-{t['id']}"} for t in tracks]), "first"
    )(behaviour)


def _works(edition: Edition) -> Family:
    """Works with another request than the one that it accepted, and says so."""
    for name in TEXTS:
        yield (
            f"works with another {name}",
            ("polling.param*", "callback.echo*"),
            mangling(name, lambda text: "Iron Man"),
        )
    first = keeping(lambda body: {**body, "model": edition.models[0]})
    yield "works with the first model", ("polling*", "callback.track.model_name"), first
    yield "works with the example's audioId", DETAILS, keeping(lambda body: {**body, "audioId": "e231"})
    yield (
        "the original parameters for custom ones",
        ("polling*", "callback.echo*"),
        keeping(lambda body: {**body, FLAG: False}),
    )
    quiet = lambda behaviour: replace(behaviour, starts=lambda task: _set("title", "", task))  # noqa: E731
    yield "no titles", ("callback*",), quiet


FAMILIES: Final[Mapping[str, Callable[[Edition], Family]]] = {
    "members of tracks": _members,
    "identities": _identities,
    "texts": texts,
    "records": records,
    "records and callbacks": agreeing,
    "another request": _works,
}
