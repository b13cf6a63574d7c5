"""What the mock tells of a task that goes well, and with which HTTP status each code comes, while it plays what was
learned so far."""

import json
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from contract_tests.documents.any_json import parsed
from contract_tests.documents.terms import Terms
from contract_tests.learn.evidence import Line
from contract_tests.learn.playback import playing
from contract_tests.learn.profile import as_data
from contract_tests.probes.request import STAGES
from contract_tests.receiver.receiver import Receiver
from contract_tests.reports.report import Asked
from contract_tests.target.exchange import Exchange
from contract_tests.target.keys import OWN_VARIABLE, Keys
from contract_tests.target.mock import BAD_KEY, KEY
from contract_tests.target.places import record_path
from contract_tests.target.wire import Wire

APART: Final = 10
"""Seconds of the mock's clock between the stages of its task."""
LONG: Final = 3600.0
"""Seconds of the task's source track."""
TRIED: Final = 5
"""Requests that are tried until the mock accepts one."""
PATIENCE: Final = 10.0
"""Seconds for an answer of the mock."""


class MockTask(NamedTuple):
    """A task of the mock, with a poll at each stage, and the HTTP status of each code."""

    asked: Asked
    statuses: Mapping[int, int]


def mock_task(
    extends: str, lines: Iterable[Line], bodies: Sequence[Mapping[str, Any]], codes: Collection[int], terms: Terms
) -> MockTask:
    """The task of a mock that plays these lines, for the first of these accepted requests that it accepts, too. Raises
    OSError when it does not start."""
    with playing(_staged(extends, lines, bodies), "--pace", "manual") as url, Receiver() as receiver:
        wire = Wire(url, Keys({"own": KEY, "bad": BAD_KEY}, OWN_VARIABLE))
        callback_url = receiver.url("task")

        def said(method: str, path: str, body: bytes = b"", **headers: str) -> Exchange:
            named = {"Content-Type": "application/json", "Authorization": f"Bearer {KEY}", **headers}
            return wire.send(method, path, named, None, body, PATIENCE)

        for sent in bodies or [{}]:
            body = json.dumps({**sent, "callBackUrl": callback_url}).encode()
            started = said("POST", terms.extend, body)
            if started.task_id:
                break
        polls = []
        for _ in STAGES if started.task_id else ():
            said("POST", "/__admin/clock/advance", json.dumps({"seconds": APART}).encode())
            polls.append(said("GET", record_path(started.task_id or "", terms.record_info)))
        statuses = {started.code or 0: started.status}
        for code in codes:
            refused = said("POST", terms.extend, body, Prefer=f"code={code}")
            statuses |= {code: refused.status} if refused.code == code else {}
        asked = Asked(probe="", exchange=started, callbacks=tuple(receiver.arrived(callback_url)), polls=tuple(polls))
        wire.close()
    return MockTask(asked, statuses)


def accepted(asked: Iterable[Asked], models: Container[str]) -> list[Mapping[str, Any]]:
    """Bodies of those that were accepted, for a track that has an id, and one of these models: TRIED at most, that with
    the fewest members first."""
    sent = (parsed(each.exchange.sent) for each in asked if each.exchange.task_id)
    return sorted((each for each in sent if _names_a_track(each, models)), key=len)[:TRIED]


def _names_a_track(body: Any, models: Container[str]) -> bool:
    if not isinstance(body, dict):
        return False
    id, model = body.get("audioId"), body.get("model")
    return isinstance(id, str) and isinstance(model, str) and id != "" and model in models


def _staged(extends: str, lines: Iterable[Line], bodies: Iterable[Mapping[str, Any]]) -> dict[str | int, Any]:
    """What the lines say, with stages APART from one another of which none is skipped, and the tracks of the
    requests."""
    models = {sent["audioId"]: sent["model"] for sent in bodies}
    tracks = [{"id": id, "model": model, "duration": LONG} for id, model in models.items()]
    at = {stage: {"at": place * APART, "skipped": 0} for place, stage in enumerate(STAGES, 1)}
    said = as_data(extends, [each for each in lines if each.path[0] != "tracks"])
    stages = {stage: {**said.get("stages", {}).get(stage, {}), **at[stage]} for stage in STAGES}
    return {**said, **({"tracks": tracks} if tracks else {}), "stages": stages}
