"""What answers and callbacks have beside what is documented, and what ids look like."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.documents.published import Published
from contract_tests.learn.evidence import Found, Left, Line, name
from contract_tests.learn.further import FEW, further
from contract_tests.reports.report import Asked
from tests.courses import BAD, GOOD, PUBLISHED, arrival, exchange, stage, track

NONE = Asked(probe="", exchange=exchange(b""))
"""A mock that told nothing."""
HEX = st.text("0123456789abcdef", min_size=32, max_size=32)


def found(asked: list[Asked], mocked: Asked = NONE, published: Published = PUBLISHED) -> dict[str, Found]:
    return {name(each): each for each in further(asked, mocked, published)}


def answered(*bodies: Any, **changes: Any) -> list[Asked]:
    return [Asked(probe="one", exchange=exchange(body, number=n, **changes)) for n, body in enumerate(bodies, 1)]


def test_members_and_headers_of_all_answers_are_lines() -> None:
    headers = {"X-Served-By": "node", "Date": "now", "CF-Ray": "8", "set-cookie": "a", "x-auth-token": "***"}
    told = found(answered({**GOOD, "ok": 1}, {**BAD, "ok": 1}, answer_headers=headers))
    assert told["answers.members.ok"] == Line(("answers", "members", "ok"), 1, "2 times: requests 1, 2")
    assert told["answers.headers.x-served-by"].value == "node"  # type: ignore[union-attr]
    assert [each for each in told if each.startswith("answers")] == [
        "answers.members.ok",
        "answers.headers.x-served-by",
    ]


def test_polls_are_answers_and_other_methods_are_not() -> None:
    one, two = answered({**GOOD, "ok": 1}, {**GOOD, "ok": 1})
    poll = exchange({"code": 200, "msg": "success", "data": {}}, method="GET", number=3)
    why = "seen in 2 of 3, and a profile says it of all"
    assert found([one, replace(two, polls=(poll,))])["answers.members.ok"] == Left("answers.members.ok", why)
    assert isinstance(found([one, two, replace(one, exchange=poll)])["answers.members.ok"], Line)


def test_an_answer_without_a_code_is_none_of_the_api() -> None:
    assert isinstance(found(answered({**GOOD, "ok": 1}, b"<html>", {**GOOD, "ok": 1}))["answers.members.ok"], Line)


def test_one_request_tells_nothing() -> None:
    told = found(answered(GOOD))
    assert told == {each: Left(each, FEW) for each in ("answers", "callbacks", "ids.task", "ids.track")}


def test_members_and_headers_of_callbacks_are_lines_failures_included() -> None:
    failed = {"code": 501, "msg": "no", "data": {"callbackType": "complete", "task_id": "5c79", "data": []}}
    came = [{**body, "event": "song"} for body in (stage("text"), stage("complete"), failed)]
    headers = {"X-Event": "song", "Host": "a.test", "User-Agent": "b", "X-Forwarded-For": "127.0.0.1"}
    called = [arrival(body, headers=headers) for body in came]
    asked = [replace(each, callbacks=tuple(called)) for each in answered(GOOD, GOOD)]
    told = [each for each in found(asked) if each.startswith("callbacks")]
    assert told == ["callbacks.members.event", "callbacks.headers.x-event"]
    assert [each for each in found(asked, asked[0]) if each.startswith("callbacks")] == []


def test_a_header_keeps_the_name_that_the_profile_has_for_it() -> None:
    family = {**PUBLISHED.family, "answers": {"headers": {"X-Served-By": "one"}}}
    published = replace(PUBLISHED, family=family)
    told = found(answered(GOOD, GOOD, answer_headers={"x-served-by": "two"}), published=published)
    assert told["answers.headers.X-Served-By"].value == "two"  # type: ignore[union-attr]
    told = found(answered(GOOD, GOOD), published=published)
    assert told["answers.headers.X-Served-By"] == Left(
        "answers.headers.X-Served-By", "seen in none of 2, and no profile takes it away"
    )


def accepted(*ids: str) -> list[Asked]:
    return answered(*({**GOOD, "data": {"taskId": id}} for id in ids))


@given(st.lists(HEX, min_size=2, max_size=5, unique=True), st.text("tx_-", max_size=5), st.text("tx_-", max_size=5))
def test_what_stands_around_the_digits_of_all_ids_is_their_form(ids: list[str], before: str, behind: str) -> None:
    told = found(accepted(*(f"{before}{id}{behind}" for id in ids))).get("ids.task")
    form = f"{before}{{id}}{behind}"
    assert told == (None if form == "{id}" else Line(("ids", "task"), form, told.seen))  # type: ignore[union-attr]


@given(st.lists(HEX, min_size=2, max_size=3, unique=True), st.text("abc012", min_size=1, max_size=3))
def test_digits_before_an_id_are_never_a_wrong_form(ids: list[str], before: str) -> None:
    told = found(accepted(*(f"{before}{id}" for id in ids))).get("ids.task")
    assert not isinstance(told, Line) or told.value == f"{before}{{id}}"


@pytest.mark.parametrize("ids", [("1", "2"), ("0" * 32, "x"), ("task/1", "task/2")])
def test_ids_of_another_kind_stay_open(ids: tuple[str, str]) -> None:
    why = f"seen in a form that no profile can say: {', '.join(ids)}"
    assert found(accepted(*ids))["ids.task"] == Left("ids.task", why)


def test_ids_of_tracks_are_seen_in_callbacks() -> None:
    ids = [f"clip-5c79be8e-0000-4000-8000-00000000000{number}" for number in range(2)]
    items = [track(number, id=id) for number, id in enumerate(ids)]
    one, other = answered(GOOD, GOOD)
    called = [arrival(stage("complete", data=[item])) for item in items]
    told = found([replace(one, callbacks=(called[0],)), replace(other, callbacks=(called[1],))])
    assert told["ids.track"] == Line(("ids", "track"), "clip-{id}", "2 times: requests 1, 2")
    alone = found([replace(one, callbacks=tuple(called))])  # ids of one request may have more in common
    assert alone["ids.track"] == Left("ids.track", "fewer than two requests show it")


def test_an_id_without_end_is_not_looked_through() -> None:
    told = found(accepted("0" * 100_000, "1" * 100_000))["ids.task"]
    assert told == Left("ids.task", "one has 100000 characters, and at most 200 are learned")
