"""What an entry of an HTTP archive must have for a message to be made of it, or what is wrong with it. Pure."""

import json
from base64 import b64decode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from contract_tests.recording.message import FAR, Headers

LAST_STATUS: Final = 999
KINDS: Final[Mapping[str, type | tuple[type, ...]]] = {
    "an object": dict,
    "a list": list,
    "a text": str,
    "a number": (int, float),
}


class NoEntry(ValueError):
    """The text says which member is wrong, the value that it has and what is allowed."""


def member(entry: object, path: str, kind: str, default: Any = None) -> Any:
    """A member by its names with dots between; the default, if there is one, where it or one above is missing or null.
    Raises NoEntry."""
    check("it", entry, "an object")
    value: Any = entry
    names = path.split(".")
    for depth, name in enumerate(names, 1):
        so_far, above = ".".join(names[:depth]), value
        if (value := above.get(name)) is None and default is not None:
            return default
        if name not in above:
            raise NoEntry(f"{so_far} is missing")
        check(so_far, value, kind if depth == len(names) else "an object")
    return value


def check(path: str, value: object, kind: str) -> None:
    """Raises NoEntry where a value is of another kind."""
    if not isinstance(value, KINDS[kind]) or isinstance(value, bool):
        raise NoEntry(f"{path} is {shown(value)}; allowed: {kind}")


def shown(value: object) -> str:
    """A value as it stands in a text."""
    return json.dumps(value)[:80]


def url_of(entry: object) -> SplitResult:
    url: str = member(entry, "request.url", "a text")
    try:
        return urlsplit(url)
    except ValueError:
        raise NoEntry(f"request.url is {shown(url)}; allowed: a URL") from None


def date_of(entry: object) -> datetime:
    text = member(entry, "startedDateTime", "a text")
    if (date := date_in(text)) is None:
        raise NoEntry(f"startedDateTime is {shown(text)}; allowed: a date and a time, such as 2026-11-27T12:00:00Z")
    return date


def date_in(text: object) -> datetime | None:
    """The date and time of a text; None where it tells none."""
    try:
        date = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def took_of(entry: object) -> float:
    """Milliseconds until the answer ended."""
    took = member(entry, "time", "a number", 0)
    if not took < FAR:
        raise NoEntry(f"time is {str(took)[:20]}; allowed: a number below {FAR:.0f}")
    return max(float(took), 0.0)


def status_of(entry: object) -> int:
    """The answer's status; 0 where none came."""
    status = member(entry, "response.status", "a number")
    if not abs(status) <= LAST_STATUS:
        raise NoEntry(f"response.status is {shown(status)}; allowed: a status of HTTP, or 0 where no answer came")
    return max(int(status), 0)


def headers_of(entry: object, path: str) -> Headers:
    """Headers without those that HTTP/2 has in place of a request line."""
    found = []
    for number, each in enumerate(member(entry, path, "a list", ())):
        check(f"{path}[{number}]", each, "an object")
        for part in ("name", "value"):
            check(f"{path}[{number}].{part}", each.get(part), "a text")
        found.append((each["name"], each["value"]))
    return tuple((name, value) for name, value in found if not name.startswith(":"))


def content_of(entry: object) -> bytes:
    """The body of the answer."""
    text = member(entry, "response.content.text", "a text", "")
    if member(entry, "response.content.encoding", "a text", "") != "base64":
        return encoded(text, "response.content.text")
    try:
        return b64decode(text)
    except ValueError:
        raise NoEntry(f"response.content.text is {shown(text)}; allowed with the encoding base64: base64") from None


def encoded(text: str, path: str) -> bytes:
    """A text in UTF-8. Raises NoEntry."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise NoEntry(f"{path} holds half a surrogate pair, which is no text") from None
