"""Two keys of a recording are told apart, and neither is told."""

from dataclasses import replace
from functools import partial
from json import dumps

from hypothesis import given
from hypothesis import strategies as st

from contract_tests.recording.har import from_har
from contract_tests.recording.keys_apart import KeysApart
from contract_tests.recording.message import Message, line
from contract_tests.recording.read import Recording
from contract_tests.recording.traffic import Traffic
from contract_tests.recording.verdicts import results
from contract_tests.verdicts.results import Result
from tests.contract_tests.recording.messages import message
from tests.courses import ACCEPTED, BAD, GOOD, PUBLISHED, stage
from tests.recordings import archived

JSON = ("Content-Type", "application/json")


def of(key: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {key}"), JSON)


SENT = ACCEPTED.body.replace(b"$URL", b"http://127.0.0.1:1/cb/1-***")
ASKED = message(course=1, headers=of("***"), sent=SENT, body=dumps(GOOD).encode(), key=1)


def judged(*messages: Message) -> list[Result]:
    return [each for each in results(Traffic(PUBLISHED, "http://x", (), [*messages])) if each.broken]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="*"), min_size=1).filter(str.strip)))
def test_the_same_key_has_the_same_number_and_another_has_another(keys: list[str]) -> None:
    apart = KeysApart()
    numbers = {key.strip(): apart.number(of(key)) for key in keys}
    assert sorted(numbers.values()) == [*range(1, len(numbers) + 1)]
    assert all(apart.number(of(key)) == numbers[key.strip()] for key in keys)


def test_what_has_no_key_or_a_masked_one_has_no_number() -> None:
    assert [KeysApart().number(headers) for headers in ((JSON,), of("***"), (("Authorization", " "),))] == [0, 0, 0]


def test_a_record_that_another_key_does_not_see_is_no_violation_and_one_that_its_own_does_not_see_is() -> None:
    task = "5c79"
    done = message(number=4, course=1, at=1.0, kind="callback", sent=dumps(stage("complete")).encode())
    nothing = b'{"code": 404, "msg": "no such task", "data": null}'
    polled = partial(message, course=1, at=2.0, method="GET", path=f"{PUBLISHED.terms.record_info}?taskId={task}")
    poll = partial(polled, headers=of("***"), sent=b"", status=200, body=nothing)
    assert judged(ASKED, done, poll(number=2, key=2), poll(number=3, key=2)) == []
    assert judged(ASKED, done, poll(number=2, key=1), poll(number=3, key=1)) != []


def test_a_track_of_one_account_is_not_demanded_of_another() -> None:
    refused = replace(ASKED, number=2, course=2, body=dumps(BAD).encode())
    assert {each.rule for each in judged(ASKED, replace(refused, key=1))} == {"extend.valid"}
    assert judged(ASKED, replace(refused, key=2)) == []


def test_the_keys_of_an_archive_are_told_apart_and_not_written() -> None:
    keys = ("first-of-two-keys", "second-of-two-keys", "first-of-two-keys")
    passed = [message(number=number, headers=of(key)) for number, key in enumerate(keys, 1)]
    archive = archived(Recording(about={"target": "https://api.example.com"}, messages=tuple(passed)))
    found = from_har("x.har", archive).messages
    assert [each.key for each in found] == [1, 2, 1]
    assert "two-keys" not in "".join(map(line, found))
