"""Whole runs: against the mock, against a server that is not ours, and against some that mean no good."""

import io
import re
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import create_connection, socket
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from contract_tests.documents.files import profiles
from contract_tests.documents.published import Published
from contract_tests.probes.plan import Plan
from contract_tests.probes.triggers import Trigger, mock_triggers
from contract_tests.receiver.http_server import BODY_LIMIT
from contract_tests.receiver.receiver import KEPT_BYTES, Receiver
from contract_tests.run.run import LOOKS, Run
from contract_tests.target.mock import BAD_KEY, KEY, mock, mock_tracks
from contract_tests.target.target import Limits, Target
from contract_tests.targets import plain_server
from contract_tests.verdicts.results import Result, Verdict
from tests.courses import SOURCES
from tests.scripted import ACCEPTED, REFUSED, Script, http, scripted

pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]

APIKLEY = Published.read("apikley")
TRACKS = mock_tracks(APIKLEY)
QUESTIONS = APIKLEY.questions.items()


def ran(url: str, key: str = KEY, budget: int | None = None, patience: float = 2.0, **changes: Any) -> list[Result]:
    """The results of a run against a server; the changes are of its plan."""
    plan = Plan(**{"published": APIKLEY, "tracks": TRACKS, "callback_timeout": 0.3, **changes})
    keys = {"own": key, "bad": BAD_KEY}
    target = Target(
        url,
        keys,
        Limits(budget=budget),
        io.StringIO(),
        sleep=lambda seconds: None,
        patience=patience,
        terms=plan.published.terms,
    )
    with Receiver() as receiver:
        results = Run(plan, target, receiver).results()
    target.close()
    return results


def deviations(results: list[Result]) -> dict[str, str]:
    """The rules of which the document demands nothing, and that the target does not keep, with what came."""
    return {each.rule: each.findings[0].got for each in results if each.verdict is Verdict.DEVIATED}


def violations(results: list[Result]) -> dict[str, str]:
    """The broken rules, with what came."""
    return {each.rule: each.findings[0].got for each in results if each.verdict is Verdict.VIOLATED}


def verdicts(results: list[Result], verdict: Verdict) -> set[str]:
    return {each.rule for each in results if each.verdict is verdict}


@pytest.mark.parametrize("profile", profiles())
def test_the_mock_conforms_on_every_profile(profile: str) -> None:
    published = Published.read(profile)
    triggers = tuple(mock_triggers(published))
    with mock(profile) as url:
        results = ran(url, published=published, tracks=mock_tracks(published), triggers=triggers, callback_timeout=20)
    assert violations(results) == {}
    assert verdicts(results, Verdict.NOT_TRIED) == set()
    for question, pick in published.picks.items():
        reading = [each.why for each in results if each.rule == question]
        assert all(each == pick for each in reading), question
    unobserved = set(published.picks) - {each.rule for each in results}
    assert unobserved >= {"persona_twice", "retry_spacing"}
    assert {"unknown_task", "credits_number"}.isdisjoint(unobserved)


def other_readings(which: int) -> dict[str, str]:
    """Of each question a reading that the profile does not pick."""
    others = {name: [each for each in entry["readings"] if each != APIKLEY.picks[name]] for name, entry in QUESTIONS}
    return {name: readings[min(which, len(readings) - 1)] for name, readings in others.items()}


@pytest.mark.parametrize("which", [0, 1])
def test_no_reading_of_an_open_question_is_a_violation(which: int) -> None:
    chosen = other_readings(which)
    options = [f"--set={question}={reading}" for question, reading in chosen.items()]
    triggers = tuple(mock_triggers(APIKLEY))
    with mock("apikley", *options) as url:
        results = ran(url, triggers=triggers, callback_timeout=6, retries=0 if which else 3)
    assert violations(results) == {}
    del chosen["server_error_status"]  # HTTP 500 by refusal_status=mirror
    read = {each.rule: each.why for each in results if each.rule in chosen}
    # One that lets stages overtake does not do so each time, and one that was under way may come after giving up.
    assert read.pop("callback_order", "overtaking") in ("overtaking", "in_order", "in_order and overtaking")
    assert read.pop("after_giving_up", "stop") in ("stop", "go_on", "go_on and stop")
    assert read == {question: reading for question, reading in chosen.items() if question in read}
    assert len(read) >= (14 if which else 18)
    assert read["empty_text"] == "refused"


def test_the_mock_conforms_when_it_is_only_polled() -> None:
    triggers = (Trigger.parse("callback-501=header:Prefer=scenario=callback-501"),)
    with mock("apikley") as url:
        results = ran(url, listens=False, only="[ec]*.[ec]*", triggers=triggers, callback_timeout=20)
    assert violations(results) == {}
    assert "polling" in verdicts(results, Verdict.PASSED)
    assert "callbacks" in verdicts(results, Verdict.NOT_TRIED)


def test_a_server_of_the_documents_that_is_not_ours_conforms() -> None:
    with plain_server.Plain(SOURCES, pause=0.35) as server:
        results = ran(server.url, plain_server.KEY, callback_timeout=20)
    assert violations(results) == {}
    (course,) = [each for each in results if each.rule == "callbacks" and each.probe and "example" in each.probe.rule]
    assert [what for _, what in course.timeline] == ["answer", "text", "first", "complete"]
    assert course.timeline[-1][0] > 1


def test_codes_that_nothing_brings_about_were_not_tried() -> None:
    with plain_server.Plain(SOURCES, pause=0.01) as server:
        results = ran(server.url, plain_server.KEY, only="code.*")
    wanted = {"code.402", "code.409", "code.429", "code.451", "code.455", "code.500"}
    wanted |= {f"code.callback-{code}" for code in APIKLEY.callback_codes if code != 200}
    assert verdicts(results, Verdict.NOT_TRIED) == wanted & {each.rule for each in results}
    assert violations(results) == {}


def test_a_target_that_takes_any_key_is_not_asked_to_refuse_one() -> None:
    with mock("apikley") as url:
        results = ran(url, only="extend.auth.key", bad_key=False)
    assert {(each.verdict, each.why) for each in results} == {
        (Verdict.NOT_TRIED, "no --bad-key: only a key that the target must refuse tells")
    }


def test_without_a_budget_only_refusals_are_sent() -> None:
    with scripted(REFUSED) as server:
        results = ran(server.url, budget=0, only="extend.[ms]*")
    whys = {each.why for each in results if each.verdict is Verdict.NOT_TRIED}
    assert whys == {"no task is started without --budget N, the number of tasks that may be"}
    assert "extend.minimal" in verdicts(results, Verdict.NOT_TRIED)


def test_a_server_that_accepts_what_it_must_refuse_is_told_so_once_and_costs_no_more() -> None:
    with scripted(ACCEPTED, http({"code": 200, "msg": "x", "data": None})) as server:
        results = ran(server.url, budget=0, only="extend.title.*")
    assert set(violations(results)) == {"extend.title.type"}
    assert sum(heard.startswith(b"POST") for heard in server.heard) == 1
    whys = {each.why.partition(": ")[0] for each in results if each.verdict is Verdict.NOT_TRIED}
    assert whys == {"budget", "the target accepted another request that breaks extend.title.type"}


def test_every_result_is_told_as_it_is_known() -> None:
    told: list[Result] = []
    with scripted(REFUSED) as server, Receiver() as receiver:
        target = Target(server.url, {"own": KEY, "bad": BAD_KEY}, Limits(), io.StringIO())
        plan = Plan(published=APIKLEY, tracks=TRACKS, only="extend.title.type")
        results = Run(plan, target, receiver, told.append).results()
        target.close()
    assert told == results != []


class Calling(plain_server.Plain):
    """Accepts everything as the plain server does, and then calls back with something else."""

    def __init__(self, body: bytes, suffix: str = "") -> None:
        super().__init__(SOURCES)
        self.body, self.suffix = body, suffix

    def work(self, task: plain_server.Task) -> None:
        httpx.post(task.url + self.suffix, content=self.body)


def called_back(body: bytes, suffix: str = "") -> list[Result]:
    return called_by(Calling(body, suffix), callback_timeout=2.0)


def called_by(server: plain_server.Plain, **changes: Any) -> list[Result]:
    with server:
        return ran(server.url, plain_server.KEY, **{"only": "extend.example", **changes})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\x00",
        b"[" * 100_000,
        b'"x"',
        b'{"data": {"callbackType": [], "data": [{"id": {}}]}}',
        b'{"code": NaN}',
    ],
)
def test_callbacks_of_garbage_are_violations(body: bytes) -> None:
    results = called_back(body)
    assert {"callback.json", "callback.task_id"} & set(violations(results))
    assert "callback.complete" not in violations(results), "polling says that the task is still under way"


def test_a_callback_of_many_bytes_is_a_violation() -> None:
    assert "callback.json" in violations(called_back(b"x" * 3_000_000))


class Flooding(Calling):
    """Calls back with more than memory allows."""

    def work(self, task: plain_server.Task) -> None:
        with suppress(httpx.HTTPError):
            for _ in range(12):
                super().work(task)


@pytest.mark.nightly
def test_callbacks_that_memory_does_not_allow_are_a_violation() -> None:
    broken = violations(called_by(Flooding(b"x" * BODY_LIMIT), only="extend.weights", callback_timeout=8))
    assert broken["callback.size"] == f"{15 * 12 - KEPT_BYTES // BODY_LIMIT} more, which were not judged"
    assert broken["callback.json"].endswith("x (read to 262144 bytes)")


class Repeating(plain_server.Plain):
    """Sends its first callback over and over."""

    def work(self, task: plain_server.Task) -> None:
        told = {"code": 200, "msg": "x", "data": {"callbackType": "text", "task_id": task.id, "data": []}}
        with suppress(httpx.HTTPError):
            for _ in range(4 * LOOKS):
                httpx.post(task.url, json=told)


class Tasks(dict[str, plain_server.Task]):
    """Counts how often some task is asked for."""

    asked = 0

    def get(self, *named: Any) -> Any:
        self.asked += 1
        return super().get(*named)


def test_callbacks_that_do_not_end_are_looked_at_so_often_and_no_more() -> None:
    server = Repeating(SOURCES)
    server.tasks = tasks = Tasks()
    assert "callback.once" in deviations(called_by(server, callback_timeout=5))
    assert LOOKS < tasks.asked < 2 * LOOKS  # and what is asked until the record says what the callbacks did


def test_callbacks_to_another_url_are_strays() -> None:
    broken = violations(called_back(b"{}", "&more=1"))
    assert re.fullmatch(r"POST /cb/\w+/0\?k=0&more=1", broken["callback.url"])


def test_a_callback_after_a_refusal_is_a_violation() -> None:
    with Receiver() as receiver:

        def answer(connection: socket) -> None:
            httpx.post(receiver.url("0"), content=b"oops")
            connection.sendall(REFUSED)

        with scripted(answer) as server:
            target = Target(server.url, {"own": KEY, "bad": BAD_KEY}, Limits(), io.StringIO())
            plan = Plan(published=APIKLEY, tracks=TRACKS, only="extend.title.custom")
            results = Run(plan, target, receiver).results()
            target.close()
    assert violations(results) == {"refusal.callback": "oops"}


MIB = 1024 * 1024


def answers_100_mib(connection: socket) -> None:
    connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {100 * MIB}\r\n\r\n".encode())
    pour(connection)


def streams_for_ever(connection: socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")


def inflates(connection: socket) -> None:
    packer = zlib.compressobj(wbits=31)
    raw = b"".join(packer.compress(bytes(MIB)) for _ in range(100)) + packer.flush()
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(raw)}\r\n\r\n"
    connection.sendall(head.encode() + raw)


def pour(connection: socket) -> None:
    for _ in range(100):
        connection.sendall(b"x" * MIB)


@contextmanager
def bounded(mib: int) -> Iterator[None]:
    """Less memory than so much is taken, the servers' own included."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < mib * MIB
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("script", [answers_100_mib, streams_for_ever, inflates])
def test_an_answer_without_bound_is_a_violation_in_bounded_memory(script: Script) -> None:
    with scripted(script) as server, bounded(40):
        results = ran(server.url, only="extend.title.custom", patience=30.0)
    assert "longer than 1048576 bytes" in violations(results)["answer.given"]


class Pouring(plain_server.Plain):
    """Accepts everything as the plain server does, and then calls back with 100 MiB."""

    def work(self, task: plain_server.Task) -> None:
        to = urlsplit(task.url)
        head = f"POST {to.path}?{to.query} HTTP/1.1\r\nHost: x\r\nContent-Length: {100 * MIB}\r\n\r\n"
        with create_connection((to.hostname or "", to.port or 0)) as connection, suppress(OSError):
            connection.sendall(head.encode())
            pour(connection)


def test_a_callback_of_100_mib_is_a_violation_in_bounded_memory() -> None:
    with bounded(40):
        assert "callback.json" in violations(called_by(Pouring(SOURCES), callback_timeout=1.0))


@pytest.mark.parametrize(
    ("script", "rule"),
    [
        pytest.param(http(b"<html></html>", kind="text/html"), "answer.json", id="HTML"),
        pytest.param(http(b"<html></html>", 502, kind="text/html"), "answer.json", id="HTML in 502"),
        pytest.param(http(b"[" * 100_000), "answer.json", id="nested JSON"),
        pytest.param(b"", "answer.given", id="nothing"),
        pytest.param(b"SSH-2.0\r\n", "answer.given", id="no HTTP"),
        pytest.param(http(b"x" * 2_000_000), "answer.given", id="2 MB"),
        pytest.param(ACCEPTED, "callback.complete", id="never calls back"),
    ],
)
def test_a_hostile_server_is_violated_in_bounded_time(script: Script, rule: str) -> None:
    started = time.monotonic()
    with scripted(script) as server:
        results = ran(server.url, only="extend.[et]*")
    assert rule in violations(results)
    assert time.monotonic() - started < 10


def test_a_target_that_is_down_is_said_to_be_so() -> None:
    with socket() as unused:
        unused.bind(("127.0.0.1", 0))
        results = ran(f"http://127.0.0.1:{unused.getsockname()[1]}")
    assert set(violations(results)) == {"answer.given"}
    assert "ConnectError" in violations(results)["answer.given"]
    assert "the target left 5 requests in a row without an answer" in {each.why for each in results}
