"""A recording as an HTTP archive (HAR 1.2), as browsers and other proxies have them, and the other way. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TextIO
from urllib.parse import parse_qs, urlsplit

from harfile import Content, Creator, HarFile, PostData, Record, Request, Response, Timings

from contract_tests.documents.any_json import parsed
from contract_tests.documents.terms import DOCUMENTED
from contract_tests.recording.har_entry import (
    NoEntry,
    content_of,
    date_in,
    date_of,
    encoded,
    headers_of,
    member,
    status_of,
    took_of,
    url_of,
)
from contract_tests.recording.keys_apart import KeysApart
from contract_tests.recording.message import CALLBACK, REQUEST, Headers, Message
from contract_tests.recording.read import NoRecording, Recording, target_of
from contract_tests.recording.secrets import Secrets
from contract_tests.verdicts.course import task_of

NOWHERE: Final = "http://receiver.invalid"
"""In place of a receiver's host, which no recording has."""
HTTP: Final = "HTTP/1.1"
MILLISECONDS: Final = 1000.0
LARGEST: Final = 256 * 1024 * 1024
"""Bytes of an archive that is read."""


def write_har(about: Mapping[str, Any], messages: Iterable[Message], out: TextIO) -> int:
    """Writes a recording as an archive, one message after the other, and returns how many. A callback is an entry whose
    comment says so."""
    count, begun, target = 0, date_in(about.get("date")) or datetime.fromtimestamp(0, UTC), target_of(about)
    with HarFile(out, creator=Creator(name="suno-contract", version="1")) as har:
        for each in messages:
            count += 1
            url = (target if each.kind == REQUEST else NOWHERE) + each.path
            kind = dict(_low(each.headers)).get("content-type", "")
            sent = PostData(mimeType=kind, text=each.sent.decode()) if each.sent else None
            content = Content(size=len(each.body), mimeType=_kind(each.answer_headers), text=each.body.decode())
            har.add_entry(
                startedDateTime=begun + timedelta(seconds=each.at),
                time=each.took * MILLISECONDS,
                request=Request(
                    method=each.method, url=url, httpVersion=HTTP, headers=_records(each.headers), postData=sent
                ),
                response=Response(
                    status=each.status,
                    statusText="",
                    httpVersion=HTTP,
                    headers=_records(each.answer_headers),
                    content=content,
                    comment=each.error or None,
                ),
                timings=Timings(send=0, wait=each.took * MILLISECONDS, receive=0),
                comment=f"{each.kind} {each.number} of course {each.course}",
            )
    return count


def from_har(name: str, text: str) -> Recording:
    """The recording that an archive is, without secrets: requests to the first server that is asked for tasks, and
    callbacks. Raises NoRecording, with the line where it is no JSON."""
    try:
        whole = json.loads(text)
        entries = whole["log"]["entries"]
    except json.JSONDecodeError as wrong:
        raise NoRecording(f"{name}:{wrong.lineno}: it is no JSON: {wrong.msg}. {WHOLE}") from None
    except (KeyError, TypeError, ValueError, RecursionError):
        raise NoRecording(f"{name}: it has no log.entries, so it is no HTTP archive. {WHOLE}") from None
    found: list[tuple[datetime, str, Message]] = []
    fault = ""
    for number, entry in enumerate(entries if isinstance(entries, list) else [], 1):
        try:
            found.append(_read(entry))
        except NoEntry as wrong:
            fault = f"{name}: entry {number}: {wrong}"
            break
    found.sort(key=lambda each: each[0])
    target = next((origin for _, origin, each in found if _is_asked(each)), "")
    messages = list(_numbered([each for each in found if each[2].kind == CALLBACK or each[1] == target]))
    date = found[0][0].isoformat() if found else ""
    secrets, keys = Secrets(), KeysApart()
    apart = (replace(each, key=keys.number(each.headers) if each.kind == REQUEST else 0) for each in messages)
    return Recording(
        about={"target": target, "date": date, "by": f"suno-contract convert {name}"},
        messages=tuple(map(secrets.masked, apart)),
        fault=fault,
    )


WHOLE: Final = "Give a file that a browser or a proxy saved as HAR, in whole."


def _read(entry: object) -> tuple[datetime, str, Message]:
    """When a message passed, the origin of its URL, and the message. Raises NoEntry."""
    url, at, method = url_of(entry), date_of(entry), member(entry, "request.method", "a text")
    sent = encoded(member(entry, "request.postData.text", "a text", ""), "request.postData.text")
    status, took = status_of(entry), took_of(entry)
    message = Message(
        kind=CALLBACK if _is_callback(method, sent) else REQUEST,
        number=1,
        course=0,
        at=0.0,
        took=took / MILLISECONDS,
        method=method,
        path=(url.path or "/") + (f"?{url.query}" if url.query else ""),
        headers=headers_of(entry, "request.headers"),
        sent=sent,
        status=status,
        answer_headers=headers_of(entry, "response.headers"),
        body=content_of(entry),
        error="" if status else member(entry, "response.comment", "a text", "the archive has no answer"),
    )
    return at, f"{url.scheme}://{url.netloc.rpartition('@')[2]}", message


def _numbered(found: Sequence[tuple[datetime, str, Message]]) -> Iterator[Message]:
    """The messages in their order, each with the course of its task."""
    begun = found[0][0] if found else None
    tasks: dict[str, int] = {}
    every = [
        replace(each, number=number, at=(at - (begun or at)).total_seconds())
        for number, (at, _, each) in enumerate(found, 1)
    ]
    for each in every:
        task = each.exchange("").task_id
        if each.kind == REQUEST and each.method == "POST" and task is not None:
            tasks.setdefault(task, each.number)
    for each in every:
        named = task_of(parsed(each.sent)) if each.kind == CALLBACK else _polled(each) or each.exchange("").task_id
        yield replace(each, course=tasks.get(named or "", 0))


def _polled(message: Message) -> str:
    return parse_qs(urlsplit(message.path).query).get("taskId", [""])[-1]


def _is_asked(message: Message) -> bool:
    return message.kind == REQUEST and message.path.partition("?")[0] in (DOCUMENTED.extend, DOCUMENTED.record_info)


def _is_callback(method: str, sent: bytes) -> bool:
    body = parsed(sent)
    data = body.get("data") if isinstance(body, dict) else None
    return method == "POST" and isinstance(data, dict) and "callbackType" in data and "task_id" in data


def _records(headers: Headers) -> list[Record]:
    return [Record(name=name, value=value) for name, value in headers]


def _low(headers: Headers) -> Iterator[tuple[str, str]]:
    return ((name.lower(), value) for name, value in headers)


def _kind(headers: Headers) -> str:
    return dict(_low(headers)).get("content-type", "")
