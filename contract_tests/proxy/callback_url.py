"""Finds the callBackUrl in the bytes of a request, and puts another in its place; nothing else changes. Pure."""

import json
import re
from typing import Any, Final
from urllib.parse import urlsplit

MEMBER: Final = "callBackUrl"
SCHEMES: Final = ("http", "https")
SPACE: Final = re.compile("[ \t\r\n]*")

Span = tuple[int, int]


def callback_url(body: bytes) -> str | None:
    """The URL that a request wants to be called back at; None where it has none that can be called."""
    text = _text(body)
    values = [json.loads(text[start:end]) for start, end in _spans(text)]
    url = values[-1] if values else None  # readers of JSON take the last of several
    return url if isinstance(url, str) and _can_be_called(url) else None


def with_callback_url(body: bytes, url: str) -> bytes:
    """The same bytes with another URL wherever the request says where it wants to be called back."""
    text = _text(body)
    for start, end in reversed(_spans(text)):
        text = text[:start] + json.dumps(url) + text[end:]
    return text.encode(errors="surrogateescape")


def _text(body: bytes) -> str:
    return body.decode(errors="surrogateescape")


def _can_be_called(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme.lower() in SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _spans(text: str) -> list[Span]:
    """Where the values of the member stand in the text of an object; none where the text is no object of JSON."""
    try:
        return _walked(text)
    except (ValueError, IndexError, RecursionError):
        return []


def _walked(text: str) -> list[Span]:
    """Raises ValueError or IndexError where the text is no object."""
    found = []
    at = _after(text, 0, "{")
    closed = text[at] == "}"
    while not closed:
        name, at = _value(text, at)
        at = start = _after(text, at, ":")
        _, at = _value(text, at)
        if name == MEMBER:
            found.append((start, at))
        at = _past_space(text, at)
        closed = text[at] == "}"
        at = at if closed else _after(text, at, ",")
    return found if _past_space(text, at + 1) == len(text) else []


def _value(text: str, at: int) -> tuple[Any, int]:
    return DECODER.raw_decode(text, at)


def _after(text: str, at: int, sign: str) -> int:
    """The place of what follows a sign."""
    at = _past_space(text, at)
    if text[at] != sign:
        raise ValueError(sign)
    return _past_space(text, at + 1)


def _past_space(text: str, at: int) -> int:
    space = SPACE.match(text, at)
    return space.end() if space else at


DECODER: Final = json.JSONDecoder()
