"""The suites' shared world and the state machine: each thing that must hold fails where it does not."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, TextIO

import httpx
import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from contract_tests.documents.published import Published
from contract_tests.mutants.changes import FAKE, accepted, if_stage, record
from contract_tests.mutants.proxy import Mutant, Proxy
from contract_tests.probes.plan import Plan
from contract_tests.probes.request import ACCEPTED, Expected, probe
from contract_tests.probes.strategies import Strategies
from contract_tests.receiver.http_server import Message, ThreadedServer
from contract_tests.receiver.receiver import Receiver
from contract_tests.suites.lifecycle import Lifecycle, Setting
from contract_tests.suites.world import World
from contract_tests.target.credits import Credits
from contract_tests.target.exchange import Exchange
from contract_tests.target.journal import EarlierRun, begun, entries, read
from contract_tests.target.mock import BAD_KEY, KEY, mock, mock_tracks
from contract_tests.target.target import Limits, Target
from contract_tests.verdicts.course import Finding
from tests.scripted import http, scripted

pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]

APIKLEY = Published.read("apikley")
TRACKS = mock_tracks(APIKLEY)
STRATEGIES = Strategies(APIKLEY, TRACKS)
VALID, BROKEN = STRATEGIES.valid(), STRATEGIES.broken("extend.*.type")
NOTHING = EarlierRun()
ACCEPTED_WITHOUT_ID = http({"code": 200, "msg": "success", "data": {}})
FEW = settings(
    max_examples=6,
    stateful_step_count=8,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


@contextmanager
def world(
    url: str,
    credits: Callable[[], float | None] | None = None,
    budget: int | None = None,
    journal: TextIO | None = None,
    before: EarlierRun = NOTHING,
    strict: bool = False,
) -> Iterator[World]:
    keys, limits = {"own": KEY, "bad": BAD_KEY}, Limits(budget=budget)
    target = Target(url, keys, limits, journal or io.StringIO(), before=before)
    plan = Plan(published=APIKLEY, tracks=TRACKS, callback_timeout=1.0, retries=1)
    with closing(target), Receiver() as receiver:
        yield World(
            plan=plan,
            target=target,
            receiver=receiver,
            strict=strict,
            credits=credits or Credits(target, APIKLEY),
        )


def played(world: World) -> None:
    machine: Any = seed(1)(partial(Lifecycle, Setting(world=world, valid=VALID, broken=BROKEN)))
    run_state_machine_as_test(machine, settings=FEW)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with mock("apikley") as running:
        yield running


def test_the_mock_lives_as_it_should(url: str) -> None:
    with world(url) as conforming:
        played(conforming)
        assert conforming.target.spent > 5


FAULTS = {
    "answer.taskId.fresh": Mutant(
        name="one id for all",
        group="test",
        answer=lambda sent, came: accepted(came, FAKE) if came.json["code"] == 200 else came,
    ),
    "polling.status": Mutant(name="never ends in polling", group="test", polled=record({"status": "PENDING"})),
    "callback.complete": Mutant(name="never ends", group="test", callback=if_stage("complete", lambda came: [])),
    "callback.json": Mutant(name="says nothing", group="test", callback=lambda came: [replace(came, body=b"")]),
}


@pytest.mark.parametrize("rule", FAULTS)
def test_a_fault_in_what_tasks_do_is_found(url: str, rule: str) -> None:
    with Proxy(url, FAULTS[rule]) as proxy, world(proxy.url) as faulty:
        with pytest.raises(AssertionError):
            played(faulty)
        assert any(rule in failure for failure in faulty.failures)


def test_credits_that_rise_are_found(url: str) -> None:
    with (
        world(url, count().__next__, strict=True) as faulty,
        pytest.raises(AssertionError, match=r"^credits\.fall: expected at most "),
    ):
        played(faulty)


def test_a_refusal_that_is_called_back_is_found() -> None:
    """The receiver is called by a server that refuses."""

    def refuse(sent: Message) -> Message:
        if isinstance(sent.json, dict) and str(sent.json.get("callBackUrl")).startswith("http://127"):
            httpx.post(sent.json["callBackUrl"], content=b"{}")
        return Message(headers={"Content-Type": "application/json"}).with_json({"code": 422, "msg": "wrong"})

    with ThreadedServer(refuse) as server, world(f"http://127.0.0.1:{server.port}", budget=0) as faulty:
        with pytest.raises((AssertionError, pytest.skip.Exception)):
            played(faulty)
        assert "refusal.callback: expected no callback after a refusal; got {}" in faulty.failures


def test_a_spent_budget_skips_the_test() -> None:
    example = probe("extend.example", "documented", STRATEGIES.request({}), ACCEPTED)
    spent = pytest.raises(pytest.skip.Exception, match=r"^no task is started without --budget N, ")
    with world("http://127.0.0.1:1", budget=0) as poor, spent:
        poor.sent(example)


def test_what_is_generated_is_sent_anew_by_a_resumed_run() -> None:
    example = probe("extend.valid", "the request breaks no rule", STRATEGIES.request({}), ACCEPTED)
    sent: list[Exchange] = []
    with scripted(*(http({"code": 200, "msg": "success", "data": {"taskId": id}}) for id in "ab")) as server:
        journal = io.StringIO()
        with world(server.url, journal=journal) as first:
            sent.append(first.sent(example)[1])
        before = read(journal.getvalue().splitlines())
        with world(server.url, before=before) as resumed:
            sent.append(resumed.sent(example)[1])
    assert [each.task_id for each in sent] == ["a", "b"]
    assert before.spent == 1


def test_a_spent_budget_does_not_hide_what_failed_before() -> None:
    example = probe("extend.example", "documented", STRATEGIES.request({}), ACCEPTED)
    with scripted(ACCEPTED_WITHOUT_ID) as server, world(server.url, budget=1) as poor:
        for _ in range(2):
            with pytest.raises(AssertionError, match=r"^answer\.taskId: expected data\.taskId, a text; got HTTP 200 "):
                poor.sent(example)
        assert poor.target.spent == 1


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ([http({"code": 200, "msg": "success", "data": 88})], 88),
        ([http({"code": 200, "msg": "success", "data": 88.5})], 88.5),
        ([http({"code": 404, "msg": "none"}), http({"code": 200, "msg": "success", "data": 7})], 7),
        ([http({"code": 200, "msg": "success", "data": "many"})], None),
        ([http(b"<html>")], None),
        ([b""], None),
    ],
)
def test_credits_are_what_the_first_endpoint_tells(answers: list[Any], told: float | None) -> None:
    with scripted(*answers) as server:
        journal = io.StringIO()
        with closing(Target(server.url, {"own": "sk-own"}, Limits(), journal)) as target:
            assert Credits(target, APIKLEY)() == told
        assert b"authorization: bearer sk-own" in server.heard[0].lower()
    assert len(journal.getvalue().splitlines()) == len(server.heard)
    assert "sk-own" not in journal.getvalue()


def test_what_a_target_sends_of_a_key_is_in_no_failure(url: str) -> None:
    with world(url) as tried, pytest.raises(AssertionError) as failed:
        tried.conforms([Finding(rule="callback.stage", expected="text", got=f"Bearer {KEY}")])
    assert str(failed.value) == "callback.stage: expected text; got Bearer ***"


def test_what_deviates_is_noted_once_and_fails_no_test() -> None:
    """The journal has it by its rule, whatever Hypothesis repeats."""
    empty, journal = http({"code": 422, "msg": "wrong", "data": {}}), io.StringIO()
    wrong = probe("extend.title.type", "title is 5", {"title": 5}, Expected(codes=frozenset({422})))
    with scripted(empty) as server, world(server.url, journal=journal) as tried:
        for _ in range(2):
            tried.sent(wrong)
    noted = [each["result"] for each in entries(journal.getvalue().splitlines()) if "result" in each]
    assert [(each["rule"], each["verdict"], each["exchange"]) for each in noted] == [("refusal.data", "deviated", 1)]


def test_the_reports_are_written_again_with_what_was_found(tmp_path: Path) -> None:
    finding = Finding(rule="callback.once", expected="text once", got="text, text")
    with (tmp_path / "journal.jsonl").open("w") as journal, world("http://127.0.0.1:1", journal=journal) as tried:
        journal.write(begun({"base_url": "http://127.0.0.1:1", "profile": "apikley", "version": "0.1"}))
        reporting = replace(tried, folder=tmp_path)
        reporting.report_again(whole=True)
        assert not (tmp_path / "report.json").exists()
        reporting.conforms([finding])
        reporting.report_again(whole=True)
    (row,) = json.loads((tmp_path / "report.json").read_text("utf-8"))["rules"]
    assert (row["rule"], row["verdict"]) == ("callback.once", "deviated")


@pytest.mark.parametrize("found", [[], [Finding(rule="callback.once", expected="text once", got="text, text")]])
@pytest.mark.parametrize("whole", [True, False])
def test_a_session_has_come_to_its_end_unless_it_was_stopped(found: list[Finding], whole: bool) -> None:
    journal = io.StringIO()
    with scripted(http({"code": 422, "msg": "wrong"})) as server, world(server.url, journal=journal) as tried:
        tried.report(gone=False)
        tried.sent(probe("extend.title.type", "title is 5", {"title": 5}, Expected(codes=frozenset({422}))))
        tried.conforms(found)
        tried.report_again(whole=whole)
    assert read(journal.getvalue().splitlines()).ended is whole


def test_an_answer_that_tells_of_the_targets_state_skips_the_test() -> None:
    with (
        scripted(http({"code": 402, "msg": "no credits"})) as server,
        world(server.url) as tried,
        pytest.raises(pytest.skip.Exception, match=r"^the key has no credits left: code 402$"),
    ):
        tried.sent(probe("extend.example", "documented example", "{}", ACCEPTED))
