"""Legal variants of what becomes of an accepted request: its callbacks, its tracks, its record, and retries."""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count
from typing import Final

from contract_tests.targets.behaviour import GONE, Behaviour, Callback, Json, Task
from contract_tests.targets.changes import (
    Change,
    Legal,
    called_with,
    calling,
    is_poll,
    left,
    made_with,
    recorded_tracks,
    recorded_with,
    recording,
    sending,
    starting,
    tracks_as,
    tracks_with,
    with_members,
)
from contract_tests.targets.edition import STAGES
from contract_tests.targets.legal_failures import DETAILS, OBJECT, Variants, failures, retries
from contract_tests.targets.tasks import record

STAGED: Final = "Callback process has three stages"
LYRICS: Final = "Generation prompt/lyrics"
URLS: Final = {f"source_{kind}_url": f"https://media.invalid/source-{kind}" for kind in ("audio", "image")}


def of_courses() -> Iterator[Legal]:
    for variants in (_stages(), _tracks(), failures(), retries(), _records()):
        for name, leaves_open, change in variants:
            yield Legal(name=name, leaves_open=leaves_open, change=change)


def _stages() -> Variants:
    yield "every callback twice", STAGED, calling(lambda task, callback: [callback, callback])
    yield "no text callback", STAGED, calling(lambda task, callback: [], "text")
    yield "complete alone", STAGED, calling(lambda task, callback: [], "text", "first")
    for stage, by in (("text", "first"), ("text", "complete")):
        yield f"{stage} after {by}", STAGED, overtaken(stage, by)
    yield "text lists both tracks, unfinished", STAGED, _listing_all("text")
    yield "first lists both tracks, the second unfinished", STAGED, _listing_all("first")
    yield "all callbacks at the same moment", STAGED, lambda behaviour: replace(behaviour, pause=0.0)
    yield "callbacks half a second apart", STAGED, lambda behaviour: replace(behaviour, pause=0.3)
    yield "callbacks without msg", OBJECT, called_with({"msg": GONE})
    yield "callbacks with an empty msg", OBJECT, called_with({"msg": ""})
    yield "more members in callbacks", OBJECT, called_with({"timestamp": 1735689600, "data": {"progress": "100%"}})
    yield (
        "a signature in callbacks",
        OBJECT,
        sending(headers={"X-Webhook-Timestamp": "1735689600", "X-Webhook": "c2ln"}),
    )


def _tracks() -> Variants:
    yield "lyrics come back in place of the prompt", LYRICS, made_with({"prompt": "[Verse]\nNight city lights\n"})
    yield "other tags come back", "Music tags", made_with({"tags": "electrifying, rock, male voice"})
    yield "model_name is V4", "Model name used", made_with({"model_name": "V4"})
    yield "model_name is chirp-v3-5", "Model name used", made_with({"model_name": "chirp-v3-5"})
    for seconds in (520, 240.04, 198.4400001):
        yield f"tracks of {seconds} s", "Audio duration (seconds)", made_with({"duration": seconds})
    yield "createTime as RFC 3339", "Creation time", made_with({"createTime": "2025-01-01T00:00:00Z"})
    yield "source URLs", OBJECT, tracks_with(URLS)
    for member in ("createTime", "tags", "image_url", "duration"):
        yield f"tracks without {member}", OBJECT, tracks_with({member: GONE})
    yield "one track alone", "all tracks complete", starting(_with_one)
    yield "ids of digits", "Audio unique identifier (audioId)", _numbered()
    yield "media with a query", "Audio file URL", tracks_as(_signed)


def _records() -> Variants:
    yield "the record 0.3 s behind the callback", DETAILS, _behind
    yield "more members in param", DETAILS, recording(_more_in_param)
    yield "durations of records in whole seconds", DETAILS, recorded_tracks(_rounded)
    yield "records list both tracks from the beginning", DETAILS, _listed_at_once
    yield "no response before the end", DETAILS, recording(_only_at_the_end)
    yield (
        "records with fewer members",
        DETAILS,
        recorded_with(dict.fromkeys(("parentMusicId", "type", "createTime"), GONE)),
    )
    yield "more members in records", DETAILS, with_members(is_poll, {"data": {"progress": 100}})
    yield "records in another order", DETAILS, recorded_tracks(lambda tracks: tracks[::-1])


def overtaken(stage: str, by: str) -> Change:
    """Sends a stage's callback behind that of another."""

    def change(behaviour: Behaviour) -> Behaviour:
        kept: dict[str, Callback] = {}

        def called(task: Task, callback: Callback) -> Iterable[Callback]:
            if callback.stage == stage:
                kept[task.id] = callback
                return []
            return [callback, replace(kept.pop(task.id), later=0.15)] if callback.stage == by else [callback]

        return behaviour.calling(called)

    return change


def _listing_all(stage: str) -> Change:
    def listed(task: Task, callback: Callback) -> Iterable[Callback]:
        finished = 0 if stage == "text" else 1
        late = [left({**track, "audio_url": "", "duration": GONE}) for track in task.tracks[finished:]]
        yield callback.with_tracks(lambda tracks: [*tracks, *late])

    return calling(listed, stage)


def _numbered() -> Change:
    numbers = count(10**15)

    def starts(task: Task) -> None:
        task.tracks = [{**track, "id": str(next(numbers))} for track in task.tracks]

    return starting(starts)


def _with_one(task: Task) -> None:
    task.tracks = task.tracks[:1]


def _signed(track: Json) -> Json:
    return {**track, "audio_url": f"{track['audio_url']}?token=5&expires=1735689600#t=1"}


def _behind(behaviour: Behaviour) -> Behaviour:
    """Shows in a record what was true 0.3 s ago."""

    def called(task: Task, callback: Callback) -> Iterable[Callback]:
        shown, task.status, task.listed = (task.status, task.listed), *before.get(task.id, ("PENDING", 0))
        before[task.id] = shown
        timer = threading.Timer(0.3, lambda: _set(task, *shown))
        timer.daemon = True
        timer.start()
        yield callback

    before: dict[str, tuple[str, int]] = {}
    return calling(called)(behaviour)


def _set(task: Task, status: str, listed: int) -> None:
    task.status, task.listed = status, listed


def _more_in_param(task: Task, record: Json) -> Json:
    return {**record, "param": f'{{"userId":7,{record["param"][1:]}'}


def _rounded(tracks: list[Json]) -> list[Json]:
    return [{**track, "duration": round(track["duration"])} for track in tracks]


def _listed_at_once(behaviour: Behaviour) -> Behaviour:
    def shown(task: Task, before: Json) -> Json:
        task.listed = len(task.tracks) if task.fails is None else 0
        return record(task)

    return recording(shown)(behaviour)


def _only_at_the_end(task: Task, record: Json) -> Json:
    return record if record["status"] == STAGES["complete"] else {**record, "response": None}
