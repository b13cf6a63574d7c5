"""Random calls to the API and the control plane have the same answers, whatever keeps the state."""

import re
from contextlib import ExitStack
from functools import partial
from tempfile import TemporaryDirectory
from typing import Any, Final

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    multiple,
    rule,
    run_state_machine_as_test,
)

from mock_server.app import create_app
from mock_server.contract.operations import path
from mock_server.core.settings import Settings
from tests.builders import request
from tests.mock_server.state.shared.engines import NUMBERS, server
from tests.mock_server.state.shared.servers import PROGRAMS

NOBODY: Final = "http://127.0.0.1:9/callback"
"""Every attempt is refused there, at once."""
OWN: Final = re.compile(rb' in [0-9.]+ m?s:|"(took|workers)":[0-9.e-]+|"(state|state_prefix|started)":"[^"]*"')
"""What is real time in an answer, which journal it is, and where a mock says what keeps its state."""
ACCEPTED: Final = re.compile(rb'"taskId":"(\w+)"')
NO_TASK: Final = "1035b5204b2d407caeeace0fff7f1dcf"
NO_TRACK: Final = "no-such-track"
keys = st.sampled_from(("one", "two"))
scenarios = st.sampled_from(("200", "late", "duplicate", "callback-501", "402", "out-of-order", "malformed", "no-such"))
small = st.integers(1, 9)


def differs(one: bytes, other: bytes) -> tuple[bytes, bytes]:
    """Where two answers begin to differ."""
    at = next((at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), 0)
    return one[max(0, at - 200) : at + 100], other[max(0, at - 200) : at + 100]


class SameAnswers(RuleBasedStateMachine):
    """A mock in memory, and one of each engine, which are asked the same. Later calls name the tasks and the tracks of
    earlier ones."""

    asked = 0
    """The calls of all examples."""
    tasks = Bundle("tasks")
    tracks = Bundle("tracks")

    def __init__(self) -> None:
        super().__init__()
        self._ends = ExitStack()
        folder = self._ends.enter_context(TemporaryDirectory())
        self._portal = self._ends.enter_context(start_blocking_portal())
        states = {"memory": "", "file": f"{folder}/alone", "workers": f"{folder}/shared"}
        states |= {name: server(name).url for name, program in PROGRAMS.items() if program()}
        self._clients = {name: self._client(name, state) for name, state in states.items()}

    def _client(self, name: str, state: str) -> httpx.AsyncClient:
        more: dict[str, Any] = {"state_prefix": f"calls-{next(NUMBERS)}"} if "://" in state else {}
        more |= {"workers": 2} if name == "workers" else {}
        app = create_app(Settings(state=state, pace="manual", base_url="http://mock", **more))
        self._ends.enter_context(self._portal.wrap_async_context_manager(app.router.lifespan_context(app)))
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mock")
        return self._ends.enter_context(self._portal.wrap_async_context_manager(client))

    def teardown(self) -> None:
        self._ends.close()

    def ask(self, method: str, url: str, body: Any = None, key: str = "one") -> bytes:
        """The answer of all, to one request."""
        SameAnswers.asked += 1
        headers = {"Authorization": f"Bearer {key}"}
        told = {}
        for name, client in self._clients.items():
            answer = self._portal.call(partial(client.request, method, url, json=body, headers=headers))
            told[name] = answer.status_code, OWN.sub(b"", answer.content)
        for name, each in told.items():
            assert each == told["memory"], (name, method, url, body, differs(each[1], told["memory"][1]))
        return told["memory"][1]

    def control(self, method: str, place: str, body: Any = None) -> None:
        self.ask(method, f"/__admin/{place}", body)

    def start(self, key: str, **changes: Any) -> MultipleResults[str]:
        """Ask to extend a track; the task, where one is accepted."""
        answer = self.ask("POST", path("extend"), request(callBackUrl=NOBODY, **changes), key)
        return multiple(*(each.decode() for each in ACCEPTED.findall(answer)))

    @rule(target=tasks, key=keys, title=st.sampled_from(("", "one", "x" * 80)))
    def extend(self, key: str, title: str) -> MultipleResults[str]:
        return self.start(key, title=title)

    @rule(target=tasks, key=keys)
    def extend_once_more(self, key: str) -> MultipleResults[str]:
        return self.start(key)

    @rule(target=tasks, key=keys, track=tracks)
    def extend_track(self, key: str, track: str) -> MultipleResults[str]:
        return self.start(key, audioId=track)

    @rule(
        key=keys,
        changes=st.sampled_from(({"model": "V6"}, {"audioId": NO_TRACK}, {"continueAt": "soon"}, {"title": None})),
    )
    def extend_wrongly(self, key: str, changes: dict[str, Any]) -> None:
        self.start(key, **changes)

    @rule(key=keys, body=st.sampled_from(([], "text", None, {})))
    def extend_nothing(self, key: str, body: Any) -> None:
        self.ask("POST", path("extend"), body, key)

    @rule(key=keys, task=tasks)
    def poll(self, key: str, task: str) -> None:
        self.ask("GET", f"{path('record-info')}?taskId={task}", key=key)

    @rule(key=keys, id=st.sampled_from((NO_TASK, "")))
    def poll_nothing(self, key: str, id: str) -> None:
        self.ask("GET", f"{path('record-info')}?taskId={id}", key=key)

    @rule(key=st.sampled_from(("one", "two", "three")))
    def ask_credits(self, key: str) -> None:
        self.ask("GET", path("chat-credit"), key=key)

    @rule(seconds=st.integers(0, 600))
    def advance(self, seconds: int) -> None:
        self.control("POST", "clock/advance", {"seconds": seconds})

    @rule()
    def freeze(self) -> None:
        self.control("POST", "clock/freeze", {})

    @rule(
        place=st.sampled_from(("clock", "settings", "questions", "faults", "accounts", "scenarios", "tracks?key=one"))
    )
    def look(self, place: str) -> None:
        self.control("GET", place)

    @rule(
        changes=st.sampled_from(
            (
                *({"rate_limit": "3/50"}, {"rate_limit": ""}, {"credits": 30}, {"credits": 500}, {"credits": -1}),
                *({"retention_days": 1}, {"maintenance": True}, {"maintenance": False}, {"no_such": 1}),
            )
        )
    )
    def change_settings(self, changes: dict[str, Any]) -> None:
        self.control("PATCH", "settings", changes)

    @rule(first_items=st.sampled_from(("both", "one", "nothing")))
    def change_questions(self, first_items: str) -> None:
        self.control("PATCH", "questions", {"first_items": first_items})

    @rule(key=keys, scenario=scenarios, times=st.none() | small)
    def queue(self, key: str, scenario: str, times: int | None) -> None:
        self.control("POST", "scenarios/queue", {"key": key, "scenario": scenario, "times": times})

    @rule(key=keys)
    def clear_queue(self, key: str) -> None:
        self.control("POST", "scenarios/clear", {"key": key})

    @rule(key=st.none() | keys, answer=st.sampled_from(("status", "malformed", "none")), times=small)
    def fault(self, key: str | None, answer: str, times: int) -> None:
        self.control("PUT", "faults", {"answer": answer, "times": times} | ({} if key is None else {"key": key}))

    @rule(key=keys, credits=st.integers(0, 300), revoked=st.booleans())
    def change_account(self, key: str, credits: int, revoked: bool) -> None:
        self.control("PATCH", "accounts", {"key": key, "credits": credits, "revoked": revoked})

    @rule(target=tracks, key=keys, id=st.sampled_from(("track-1", "track-2")), duration=st.integers(60, 90))
    def add_track(self, key: str, id: str, duration: int) -> str:
        self.control("POST", "tracks", {"key": key, "id": id, "model": "V4", "duration": duration})
        return id

    @rule(limit=small)
    def list_tasks(self, limit: int) -> None:
        self.control("GET", f"tasks?limit={limit}")

    @rule(task=tasks)
    def look_at_task(self, task: str) -> None:
        self.control("GET", f"tasks/{task}")

    @rule(task=tasks, stage=st.sampled_from(("text", "first", "complete", "no-such")))
    def redeliver(self, task: str, stage: str) -> None:
        self.control("POST", "redeliver", {"task_id": task, "stage": stage})

    @rule(scenario=scenarios)
    def trigger(self, scenario: str) -> None:
        self.control("POST", "trigger", {"scenario": scenario, "to": NOBODY})

    @rule(limit=small)
    def look_at_journal(self, limit: int) -> None:
        self.control("GET", f"journal?limit={limit}")

    @rule(key=st.none() | keys)
    def clear_journal(self, key: str | None) -> None:
        self.control("POST", "journal/clear" if key is None else f"journal/clear?key={key}", {})

    @rule(key=keys)
    def reset_key(self, key: str) -> None:
        self.control("POST", f"reset?key={key}", {})

    @rule()
    def reset(self) -> None:
        self.control("POST", "reset", {})


def follow(examples: int, calls: int) -> None:
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    chosen = settings(max_examples=examples, stateful_step_count=calls, deadline=None, suppress_health_check=slow)
    run_state_machine_as_test(SameAnswers, settings=chosen)


def test_all_engines_answer_as_memory_does() -> None:
    follow(examples=10, calls=30)


@pytest.mark.nightly
def test_all_engines_answer_10_000_calls_as_memory_does() -> None:
    before = SameAnswers.asked
    follow(examples=110, calls=100)  # some end early, where there is nothing that they could name
    assert SameAnswers.asked - before >= 10_000
