"""The journal followed over a mock that comes and goes."""

from itertools import islice

import httpx
import pytest

from mock_server.commands.client.admin_client import Remote
from mock_server.commands.client.follow_journal import AGAIN, Place, follow, newest
from tests.admin_answers import HEALTH, Said, page

AWAY = httpx.ConnectError("refused")


class Scripted:
    """Answers one after the other, and notes what was asked for."""

    def __init__(self, *answers: Said | httpx.HTTPError) -> None:
        self._answers = list(answers)
        self.asked: list[httpx.QueryParams] = []
        self.warnings: list[str] = []
        self.pauses: list[float] = []
        self.remote = Remote("http://mock", transport=httpx.MockTransport(self._answer))

    def followed(self, after: int, count: int, started: str = "a") -> list[int]:
        entries = follow(self.remote, {"code": 422}, Place(after, started), self.warnings.append, self.pauses.append)
        return [entry["id"] for entry in islice(entries, count)]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/__admin/health":
            return httpx.Response(200, json=HEALTH)
        self.asked.append(request.url.params)
        answer = self._answers.pop(0)
        if isinstance(answer, httpx.HTTPError):
            raise answer
        return httpx.Response(200, json=answer)


def test_entries_come_once_and_in_order() -> None:
    script = Scripted(page(4, 5, newest=6), page(newest=6), page(7))
    assert script.followed(3, 3) == [4, 5, 7]
    assert [(asked["after"], asked["within"], asked["code"]) for asked in script.asked] == [
        ("3", "25", "422"),
        ("6", "25", "422"),
        ("6", "25", "422"),
    ]


def test_a_mock_that_went_away_is_waited_for_and_told_of_once() -> None:
    script = Scripted(page(4), AWAY, AWAY, page(newest=4), page(5))
    assert script.followed(3, 2) == [4, 5]
    assert script.warnings == ["the mock at http://mock went away; waiting until it is back", "the mock is back"]
    assert script.pauses == [AGAIN] * 3
    assert script.asked[3]["within"] == "0"


def test_a_mock_that_was_started_anew_is_followed_from_its_first_entry() -> None:
    script = Scripted(page(newest=2), page(1, 2))
    assert script.followed(9, 2) == [1, 2]
    assert script.warnings == ["the mock was started anew, and counts its entries from 1"]
    assert script.asked[1]["after"] == "0"


@pytest.mark.parametrize(("count", "ids"), [(0, []), (2, [8, 9])])
def test_the_newest_entries_come_first(count: int, ids: list[int]) -> None:
    script = Scripted(page(8, 9, newest=10))
    entries, place = newest(script.remote, {}, count)
    assert ([each["id"] for each in entries], place) == (ids, Place(10, "a"))


def test_a_mock_that_has_more_entries_than_before_it_was_started_anew_is_told_by_its_start() -> None:
    script = Scripted(page(8, 9, started="a"), AWAY, page(10, started="b"), page(1, 2, started="b"))
    place = newest(script.remote, {}, 2)[1]
    assert place == Place(9, "a")
    assert script.followed(place.after, 2, place.started) == [1, 2]
    assert script.warnings[1:] == ["the mock is back", "the mock was started anew, and counts its entries from 1"]


def test_many_entries_come_in_pages() -> None:
    script = Scripted(page(1, 2, newest=9, more=True), page(3, 4, newest=9, more=True), page(5, newest=9))
    entries, place = newest(script.remote, {"code": 422}, 5000)
    assert ([each["id"] for each in entries], place) == ([1, 2, 3, 4, 5], Place(9, "a"))
    assert [asked.get("cursor") for asked in script.asked] == [None, "2", "4"]
    assert [asked["code"] for asked in script.asked] == ["422"] * 3
    assert script.asked[0]["last"] == "5000"


def test_nothing_that_came_while_nobody_looked_is_left_out() -> None:
    script = Scripted(page(4, 5, newest=9, more=True), page(6, 7, newest=9), page(10))
    assert script.followed(3, 5) == [4, 5, 6, 7, 10]
    assert [asked["after"] for asked in script.asked] == ["3", "5", "9"]
