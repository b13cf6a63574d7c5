"""`suno-mock demo`: sends one documented request over real HTTP; shows its callbacks and the polled record."""

import json
import time
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any, Final
from urllib.parse import urlsplit

from mock_server.contract import operations
from mock_server.contract.examples import documented_request
from mock_server.contract.family import Family
from mock_server.contract.operations import operations_of, path
from mock_server.contract.own_profile import check_own
from mock_server.contract.profile_files import resolved
from mock_server.core.errors import BadSetting
from mock_server.core.settings import Pace, Settings
from mock_server.testing.mock_server import MockServer
from mock_server.testing.receiver import Receiver
from mock_server.testing.receiver_http import Received

EXTEND: Final = path(operations.EXTEND)
RECORD_INFO: Final = path(operations.RECORD_INFO)
"""The family's paths, which a profile can change."""
PATIENCE: Final = 18.0
"""Seconds of real time that the last callback may take."""


def run(settings: Settings, say: Callable[[str], object]) -> None:
    """Say each step. Raises BadSetting for a pace at which it would not end soon."""
    check_own(settings.profile)
    pace, family = Pace.parse(settings.pace), Family.read(settings.profile)
    if pace.manual or pace.scale(family.stages["complete"].at) > PATIENCE:
        raise BadSetting(f"pace {settings.pace!r} is too slow for the demo. Allowed: immediate, or 10x and faster.")
    served = operations_of(resolved(settings.profile))
    paths = {path(name): each.path for name, each in served.items()}
    with MockServer(settings) as mock, Receiver() as receiver:
        say(f"The mock listens on {mock.url}, a callback receiver on {receiver.url}")
        request = documented_request(settings.profile) | {"callBackUrl": receiver.url}
        say(f"\n--> POST {paths[EXTEND]}, the {settings.profile} document's example:")
        say(_indented(request))
        answer = _call(mock, "POST", paths[EXTEND], request)
        say(f"\nThe answer:\n{_indented(answer)}")
        task_id = _accepted(answer)["taskId"]
        told = [stage for stage in family.stages if not family.skips(stage, task_id)]
        say(f"\nThe callbacks, at pace {settings.pace}:")
        started = time.monotonic()
        for count in range(1, len(told) + 1):
            callback = receiver.wait_for(count, within=PATIENCE + 10)[count - 1]
            say(_summary(callback, time.monotonic() - started))
        say(f"\nThe last one in full:\n{_indented(callback.json())}")
        say(f"\n--> GET {paths[RECORD_INFO]}?taskId={task_id}")
        record = _accepted(_call(mock, "GET", f"{paths[RECORD_INFO]}?taskId={task_id}"))
        tracks = record["response"]["sunoData"]
        say(f"status {record['status']}, tracks {', '.join(track['id'] for track in tracks)}")


def _call(mock: MockServer, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    address = urlsplit(mock.url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=10)
    headers = {"Authorization": f"Bearer {mock.key}", "Content-Type": "application/json"}
    connection.request(method, path, json.dumps(body) if body else None, headers)
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def _accepted(answer: Any) -> Any:
    """The data of an answer. Raises BadSetting for a refusal, which a profile of one's own can cause."""
    if answer["code"] != 200:
        raise BadSetting(f"the example is refused under this profile: {answer['msg']}")
    return answer["data"]


def _summary(callback: Received, after: float) -> str:
    body = callback.json()
    tracks = body["data"]["data"] or []
    count = "1 track" if len(tracks) == 1 else f"{len(tracks)} tracks"
    return f"<-- {after:4.1f} s  {body['data']['callbackType']:8}  {count:8}  {body['msg']}"


def _indented(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
