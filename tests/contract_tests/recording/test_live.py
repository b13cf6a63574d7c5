"""What is told of traffic as it passes is what is told of its file, but for what only the whole shows."""

import json
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.receiver.receiver import Receiver
from contract_tests.recording.live import LiveJudge
from contract_tests.recording.message import CALLBACK, Message
from contract_tests.recording.read import Recording
from contract_tests.recording.report import report
from contract_tests.recording.traffic import Traffic
from contract_tests.recording.verdicts import results
from contract_tests.targets.behaviour import KEY, conforming
from contract_tests.targets.edition import APIKLEY
from contract_tests.targets.plain_server import Plain
from tests.contract_tests.proxy.standing import standing
from tests.contract_tests.recording.ordinary import ordinary
from tests.courses import PUBLISHED

pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]
TARGET = "http://127.0.0.1:1"
OF_THE_WHOLE = {"callback.track.unique", "callback.mixed", *PUBLISHED.questions}
"""Rules across tasks, and questions that one server answers in two ways."""
Change = Callable[[Message, list[Message], Random], Message]


@pytest.fixture(scope="module")
def traffic() -> list[Message]:
    with (
        Plain(behaviour=conforming(APIKLEY), pause=0.02) as plain,
        Receiver() as receiver,
        standing(plain.url) as stood,
    ):
        ordinary(stood.proxy.url, receiver, KEY, APIKLEY.sources)
    return sorted(stood.messages, key=lambda each: each.number)


def _page(each: Message, others: list[Message], random: Random) -> Message:
    return replace(each, answer_headers=(("Content-Type", "text/html"),), body=b"<html>a page</html>")


def _without_key(each: Message, others: list[Message], random: Random) -> Message:
    return replace(each, headers=tuple(pair for pair in each.headers if pair[0].lower() != "authorization"))


def _of_another(each: Message, others: list[Message], random: Random) -> Message:
    """What another message of its kind brought."""
    other = random.choice([one for one in others if (one.kind, one.method) == (each.kind, each.method)])
    return replace(each, sent=other.sent) if each.kind == CALLBACK else replace(each, body=other.body)


def _unanswered(each: Message, others: list[Message], random: Random) -> Message:
    error = random.choice(["ConnectError: Connection refused", "no answer in time"])
    return replace(each, status=0, body=b"", answer_headers=(), error=error)


def _with_status(each: Message, others: list[Message], random: Random) -> Message:
    return replace(each, status=random.choice([404, 429, 500, 503]))


def _late(each: Message, others: list[Message], random: Random) -> Message:
    return replace(each, took=20.0)


def _of_no_course(each: Message, others: list[Message], random: Random) -> Message:
    return replace(each, course=0) if each.kind == CALLBACK or each.method == "GET" else each


def _with_member(each: Message, others: list[Message], random: Random) -> Message:
    """A member of what the server said has another value, or is gone."""
    name = "sent" if each.kind == CALLBACK else "body"
    body = json.loads(getattr(each, name) or "null") if getattr(each, name)[:1] != b"<" else None
    place: Any = body
    while isinstance(place, dict | list) and place:
        key = random.choice([*place] if isinstance(place, dict) else [*range(len(place))])
        if isinstance(place[key], dict | list) and place[key] and random.random() < 0.7:
            place = place[key]
        elif random.random() < 0.3:
            del place[key]
            break
        else:
            place[key] = random.choice([None, 1, "x", [], {}, "2026-01-01", "https://x.example.com/y"])
            break
    changed: dict[str, Any] = {name: json.dumps(body).encode()}
    return replace(each, **changed)


CHANGES: tuple[Change, ...] = (
    *(_page, _without_key, _of_another, _unanswered, _with_status, _late, _of_no_course),
    *(_with_member, _with_member, _with_member),
)


@given(st.integers(0, 2**32))
def test_what_passes_is_judged_as_its_file_is(traffic: list[Message], seed: int) -> None:
    random, messages = Random(seed), [*traffic]
    for _ in range(random.randint(1, 3)):
        place = random.randrange(len(messages))
        messages[place] = random.choice(CHANGES)(messages[place], traffic, random)
    live = LiveJudge(PUBLISHED, TARGET)
    passing = {found.rule for each in messages for found in live.heard(each)}
    judged = results(Traffic(PUBLISHED, TARGET, (), messages))
    of_file = {found.rule for each in judged for found in each.findings if each.broken}
    assert passing <= of_file
    assert of_file - passing <= OF_THE_WHOLE


@pytest.mark.parametrize("change", [_page, _with_status, _of_another])
def test_a_record_is_wrong_also_where_the_next_one_is_right(traffic: list[Message], change: Change) -> None:
    last = next(each for each in reversed(traffic) if each.method == "GET" and each.course and b"SUCCESS" in each.body)
    other = next(each for each in traffic if each.method == "GET" and each.course not in (0, last.course))
    wrong = change(last, [other], Random(5))
    right = replace(last, number=traffic[-1].number + 1, at=last.at + 0.5)
    messages = [*(wrong if each is last else each for each in traffic), right]
    judged = results(Traffic(PUBLISHED, TARGET, (), messages))
    found = {finding.rule for each in judged for finding in each.findings if each.broken}
    assert bool(found) == (change is not _with_status)


def _tracks(traffic: list[Message], course: int) -> list[bytes]:
    """The ids of a task's tracks."""
    sent = [each.sent for each in traffic if each.course == course and b'"complete"' in each.sent]
    return [track["id"].encode() for track in json.loads(sent[0])["data"]["data"]]


def test_reports_have_the_requests_of_tasks_that_share_a_track(traffic: list[Message]) -> None:
    courses = sorted({each.course for each in traffic if each.kind == CALLBACK})
    first, *_, last = courses
    swaps = [*zip(_tracks(traffic, last), _tracks(traffic, first), strict=True)]

    def swapped(raw: bytes) -> bytes:
        for old, new in swaps:
            raw = raw.replace(old, new)
        return raw

    messages = (replace(each, sent=swapped(each.sent), body=swapped(each.body)) for each in traffic)
    made = report(Recording(about={"target": TARGET}, messages=tuple(messages)), PUBLISHED, requests=1)
    (row,) = (each for each in made.rows if each.rule == "callback.track.unique")
    told = {each.exchange.number for each in row.results if each.exchange}
    assert told == {last}
    assert told <= {each.exchange.number for each in made.asked}
