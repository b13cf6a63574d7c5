"""What is said of a path that a profile does not serve: who serves it, what it does, and which was meant. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from mock_server.contract.documents import OPENAPI, load
from mock_server.contract.operations import Operation, operations
from mock_server.contract.profile import Profile
from mock_server.contract.profile_files import profile_file, profile_names
from mock_server.core.errors import alike

WORD: Final = re.compile("[a-z0-9]+")
MISTYPED: Final = 0.8
"""From here on a path is alike enough to be another one with a typing error."""


def not_served(path: str, profile: Profile, prefix: str = "") -> str:
    """The text of the refusal. `prefix` stands before every path that the mock serves, and is not in `path`."""
    served = list(profile.operations.values())
    asked = path.rstrip("/")
    known = next((each for each in operations().values() if each.path == asked), None)
    elsewhere = _elsewhere().get(asked)
    if known is not None and known.path not in {each.path for each in served}:
        where, hint = _by_other_profiles(known, profile), _in_its_place(known, served, prefix)
    elif uploading := _uploading(asked):
        where, hint = _on_others(uploading, profile), ""
    elif elsewhere is not None:
        pages = f"by the pages of {_and(elsewhere['by'])}"
        where, hint = f", which {elsewhere['does']} {pages}: no profile of the mock serves it", ""
    else:
        where, hint = "", _meant(path, served, prefix)
    allowed = ", ".join(_request(each, prefix) for each in served)
    return f"nothing is served at {prefix}{path}{where}; allowed: {allowed}.{hint}"


def _by_other_profiles(operation: Operation, profile: Profile) -> str:
    return _on_others([name for name in profile_names() if operation.name in _served_on(name)], profile)


def _uploading(path: str) -> Sequence[str]:
    """The profiles that take files at a path."""
    return [name for name in profile_names() if path in (profile_file(name).get("uploads") or {}).values()]


def _on_others(names: Sequence[str], profile: Profile) -> str:
    options = " or ".join(f"--profile {name}" for name in names)
    return f" on the profile {profile.name}: {_and(names)} {'serves' if len(names) == 1 else 'serve'} it ({options})"


def _in_its_place(operation: Operation, served: Iterable[Operation], prefix: str) -> str:
    """The path by which the profile does the same."""
    same = next((each for each in served if each.does == operation.does), None)
    return f" Here {_request(same, prefix)} {same.does}." if same is not None else ""


def _meant(path: str, served: Sequence[Operation], prefix: str) -> str:
    """The path that does what the words of this one say, else the one that it is but for a typing error. A word that
    fewer deeds have tells more."""
    came = set(WORD.findall(path.lower()))
    doing = {word: {each.does for each in served if word in each.words} for word in came}
    told = {each: sum(1 / len(doing[word]) for word in came.intersection(each.words)) for each in served}
    best = max(served, key=lambda each: (told[each], alike(path, each.path)))
    if not told[best] and alike(path, best.path) < MISTYPED:
        return ""
    return f" Nearest: {_request(best, prefix)}, which {best.does}."


def _request(operation: Operation, prefix: str) -> str:
    return f"{operation.method} {prefix}{operation.path}"


def _and(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


@cache
def _served_on(profile: str) -> Sequence[str]:
    names: Sequence[str] = profile_file(profile)["serves"]
    return names


@cache
def _elsewhere() -> Mapping[str, Mapping[str, Any]]:
    entries: Sequence[Mapping[str, Any]] = load(OPENAPI / "elsewhere.yaml")
    return {entry["path"]: entry for entry in entries}
