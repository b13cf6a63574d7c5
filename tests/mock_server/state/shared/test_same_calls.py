"""Random calls to the API and the control plane have the same answers, whatever keeps the state."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
SCENARIOS: Final = ("200", "late", "duplicate", "callback-501", "402", "out-of-order", "malformed", "no-such")
NO_TASK: Final = "1035b5204b2d407caeeace0fff7f1dcf"


class Call(NamedTuple):
    """One request; `number` chooses among what there is to choose."""

    name: str
    key: str
    number: int


class Asked(NamedTuple):
    method: str
    url: str
    body: Any = None


def asked(call: Call, ids: Sequence[str]) -> Asked:
    """What a call sends, where tasks of these ids were accepted."""
    _, key, number = call
    id = ids[number % len(ids)] if ids else NO_TASK
    scenario = SCENARIOS[number % len(SCENARIOS)]
    admin: Mapping[str, tuple[str, str, Any]] = {
        "advance": ("POST", "clock/advance", {"seconds": number * 10}),
        "clock": ("GET", "clock", None),
        "freeze": ("POST", "clock/freeze", {}),
        "settings": (
            "PATCH",
            "settings",
            [{"rate_limit": "3/50"}, {"rate_limit": ""}, {"credits": 100 + number}, {"retention_days": number}][
                number % 4
            ],
        ),
        "maintenance": ("PATCH", "settings", {"maintenance": number % 4 == 0}),
        "settings now": ("GET", "settings", None),
        "questions": ("PATCH", "questions", {"first_items": ("both", "one", "nothing")[number % 3]}),
        "queue": ("POST", "scenarios/queue", {"key": key, "scenario": scenario, "times": number % 3 or None}),
        "clear queue": ("POST", "scenarios/clear", {"key": key}),
        "fault": (
            "PUT",
            "faults",
            {"key": key, "answer": "status", "status": 500 + number % 4, "times": 1 + number % 2},
        ),
        "fault of all": ("PUT", "faults", {"answer": ("malformed", "status", "none")[number % 3], "times": 1}),
        "faults": ("GET", "faults", None),
        "accounts": ("GET", "accounts", None),
        "account": ("PATCH", "accounts", {"key": key, "credits": number * 5, "revoked": number % 7 == 0}),
        "tracks": ("GET", f"tracks?key={key}", None),
        "track": ("POST", "tracks", {"key": key, "id": f"track-{number % 5}", "model": "V4", "duration": 60 + number}),
        "tasks": ("GET", f"tasks?limit={1 + number % 5}", None),
        "task": ("GET", f"tasks/{id}", None),
        "redeliver": ("POST", "redeliver", {"task_id": id, "stage": ("text", "first", "complete")[number % 3]}),
        "trigger": ("POST", "trigger", {"scenario": scenario, "to": NOBODY}),
        "journal": ("GET", f"journal?limit={1 + number % 9}", None),
        "clear journal": ("POST", f"journal/clear?key={key}" if number % 2 else "journal/clear", {}),
        "reset": ("POST", f"reset?key={key}" if number % 3 else "reset", {}),
    }
    if call.name in admin:
        method, place, body = admin[call.name]
        return Asked(method, f"/__admin/{place}", body)
    if call.name == "poll":
        return Asked("GET", f"{path('record-info')}?taskId={id}")
    if call.name == "credits":
        return Asked("GET", path("chat-credit"))
    changes: dict[str, Any] = {"callBackUrl": NOBODY, "title": f"{number}"}
    if number % 5 == 0:
        changes |= {"audioId": f"track-{number // 5 % 5}"}
    if number % 11 == 0:
        changes |= {"model": "V6"}
    return Asked("POST", path("extend"), request(**changes))


NAMES: Final = (
    *("extend", "extend", "extend", "poll", "poll", "advance", "advance", "credits", "clock", "freeze", "settings"),
    *(
        "maintenance",
        "settings now",
        "questions",
        "queue",
        "clear queue",
        "fault",
        "fault of all",
        "faults",
        "accounts",
    ),
    *("account", "tracks", "track", "tasks", "task", "redeliver", "trigger", "journal", "clear journal", "reset"),
)
calls = st.builds(Call, st.sampled_from(NAMES), st.sampled_from(("one", "two")), st.integers(0, 60))


def differs(one: bytes, other: bytes) -> tuple[bytes, bytes]:
    """Where two answers begin to differ."""
    at = next((at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), 0)
    return one[max(0, at - 200) : at + 100], other[max(0, at - 200) : at + 100]


async def follow(course: Sequence[Call]) -> None:
    """Ask a mock in memory, and one of each engine."""
    choices: dict[str, Any] = {"pace": "manual", "base_url": "http://mock"}
    with TemporaryDirectory() as folder:
        states = {"memory": "", "file": f"{folder}/alone", "workers": f"{folder}/shared"}
        states |= {name: server(name).url for name, program in PROGRAMS.items() if program()}
        async with AsyncExitStack() as ends:
            clients = {}
            for name, state in states.items():
                more: dict[str, Any] = {"state_prefix": f"calls-{next(NUMBERS)}"} if "://" in state else {}
                more |= {"workers": 2} if name == "workers" else {}
                app = create_app(Settings(state=state, **choices, **more))
                await ends.enter_async_context(app.router.lifespan_context(app))
                transport = httpx.ASGITransport(app)
                clients[name] = await ends.enter_async_context(
                    httpx.AsyncClient(transport=transport, base_url="http://mock")
                )
            ids: list[str] = []
            for call in course:
                ask = asked(call, ids)
                headers = {"Authorization": f"Bearer {call.key}"}
                found = {
                    name: await client.request(ask.method, ask.url, json=ask.body, headers=headers)
                    for name, client in clients.items()
                }
                told = {name: (each.status_code, OWN.sub(b"", each.content)) for name, each in found.items()}
                for name, each in told.items():
                    assert each == told["memory"], (name, ask, differs(each[1], told["memory"][1]))
                ids += [each.decode() for each in re.findall(rb'"task_?[iI]d":"(\w+)"', found["memory"].content)]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(course=st.lists(calls, max_size=30))
def test_all_engines_answer_as_memory_does(course: Sequence[Call]) -> None:
    asyncio.run(follow(course))


@pytest.mark.nightly
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
@given(course=st.lists(calls, min_size=100, max_size=100))
def test_all_engines_answer_10_000_calls_as_memory_does(course: Sequence[Call]) -> None:
    asyncio.run(follow(course))
