"""Servers whose answers cannot be read, or are read in another style than the rest."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from contract_tests.targets.behaviour import Answer, Asked
from contract_tests.targets.changes import (
    Change,
    answering,
    is_code,
    is_refusal,
)
from contract_tests.targets.edition import Edition

Family = Iterator[tuple[str, tuple[str, ...], Change]]


def damaged(edition: Edition) -> Family:
    whole: Mapping[str, Callable[[Answer], Answer]] = {
        "text/html as content type": lambda answer: replace(answer, kind="text/html"),
        "text/plain as content type": lambda answer: replace(answer, kind="text/plain"),
        "no content type": lambda answer: replace(answer, kind=""),
        "half of its body": lambda answer: replace(answer, raw=b'{"code": 200, "ms'),
        "no body": lambda answer: replace(answer, raw=b""),
        "a list around it": lambda answer: replace(answer, content=[answer.content]),
        "HTTP 202": lambda answer: replace(answer, status=202),
        "HTTP 418": lambda answer: replace(answer, status=418),
        "HTTP 502": lambda answer: replace(answer, status=502),
        "an HTML page": lambda answer: replace(answer, raw=b"<html></html>"),
        "its JSON as a text": lambda answer: replace(answer, raw=b'"{}"'),
        "single quotes": lambda answer: replace(answer, raw=str(answer.content).encode()),
        "UTF-16": lambda answer: replace(answer, raw=b"\xff\xfe" + '{"code": 200}'.encode("utf-16-le")),
    }
    for where, applies in (("success", is_code(200)), ("a refusal", is_refusal)):
        for name in [*whole][where != "success" :: 2]:
            change = whole[name]
            yield f"{where} with {name}", ("answer.*", "extend.*"), answering(applies, change)
    for code in (401, 422):
        drop = answering(is_code(code), lambda answer: replace(answer, dropped=True))
        yield f"no answer in place of {code}", ("answer.given",), drop
    crash = lambda answer: replace(answer, status=500, kind="text/html", raw=b"<h1>Server Error</h1>")  # noqa: E731
    for name, applies in (
        ("a body that is no JSON", lambda asked, answer: is_refusal(asked, answer) and asked.body is None),
        ("a list as body", lambda asked, answer: is_refusal(asked, answer) and isinstance(asked.body, list)),
        ("a null", lambda asked, answer: is_refusal(asked, answer) and None in _members(asked)),
        ("an object as a value", lambda asked, answer: is_refusal(asked, answer) and _has(asked, dict)),
        ("a missing model", lambda asked, answer: is_code(422)(asked, answer) and "model" not in body_of(asked)),
    ):
        yield f"crashes at {name}", ("answer.*", "extend.*"), answering(applies, crash)


def body_of(asked: Asked) -> Mapping[str, Any]:
    return asked.body if isinstance(asked.body, dict) else {"model": ""}


def _members(asked: Asked) -> list[Any]:
    return list(asked.body.values()) if isinstance(asked.body, dict) else []


def _has(asked: Asked, kind: type) -> bool:
    return any(isinstance(value, kind) for value in _members(asked))


def styles(edition: Edition) -> Family:
    for code in (401, 404, 422):
        flip = answering(is_code(code), partial(_flipped, code))
        yield f"another answer style for {code} alone", ("refusal_status", "answer.status*"), flip
        wrong = answering(is_code(code), lambda answer: replace(answer, status=400 if answer.code != 400 else 422))
        yield f"HTTP 400 with code {code}", ("answer.status*",), wrong


def _flipped(code: int, answer: Answer) -> Answer:
    return replace(answer, status=200 if answer.status == code else code)
