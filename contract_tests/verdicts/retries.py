"""Judges how a server retries callbacks that the receiver did not take, and reads the questions about it. Pure."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from contract_tests.documents.any_json import parsed
from contract_tests.documents.counted import counted
from contract_tests.probes.request import ATTEMPTS, STAGES
from contract_tests.receiver.receiver import Arrival
from contract_tests.verdicts.course import Course, Finding, finding
from contract_tests.verdicts.polling import recorded_ids


def received(arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Those that the receiver took: answered with 200, or with another 2xx and not sent again."""
    again = _came_again(arrivals)
    return [
        arrival
        for number, arrival in enumerate(arrivals)
        if arrival.status == 200 or (200 < arrival.status < 300 and not again[number])
    ]


def retry_findings(course: Course) -> Iterator[Finding]:
    """What was not received comes again, until it has come as often as documented, and then no more."""
    said, again = [*map(_says, course.arrivals)], _came_again(course.arrivals)
    times = Counter(said)
    for number, arrival in enumerate(course.arrivals):
        if 200 <= arrival.status < 300 or times[said[number]] >= ATTEMPTS:
            continue
        if not again[number]:
            yield finding("delivery.retry", f"the same callback again after {_said(arrival.status)}", "none")
    if len(tried := _given_up(course)) > ATTEMPTS:
        yield finding("delivery.given_up", f"{ATTEMPTS} attempts at most", str(len(tried)))


def _came_again(arrivals: Sequence[Arrival]) -> list[bool]:
    """Of each whether one that says the same came after it."""
    said = [*map(_says, arrivals)]
    last = {each: number for number, each in enumerate(said)}
    return [last[each] > number for number, each in enumerate(said)]


def attempts(course: Course, arrival: Arrival) -> list[Arrival]:
    """All callbacks of the course that say the same as one of them."""
    said = _says(arrival)
    return [each for each in course.arrivals if _says(each) == said]


def _says(arrival: Arrival) -> bytes | str:
    """What a callback says: JSON whatever the order of its members, and else its bytes. Nothing compares each callback
    with each other one: a task of a recording may have many thousand."""
    try:
        return json.dumps(json.loads(arrival.body, parse_float=_number), sort_keys=True)
    except (ValueError, RecursionError):
        return arrival.body


def _number(text: str) -> int | float:
    """A number, the same however it is written."""
    number = float(text)
    return int(number) if number.is_integer() else number


def _said(status: int) -> str:
    return f"HTTP {status}" if status else "no answer"


def received_statuses(course: Course) -> str | None:
    """Whether a 2xx other than 200 counts as received; None where the receiver gave no such answer."""
    for number, arrival in enumerate(course.arrivals):
        if 200 < arrival.status < 300:
            return "only_200" if _came_again(course.arrivals)[number] else "any_2xx"
    return None


def number_of_attempts(course: Course) -> str | None:
    """How many attempts a callback got that was never received; None where there was none."""
    tried = _given_up(course)
    if not tried:
        return None
    return counted(len(tried), "attempt") if tried[-1].status != 200 else f"{counted(len(tried), 'attempt')} or more"


def spacing(course: Course) -> str | None:
    """The seconds between the attempts of a callback that was never received; None where there was none."""
    tried = _given_up(course)
    gaps = [later.at - sooner.at for sooner, later in pairwise(tried)]
    return "seconds between attempts: " + ", ".join(f"{gap:.0f}" for gap in gaps) if gaps else None


def after_giving_up(course: Course) -> str | None:
    """Whether later callbacks came once one was given up; None where none was owed, or all had come before, and where
    they came in between as well: one that comes then may have been under way."""
    tried = _given_up(course)
    if not tried or tried[-1].status == 200 or course.data(parsed(tried[0].body)).get("callbackType") == "complete":
        return None
    sooner = {
        str(course.data(parsed(arrival.body)).get("callbackType"))
        for arrival in course.arrivals
        if arrival.at < tried[-1].at
    }
    if {*STAGES} <= sooner:
        return None
    if not any(arrival.at > tried[-1].at for arrival in course.arrivals):
        return "stop"
    return None if _overtook(course, tried) else "go_on"


def callback_order(course: Course) -> str | None:
    """Whether later stages overtake one that is retried: they came between its attempts, or before it was received.

    None where neither shows: that an order was kept by itself proves nothing.
    """
    came = replace(course, arrivals=received(course.arrivals))
    stages = [stage for stage in came.stages() if stage in STAGES]
    tried = _given_up(course)
    if stages != sorted(stages, key=STAGES.index) or _overtook(course, tried):
        return "overtaking"
    return "in_order" if any(at > tried[-1].at for at in _others(course, tried)) else None


def _overtook(course: Course, tried: Sequence[Arrival]) -> bool:
    """Whether another callback came between attempts of the one that was never received."""
    return any(tried[0].at < at < tried[-1].at for at in _others(course, tried))


def _others(course: Course, tried: Sequence[Arrival]) -> list[float]:
    """When other callbacks came than the one that was never received."""
    return [arrival.at for arrival in course.arrivals if tried and _says(arrival) != _says(tried[0])]


def callback_exception(course: Course) -> str | None:
    """What the status of a lost callback means for the tracks; None where polling shows another status."""
    if not isinstance(course.record, dict) or course.record.get("status") != course.lost:
        return None
    return "audio_kept" if recorded_ids(course.record) else "failure"


def _given_up(course: Course) -> list[Arrival]:
    """The attempts of the callback that was never received, empty where there was none."""
    failed = [arrival for arrival in course.arrivals if not 200 <= arrival.status < 300]
    return attempts(course, failed[0]) if course.probe.gives_up and failed else []
