"""A learned profile as a file: every line with what was seen of it, and at the end what stays open. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import yaml

from contract_tests.learn.evidence import Found, Left, Line, lines_of
from contract_tests.reports.report import About
from contract_tests.reports.rows import printable

ORDER: Final = (
    *(
        "tracks",
        "tracks_per_task",
        "operations",
        "refunds",
        "rate_limit",
        "models",
        "refusals",
        "codes",
        "texts",
        "tells",
        "order",
        "pending",
        "stages",
        "ids",
        "answers",
        "callbacks",
        "track_members",
        "readings",
        "picks",
    ),
)
"""The keys of a profile in the order of its page."""
UNSAYABLE: Final = "# What no profile can say:"
LEFT: Final = "# Not learned, so the profile that this one extends decides:"
ITEM: Final = "# - "
"""What begins a line of a list behind a profile."""
BETWEEN: Final = ": "
"""What stands between the two halves of such a line."""
QUOTE: Final = '"'
WIDE: Final = 10**9
"""Characters of a line, so that no value is broken over two."""


class _OnOneLine(yaml.SafeDumper):
    """Writes a text that has lines with escapes; without, it would be one of several lines, and no key."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    has_lines = len(f"{text}.".splitlines()) > 1
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if has_lines else None)


_OnOneLine.add_representer(str, _text)


def written(about: About, extends: str, found: Sequence[Found], unsayable: Mapping[str, str] | None = None) -> str:
    """The file. `extends` is the profile that says what was not seen, `unsayable` what the server did that no profile
    can say."""
    seed = "" if about.seed is None else f", seed {about.seed}"
    what, where = ("recording", "messages in the recording") if about.recorded else ("run", "requests in the journal")
    head = [
        f"# What suno-contract {about.version} saw of {about.target}, {about.date}{seed}.",
        f"# Behind each line: how often it was seen, and the numbers of the first {where}.",
        "format: 1",
        f"summary: {_value(f'{about.target} as a {what} of {about.date[:10]} saw it')}",
        f"extends: {_value(extends)}",
    ]
    every = lines_of(found)
    lines = _together(every)
    beyond = [item(what, how) for what, how in (unsayable or {}).items()]
    left = [item(each.what, each.why) for each in found if isinstance(each, Left)]
    return "\n".join([*head, *body(lines), *_listed(UNSAYABLE, beyond), *_listed(LEFT, left), ""])


def _together(lines: Sequence[Line]) -> list[Line]:
    """The lines in the order of a profile's page, so that what is below a key stands together, as it first came."""
    first: dict[tuple[str | int, ...], int] = {}
    for line in lines:
        for end in range(2, len(line.path)):
            first.setdefault(line.path[:end], len(first))

    def place(line: Line) -> tuple[int, ...]:
        return ORDER.index(str(line.path[0])), *(first[line.path[:end]] for end in range(2, len(line.path)))

    return sorted(lines, key=place)


def _listed(title: str, items: Sequence[str]) -> list[str]:
    return ["", title, *items] if items else []


def item(what: str, how: str) -> str:
    """A line of a list behind a profile; what it is about stands in quotes where it could not be told from the rest."""
    is_plain = what == _one_line(what) and BETWEEN not in what and not what.startswith(QUOTE)
    name = what if is_plain else json.dumps(what)
    return f"{ITEM}{name}{BETWEEN}{_one_line(how)}" if how else f"{ITEM}{name}"


def as_data(extends: str, lines: Iterable[Line]) -> dict[str | int, Any]:
    """What the file says, as the mock reads it."""
    whole: dict[str | int, Any] = {"format": 1, "summary": "what was seen", "extends": extends}
    for path, value, _ in lines:
        place = whole
        for key in path[:-1]:
            place = place.setdefault(key, {})
        place[path[-1]] = value
    return whole


def body(lines: Iterable[Line]) -> list[str]:
    """The lines, each key of a mapping above what is below it once."""
    written: list[str] = []
    above: tuple[str | int, ...] = ()
    for path, value, seen in lines:
        shared = next((n for n, (one, two) in enumerate(zip(path[:-1], above, strict=False)) if one != two), None)
        depth = min(len(path) - 1, len(above)) if shared is None else shared
        written += [f"{'  ' * level}{_key(path[level])}:" for level in range(depth, len(path) - 1)]
        written.append(f"{'  ' * (len(path) - 1)}{_key(path[-1])}: {_value(value)} # {_one_line(seen)}")
        above = path[:-1]
    return written


def _key(key: str | int) -> str:
    return _value(key)


def _value(value: Any) -> str:
    """A value on one line, quoted where YAML would take it for something else."""
    text: str = yaml.dump(
        [_plain(value)], Dumper=_OnOneLine, width=WIDE, allow_unicode=False, default_flow_style=True, sort_keys=False
    )  # alone, None would have an end of the document behind it
    return text.strip()[1:-1]


def _plain(value: Any) -> Any:
    return {**value} if isinstance(value, Mapping) else value


def _one_line(text: str) -> str:
    return printable(" ".join(text.split()))
