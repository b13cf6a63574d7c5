"""What a journal tells of the run that wrote it."""

import json
from dataclasses import replace

import pytest

from contract_tests.target.journal import (
    EarlierRun,
    arrival_of,
    begun,
    came,
    damage,
    ended,
    leaving,
    line,
    read,
    resumed,
)
from tests.courses import ACCEPTED, BAD, REFUSED, arrival, exchange

RUN = begun({"base_url": "http://127.0.0.1:1", "seed": 7, "budget": None})
ONE, TWO = (replace(ACCEPTED, id=name) for name in ("one", "two"))


def journal(*lines: str) -> EarlierRun:
    return read("".join(lines).splitlines())


def test_an_exchange_is_read_as_it_was_written() -> None:
    written = exchange(BAD, REFUSED, key_env="MY_KEY", retry_after="3")
    found = journal(RUN, leaving("one"), line(written, ONE))
    same = found.exchanges["one"]
    assert found.run == {"base_url": "http://127.0.0.1:1", "seed": 7, "budget": None}
    assert (same.method, same.url, same.sent, same.body) == (written.method, written.url, written.sent, written.body)
    assert (same.code, same.key_env, same.retry_after, same.resumed) == (422, "MY_KEY", "3", True)
    assert found.spent == 0


def test_what_may_have_been_accepted_was_spent() -> None:
    found = journal(RUN, leaving("one"), line(exchange(), ONE), leaving("two"))
    assert (list(found.exchanges), found.spent) == (["one"], 2)


def test_a_request_that_was_lost_twice_may_have_cost_twice() -> None:
    assert journal(RUN, leaving("one"), leaving("one")).spent == 2


def test_a_request_that_was_lost_and_then_answered_may_have_cost_twice() -> None:
    assert journal(RUN, leaving("one"), leaving("one"), line(exchange(), ONE)).spent == 2


def test_only_the_last_run_counts() -> None:
    found = journal(RUN, line(exchange(), ONE), RUN, line(exchange(BAD, REFUSED), TWO))
    assert (list(found.exchanges), found.spent) == (["two"], 0)


def test_polls_are_no_probes() -> None:
    assert journal(RUN, line(exchange(), replace(REFUSED, id=""))) == EarlierRun(run=journal(RUN).run)


def test_a_line_that_was_cut_off_is_left_out() -> None:
    whole = line(exchange(probe=ACCEPTED), ONE)
    assert journal(RUN, leaving("one"), whole[: len(whole) // 2]).spent == 1
    assert journal(json.dumps([1]), "", "null").run == {}


def test_the_rules_are_known_of_which_a_refusal_was_accepted() -> None:
    wrong = replace(REFUSED, id="extend.title.type: title is 5: five")
    assert journal(RUN, line(exchange(), ONE), line(exchange(BAD, REFUSED), wrong)).lenient == ()
    assert journal(RUN, line(exchange(), wrong), line(exchange(), wrong)).lenient == ("extend.title.type",)


def test_a_line_that_was_cut_off_takes_no_run_with_it() -> None:
    whole = line(exchange(probe=ACCEPTED), ONE)
    assert journal(RUN, whole[: len(whole) // 2], RUN, line(exchange(), TWO)).spent == 1


@pytest.mark.parametrize(
    "garbage", ['{"probe": "x", "cost": 0}', "[" * 100_000, '{"probe": "x", "cost": 0, "sent": 5}']
)
def test_what_no_run_wrote_is_left_out(garbage: str) -> None:
    assert journal(RUN, f"{garbage}\n") == journal(RUN)


def test_a_run_that_came_to_its_end_says_so() -> None:
    assert journal(RUN, ended(1.5)).ended
    assert not journal(RUN, ended(1.5), RUN).ended


def test_a_run_that_sends_on_has_not_come_to_its_end() -> None:
    assert not journal(RUN, leaving("one"), line(exchange(), ONE), ended(1.5), leaving("two")).ended
    assert journal(RUN, ended(1.5), leaving("two"), line(exchange(), TWO), ended(2.5)).ended


@pytest.mark.parametrize("raw", [b"{}", "é\u2028".encode(), b"\xff\x00", b"\\xff"])
def test_every_byte_that_came_is_kept(raw: bytes) -> None:
    callback = arrival(raw)
    assert arrival_of(json.loads(came(callback))) == callback
    assert journal(RUN, line(exchange(raw), ONE)).exchanges["one"].body == raw


def test_a_callback_that_no_run_wrote_is_left_out() -> None:
    assert arrival_of({"callback": "/", "at": 1.0}) is None


def test_the_number_of_the_last_exchange_is_told() -> None:
    assert journal(RUN, line(exchange(number=3), ONE), line(exchange(number=4), replace(ONE, id=""))).last == 4


def test_a_resumed_run_tells_what_it_changed_of_the_one_before() -> None:
    found = journal(RUN, line(exchange(), ONE), ended(1.5), resumed({"budget": 50}), line(exchange(BAD, REFUSED), TWO))
    assert found.run == {"base_url": "http://127.0.0.1:1", "seed": 7, "budget": 50}
    assert (list(found.exchanges), found.spent, found.ended) == (["one", "two"], 1, False)


CUT = '{"probe": "two", "co\n'


@pytest.mark.parametrize(
    ("lines", "damaged", "spent"),
    [
        ((RUN, CUT), (), 0),
        ((RUN, CUT[:-1], resumed({})), (), 0),
        ((RUN, "\n\n", leaving("one")), (), 1),
        ((RUN, CUT, leaving("one")), (3,), 2),
        ((RUN, "[]\n", leaving("one"), "{}}\n", "x\n", CUT), (3, 5, 6), 4),
        ((RUN, CUT, leaving("one"), RUN, leaving("one")), (), 1),
    ],
)
def test_a_line_in_the_middle_that_cannot_be_read_is_told_and_counts_as_a_task(
    lines: tuple[str, ...], damaged: tuple[int, ...], spent: int
) -> None:
    found = journal(*lines)
    assert (found.damaged, found.spent) == (damaged, spent)


def test_damaged_lines_are_told_by_their_numbers() -> None:
    told = "of the journal, which cannot be read"
    assert [*damage(EarlierRun())] == []
    assert [*damage(EarlierRun(damaged=(3,)))] == [f"line 3 {told}: it counts as a task that was started"]
    (several,) = damage(EarlierRun(damaged=tuple(range(1, 8))))
    assert several == f"lines 1, 2, 3, 4, 5 and more {told}: each counts as a task that was started"
