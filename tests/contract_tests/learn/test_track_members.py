"""Which members tracks have, by stage, where the mock has others."""

from dataclasses import replace
from typing import Any

from contract_tests.learn.evidence import Found, Left, Line, name
from contract_tests.learn.further import FEW
from contract_tests.learn.record_statuses import stages_of_statuses
from contract_tests.learn.track_members import track_members
from contract_tests.reports.report import Asked
from tests.courses import GOOD, PUBLISHED, arrival, exchange, stage, track

TWICE = "2 times: requests 1, 2"


def task(number: int, *, recorded: str = "", **changes: Any) -> Asked:
    """A task whose tracks have changes, in its callbacks, and in a record with that status."""
    tracks = [track(each, **changes) for each in range(2)]
    bodies = [stage("text", data=[]), stage("first", data=tracks[:1]), stage("complete", data=tracks)]
    data = {"status": recorded, "response": {"sunoData": tracks}}
    poll = exchange({"code": 200, "msg": "success", "data": data}, method="GET")
    polls = (poll,) if recorded else ()
    return Asked(
        probe="one", exchange=exchange(GOOD, number=number), callbacks=tuple(map(arrival, bodies)), polls=polls
    )


def found(*asked: Asked, mocked: Asked | None = None, family: dict[str, Any] | None = None) -> dict[str, Found]:
    published = replace(PUBLISHED, family={**PUBLISHED.family, **(family or {})})
    return {
        name(each): each
        for each in track_members(
            asked, mocked or task(0, recorded="SUCCESS"), published, stages_of_statuses((), published)
        )
    }


def test_tracks_as_those_of_the_mock_are_no_lines() -> None:
    assert [*found(task(1), task(2)).values()] == [
        Left(f"track_members.{which}", FEW)
        for which in ("callbacks.text", "records.text", "records.first", "records.complete")
    ]


def test_members_that_all_tracks_have_and_members_that_none_has() -> None:
    told = found(*(task(number, recorded="SUCCESS", lyrics=None, tags=...) for number in (1, 2)))
    for kind, stages in (("callbacks", ("first", "complete")), ("records", ("complete",))):
        for each in stages:
            path = ("track_members", kind, each)
            assert told[f"track_members.{kind}.{each}.members.lyrics"] == Line(
                (*path, "members", "lyrics"), None, TWICE
            )
            assert told[f"track_members.{kind}.{each}.without"] == Line((*path, "without"), ["tags"], TWICE)


def test_a_member_of_some_tracks_stays_open() -> None:
    told = found(task(1, lyrics=None), task(2))
    why = "seen in 1 of 2, and a profile says it of all"
    assert told["track_members.callbacks.first.members.lyrics"] == Left(
        "track_members.callbacks.first.members.lyrics", why
    )


def test_one_task_tells_nothing() -> None:
    assert found(task(1, lyrics=None))["track_members.callbacks.complete"] == Left(
        "track_members.callbacks.complete", FEW
    )


def test_a_mock_that_told_nothing_is_no_measure() -> None:
    nothing = Asked(probe="", exchange=exchange(b""))
    assert not [each for each in found(task(1), task(2), mocked=nothing).values() if isinstance(each, Line)]


def test_what_a_profile_says_is_kept_where_it_is_still_so() -> None:
    said = {"members": {"lyrics": None, "plays": 1}, "without": ["tags", "title"]}
    family = {"track_members": {"callbacks": {"complete": said}}}
    mocked = task(0, lyrics=None, plays=1, tags=..., title=...)
    as_then = [task(number, lyrics=None, plays=1, tags=..., title=...) for number in (1, 2)]
    told = [each for each in found(*as_then, mocked=mocked, family=family) if ".complete." in each]
    assert told == []
    now = found(*(task(number, plays=2, title=..., duration=...) for number in (1, 2)), mocked=mocked, family=family)
    path = ("track_members", "callbacks", "complete")
    assert [each for key, each in now.items() if key.startswith("track_members.callbacks.complete.")] == [
        Line((*path, "members", "plays"), 2, TWICE),
        Left(".".join((*path, "members", "lyrics")), "seen in none of 4, and no profile takes it away"),
        Line((*path, "without"), ["title", "duration"], TWICE),
    ]
