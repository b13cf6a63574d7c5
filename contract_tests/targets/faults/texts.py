"""Servers that change a text on its way from the request to what comes back."""

import html
import unicodedata
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from contract_tests.targets.behaviour import Task
from contract_tests.targets.changes import (
    mangling,
    starting,
)
from contract_tests.targets.edition import Edition
from contract_tests.targets.faults.recording import DETAILS, Family

MANGLES: Final[Mapping[str, Callable[[str], str]]] = {
    "without blanks at the ends": str.strip,
    "with one blank for several": lambda text: (
        " ".join(text.split(" ")) if "  " not in text else text.replace("  ", " ")
    ),
    "without line breaks": lambda text: text.replace("\n", " "),
    "with CRLF for line breaks": lambda text: text.replace("\r\n", "\n").replace("\n", "\r\n"),
    "with HTML for & and <": lambda text: html.escape(text, quote=False),
    "with HTML for quotes": lambda text: text.replace('"', "&quot;").replace("'", "&#39;"),
    "with HTML read": lambda text: html.unescape(text),
    "without quotes": lambda text: text.replace('"', "").replace("'", ""),
    "without tags": lambda text: text.partition("<")[0] if "<" in text else text,
    "with composed accents": lambda text: unicodedata.normalize("NFC", text),
    "with decomposed accents": lambda text: unicodedata.normalize("NFD", text),
    "with compatible characters": lambda text: unicodedata.normalize("NFKC", text),
    "without what is no ASCII": lambda text: text.encode("ascii", "ignore").decode(),
    "with ? for what is no ASCII": lambda text: text.encode("ascii", "replace").decode(),
    "read as Latin-1": lambda text: text.encode().decode("latin-1"),
    "without emoji": lambda text: "".join(each for each in text if each < "\U00010000"),
    "without variation selectors": lambda text: text.replace("\ufe0f", ""),
    "without joiners": lambda text: text.replace("\u200d", ""),
    "with small letters": str.lower,
    "with a capital at first": lambda text: text[:1].upper() + text[1:],
    "cut after 50 characters": lambda text: text[:50],
    "cut at a comma": lambda text: text.partition(",")[0],
    "cut at a quote": lambda text: text.partition('"')[0],
    "cut at a line break": lambda text: text.partition("\n")[0],
    "without brackets": lambda text: text.replace("[", "").replace("]", ""),
    "with backslashes before quotes": lambda text: text.replace('"', '\\"').replace("'", "\\'"),
    "with escapes read": lambda text: text.replace("\\n", "\n").replace("\\t", "\t"),
    "with escapes of URLs read": lambda text: text.replace("%20", " ").replace("+", " "),
    "without marks of direction": lambda text: text.replace("\u200f", "").replace("\u202e", ""),
    "backwards": lambda text: text[::-1],
}
"""What becomes of a text on its way through a server."""


def texts(edition: Edition) -> Family:
    for number, (says, mangle) in enumerate(MANGLES.items()):
        title = starting(partial(_mangled, "title", mangle))
        yield f"titles come back {says}", ("callback.echo*", "callback.text*"), title
        if number % 3 == 0:
            name = ("prompt", "style", "negativeTags")[number // 3 % 3]
            yield f"{name} is kept {says}", (*DETAILS, "callback.echo*"), mangling(name, mangle)
    yield "titles come back empty", ("callback.*",), starting(lambda task: _mangled("title", lambda text: "", task))
    yield (
        "the documented title comes back",
        ("callback.echo*",),
        starting(lambda task: _mangled("title", lambda _: "Iron Man", task)),
    )
    yield "the style comes back as title", ("callback.echo*",), starting(lambda task: _swapped(task, "title", "tags"))


def _mangled(member: str, mangle: Callable[[str], str], task: Task) -> None:
    task.tracks = [{**track, member: mangle(str(track[member]))} for track in task.tracks]


def _swapped(task: Task, one: str, other: str) -> None:
    task.tracks = [{**track, one: track[other], other: track[one]} for track in task.tracks]
