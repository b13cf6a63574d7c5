"""The requests of a recording by operation, each with its answer, and each task with its course. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from jiter import from_json

from mock_server.contract.course import Course, Recorded, Told
from mock_server.contract.operations import Operation
from mock_server.contract.recording import Message, Recording, is_masked
from mock_server.contract.scenarios import STAGES
from mock_server.core.errors import BadSetting

ANSWERED: Final = range(200, 600)
"""The statuses that end an answer."""
BODILESS: Final = (204, 205, 304)
RECEIVED: Final = range(200, 300)
ACCEPTED: Final = 200
OF_A_CONNECTION: Final = (
    "alt-svc|connection|content-encoding|content-length|date|keep-alive|proxy-.*|server|set-cookie"
    "|strict-transport-security|te|trailer|transfer-encoding|upgrade|access-control-.*"
)
OF_A_POST: Final = "accept|accept-encoding|authorization|content-type|host|user-agent"
LEFT_OUT: Final = re.compile(OF_A_CONNECTION, re.IGNORECASE)
"""The headers of an answer that the mock has itself, or that were those of another connection."""
LEFT_OUT_OF_CALLBACKS: Final = re.compile(f"{OF_A_CONNECTION}|{OF_A_POST}", re.IGNORECASE)
HEADER: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}")
VALUE: Final = re.compile(r"[\t -~\x80-\xff]{0,8000}")
WORD: Final = re.compile("[a-z_]{1,30}")


def recorded_requests(
    recording: Recording, operations: Mapping[str, Operation]
) -> tuple[Mapping[str, Sequence[Recorded]], Mapping[str, int]]:
    """The requests that can be played, by operation, and how many cannot, by the reason. Raises BadSetting where none
    can."""
    by_path = {(each.method, each.path): each for each in operations.values()}
    by_course: dict[int, list[Message]] = defaultdict(list)
    for message in recording.messages:
        by_course[message.course].append(message)
    found: dict[str, list[Recorded]] = defaultdict(list)
    left: Counter[str] = Counter()
    elsewhere = ""
    polled = {each.polled_by for each in operations.values()}
    started: set[int] = set()  # by the numbers of courses
    for message in recording.messages:
        operation = by_path.get((message.method, message.path.partition("?")[0]))
        why = "" if message.is_callback else _unplayable(message, operation)
        elsewhere = elsewhere or ("" if operation or message.is_callback else f"{message.method} {message.path[:80]}")
        if why:
            left[why] += 1
        if why or operation is None or message.is_callback:
            continue
        if operation.name in polled and message.course in started:
            continue  # it is told by its course
        polls, answer = operations.get(operation.polled_by), _told(message)
        course = _course(message, answer, by_course[message.number], polls) if operation.polled_by else None
        if course and not course.callbacks and not course.polls:
            left["that started a task of which nothing more came"] += 1
            continue
        started |= {message.number} if course else set()
        keyed = message.header("authorization").lower().startswith("bearer ")
        asked = replace(message, body=b"", answer_headers=())  # which the answer has
        found[operation.name].append(Recorded(message=asked, answer=answer, keyed=keyed, course=course))
    if not found:
        came = f"It has requests such as {elsewhere!r}. " if elsewhere else "It has no request with an answer. "
        raise BadSetting(
            f"replay: {recording.fault or recording.path}: no request can be played. {came}Choose the profile of the "
            "server that was recorded (--profile), or record anew."
        )
    return found, left


def _unplayable(message: Message, operation: Operation | None) -> str:
    if operation is None:
        return "of no operation of the profile"
    if message.status not in ANSWERED:
        return "without an answer"
    return "whose bodies are not in the file" if {"sent", "body"} & message.left_out.keys() else ""


def _course(asked: Message, answer: Told, messages: Sequence[Message], polls: Operation | None) -> Course | None:
    """The course of the task that a request started; None where it started none."""
    data = _parsed(answer.body).get("data")
    task_id = data.get("taskId") if isinstance(data, dict) else None
    if not (isinstance(task_id, str) and task_id and answer.code == ACCEPTED and _parsed(asked.sent)):
        return None
    begins = asked.at + asked.took
    later = [each for each in messages if each.number > asked.number]
    callbacks = list(_without_retries(each for each in later if each.is_callback and each.sent))
    told = [_told_by_callback(each, begins) for each in callbacks]
    path = polls.path if polls else ""
    asked_again = [
        _told(each, begins, sum(before.number < each.number for before in callbacks))
        for each in later
        if not each.is_callback and each.path.partition("?")[0] == path and polls and not _unplayable(each, polls)
    ]
    bodies = [_parsed(each.body) for each in (*told, *asked_again)]
    return Course(
        asked=asked.sent,
        answer=answer,
        task_id=task_id,
        tracks=tuple(dict.fromkeys(id for body in bodies for id in _tracks(body))),
        callbacks=tuple(told),
        polls=tuple(asked_again),
    )


def _without_retries(callbacks: Iterable[Message]) -> Iterator[Message]:
    """The callbacks but for those whose like was sent before and not received: whether something is sent again follows
    from the receiver."""
    refused: set[bytes] = set()
    for each in callbacks:
        if each.sent not in refused:
            yield each
        if each.status not in RECEIVED:
            refused.add(each.sent)


def _told(message: Message, begins: float | None = None, callbacks: int = 0) -> Told:
    """What a request was answered."""
    body = b"" if message.status in BODILESS else message.body
    envelope = _parsed(body)
    after = 0.0 if begins is None else max(0.0, message.at + message.took - begins)
    return Told(
        line=message.line,
        after=after,
        status=message.status,
        code=_code(envelope, message.status),
        msg=str(envelope.get("msg", ""))[:1000],
        headers=_played(message.answer_headers, LEFT_OUT),
        body=body,
        callbacks=callbacks,
    )


def _told_by_callback(message: Message, begins: float) -> Told:
    """What a callback tells; its `status` is that of the receiver's answer."""
    body = message.sent
    envelope = _parsed(body)
    code = _code(envelope, ACCEPTED)
    data = envelope.get("data")
    word = data.get("callbackType") if isinstance(data, dict) else None
    known = code == ACCEPTED and isinstance(word, str) and WORD.fullmatch(word)
    return Told(
        line=message.line,
        after=max(0.0, message.at - begins),
        status=message.status,
        code=code,
        msg=str(envelope.get("msg", ""))[:1000],
        headers=_played(message.headers, LEFT_OUT_OF_CALLBACKS),
        body=body,
        stage=str(word) if known else STAGES[-1],
    )


def _code(envelope: Mapping[str, Any], default: int) -> int:
    code = envelope.get("code")
    return code if type(code) is int and 0 <= code < 10**6 else default


def _parsed(body: bytes) -> Mapping[str, Any]:
    try:
        value = from_json(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _tracks(value: Any) -> Iterator[str]:
    """The ids of what lists hold, wherever they stand."""
    waiting: list[Any] = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting.extend(reversed(each.values()))
        elif isinstance(each, list):
            yield from (item["id"] for item in each if isinstance(item, dict) and _is_id(item.get("id")))
            waiting.extend(reversed(each))


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 200


def _played(headers: Sequence[tuple[str, str]], left_out: re.Pattern[str]) -> Sequence[tuple[str, str]]:
    """The headers that are sent again: those that are masked are not, nor what is no header."""
    return tuple(
        (name, value)
        for name, value in headers
        if HEADER.fullmatch(name) and VALUE.fullmatch(value) and not left_out.fullmatch(name) and not is_masked(value)
    )
