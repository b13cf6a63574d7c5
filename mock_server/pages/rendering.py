"""Renders pages as HTML, and knows their files and URLs. Pure, except that it reads the templates once."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from mock_server.contract.questions import VARY, Question
from mock_server.core.text import printable
from mock_server.http.base_urls import PREFIX
from mock_server.pages.delivered import BAD, DULL, FAILING, GOOD
from mock_server.pages.export import FORMATS
from mock_server.pages.filters import EVERYTHING, FORGOTTEN, REFUSED, Filter
from mock_server.state.steps import Steps

HOME: Final = f"{PREFIX}/"
CODES: Final = f"{HOME}pages/codes"
QUESTIONS: Final = f"{HOME}pages/questions"
TRY: Final = f"{HOME}pages/try"
STEER: Final = f"{HOME}pages/steer"
CHARTS: Final = f"{HOME}pages/charts"
COMPARE: Final = f"{HOME}pages/compare"
EVENTS: Final = f"{HOME}pages/events"
FILES: Final = f"{HOME}pages/files/{{name}}"
MEDIA: Final = f"{HOME}pages/media"
EXPORT: Final = f"{HOME}pages/export"
FILE: Final = f"{EXPORT}/{{format}}"
BUTTONS: Final = f"{HOME}pages/{{button}}"
RECEIVER: Final = f"{PREFIX}/receiver"
"""Where the receiver is that is built in."""
HAS: Final = "Suno-Mock-Has"
"""The header with the versions of the parts of a page that a browser has, which are not sent again."""
FOLDER: Final = Path(__file__).parent
KINDS: Final[Mapping[str, str]] = {
    "style.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "palette.js": "text/javascript; charset=utf-8",
    "notify.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
ASSETS: Final[Mapping[str, tuple[bytes, str]]] = {
    name: ((FOLDER / "files" / name).read_bytes(), kind) for name, kind in KINDS.items()
}
"""What pages load, with its content type."""
ROWS: Final = 100
"""Rows that a page has at first, and how many more it has with each `more`."""
MOST: Final = 500

CHARACTERS_IN_STEP: Final = 16 * 1024
"""Characters of a page that are written before others are served."""
CHARACTERS_OF_PART: Final = 32
"""Characters for which each part of a page counts beside its own."""

NO_FILTER: Final = Filter()
MARKS: Final = {GOOD: "✓", BAD: "✗", DULL: "–"}
"""What stands for a tone where colours are not seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What the URL of the inbox asks for: which rows, and which task or entry in full. `prefix` stands before the path
    of every page."""

    filter: Filter = NO_FILTER
    task: str = ""
    entry: str = ""
    rows: int = ROWS
    prefix: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str], prefix: str = "") -> Self:
        rows = query.get("rows", "")
        return cls(
            filter=Filter(**{name: query.get(name, "") for name in Filter.__slots__}),
            task=query.get("task", ""),
            entry=query.get("entry", ""),
            rows=min(int(rows), MOST) if rows.isdecimal() and len(rows) < 9 else ROWS,
            prefix=prefix,
        )

    @property
    def chosen(self) -> bool:
        """Whether something is shown in full."""
        return bool(self.task or self.entry)

    def url(self, **changes: Any) -> str:
        """The URL of the inbox with these changes of a selection."""
        wanted = replace(self, **changes)
        filters = {name: getattr(wanted.filter, name) for name in Filter.__slots__}
        rows = "" if wanted.rows == ROWS else str(wanted.rows)
        query = {"task": wanted.task, "entry": wanted.entry, **filters, "rows": rows}
        encoded = urlencode({name: value for name, value in query.items() if value})
        return f"{self.prefix}{HOME}?{encoded}" if encoded else f"{self.prefix}{HOME}"


async def rendered(name: str, prefix: str, **values: Any) -> bytes:
    """A page of the folder `templates`, written in steps; `prefix` stands before the path of every page. What is put
    into it is escaped, and written out where a reader would not see it or be misled."""
    values = {"page": name, "selection": None, "next": None, "has": (), "wrong": "", **values}
    parts, steps = list[str](), Steps(CHARACTERS_IN_STEP)
    for part in _environment(prefix).get_template(f"{name}.html.jinja").generate(**values):
        parts.append(part)
        await steps.one(len(part) + CHARACTERS_OF_PART)
    return "".join(parts).encode(errors="backslashreplace")


@lru_cache(maxsize=4)
def _environment(prefix: str) -> Environment:
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=_seen,
    )
    made.filters |= {"clock": _clock, "day": _day, "after": _after, "exact": escape}
    made.globals |= {
        "HOME": prefix + HOME,
        "CODES": prefix + CODES,
        "QUESTIONS": prefix + QUESTIONS,
        "TRY": prefix + TRY,
        "STEER": prefix + STEER,
        "CHARTS": prefix + CHARTS,
        "COMPARE": prefix + COMPARE,
        "EVENTS": prefix + EVENTS,
        "EXPORT": prefix + EXPORT,
        "FORMATS": list(FORMATS),
        "REFUSED": REFUSED,
        "EVERYTHING": EVERYTHING,
        "FORGOTTEN": FORGOTTEN,
        "FAILING": FAILING,
        "MARKS": MARKS,
        "MORE": ROWS,
        "MOST": MOST,
        "NO_FILTER": NO_FILTER,
        "button": lambda name: prefix + BUTTONS.format(button=name),
        "file": lambda name: prefix + _file_url(name),
        "MEDIA": prefix + MEDIA,
        "readings": _readings,
        "part": _part,
    }
    return made


def _seen(value: Any) -> Any:
    """A text with what is invisible or turns the direction of reading written out. HTML stays as it is, and so does a
    text with the filter `exact`, which is there to be copied."""
    return printable(value) if type(value) is str else value


def _part(has: Collection[str], tag: str, name: str, kind: str = "", *, caller: Callable[[], Markup]) -> Markup:
    """A part of a page: an element with an id and its version, or without content where the browser has it in this
    version."""
    element = Markup('<{} id="{}" class="{}"').format(tag, name, kind)
    content = caller()
    version = blake2b(f"{element}{content}".encode(errors="backslashreplace"), digest_size=6).hexdigest()
    if version in has:
        return Markup("{} data-same></{}>").format(element, tag)
    return Markup('{} data-version="{}">{}</{}>').format(element, version, content, tag)


def _readings(question: Question) -> list[tuple[str, str]]:
    """What a question can be answered with, and what that says."""
    return [*((each.name, each.says) for each in question.readings.values()), (VARY, "draw one per request")]


def _file_url(name: str) -> str:
    """With its content in short, so that browsers may keep it for ever."""
    return f"{FILES.format(name=name)}?{blake2b(ASSETS[name][0], digest_size=6).hexdigest()}"


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S")


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _after(seconds: float) -> str:
    """Seconds as they are read: `+0.50 s`, `+1:45`, `+2:03:20`."""
    if seconds < 60:
        return f"+{seconds:.2f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"+{hours}:{minutes:02}:{rest:02}" if hours else f"+{minutes}:{rest:02}"
