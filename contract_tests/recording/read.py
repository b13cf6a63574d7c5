"""Reads a recording from a file, up to the first fault."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from contract_tests.recording.message import FORMAT, REQUEST, VERSION, Message, NoMessage, message_of, number_of

LONGEST_LINE: Final[int] = FORMAT["longest_line"]
"""Characters of a line that are read."""
MOST_MESSAGES: Final[int] = FORMAT["most_messages"]
"""Messages of a recording that are read."""


class NoRecording(ValueError):
    """A file is no recording of this version; the text says what is wrong with it, and the way out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What a file holds. `about` is its first line; `fault` says, with the line, why what follows was not read, and is
    empty where all was. `lost` is how many requests were about to be sent of which nothing more is there."""

    about: Mapping[str, Any] = field(default_factory=dict)
    messages: tuple[Message, ...] = ()
    fault: str = ""
    lost: int = 0

    @property
    def target(self) -> str:
        """The base URL of the server; empty where the file does not tell it."""
        return target_of(self.about)

    def each(self) -> Iterator[Message]:
        """The messages, one after the other."""
        return iter(self.messages)


def target_of(about: Mapping[str, Any]) -> str:
    """The base URL of the server that the first line of a recording names; empty where it names none."""
    told = about.get("target")
    return told if isinstance(told, str) else ""


class RecordingFile:
    """A recording that stays in its file, and is read each time. Raises NoRecording, OSError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.about = Reader(path).about
        self.fault = ""
        self.lost = 0

    @property
    def target(self) -> str:
        """The base URL of the server; empty where the file does not tell it."""
        return target_of(self.about)

    def each(self) -> Iterator[Message]:
        """The messages, one after the other, up to the first fault. `fault` and `lost` are known then."""
        reader = Reader(self._path)
        yield from reader.each()
        self.fault, self.lost = reader.fault, len(reader.sending)


class Reader:
    """A recording of which one message is in memory at a time. `about` is its first line. Once all messages were taken,
    `fault` is known, and so are the last `budget`, None where there was none, and the numbers in `sending`: of requests
    that were about to be sent, of which nothing follows, so that each may have cost a task. Raises NoRecording,
    OSError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entries = _entries(path)
        first = next(self._entries, None)
        if first is None:
            raise NoRecording(f"{path} is empty. Give a file that `suno-contract proxy --record` wrote.")
        self.about = _about(path, first[1])
        self.fault = ""
        self.sending: set[int] = set()
        self.budget: int | None = None

    def whole(self) -> Recording:
        """All that is left."""
        messages = tuple(self.each())
        return Recording(about=self.about, messages=messages, fault=self.fault, lost=len(self.sending))

    def each(self) -> Iterator[Message]:
        """The messages that are left, up to the first fault."""
        for number, entry in self._entries:
            try:
                message = self._taken(entry)
            except NoMessage as wrong:
                self.fault = f"{self._path}:{number}: {wrong}"
                return
            if message is not None:
                yield message

    def _taken(self, entry: Mapping[str, Any] | str) -> Message | None:
        """The message of a line; None where it has none. Raises NoMessage."""
        if isinstance(entry, str):
            raise NoMessage(entry)
        if "message" in entry:
            message = message_of(entry)
            if message.kind == REQUEST:
                self.sending.discard(message.number)
            return message
        if (number := number_of("sending", entry)) is not None:
            self.sending.add(number)
        elif (tasks := number_of("budget", entry)) is not None:
            self.budget = tasks
        return None


def read(path: Path) -> Recording:
    """The recording in a file. Raises NoRecording, OSError."""
    return Reader(path).whole()


def _about(path: Path, entry: Mapping[str, Any] | str) -> Mapping[str, Any]:
    version = entry.get("recording") if isinstance(entry, dict) else None
    if version is None:
        raise NoRecording(
            f'{path}:1: this is no recording, which begins with {{"recording": {VERSION}, ...}}. '
            "Give a file that `suno-contract proxy --record` wrote."
        )
    if version != VERSION or isinstance(version, bool) or isinstance(entry, str):
        raise NoRecording(
            f"{path}:1: the recording is of version {json.dumps(version)[:20]}, and this program reads version "
            f"{VERSION}. Read it with the release that wrote it, or record anew."
        )
    return entry


def _entries(path: Path) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    """The lines by number, each with what is in it, or what is wrong with it."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
        number = count = 0
        while text := file.readline(LONGEST_LINE + 1):
            number += 1
            if len(text) > LONGEST_LINE:
                yield number, f"the line is longer than {LONGEST_LINE} characters"
                return
            if text.strip():
                entry = _entry(text)
                count += isinstance(entry, dict) and "message" in entry
                if count > MOST_MESSAGES:
                    yield number, f"more than {MOST_MESSAGES} messages; those before are read"
                    return
                yield number, entry


def _entry(text: str) -> Mapping[str, Any] | str:
    try:
        entry = json.loads(text)
    except (ValueError, RecursionError):
        return "the line is cut off" if not text.endswith("\n") else "the line is no JSON"
    return entry if isinstance(entry, dict) else "the line is no JSON object"
