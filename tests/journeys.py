"""What journeys share: a real mock, a real receiver, and a client that knows nothing but HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from mock_server.commands.demo import RECORD_INFO
from mock_server.contract.examples import documented_request
from mock_server.contract.operations import path
from mock_server.testing.mock_server import MockServer
from mock_server.testing.receiver import Receiver
from mock_server.testing.receiver_http import Received
from tests.builders import generation


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A client between a mock and its own receiver. The mock's clock stands still until `advance`."""

    http: httpx.Client
    receiver: Receiver
    profile: str

    def extend(self, *, key: str | None = "key", prefer: str = "", **changes: Any) -> httpx.Response:
        """POST the document's example, with the receiver's URL and changes; `...` leaves a property out."""
        whole = {**documented_request(self.profile), "callBackUrl": self.receiver.url, **changes}
        return self.post("extend", key=key, prefer=prefer, **whole)

    def generate(self, *, key: str = "key", **changes: Any) -> httpx.Response:
        """POST a valid generate request with changes."""
        return self.post("generate", key=key, **generation(callBackUrl=self.receiver.url, **changes))

    def post(self, operation: str, *, key: str | None = "key", prefer: str = "", **body: Any) -> httpx.Response:
        """POST a body, without the properties that are `...`."""
        sent = {name: value for name, value in body.items() if value is not ...}
        headers = {"Prefer": prefer} if prefer else {}
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        return self.http.post(path(operation), json=sent, headers=headers)

    def finished(self, answer: httpx.Response, key: str = "key") -> dict[str, Any]:
        """The polled record of the task that an answer started, once its last stage is reached."""
        self.advance(180)
        record: dict[str, Any] = self.record(answer.json()["data"]["taskId"], key)
        return record

    def credits(self, key: str = "key") -> Any:
        headers = {"Authorization": f"Bearer {key}"}
        return self.http.get(path("chat-credit"), headers=headers).json()["data"]

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
        httpx.Client(base_url=mock.url, verify=False) as http,  # no TLS: to read certificates takes 20 ms
    ):
        yield Journey(http=http, receiver=receiver, profile=profile)
