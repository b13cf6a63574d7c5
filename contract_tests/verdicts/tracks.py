"""Finds what is wrong with the tracks that callbacks list. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from contract_tests.documents.published import Published
from contract_tests.verdicts.course import Course, Finding, finding, ids, notation

URLS: Final = ("audio_url", "stream_audio_url", "image_url")
OWN_RULE: Final = ("id", "audio_url")
ECHOED: Final = {"title": "title", "tags": "style", "prompt": "prompt"}
"""By the name that callbacks have for a text: the one that requests have."""
NUMBER_OF_SECONDS: Final = re.compile(r"\d{10,13}(\.\d+)?")


def track_findings(course: Course, published: Published) -> Iterator[Finding]:
    """Complete lists as many tracks as the family makes, and each is finished."""
    wanted = published.family["tracks_per_task"]
    documented = next(iter(published.callback_example["data"]["data"]))
    own, without = published.track_members("callbacks")
    members = [name for name in documented if name not in (*own, *without)]
    for body in course.bodies:
        if course.data(body).get("callbackType") != "complete":
            continue
        tracks = course.tracks(body)
        if len(tracks) != wanted:
            yield finding("callback.tracks.count", f"{wanted} tracks at complete", len(tracks))
        for track in tracks:
            yield from _own_findings(track, own)
            left = {name: value for name, value in track.items() if name not in own}
            yield from _finished_findings(left, members)
            if "model" in course.request:  # otherwise it is that of a track, which is not known here
                yield from _model_findings(left, published, course.request["model"])


def _finished_findings(track: Mapping[str, Any], members: Sequence[str]) -> Iterator[Finding]:
    if not isinstance(track.get("id"), str) or not track["id"]:
        yield finding("callback.track.id", "a text that is not empty", track.get("id"))
    for field in URLS:
        told = track.get(field)
        if not str(told).startswith(("http://", "https://")) and (told or field == "audio_url"):
            yield finding(f"callback.track.{field}", "a URL", told)
    duration = track.get("duration")
    if duration is not None and (_is_no_number(duration) or duration <= 0):
        yield finding("callback.track.duration", "seconds, above 0", duration)
    created = track.get("createTime")
    if created not in (None, "") and not _is_time(created):
        yield finding("callback.track.createTime", "a date with a time, or milliseconds", created)
    if missing := [name for name in members if name not in OWN_RULE and _is_missing(track, name)]:
        yield finding("callback.track.whole", f"{', '.join(members)}", f"nothing of {', '.join(missing)}")


def _own_findings(track: Mapping[str, Any], own: Mapping[str, Any]) -> Iterator[Finding]:
    """Members that the profile sets to a value."""
    for name, value in own.items():
        if track.get(name) != value:
            yield finding("callback.track.whole", f"{name} {notation(value, 80)}, as the profile says", track.get(name))


def _model_findings(track: Mapping[str, Any], published: Published, model: str) -> Iterator[Finding]:
    duration, longest = track.get("duration"), published.family["longest"][model]
    if not _is_no_number(duration) and duration > longest:
        yield finding("callback.track.longest", f"at most {longest} seconds for {model}", duration)
    name = published.family["model_names"][model]
    if track.get("model_name") not in (name, None, ""):
        yield finding("callback.track.model_name", name, track.get("model_name"))


def _is_missing(track: Mapping[str, Any], name: str) -> bool:
    """Whether it is not told. A text of the request may be empty, as it was there."""
    return track.get(name) is None or (track[name] == "" and name not in ECHOED)


def _is_no_number(value: Any) -> bool:
    return isinstance(value, bool) or not isinstance(value, int | float)


def _is_time(value: Any) -> bool:
    """Whether it is a date with a time, or a number of seconds or milliseconds of our days."""
    if NUMBER_OF_SECONDS.fullmatch(str(value)):
        return not isinstance(value, bool)
    try:
        return bool(datetime.fromisoformat(value)) and len(value) > len("2025-01-01")
    except (TypeError, ValueError):
        return False


def identity_findings(course: Course, published: Published) -> Iterator[Finding]:
    """Tracks keep their ids over the stages, and no two have the same."""
    last = ids(course)(course.finished)
    if any(last.count(id) > 1 for id in last):
        yield finding("callback.track.ids", "an id of its own for every track", last)
    for body in course.bodies:
        if any(id not in last for id in ids(course)(body)):
            yield finding("callback.track.stable", f"ids of {notation(last)} at every stage", ids(course)(body))


def echo_findings(course: Course, published: Published) -> Iterator[Finding]:
    """With custom parameters the tracks carry what was asked for, as far as they are finished."""
    request = course.request
    if request.get("defaultParamFlag") is not True:
        return
    for body in course.bodies:
        own, without = published.track_members("callbacks", str(course.data(body).get("callbackType")))
        untold = (None,) if course.data(body).get("callbackType") == "complete" else (None, "")
        for track in course.tracks(body):
            for field, asked in ECHOED.items():
                told = track.get(field)
                if asked in request and field not in (*own, *without) and told not in (request[asked], *untold):
                    expected = f"{asked} of the request, {notation(request[asked], 80)}"
                    yield finding(f"callback.echo.{field}", expected, notation(told, 80))


def mixed_findings(courses: Sequence[Course]) -> Iterator[tuple[Course, list[Finding]]]:
    """No callback of a task carries the title of a task that was started at the same time."""
    for course in courses:
        together = [each for each in courses if each.probe.group and each.probe.group == course.probe.group]
        others = [each.request["title"] for each in together if each is not course]
        found = mixed_with(course, others) if others else None
        if found is not None:
            yield course, found


def mixed_with(course: Course, others: Collection[str]) -> list[Finding] | None:
    """What callbacks of a task carry of others that have these titles; None where they have no tracks."""
    told = [track.get("title") for body in course.bodies for track in course.tracks(body)]
    if not told:
        return None
    own = course.request["title"]
    wrong = [title for title in told if isinstance(title, str) and title != own and title in others]
    expected = f"{notation(own)}, as its own request, which was sent beside others"
    return [finding("callback.mixed", expected, title) for title in wrong[:1]]
