"""Reads a recording of what passed between a client, a server and a receiver, up to its first fault. The form of its
lines is in `openapi/recording.yaml`, which the harness that writes them reads too."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from mock_server.contract.documents import OPENAPI, load
from mock_server.core.errors import BadSetting
from mock_server.core.text import cut, printable

LARGEST: Final = 256 * 1024 * 1024
"""Characters of a recording that are read."""
TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "a text": (str,),
    "an integer": (int,),
    "a number": (int, float),
    "a list": (list,),
    "an object": (dict,),
}
PAIR: Final = 2
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
WRITTEN: Final = "a file that `suno-contract proxy --record` wrote, or `suno-contract convert` from an archive (HAR)"


class _Fault(ValueError):
    """What is wrong with a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message that passed, with its answer, on a `line` of the file. `at` is in seconds since the recording began,
    `took` in seconds until the answer had ended; `status` is 0 where none came. `left_out` says of a body why it is not
    there."""

    line: int
    is_callback: bool
    number: int
    course: int
    at: float
    took: float
    method: str
    path: str
    headers: Sequence[tuple[str, str]]
    sent: bytes
    status: int
    answer_headers: Sequence[tuple[str, str]]
    body: bytes
    left_out: Mapping[str, str]

    def header(self, name: str) -> str:
        """The value of a header of the request, whose name is given in lower case; empty where there is none."""
        return next((value for each, value in self.headers if each.lower() == name), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """The messages of a file, in the order in which they came. `fault` says, with the line, why what follows was not
    read, and is empty where all was."""

    path: Path
    messages: Sequence[Message]
    fault: str = ""


@cache
def form() -> Mapping[str, Any]:
    """What a recording is like."""
    tree: Mapping[str, Any] = load(OPENAPI / "recording.yaml")
    return tree


def is_masked(text: str) -> bool:
    """Whether a part of a text was masked. The documents' own example has more stars in a row."""
    stars: str = form()["masked"]
    return stars in text and bool(re.search(rf"(?<!\*){re.escape(stars)}(?!\*)", text))


def read(path: Path) -> Recording:
    """The recording in a file. Raises BadSetting for a file that is none, or of another version."""
    messages: list[Message] = []
    fault = ""
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
            lines = _lines(file)
            _check_first(path, next(lines, None))
            for number, text in lines:
                try:
                    messages += _messages(number, text, len(messages))
                except _Fault as wrong:
                    fault = f"{path}:{number}: {wrong}; what stands before is played"
                    break
    except OSError as error:
        why = error.strerror or error
        raise BadSetting(f"replay: {cut(str(path))} cannot be read: {why}. Give {WRITTEN}.") from None
    return Recording(path=path, messages=sorted(messages, key=lambda each: each.number), fault=fault)


def _lines(file: Iterator[str]) -> Iterator[tuple[int, str]]:
    """The lines that are not empty, by number; of one that is too long, or behind too much, its beginning."""
    longest, number, size = form()["longest_line"], 0, 0
    while text := file.readline(longest + 1):  # type: ignore[attr-defined]
        number += 1
        size += len(text)
        if size > LARGEST:
            yield number, text[:0]
            return
        if text.strip():
            yield number, text


def _check_first(path: Path, first: tuple[int, str] | None) -> None:
    """Raise BadSetting for what does not begin a recording of this version."""
    version, known = None, form()["version"]
    if first is None:
        raise BadSetting(f"replay: {path} is empty. Give {WRITTEN}.")
    try:
        version = _parsed(first[1]).get("recording")
    except _Fault:
        version = None
    if version is None:
        raise BadSetting(
            f'replay: {path}:{first[0]}: this is no recording, which begins with {{"recording": {known}, ...}}. '
            f"Give {WRITTEN}."
        )
    if version != known or isinstance(version, bool):
        raise BadSetting(
            f"replay: {path}:{first[0]}: the recording is of version {cut(json.dumps(version), 20)}, and this mock "
            f"plays version {known}. Play it with the release that wrote it, or record anew."
        )


def _messages(line: int, text: str, so_far: int) -> Iterator[Message]:
    """The message of a line, if it has one. Raises _Fault."""
    if not text:
        raise _Fault(f"the file is longer than {LARGEST} characters")
    entry = _parsed(text)
    if "message" in entry:
        if so_far == form()["most_messages"]:
            raise _Fault(f"more than {so_far} messages")
        yield _message(line, entry)


def _parsed(text: str) -> Mapping[str, Any]:
    if len(text) > form()["longest_line"]:
        raise _Fault(f"the line is longer than {form()['longest_line']} characters")
    try:
        entry = json.loads(text)
    except (ValueError, RecursionError):
        raise _Fault("the line is cut off" if not text.endswith("\n") else "the line is no JSON") from None
    if not isinstance(entry, dict):
        raise _Fault("the line is no JSON object")
    return entry


def _message(line: int, entry: Mapping[str, Any]) -> Message:
    for name, said in form()["members"].items():
        if name not in entry:
            raise _Fault(f"{name} is missing")
        if not isinstance(entry[name], TYPES[said]) or isinstance(entry[name], bool):
            raise _Fault(f"{name} is {_shown(entry[name])}; allowed: {said}")
    kinds, far = form()["kinds"], form()["longest_time"]
    if entry["message"] not in kinds.values():
        raise _Fault(f"message is {_shown(entry['message'])}; allowed: {', '.join(kinds.values())}")
    if not (0 <= entry["at"] <= far and 0 <= entry["took"] <= far):
        raise _Fault(f"at or took is not between 0 and {far} seconds")
    return Message(
        line=line,
        is_callback=entry["message"] == kinds["callback"],
        headers=_headers("headers", entry["headers"]),
        answer_headers=_headers("answer_headers", entry["answer_headers"]),
        sent=_bytes("sent", entry),
        body=_bytes("body", entry),
        left_out={name: str(why) for name, why in entry["left_out"].items()} or NOTHING,
        **{name: entry[name] for name in ("number", "course", "at", "took", "method", "path", "status")},
    )


def _headers(name: str, pairs: Sequence[Any]) -> Sequence[tuple[str, str]]:
    for pair in pairs:
        if not (isinstance(pair, list) and len(pair) == PAIR and all(isinstance(each, str) for each in pair)):
            raise _Fault(f"{name} holds {_shown(pair)}; allowed: a name and a value")
    return tuple(_shared(pair[0], pair[1]) for pair in pairs)


@lru_cache(maxsize=10_000)
def _shared(name: str, value: str) -> tuple[str, str]:
    """A header, which the messages of a recording have in common: most are the same each time."""
    return name, value


def _bytes(name: str, entry: Mapping[str, Any]) -> bytes:
    try:
        text: bytes = entry[name].encode()
    except UnicodeEncodeError:
        raise _Fault(f"{name} holds half a surrogate pair, which is no text") from None
    return text


def _shown(value: Any) -> str:
    return printable(cut(json.dumps(value), 80))
