"""What journeys share: a real mock, a real receiver, and a client that knows nothing but HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from mock_server.api import RECORD_INFO
from mock_server.demo import documented_request
from mock_server.receiver import Received, Receiver
from mock_server.rulebook import EXTEND
from mock_server.server import MockServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A client between a mock and its own receiver. The mock's clock stands still until `advance`."""

    http: httpx.Client
    receiver: Receiver
    profile: str

    def extend(self, *, key: str | None = "key", prefer: str = "", **changes: Any) -> httpx.Response:
        """POST the document's example, with the receiver's URL and changes; `...` leaves a property out."""
        changed = {**documented_request(self.profile), "callBackUrl": self.receiver.url, **changes}
        body = {name: value for name, value in changed.items() if value is not ...}
        headers = {"Prefer": prefer} if prefer else {}
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        return self.http.post(EXTEND, json=body, headers=headers)

    def record(self, task_id: str, key: str = "key") -> Any:
        headers = {"Authorization": f"Bearer {key}"}
        return self.http.get(RECORD_INFO, params={"taskId": task_id}, headers=headers).json()["data"]

    def advance(self, seconds: float) -> None:
        """Move the mock's clock; returns when everything due was attempted."""
        self.http.post("/__admin/clock/advance", json={"seconds": seconds}).raise_for_status()

    def callbacks(self, task_id: str) -> list[Received]:
        """What the receiver got for a task so far."""
        return [each for each in self.receiver.received if task_id.encode() in each.body]

    def outcomes(self, task_id: str) -> list[tuple[str, str]]:
        """(stage, outcome) of every attempt for a task, from the mock's journal."""
        entries = self.http.get("/__admin/journal", params={"task_id": task_id}).json()["entries"]
        return [(entry["stage"], entry["outcome"]) for entry in entries if entry["kind"] == "attempt"]


@contextmanager
def journey(profile: str = "apikley", **settings: Any) -> Iterator[Journey]:
    """A journey on a mock of its own, with a manual clock unless a pace is given."""
    options = {"pace": "manual", **settings}
    with (
        MockServer(profile=profile, **options) as mock,
        Receiver() as receiver,
        httpx.Client(base_url=mock.url) as http,
    ):
        yield Journey(http=http, receiver=receiver, profile=profile)
