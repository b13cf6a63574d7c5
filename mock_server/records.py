"""Task + time → what polling answers (Get Music Details, documented by siblings; provider-facts section 4). Pure."""

import json
from typing import Any

from mock_server.results import Result, create_time, listed
from mock_server.tasks import Task
from mock_server.timeline import progress


def record(task: Task, now: float, seed: int) -> dict[str, Any]:
    """`data` of record-info: camelCase, in step with the callbacks that were due by `now`."""
    state = progress(task, now)
    family = task.edition.family
    status = "PENDING" if state.stage is None else family.stages[state.stage].status
    tracks = None if state.stage is None else [_track(result) for result in listed(task, state.stage, seed)]
    failure = state.failure
    request = task.request
    return {
        "taskId": task.id,
        "parentMusicId": task.source.id,
        "param": json.dumps(request.fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
        "response": None if tracks is None else {"taskId": task.id, "sunoData": tracks},
        "status": status if failure is None else failure.status,
        "type": family.model_names[request.model],
        "operationType": "extend",
        "errorCode": None if failure is None else failure.code,
        "errorMessage": None if failure is None else task.edition.profile.callback_codes[failure.code],
        "createTime": create_time(task),
    }


def _track(result: Result) -> dict[str, Any]:
    fields = {
        "id": result.id,
        "audioUrl": result.audio_url,
        "sourceAudioUrl": result.audio_url,
        "streamAudioUrl": result.stream_url,
        "sourceStreamAudioUrl": result.stream_url,
        "imageUrl": result.image_url,
        "sourceImageUrl": result.image_url,
        "prompt": result.prompt,
        "modelName": result.model_name,
        "title": result.title,
        "tags": result.tags,
        "createTime": result.create_time,
    }
    return fields | ({"duration": result.duration} if result.finished else {})
