"""Statuses of records that the documents do not name."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from contract_tests.documents.published import Published
from contract_tests.learn.calibrate import learned
from contract_tests.learn.edited import edited
from contract_tests.learn.evidence import Found, Left, Line, lines_of, name
from contract_tests.learn.profile import written
from contract_tests.learn.profile_lines import kept_lines
from contract_tests.learn.record_statuses import record_statuses, stages_of_statuses
from contract_tests.mutants.hidden import ran
from contract_tests.reports.report import About, Asked
from contract_tests.targets.behaviour import Json, Task, conforming
from contract_tests.targets.changes import recording
from contract_tests.targets.edition import APIKLEY
from tests.courses import GOOD, PUBLISHED, arrival, exchange, record, stage

AT = {"text": 110.0, "first": 120.0, "complete": 130.0}
QUEUED, WRITTEN, ONE_DONE = "QUEUED", "WRITTEN", "ONE_DONE"


def task(number: int, *statuses: tuple[float, Any], stages: dict[str, float] | None = None) -> Asked:
    """A task whose stages came at those seconds, and the statuses that polls told at theirs."""
    came = tuple(arrival(stage("text", callbackType=name), at) for name, at in (stages or AT).items())
    polls = tuple(
        exchange(
            {"code": 200, "msg": "success", "data": record(status=status)},
            method="GET",
            url=f"http://a.test/{number}",
            started=at,
            answered=at + 0.1,
            number=10 * number + place,
        )
        for place, (at, status) in enumerate(statuses)
    )
    return Asked(probe="one", exchange=exchange(GOOD, number=number), callbacks=came, polls=polls)


def told(*asked: Asked, published: Published = PUBLISHED) -> dict[str, Found]:
    return {name(each): each for each in record_statuses(asked, published)}


def test_a_status_between_a_stage_and_the_next_is_that_of_the_stage() -> None:
    polls = ((105.0, QUEUED), (111.0, WRITTEN), (121.0, ONE_DONE), (131.0, "SUCCESS"))
    assert told(task(1, *polls), task(2, *polls)) == {
        "pending": Line(("pending",), QUEUED, "2 times: requests 10, 20"),
        "stages.text.status": Line(("stages", "text", "status"), WRITTEN, "2 times: requests 11, 21"),
        "stages.first.status": Line(("stages", "first", "status"), ONE_DONE, "2 times: requests 12, 22"),
    }


def test_a_documented_status_may_be_late_and_is_no_line() -> None:
    assert told(task(1, (111.0, "PENDING"), (131.0, "FIRST_SUCCESS")), task(2, (111.0, "TEXT_SUCCESS"))) == {}


@pytest.mark.parametrize(
    ("tasks", "why"),
    [
        ((task(1, (111.0, WRITTEN)),), f"seen in one task alone: {WRITTEN}"),
        ((task(1, (111.0, WRITTEN), (112.0, WRITTEN)),), f"seen in one task alone: {WRITTEN}"),
        (
            (task(1, (111.0, WRITTEN)), task(2, (111.0, "PENDING"))),
            f"polls told PENDING, {WRITTEN}, and a record may be behind its callbacks",
        ),
    ],
)
def test_what_is_not_seen_twice_or_in_two_ways_stays_open(tasks: tuple[Asked, ...], why: str) -> None:
    assert told(*tasks) == {"stages.text.status": Left("stages.text.status", why)}


def test_one_status_of_two_stages_is_neither() -> None:
    polls = ((111.0, WRITTEN), (121.0, WRITTEN))
    found = told(task(1, *polls), task(2, *polls))
    why = f"seen: {WRITTEN}, as of another stage"
    assert [found[f"stages.{each}.status"] for each in ("text", "first")] == [
        Left(f"stages.{each}.status", why) for each in ("text", "first")
    ]


@pytest.mark.parametrize(
    "asked",
    [
        task(1, (109.95, WRITTEN)),
        task(1, (0.0, WRITTEN)),
        task(1, (111.0, WRITTEN), stages={"text": 110.0}),
        task(1, (111.0, None)),
        task(1, (111.0, WRITTEN), stages={**AT, "odd": 111.0}),
    ],
)
def test_a_poll_of_which_nobody_knows_the_stage_tells_nothing(asked: Asked) -> None:
    """A callback came meanwhile, nobody knows when it was, the task did not complete, no word, and an unknown stage."""
    assert told(asked) == {}


def test_what_the_profile_says_of_its_own_stays_open_where_no_poll_told_it() -> None:
    own = replace(PUBLISHED, terms=replace(PUBLISHED.terms, statuses=("PENDING", WRITTEN, "FIRST_SUCCESS", "SUCCESS")))
    assert told(published=own) == {"stages.text.status": Left("stages.text.status", "no poll told it")}
    polls = ((111.0, WRITTEN),)
    assert told(task(1, *polls), task(2, *polls), published=own) == {}


def test_stages_are_known_by_what_was_found() -> None:
    line = Line(("stages", "text", "status"), WRITTEN, "")
    assert stages_of_statuses([line], PUBLISHED) == {WRITTEN: "text", "FIRST_SUCCESS": "first", "SUCCESS": "complete"}


def test_a_mock_that_plays_them_has_the_members_of_each_stage(tmp_path: Path) -> None:
    """A server apart from the mock with words of its own, and tracks in its records."""
    words = {"PENDING": QUEUED, "TEXT_SUCCESS": WRITTEN, "FIRST_SUCCESS": ONE_DONE}

    def renamed(task: Task, record: Json) -> Json:
        return {**record, "status": words.get(str(record["status"]), record["status"])}

    found = learned(ran(recording(renamed)(conforming(APIKLEY)), PUBLISHED, 6), Published.read("apikley"), tmp_path)
    lines = {name(each): each.value for each in lines_of(found.found)}
    assert lines["stages.text.status"] == WRITTEN
    assert lines["stages.first.status"] == ONE_DONE
    assert "pending: no poll came before a stage was told" in found.text
    left = {name(each) for each in found.left}
    assert "track_members.records.first" not in left


def test_a_status_of_ones_own_that_no_poll_told_stays_open() -> None:
    own = replace(PUBLISHED, terms=replace(PUBLISHED.terms, statuses=("PENDING", WRITTEN, "FIRST_SUCCESS", "SUCCESS")))
    behind = [task(each, (111.0, "PENDING")) for each in (1, 2)]
    assert told(*behind, published=own) == {"stages.text.status": Left("stages.text.status", "polls told PENDING")}


def test_it_stands_in_the_file_of_a_profile() -> None:
    polls = ((105.0, QUEUED), (111.0, WRITTEN))
    found = [*record_statuses([task(1, *polls), task(2, *polls)], PUBLISHED)]
    text = written(About(target="http://a.test", document="apikley"), "apikley", found, {})
    assert [(each.path, each.value) for each in kept_lines(text)] == [
        (("pending",), QUEUED),
        (("stages", "text", "status"), WRITTEN),
    ]
    assert edited(text, [*kept_lines(text), Line(("pending",), "WAITING", "once")]) != text
    bare = written(About(target="http://a.test", document="apikley"), "apikley", [], {})
    assert "\npending: QUEUED" in edited(bare, lines_of(found))
