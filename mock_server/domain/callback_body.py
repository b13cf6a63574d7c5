"""Writes the body of a callback. Pure; the only module with its wire names (both documents, callbacks)."""

from typing import Any

import orjson

from mock_server.contract.forms import unchanged
from mock_server.contract.scenarios import Step
from mock_server.domain.generated_tracks import Result, TrackMaker
from mock_server.domain.shaped import shaped_callback
from mock_server.domain.tasks import Task


def body(task: Task, step: Step, track_maker: TrackMaker) -> bytes:
    """The JSON of one callback, or its first half where the scenario cuts it."""
    text = orjson.dumps(_envelope(task, step.stage, track_maker))
    return text[: len(text) // 2] if step.cut else text


def _envelope(task: Task, stage: str, track_maker: TrackMaker) -> dict[str, Any]:
    failure = task.scenario.failure_at(stage)
    shapes = task.operation.shapes
    shaped = (shapes.callback if failure is None else shapes.failed) is not None
    data = shaped_callback(task, stage, track_maker) if shaped else _data(task, stage, track_maker)
    members = task.edition.family.callbacks.members
    if failure is not None:
        return {
            "code": failure.code,
            "msg": task.edition.profile.failure_text(task.operation, failure.code),
            "data": data,
            **members,
        }
    return {"code": 200, "msg": task.family.stages[stage].msg, "data": data, **members}


def _data(task: Task, stage: str, track_maker: TrackMaker) -> dict[str, Any]:
    """What a callback about music tells."""
    readings = task.edition.readings
    if task.scenario.failure_at(stage) is not None:
        return {"callbackType": readings.failure_type, "task_id": task.id, **readings.failure_data}
    source_urls = readings.source_urls or task.operation.source_urls
    formed = task.family.track_members.callbacks.get(stage, unchanged)
    tracks = [formed(_track(result, source_urls)) for result in track_maker.listed(task, stage)]
    return {"callbackType": stage, "task_id": task.id, "data": tracks}


def _track(result: Result, source_urls: bool) -> dict[str, Any]:
    track = result.track
    fields: dict[str, Any] = {"id": track.id, "audio_url": result.audio_url}
    if source_urls and result.finished:
        fields["source_audio_url"] = result.audio_url
    fields["stream_audio_url"] = result.stream_url
    if source_urls:
        fields["source_stream_audio_url"] = result.stream_url
    fields["image_url"] = result.image_url
    if source_urls:
        fields["source_image_url"] = result.image_url
    fields |= {
        "prompt": track.prompt,
        "model_name": result.model_name,
        "title": track.title,
        "tags": track.style,
        "createTime": result.create_time,
    }
    return fields | ({"duration": track.duration} if result.finished else {})
