"""Verdicts on traffic that passed the proxy: 30 requests of a client that polls and receives."""

import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.documents.oracle import Oracle
from contract_tests.receiver.receiver import Receiver
from contract_tests.recording.live import LiveJudge
from contract_tests.recording.message import CALLBACK, HELD_BACK, Message
from contract_tests.recording.read import Recording
from contract_tests.recording.report import report
from contract_tests.recording.traffic import Traffic
from contract_tests.recording.verdicts import results
from contract_tests.reports.html import as_html
from contract_tests.reports.json_report import as_json
from contract_tests.target.mock import KEY as MOCK_KEY
from contract_tests.target.mock import mock
from contract_tests.targets.behaviour import KEY, Behaviour, conforming
from contract_tests.targets.edition import APIKLEY
from contract_tests.targets.faults.catalogue import faults
from contract_tests.targets.legal import legal
from contract_tests.targets.plain_server import Plain
from contract_tests.verdicts.results import Result, Verdict
from tests.calls import calls
from tests.contract_tests.proxy.standing import standing
from tests.contract_tests.recording.ordinary import ordinary
from tests.courses import PUBLISHED, SOURCES

NAMES = (
    "code",
    "msg",
    "data",
    "taskId",
    "task_id",
    "callbackType",
    "id",
    "status",
    "response",
    "sunoData",
    "model",
    "title",
)
pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]


def recorded(behaviour: Behaviour) -> list[Message]:
    with Plain(behaviour=behaviour, pause=0.02) as plain, Receiver() as receiver, standing(plain.url) as stood:
        ordinary(stood.proxy.url, receiver, KEY, APIKLEY.sources)
    return stood.messages


def judged(messages: list[Message]) -> list[Result]:
    return results(Traffic(PUBLISHED, "http://127.0.0.1:1", (), messages))


def rules(found: list[Result], verdict: Verdict) -> set[str]:
    return {each.rule for each in found if each.verdict is verdict}


@pytest.fixture(scope="module")
def traffic() -> list[Message]:
    return recorded(conforming(APIKLEY))


def test_a_conforming_server_is_told_so(traffic: list[Message]) -> None:
    found = judged(traffic)
    assert [each for each in found if each.broken] == []
    assert rules(found, Verdict.PASSED) >= {"extend.valid", "extend.title.length", "extend.auth.missing", "callbacks"}
    readings = {each.rule: each.why for each in found if each.verdict is Verdict.OBSERVED}
    assert readings.items() >= {"first_items": "one", "refusal_status": "envelope", "error_data": "null"}.items()


def test_the_mock_is_told_to_conform_too() -> None:
    with mock("apikley") as target, Receiver() as receiver, standing(target) as stood:
        ordinary(stood.proxy.url, receiver, MOCK_KEY, SOURCES)
    assert [each for each in judged(stood.messages) if each.broken] == []


@pytest.mark.parametrize(
    "name", ["any 2xx is received", "an unknown audioId is 404", "source URLs", "a charset in answers"]
)
def test_a_legal_variant_is_no_violation(name: str) -> None:
    (variant,) = [each for each in legal() if each.name == name]
    assert rules(judged(recorded(variant.change(conforming(APIKLEY, mirrors=True)))), Verdict.VIOLATED) == set()


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("does not check callBackUrl.required", "extend.callBackUrl.required"),
        ("complete with another task_id", "callback.task_id"),
        ("no records", "polling.record"),
        ("401 with no code", "answer.code.type"),
        ("the key in a URL of tracks", "key.shown"),
        ("tracks with an object as tags", "callback.schema"),
    ],
)
def test_ordinary_traffic_shows_a_fault(name: str, rule: str) -> None:
    (fault,) = [each for each in faults(APIKLEY) if each.name == name]
    found = judged(recorded(fault.change(conforming(APIKLEY))))
    assert rule in rules(found, Verdict.VIOLATED) | rules(found, Verdict.DEVIATED)


def test_what_has_not_come_by_the_end_is_no_violation(traffic: list[Message]) -> None:
    """Wherever the recording is cut, what the server still owes is not held against it."""
    in_order = sorted(traffic, key=lambda each: each.at + each.took)
    for end in range(0, len(in_order), 5):
        assert [each for each in judged(in_order[:end]) if each.broken] == []


@given(st.randoms(use_true_random=False))
def test_the_order_of_the_lines_is_no_matter(traffic: list[Message], random: Random) -> None:
    shuffled = random.sample(traffic, len(traffic))
    made = [report(Recording(messages=tuple(each)), PUBLISHED) for each in (traffic, shuffled)]
    assert made[0] == made[1]


def test_what_is_kept_changes_no_verdict(traffic: list[Message], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contract_tests.recording.report.MOST", 2)
    recording = Recording(messages=tuple(traffic))
    whole, short = report(recording, PUBLISHED), report(recording, PUBLISHED, requests=0)
    assert [each.line for each in short.rows] == [each.line for each in whole.rows]
    assert (short.summary, short.about, short.missing) == (whole.summary, whole.about, whole.missing)
    assert max(len(each.results) for each in short.rows) <= 2 * len(Verdict)
    assert len(short.asked) == 0


def test_reports_of_a_long_recording_tell_the_first_requests(
    traffic: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contract_tests.recording.report.REQUESTS", 4)
    recording = Recording(messages=tuple(traffic))
    whole, short = report(recording, PUBLISHED), report(recording, PUBLISHED, requests=4)
    assert [each.line for each in short.rows] == [each.line for each in whole.rows]
    assert short.asked == whole.asked[:4]
    (told,) = {*short.missing} - {*whole.missing}
    left = len(whole.asked) - 4
    assert told.startswith(f"{left} requests in the reports, which tell the first 4 and what breaks a rule")
    assert json.loads(as_json(short))["missing"] == list(short.missing)
    assert as_html(short)


def test_a_task_with_many_callbacks_and_polls_takes_time_in_proportion(traffic: list[Message]) -> None:
    course = next(each.course for each in traffic if each.kind == CALLBACK)
    own = [each for each in traffic if each.course == course]
    request = next(each for each in own if each.number == course)
    callback = next(each for each in own if each.kind == CALLBACK)
    poll = next(each for each in own if each.method == "GET")

    def called(times: int, code: int) -> int:
        """Bodies of their own each time: verdicts on the same ones are remembered."""
        messages = [request]
        for number in range(times):
            at, sent = request.at + 1 + number, callback.sent.replace(b'"code": 200', b'"code": %d' % (code + number))
            messages += (
                replace(callback, number=1000 + 2 * number, at=at, sent=sent, status=500),
                replace(poll, number=1001 + 2 * number, at=at),
            )
        return calls(lambda: judged(messages))

    called(1, code=1000)
    assert called(400, code=2000) < 5 * called(100, code=3000)


def test_a_record_may_be_ahead_of_the_last_callback(traffic: list[Message]) -> None:
    polls = {each.course for each in traffic if each.method == "GET" and b"SUCCESS" in each.body}
    before = [each for each in traffic if not (each.kind == CALLBACK and b'"complete"' in each.sent)]
    assert polls & {each.course for each in before if each.kind == CALLBACK}
    assert [each for each in judged(before) if each.broken] == []
    live = LiveJudge(PUBLISHED, "http://127.0.0.1:1")
    for each in sorted(before, key=lambda message: message.number):
        assert live.before(each) == []
        assert [*live.heard(each)] == []


def test_the_same_is_told_as_it_passes_and_once() -> None:
    (fault,) = [each for each in faults(APIKLEY) if each.name == "complete with another task_id"]
    live = LiveJudge(PUBLISHED, "http://127.0.0.1:1")
    messages = recorded(fault.change(conforming(APIKLEY)))
    told = [(each.course, finding.rule, finding.got) for each in messages for finding in live.heard(each)]
    assert "callback.task_id" in {rule for _, rule, _ in told}
    assert len(told) == len(set(told))


def test_the_first_message_waits_for_nothing_that_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that calls back gives up after seconds, and a message that is held waits for its verdict."""
    judged_before: list[str] = []
    for name in ("answer", "callback"):
        monkeypatch.setattr(Oracle, name, lambda *asked, name=name: judged_before.append(name))
    LiveJudge(PUBLISHED, "http://127.0.0.1:1")
    assert judged_before == ["answer", "callback"]


def test_what_would_violate_is_known_before_it_passes(traffic: list[Message]) -> None:
    live = LiveJudge(PUBLISHED, "http://127.0.0.1:1")
    ordered = sorted(traffic, key=lambda each: each.number)
    for each in ordered:
        assert live.before(each) == []
        live.heard(each)
    callback = next(each for each in ordered if each.kind == CALLBACK)
    wrong = replace(callback, number=1000, sent=callback.sent.replace(b'"code": 200', b'"code": 200.5'))
    assert {each.rule for each in live.before(wrong)} >= {"callback.schema"}
    assert live.heard(replace(wrong, status=0, error=f"{HELD_BACK}callback.schema")) == []
    assert len(live.traffic.messages) == len(ordered)
    assert {each.rule for each in live.before(replace(wrong, number=1001))} >= {"callback.schema"}  # tried again


def test_what_passed_before_holds_back_nothing_that_comes_later(traffic: list[Message]) -> None:
    live, ordered = LiveJudge(PUBLISHED, "http://127.0.0.1:1"), sorted(traffic, key=lambda each: each.number)
    first = next(each for each in ordered if each.kind == CALLBACK)
    for each in ordered:
        wrong = each.number == first.number
        live.heard(replace(each, sent=each.sent.replace(b'"code": 200', b'"code": 200.5')) if wrong else each)
        assert wrong or live.before(replace(each, number=each.number)) == []


def test_a_callback_is_judged_by_an_answer_that_is_not_recorded_yet(traffic: list[Message]) -> None:
    live = LiveJudge(PUBLISHED, "http://127.0.0.1:1")
    callback = next(each for each in traffic if each.kind == CALLBACK)
    request = next(each for each in traffic if each.number == callback.course)
    assert live.before(request) == []
    wrong = replace(callback, sent=callback.sent.replace(b'"task_id": "', b'"task_id": "x'))
    assert {each.rule for each in live.before(wrong)} == {"callback.task_id"}
    ends = live.traffic.ends
    assert live.heard(request) == []  # and not what comes behind it
    assert live.traffic.messages == [request]
    assert {each.rule for each in live.heard(replace(wrong, status=200))} == {"callback.task_id"}
    assert (ends, len(live.traffic.messages)) == (0.0, 2)


def test_a_long_recording_is_judged_in_bounded_memory(traffic: list[Message], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, most in {"COURSES": 3, "EACH": 4, "TRACKS": 2}.items():
        monkeypatch.setattr(f"contract_tests.recording.live.{name}", most)
    live = LiveJudge(PUBLISHED, "http://127.0.0.1:1")
    course = next(each.course for each in traffic if each.kind == CALLBACK)
    whole = [each for each in traffic if each.course == course]
    poll = next(each for each in whole if each.method == "GET")
    for turn in range(40):
        for each in whole:
            at, number = each.at + 1000 * turn, each.number + 1000 * turn
            found = live.heard(replace(each, course=course + 1000 * turn, number=number, at=at))
            assert {each.rule for each in found} <= {"answer.taskId.fresh"}  # the same task each time
        assert len(live.traffic.messages) <= 7 * len(whole)
    last = live.traffic.messages[-1]
    for further in range(1, 100):
        live.heard(replace(poll, course=last.course, number=last.number + further, at=last.at + further))
    assert len(live.traffic.course(last.course)) <= 4 * 4
    assert [each.method for each in live.traffic.course(last.course) if each.kind == CALLBACK] == ["POST"] * 3


@pytest.mark.parametrize(("most", "rules_told"), [(0, set()), (1, {"extend.valid"})])
def test_as_many_tracks_are_remembered(
    traffic: list[Message], monkeypatch: pytest.MonkeyPatch, most: int, rules_told: set[str]
) -> None:
    monkeypatch.setattr("contract_tests.recording.live.TRACKS", most)
    live = LiveJudge(PUBLISHED, "http://127.0.0.1:1")
    course = next(each.course for each in traffic if each.kind == CALLBACK)
    request = next(each for each in traffic if each.number == course)
    live.heard(request)
    refused = json.dumps({"code": 422, "msg": "no", "data": None}).encode()
    told = live.heard(replace(request, number=1000, course=1000, body=refused))
    assert {each.rule for each in told} == rules_told


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=3), inner),
    max_leaves=10,
)


@given(st.data())
def test_whatever_stands_in_a_recording_is_judged(traffic: list[Message], data: st.DataObject) -> None:
    messages = list(traffic)
    for _ in range(3):
        place = data.draw(st.integers(0, len(messages) - 1))
        part = data.draw(st.sampled_from(["sent", "body"]))
        raw = data.draw(JSON.map(json.dumps).map(str.encode) | st.binary(max_size=20))
        changes: dict[str, Any] = {part: raw, "course": data.draw(st.integers(-1, 12))}
        messages[place] = replace(messages[place], **changes)
    recording = Recording(about={"target": "http://127.0.0.1:1"}, messages=tuple(messages))
    made = report(recording, PUBLISHED)
    assert as_json(made)
    assert as_html(made)
