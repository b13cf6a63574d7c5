"""A recording of which a course at a time is in memory."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from contract_tests.recording.message import CALLBACK, Message
from contract_tests.recording.survey import Survey
from tests.contract_tests.recording.messages import message
from tests.courses import ACCEPTED, PUBLISHED
from tests.recordings import told

SENT = ACCEPTED.body.replace(b"$URL", b"http://127.0.0.1:1/cb/1-***")


def task(number: int, task_id: str) -> Message:
    body = told(200, "success", {"taskId": task_id})
    return message(number=number, course=number, sent=SENT.replace(b"Extended", task_id.encode()), body=body)


def poll(number: int, course: int) -> Message:
    return message(number=number, course=course, method="GET", path="/api/v1/generate/record-info?taskId=x", sent=b"")


def numbers(courses: Iterator[list[Message]]) -> list[list[int]]:
    return [[each.number for each in messages] for messages in courses]


def test_a_course_ends_with_its_last_message() -> None:
    messages = [task(1, "one"), poll(2, 0), task(3, "two"), poll(4, 3), poll(5, 1), task(6, "three")]
    survey = Survey.of(messages, PUBLISHED)
    assert numbers(survey.courses(messages)) == [[2], [3, 4], [1, 5], [6]]
    taken: list[int] = []

    def taking() -> Iterator[Message]:
        for each in messages:
            taken.append(each.number)
            yield each

    under_way = survey.courses(taking())
    next(under_way)
    assert taken == [1, 2]
    next(under_way)
    assert taken == [1, 2, 3, 4]


def test_what_was_written_since_is_left_out() -> None:
    messages = [task(1, "one"), poll(2, 1)]
    survey = Survey.of(messages, PUBLISHED)
    assert numbers(survey.courses([*messages, poll(3, 1), task(4, "two")])) == [[1, 2]]
    assert numbers(survey.courses(messages[:1])) == [[1]]


@given(st.lists(st.tuples(st.integers(-1, 9), st.sampled_from(["task", "poll", CALLBACK]))))
def test_every_message_is_in_one_course(drawn: list[tuple[int, str]]) -> None:
    messages = [
        task(number, "one") if kind == "task" else message(number=number, course=course, kind=CALLBACK, method="PUT")
        for number, (course, kind) in enumerate(drawn)
    ]
    found = numbers(Survey.of(messages, PUBLISHED).courses(messages))
    assert sorted(number for course in found for number in course) == [*range(len(drawn))]


def test_a_task_is_that_of_the_request_that_was_told_of_it_first() -> None:
    assert Survey.of([task(5, "one"), task(2, "one"), task(3, "two")], PUBLISHED).first == {"one": 2, "two": 3}


def test_posts_that_get_no_verdict_are_counted() -> None:
    kept_back = message(number=4, error="not handed on: the budget is spent", status=0, body=b"")
    other = message(number=2, path="/api/v1/lyrics")
    left_out = message(number=3, left_out={"sent": "more than 1 MiB"})
    assert Survey.of([task(1, "one"), other, left_out, kept_back], PUBLISHED).others == 2
