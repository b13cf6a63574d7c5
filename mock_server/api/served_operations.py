"""What each endpoint says of itself: those with Python of their own, and those whose file says all."""

from collections.abc import Iterator, Mapping
from typing import Final

from mock_server.api import extend, generate
from mock_server.api.answered import Answered
from mock_server.api.credit import Credit
from mock_server.api.endpoints import ServedOperation
from mock_server.api.extend import Extend
from mock_server.api.finished_track import FinishedTrack
from mock_server.api.generate import Generate
from mock_server.api.open_task import TaskOpening
from mock_server.api.persona import Persona
from mock_server.api.record_info import RecordInfo
from mock_server.api.section import SECTION, Section, replaced
from mock_server.api.started import FINISHED_TRACK, Started
from mock_server.api.uploaded import UPLOADED, Uploaded, added_to
from mock_server.contract.operations import ANSWER, EXTEND, GENERATE, POLL, TASK, Operation
from mock_server.core.errors import BadSetting, nearest
from mock_server.domain.made.every import MAKERS
from mock_server.domain.tasks import TaskRequestFrom
from mock_server.media.find_track import FindTrack
from mock_server.runtime import Runtime

TASK_REQUESTS: Final[Mapping[str, TaskRequestFrom]] = {
    EXTEND: extend.task_request,
    GENERATE: generate.task_request,
    "added_to": added_to,
    "replaced": replaced,
}
"""What the requests ask for that start a task of music, by operation, or as files of operations call it."""
CREDITS: Final = ("chat-credit", "generate-credit")


def served_operations(runtime: Runtime, tracks: FindTrack) -> Mapping[str, ServedOperation]:
    """What each endpoint of the profile says of itself, by the operation's name."""
    opening = TaskOpening(runtime.store, runtime.settings.seed, runtime.personas, runtime.policy)
    finished = FinishedTrack(runtime.store, runtime.catalogue, runtime.track_maker)
    profile = runtime.editions.profile
    of_files = [_made_by_somebody(each) for each in profile.operations.values() if each.file]
    uploaded = Uploaded()
    checks = {
        FINISHED_TRACK: finished.checks(),
        UPLOADED: uploaded.checks(),
        SECTION: Section(finished, uploaded).checks(),
    }
    every: list[ServedOperation] = [
        *_own(runtime, tracks, opening, finished),
        *(Started(each, opening, checks) for each in of_files if each.kind == TASK),
        *(Answered(each, runtime.store, runtime.track_maker, checks) for each in of_files if each.kind == ANSWER),
        *(
            RecordInfo(each, profile, runtime.store, runtime.catalogue, runtime.track_maker)
            for each in profile.operations.values()
            if each.kind == POLL
        ),
    ]
    return {each.name: each for each in every}


def _made_by_somebody(operation: Operation) -> Operation:
    """An operation that makes what there is Python for. Raises BadSetting."""
    if operation.makes not in MAKERS:
        known = [each for each in MAKERS if each]
        close = nearest(operation.makes, known)
        raise BadSetting(
            f"operations.{operation.name}.makes is {operation.makes!r}.{close} Allowed: {', '.join(known)}, or none."
        )
    return operation


def _own(
    runtime: Runtime, tracks: FindTrack, opening: TaskOpening, finished: FinishedTrack
) -> Iterator[ServedOperation]:
    yield Extend(opening, tracks)
    yield Generate(opening)
    yield Persona(finished, runtime.settings.seed)
    yield from (Credit(name, runtime.store) for name in CREDITS)
