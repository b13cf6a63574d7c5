"""Servers whose callbacks go to the wrong place, carry what is of another task, or come as often as they must not."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final
from urllib.parse import unquote, urlsplit, urlunsplit

from contract_tests.targets.behaviour import KEY, Behaviour, Callback, Json, Task
from contract_tests.targets.changes import Change, called_with, calling, calling_as, delivering, sending
from contract_tests.targets.edition import STAGES, Edition

Family = Iterator[tuple[str, tuple[str, ...], Change]]


def urls(edition: Edition) -> Family:
    for says, mangle in MANGLED.items():
        change = calling_as(partial(_at, mangle))
        yield f"calls the URL {says}", ("callback.url", "callback.complete", "delivery.*"), change
    yield "calls the root of the host", ("callback.url", "callback.complete"), calling_as(_root)
    for stage in STAGES:
        change = calling_as(partial(_at, partial(_with_parameter, f"stage={stage}")), stage)
        yield f"calls another URL for {stage}", ("callback.url", "callback.complete"), change


def _at(mangle: Callable[[str], str], callback: Callback) -> Callback:
    return replace(callback, url=mangle(callback.url))


def _with_parameter(parameter: str, url: str) -> str:
    return f"{url}&{parameter}"


def _with_member_of(member: str, track: Json, other: Json) -> Json:
    return {**track, member: other[member]}


def _again_with(changes: Mapping[str, Any], attempt: int, callback: Callback) -> Callback:
    return callback.merged(changes) if attempt else callback


def _root(callback: Callback) -> Callback:
    return replace(callback, url=urlunsplit(urlsplit(callback.url)._replace(path="/", query="")))


def _path(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda url: urlunsplit((to := urlsplit(url))._replace(path=change(to.path)))


def _query(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda url: urlunsplit((to := urlsplit(url))._replace(query=change(to.query)))


MANGLED: Final[Mapping[str, Callable[[str], str]]] = {
    "without its query": _query(lambda query: ""),
    "with small letters in its path": _path(str.lower),
    "with small letters in its query": _query(str.lower),
    "with its escapes decoded": _path(unquote),
    "with the escapes of its query decoded": _query(unquote),
    "with small letters in its escapes": lambda url: url.replace("%2F", "%2f").replace("%3D", "%3d"),
    "with blanks for plus signs": lambda url: url.replace("+", "%20"),
    "with escapes for plus signs": lambda url: url.replace("+", "%2B"),
    "cut at a semicolon": lambda url: url.partition(";")[0],
    "cut at the second parameter": lambda url: url.partition("&")[0],
    "with HTML for ampersands": lambda url: url.replace("&", "&amp;"),
    "with its fragment in the path": lambda url: url.replace("#", "%23"),
    "with a slash at the end of its path": _path(lambda path: f"{path}/"),
    "with slashes put together": _path(lambda path: path.replace("//", "/")),
    "with its parameters sorted": _query(lambda query: "&".join(sorted(query.split("&")))),
    "with repeated parameters once": _query(lambda query: "&".join(dict.fromkeys(query.split("&")))),
    "with escapes for a tilde": lambda url: url.replace("~", "%7E"),
    "without parameters that have no value": _query(lambda q: "&".join(each for each in q.split("&") if "=" in each)),
    "cut after 60 characters": lambda url: url[:60],
    "cut after 120 characters": lambda url: url[:120],
    "escaped twice": lambda url: url.replace("%", "%25"),
}


def mixing(edition: Edition) -> Family:
    for what in ("title", "tags", "prompt", "id", "audio_url", "image_url"):
        change = _of_the_task_before(partial(_with_member_of, what))
        yield f"callbacks carry the {what} of another task", MIXED, change
    yield "callbacks carry the tracks of another task", MIXED, _of_the_task_before(lambda track, other: other)
    yield "callbacks go to the URL of another task", ("callback.*", "polling.*"), _to_the_task_before
    yield "complete names another task", ("callback.*", "polling.*"), _naming_the_task_before
    yield "callbacks of a task go to two URLs", ("callback.*", "polling.*"), _to_both


MIXED: Final = (
    "callback.mixed",
    "callback.echo*",
    "callback.track.*",
    "polling.tracks*",
    "callback.unique*",
    "polling.member*",
)


def _with_before(change: Callable[[Callback, Task], Iterable[Callback]]) -> Change:
    """Changes a callback by the task that was started before its own."""

    def changed(behaviour: Behaviour) -> Behaviour:
        tasks: list[Task] = []

        def called(task: Task, callback: Callback) -> Iterable[Callback]:
            number = tasks.index(task)
            return change(callback, tasks[number - 1]) if number else [callback]

        def starts(task: Task) -> None:
            behaviour.starts(task)
            tasks.append(task)

        return calling(called)(replace(behaviour, starts=starts))

    return changed


def _of_the_task_before(change: Callable[[Any, Any], Any]) -> Change:
    def called(callback: Callback, before: Task) -> Iterable[Callback]:
        yield callback.with_tracks(
            lambda tracks: [change(track, other) for track, other in zip(tracks, before.tracks, strict=False)]
        )

    return _with_before(called)


_to_the_task_before: Final = _with_before(lambda callback, before: [replace(callback, url=before.url)])


_to_both: Final = _with_before(lambda callback, before: [callback, replace(callback, url=before.url)])


def _named(callback: Callback, before: Task) -> Iterable[Callback]:
    return [callback.merged({"data": {"task_id": before.id}}) if callback.stage == "complete" else callback]


_naming_the_task_before: Final = _with_before(_named)


def deliveries(edition: Edition) -> Family:
    rules = ("delivery.*",)
    for says, received in (
        ("HTTP 500", lambda status: status in (200, 500)),
        ("HTTP 404", lambda status: status in (200, 404)),
        ("a redirect", lambda status: status in (200, 302)),
        ("no answer", lambda status: status in (200, 0)),
    ):
        yield f"no retry after {says}", rules, delivering(received=received)
    for name, changes in (("code", {"code": 201}), ("msg", {"msg": "again"}), ("tracks", {"data": {"data": []}})):
        again = delivering(changed=partial(_again_with, changes))
        yield f"retries with another {name}", ("delivery.*", "callback.*", "polling*"), again
    elsewhere = delivering(
        changed=lambda attempt, came: replace(came, url=f"{came.url}&retry={attempt}") if attempt else came
    )
    yield "retries at another URL", ("delivery.*", "callback.url"), elsewhere
    yield "goes on for ever", ("delivery.*", "callback.*"), delivering(attempts=40, spacing=0.01)
    yield "sends again what was received", ("delivery.*", "callback.*"), delivering(received=lambda status: False)
    yield (
        "retries with GET",
        ("delivery.*", "callback.*"),
        delivering(changed=lambda attempt, callback: replace(callback, method="GET") if attempt else callback),
    )
    yield "waits no moment for an answer", ("delivery.*", "callback.*"), delivering(patience=0.002)


def leaks(edition: Edition) -> Family:
    rules = ("key.shown",)
    yield "the key in msg of callbacks", rules, called_with({"msg": f"Done for {KEY}."})
    yield "the key as a member of callbacks", rules, called_with({"data": {"apiKey": KEY}})
    yield "the key in a header of callbacks", rules, sending(headers={"Authorization": f"Bearer {KEY}"})
    yield (
        "the key in the URL of callbacks",
        (*rules, "callback.url"),
        calling_as(lambda callback: replace(callback, url=f"{callback.url}&key={KEY}")),
    )
    yield (
        "the key in a URL of tracks",
        rules,
        calling_as(
            lambda callback: callback.with_tracks(
                lambda tracks: [{**track, "audio_url": f"https://m.invalid/?key={KEY}"} for track in tracks]
            )
        ),
    )
