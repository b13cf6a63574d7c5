"""Writes the answer to polling (Get Music Details, documented by siblings; provider-facts section 4). Pure."""

import json
from collections.abc import Mapping
from functools import lru_cache
from math import isinf
from typing import Any

from mock_server.contract.profile import UNTOLD
from mock_server.contract.scenarios import STAGES
from mock_server.domain.generated_tracks import Result, Studio, create_time
from mock_server.domain.tasks import Task
from mock_server.domain.timeline import Progress, polled


def record(task: Task, now: float, studio: Studio) -> dict[str, Any]:
    """`data` of record-info: camelCase, in step with the callbacks that were due by `now`, unless the scenario lets it
    lag."""
    return _recorded(task, polled(task, now), studio)


@lru_cache(maxsize=32)
def _recorded(task: Task, state: Progress, studio: Studio) -> dict[str, Any]:
    """The record, which is remembered because a client that polls gets the same one many times."""
    family = task.edition.family
    failure = state.failure
    request = task.request
    hidden = state.stage is None or (_is_lost(task, state) and not task.edition.readings.callback_exception)
    tracks = (
        None
        if hidden
        else [_track(result, urls=task.scenario.record_urls) for result in studio.polled(task, state.stage)]
    )
    return {
        "taskId": task.id,
        "parentMusicId": request.parent,
        "param": json.dumps(_finite(request.fields), sort_keys=True, separators=(",", ":"), ensure_ascii=False),
        "response": None if tracks is None else {"taskId": task.id, "sunoData": tracks},
        "status": status(task, state),
        "type": family.model_names[request.model],
        "operationType": task.operation.name,
        "errorCode": None if failure is None else failure.code,
        "errorMessage": None if failure is None else task.edition.profile.callback_codes.get(failure.code, UNTOLD),
        "createTime": create_time(task),
    }


def status(task: Task, state: Progress) -> str:
    """One of the eight documented words, or that of a scenario that no document has."""
    family = task.edition.family
    if state.failure is not None:
        return state.failure.status
    if _is_lost(task, state):
        return family.lost
    return family.pending if state.stage is None else family.stages[state.stage].status


def _is_lost(task: Task, state: Progress) -> bool:
    return state.stage == STAGES[-1] and (task.record.lost or task.scenario.lost)


def _finite(value: Any) -> Any:
    """The value with null for numbers that a double cannot hold: JSON has no infinity."""
    if isinstance(value, Mapping):
        return {name: _finite(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and isinf(value) else value


def _track(result: Result, *, urls: bool) -> dict[str, Any]:
    track = result.track
    audio, stream, image = (result.audio_url, result.stream_url, result.image_url) if urls else (None, None, None)
    fields = {
        "id": track.id,
        "audioUrl": audio,
        "sourceAudioUrl": audio,
        "streamAudioUrl": stream,
        "sourceStreamAudioUrl": stream,
        "imageUrl": image,
        "sourceImageUrl": image,
        "prompt": track.prompt,
        "modelName": result.model_name,
        "title": track.title,
        "tags": track.style,
        "createTime": result.create_time,
    }
    return fields | ({"duration": track.duration} if result.finished else {})
