"""Writes the answer to polling (Get Music Details, documented by siblings; provider-facts section 4). Pure."""

from functools import lru_cache
from typing import Any

from mock_server.contract.forms import unchanged
from mock_server.contract.scenarios import STAGES
from mock_server.domain.generated_tracks import Result, TrackMaker, create_time
from mock_server.domain.param import param
from mock_server.domain.shaped import shaped_record
from mock_server.domain.tasks import Task
from mock_server.domain.timeline import Progress, polled


def record(task: Task, now: float, track_maker: TrackMaker) -> Any:
    """`data` of record-info: camelCase, in step with the callbacks that were due by `now`, unless the scenario lets it
    lag."""
    return _recorded(task, polled(task, now), track_maker)


@lru_cache(maxsize=32)
def _recorded(task: Task, state: Progress, track_maker: TrackMaker) -> Any:
    """The record, which is remembered because a client that polls gets the same one many times."""
    hidden = state.stage is None or (_is_lost(task, state) and not task.edition.readings.callback_exception)
    if task.operation.shapes.record is not None:
        return shaped_record(task, state, track_maker, word=spelt(task, _word(task, state)), hidden=hidden)
    failure = state.failure
    request = task.request
    tracks = None if hidden else _tracks(task, state, track_maker)
    return {
        "taskId": task.id,
        "parentMusicId": request.parent,
        "param": param(request.fields),
        "response": None if tracks is None else {"taskId": task.id, "sunoData": tracks},
        "status": status(task, state),
        "type": task.family.model_names[request.model],
        "operationType": task.operation.operation_type,
        "errorCode": None if failure is None else failure.code,
        "errorMessage": None if failure is None else task.edition.profile.failure_text(task.operation, failure.code),
        "createTime": create_time(task),
    }


def _tracks(task: Task, state: Progress, track_maker: TrackMaker) -> list[dict[str, Any]]:
    formed = task.edition.family.track_members.records.get(state.stage or "", unchanged)
    return [formed(_track(result, urls=task.scenario.record_urls)) for result in track_maker.polled(task, state.stage)]


def status(task: Task, state: Progress) -> str:
    """One of the documented words, or that of a scenario that no document has."""
    return str(spelt(task, _word(task, state)))


def spelt(task: Task, word: str) -> Any:
    """What the operation has in place of a status of music."""
    return task.operation.statuses.get(word, word)


def _word(task: Task, state: Progress) -> str:
    """The status as that of music."""
    family = task.family
    if state.failure is not None:
        return state.failure.status
    if _is_lost(task, state):
        return family.lost
    return family.pending if state.stage is None else family.stages[state.stage].status


def _is_lost(task: Task, state: Progress) -> bool:
    return state.stage == STAGES[-1] and (task.record.lost or task.scenario.lost)


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
