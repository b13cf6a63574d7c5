"""Reads a recording from a file, up to the first fault."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from contract_tests.recording.message import FORMAT, VERSION, Message, NoMessage, message_of

LONGEST_LINE: Final[int] = FORMAT["longest_line"]
"""Characters of a line that are read."""
MOST_MESSAGES: Final[int] = FORMAT["most_messages"]
"""Messages of a recording that are read."""


class NoRecording(ValueError):
    """A file is no recording of this version; the text says what is wrong with it, and the way out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What a file holds. `about` is its first line; `fault` says, with the line, why what follows was not read, and is
    empty where all was."""

    about: Mapping[str, Any] = field(default_factory=dict)
    messages: tuple[Message, ...] = ()
    fault: str = ""

    @property
    def target(self) -> str:
        """The base URL of the server; empty where the file does not tell it."""
        told = self.about.get("target")
        return told if isinstance(told, str) else ""


def read(path: Path) -> Recording:
    """The recording in a file. Raises NoRecording, OSError."""
    messages: list[Message] = []
    about: Mapping[str, Any] | None = None
    for number, entry in _entries(path):
        if about is None:
            about = _about(path, entry)
        elif isinstance(entry, str):
            return Recording(about=about, messages=tuple(messages), fault=f"{path}:{number}: {entry}")
        elif "message" in entry:
            try:
                messages.append(message_of(entry))
            except NoMessage as wrong:
                return Recording(about=about, messages=tuple(messages), fault=f"{path}:{number}: {wrong}")
    if about is None:
        raise NoRecording(f"{path} is empty. Give a file that `suno-contract proxy --record` wrote.")
    return Recording(about=about, messages=tuple(messages))


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
    with path.open(encoding="utf-8", errors="surrogateescape") as file:
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
