"""How many requests a server takes in which time."""

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.learn.evidence import Left, Line
from contract_tests.learn.rate import KEY, rate, rated
from contract_tests.probes.plan import Plan
from contract_tests.probes.rate import of_rate
from contract_tests.probes.request import Probe
from contract_tests.reports.report import Asked
from contract_tests.run.rating import MOST, REQUESTS, SECONDS, Rating
from contract_tests.target.exchange import Exchange
from contract_tests.target.target import Limits, Target
from contract_tests.targets.behaviour import KEY as OWN
from contract_tests.targets.behaviour import conforming
from contract_tests.targets.edition import APIKLEY
from contract_tests.targets.plain_server import Plain
from tests.courses import PUBLISHED, TRACKS, exchange

RATE_WORDS = PUBLISHED.codes[429]
PASSES = exchange({"code": 404, "msg": "no", "data": None})
NONE_SEEN = {"rate_limit.retry_after": "the mock tells its own, which no profile can change; seen: none"}
PLAN = Plan(published=PUBLISHED, tracks=TRACKS)


class Limited:
    """A server whose time is told by what is waited and a tenth of a second for each request. A window begins with the
    first request behind the last one."""

    def __init__(self, requests: int, seconds: float, code: int = 429, taken: int = 0, **denied: Any) -> None:
        self.asked: list[Asked] = []
        self.slept = 0.0
        self._requests, self._seconds = requests, seconds
        self._answer = denied.pop("answer", 0.01)
        self._msg = denied.pop("msg", RATE_WORDS)
        self._denied = {"status": 429, **denied}
        self._code = code
        self._now = 0.0
        self._sent: list[float] = [0.0] * taken

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self._now += seconds

    def ask(self, probe: Probe) -> Exchange | None:
        self._sent = [each for each in self._sent if each > self._now - self._seconds]
        passes = len(self._sent) < self._requests
        self._sent += [self._now] if passes else []
        body = {"code": 404 if passes else self._code, "msg": "no" if passes else self._msg, "data": None}
        changes: dict[str, Any] = {"status": 200} if passes else self._denied
        came = exchange(body, probe, started=self._now, answered=self._now + self._answer, **changes)
        self.asked.append(Asked(probe=probe.id, exchange=replace(came, number=len(self.asked) + 1)))
        self._now += self._answer
        return self.asked[-1].exchange


def found(server: Limited) -> dict[str, Any]:
    Rating(PLAN, server.ask, PASSES, server.sleep).find()
    told = rate(server.asked, PUBLISHED)
    return {".".join(map(str, each[0])) if isinstance(each, Line) else each.what: each[1] for each in told}


@pytest.mark.parametrize(("requests", "seconds"), [(1, 1), (5, 1), (20, 10), (60, 20)])
def test_a_limit_is_found_to_the_second(requests: int, seconds: float) -> None:
    server = Limited(requests, seconds)
    assert found(server) == {KEY: {"requests": requests, "seconds": seconds}, **NONE_SEEN}
    assert server.slept < 6 * seconds + 10


def test_a_window_that_others_have_taken_is_waited_for() -> None:
    assert found(Limited(5, 2, taken=5)) == {KEY: {"requests": 5, "seconds": 2}, **NONE_SEEN}
    assert found(Limited(5, 2, code=430, status=200, taken=5))[KEY] == {"requests": 5, "seconds": 2}
    forever = Limited(0, 2)
    assert re.fullmatch(r"none of 1\d\d requests passed, in up to 30 seconds", found(forever)[KEY])
    assert forever.slept < 40


@given(st.integers(0, 300), st.floats(0.1, 100), st.integers(0, 5), st.sampled_from([0.01, 0.4]))
def test_no_more_is_sent_and_waited_than_was_promised(requests: int, seconds: float, taken: int, answer: float) -> None:
    server = Limited(requests, seconds, taken=taken, answer=answer)
    found(server)
    assert len(server.asked) <= REQUESTS
    assert server.slept <= SECONDS + REQUESTS * answer


def test_code_words_and_retry_after_are_told() -> None:
    told = found(Limited(5, 2, code=430, retry_after="2", msg="Too often."))
    assert (told["refusals.rate"], told["codes.430"]) == (430, "Too often.")
    assert told["rate_limit.retry_after"] == NONE_SEEN["rate_limit.retry_after"].replace("none", "2")
    assert found(Limited(5, 2, msg="Slowly."))["codes.429"] == "Slowly."
    assert "codes.429" not in found(Limited(5, 2, msg=["no text"]))


def test_what_does_not_show_is_left_in_bounded_time() -> None:
    none = Limited(10_000, 1)
    assert found(none) == {KEY: f"{MOST + 1} requests that start no task, as fast as they go, did not show it"}
    long = Limited(5, 300)
    assert found(long)[KEY] == "5 passed, and then none within 30 seconds, the longest that is waited for"
    assert long.slept < 40
    assert found(Limited(5, 2.5))[KEY].startswith("not to the second: 5 requests in 2.")
    assert list(rate([], PUBLISHED)) == []
    assert (rated(none.asked), rated([])) == (True, False)


@pytest.mark.no_cover
@pytest.mark.usefixtures("untraced")
def test_the_limit_of_a_server_is_found_without_a_task() -> None:
    asked: list[Asked] = []
    behaviour = replace(conforming(APIKLEY), rate=(7, 1))
    with Plain(behaviour=behaviour) as server:
        target = Target(server.url, {"own": OWN, "bad": ""}, Limits(spacing=0.5), io.StringIO())

        def ask(probe: Probe) -> Exchange:
            asked.append(Asked(probe=probe.id, exchange=target.send(probe, server.url)))
            return asked[-1].exchange

        usual = ask(of_rate(PLAN, "usual", 1))
        Rating(PLAN, ask, usual).find()
        target.close()
        assert not server.tasks
    limit, *words = rate(asked, PUBLISHED)
    assert isinstance(limit, Line)
    assert limit.value == {"requests": 7, "seconds": 1}
    assert words[-1] == Left("rate_limit.retry_after", NONE_SEEN["rate_limit.retry_after"].replace("none", "1"))
    assert of_rate(PLAN, "one", 1).expected.accepted is False
