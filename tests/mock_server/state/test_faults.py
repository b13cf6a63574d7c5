"""FaultTable: what is set, for whom, for how many requests, and what is sent."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.errors import BadSetting
from mock_server.state.faults import FAULTS_KEPT, Broken, Fault, FaultTable

SLOW = Fault(delay=1.5)
RESET = Fault(answer=Broken.RESET)


def faults(**by_key: Fault) -> FaultTable:
    """FaultTable of keys; that of `everyone` is the general one."""
    found = FaultTable()
    for key, fault in by_key.items():
        found.put(None if key == "everyone" else key, fault)
    return found


@pytest.mark.parametrize("broken", Broken)
def test_a_fault_is_made_by_name(broken: Broken) -> None:
    assert Fault.of(broken.value, times=2) == Fault(answer=broken, times=2)


def test_a_fault_has_no_other_fields() -> None:
    with pytest.raises(BadSetting) as refused:
        Fault.of("reset", dely=1)
    assert str(refused.value) == "field of a fault 'dely' is unknown. Nearest: delay. Known: delay, status, times."


def test_a_fault_may_be_a_delay_alone() -> None:
    assert Fault.of(delay=1.5) == SLOW


def test_an_unknown_fault_shows_the_known_ones() -> None:
    with pytest.raises(BadSetting) as refused:
        Fault.of("rest")
    assert str(refused.value) == "fault 'rest' is unknown. Nearest: reset. Known: malformed, reset, status, truncated."


@pytest.mark.parametrize("times", [0, -1])
def test_a_fault_is_for_one_request_or_more(times: int) -> None:
    with pytest.raises(BadSetting) as refused:
        Fault.of("reset", times=times)
    assert str(refused.value) == f"times is {times}. Allowed: 1 or more, or None for all requests."


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"delay": "x"}, "delay is 'x'. Allowed: 0 to 60 seconds."),
        ({"delay": float("nan")}, "delay is nan. Allowed: 0 to 60 seconds."),
        ({"status": 200}, "status is 200. Allowed: 500 to 599."),
        ({"status": "x"}, "status is 'x'. Allowed: 500 to 599."),
        ({"times": True}, "times is True. Allowed: 1 or more, or None for all requests."),
    ],
)
def test_a_fault_has_no_impossible_values(how: dict[str, Any], said: str) -> None:
    with pytest.raises(BadSetting) as refused:
        Fault.of("status", **how)
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("answer", "does"), [(None, "answers nothing"), ("reset", "answers reset"), ("malformed", "answers malformed")]
)
def test_a_status_is_that_of_a_gateways_page_alone(answer: str | None, does: str) -> None:
    with pytest.raises(BadSetting) as refused:
        Fault.of(answer, status=503)
    assert str(refused.value) == f"status is 503 for a fault that {does}. Allowed: with the answer 'status'."


def test_a_gateways_page_has_the_status() -> None:
    sent = Fault(answer=Broken.STATUS, status=504).answered()
    assert (sent.status, sent.content_type) == (504, "text/html")
    assert sent.body == b"<html><body><h1>Bad Gateway</h1></body></html>"
    assert sent.msg == "fault: status"


def test_a_malformed_answer_is_no_json() -> None:
    sent = Fault(answer=Broken.MALFORMED).answered()
    assert (sent.status, sent.content_type, sent.msg) == (200, "application/json", "fault: malformed")
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(sent.body)


@pytest.mark.parametrize("broken", Broken)
def test_a_broken_answer_has_no_code(broken: Broken) -> None:
    assert Fault(answer=broken).answered().code == 0


@pytest.mark.parametrize("broken", [Broken.RESET, Broken.TRUNCATED])
def test_a_lost_answer_would_have_been_a_success(broken: Broken) -> None:
    sent = Fault(answer=broken).answered()
    assert (sent.status, orjson.loads(sent.body)["code"], sent.msg) == (200, 200, f"fault: {broken}")


def test_at_first_there_is_no_fault() -> None:
    assert (FaultTable().take("key"), FaultTable().all()) == (None, [])


@pytest.mark.parametrize(
    ("key", "fault"),
    [
        pytest.param("key", RESET, id="its own"),
        pytest.param("other", SLOW, id="that of all others"),
        pytest.param(None, SLOW, id="a request without a key"),
    ],
)
def test_a_key_has_its_own_fault_or_the_general_one(key: str | None, fault: Fault) -> None:
    assert faults(key=RESET, everyone=SLOW).take(key) == fault


def test_another_keys_fault_is_nobody_elses() -> None:
    assert faults(key=RESET).take("other") is None


@given(st.integers(1, 5), st.integers(0, 8))
def test_a_fault_lasts_for_so_many_requests(times: int, requests: int) -> None:
    few = faults(key=Fault(answer=Broken.RESET, times=times))
    taken = [few.take("key") is not None for _ in range(requests)]
    assert taken == [True] * min(times, requests) + [False] * max(0, requests - times)


def test_a_fault_counts_down() -> None:
    few = faults(key=Fault(answer=Broken.RESET, times=2))
    few.take("key")
    assert few.all() == [("key", Fault(answer=Broken.RESET, times=1))]
    few.take("key")
    assert few.all() == []


def test_when_its_own_is_over_the_general_one_comes() -> None:
    both = faults(key=Fault(answer=Broken.RESET, times=1), everyone=Fault(delay=1.5, times=2))
    taken = [both.take(key) for key in ("key", "key", "other", "key")]
    assert [each.delay if each else None for each in taken] == [0, 1.5, 1.5, None]


def test_without_times_it_stays() -> None:
    forever = faults(everyone=SLOW)
    assert {forever.take("key") for _ in range(100)} == {SLOW}


@pytest.mark.parametrize("nothing", [Fault(), Fault(times=3), Fault(status=503)])
def test_no_fault_replaces_a_fault(nothing: Fault) -> None:
    found = faults(key=Fault(answer=Broken.RESET, times=3))
    found.put("key", nothing)
    assert (found.take("key"), found.all()) == (None, [])


def test_a_new_fault_forgets_the_count_of_the_old() -> None:
    found = faults(key=Fault(answer=Broken.RESET, times=1))
    found.put("key", RESET)
    assert [found.take("key") for _ in range(3)] == [RESET] * 3


def test_all_faults_are_listed_by_key() -> None:
    found = faults(everyone=SLOW, key=Fault(answer=Broken.RESET, times=2))
    found.take("key")
    assert found.all() == [(None, SLOW), ("key", Fault(answer=Broken.RESET, times=1))]


def test_one_keys_fault_can_be_forgotten() -> None:
    found = faults(everyone=SLOW, key=Fault(answer=Broken.RESET, times=2))
    found.reset("key")
    found.reset("nobody")
    assert found.all() == [(None, SLOW)]


def test_a_reset_clears_all_faults() -> None:
    found = faults(everyone=SLOW, key=Fault(answer=Broken.RESET, times=2))
    found.reset(None)
    assert (found.all(), found.take("key")) == ([], None)
    found.put("key", RESET)
    assert found.all() == [("key", RESET)]


def test_faults_are_bounded() -> None:
    found = FaultTable()
    for number in range(FAULTS_KEPT):
        found.put(str(number), RESET)
    with pytest.raises(BadSetting, match=r"^10000 keys have a fault; reset the mock, or one key, to forget them\.$"):
        found.put("one more", RESET)
    found.put("0", SLOW)
    found.put("1", Fault())
    found.put("one more", RESET)
    assert (found.take("0"), found.take("one more")) == (SLOW, RESET)


def test_a_fault_that_does_nothing_has_no_times() -> None:
    with pytest.raises(
        BadSetting, match=r"^times is 3 for a fault that does nothing\. Allowed: with a delay or an answer\."
    ):
        Fault.of(times=3)
    assert Fault.of(delay=1, times=3).times == 3
