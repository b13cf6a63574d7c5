"""What a release changes in the files: the version, and the first heading of the changelog. Pure."""

import datetime
import re
from collections.abc import Mapping
from typing import Final

from packaging.version import InvalidVersion, Version

CHANGELOG: Final = "CHANGELOG.md"
VERSIONS: Final = {
    "mock_server/__init__.py": re.compile(r'^(__version__ = ")([^"]+)(")$', re.M),
    "openapi/admin.openapi.yaml": re.compile(r"^(  version: )(\S+)()$", re.M),
}
"""The files that say the version, and how."""
HEADING: Final = re.compile(r"^## (\S+) \(([^)]+)\)$", re.M)
UNRELEASED: Final = "unreleased"


class CannotRelease(Exception):
    """Why there is no release, and what to do."""


def released(files: Mapping[str, str], version: str, day: datetime.date) -> dict[str, str]:
    """The files as a release has them. Raises CannotRelease."""
    _allowed(version, files)
    heading = _top(files[CHANGELOG])
    if heading[2] != UNRELEASED:
        raise CannotRelease(
            f"the first heading of {CHANGELOG} is {heading[0]!r}; "
            f"allowed: '## VERSION ({UNRELEASED})', with what is new below it"
        )
    if not section(files[CHANGELOG]):
        raise CannotRelease(f"{CHANGELOG} has nothing under {heading[0]!r}: say what a user can do now")
    changed = {name: said.sub(rf"\g<1>{version}\g<3>", files[name], count=1) for name, said in VERSIONS.items()}
    return {**changed, CHANGELOG: HEADING.sub(f"## {version} ({day.isoformat()})", files[CHANGELOG], count=1)}


def section(changelog: str) -> str:
    """What stands under the first heading of the changelog."""
    below = changelog[_top(changelog).end() :]
    following = HEADING.search(below)
    return below[: following.start() if following else None].strip()


def _top(changelog: str) -> re.Match[str]:
    heading = HEADING.search(changelog)
    if heading is None:
        raise CannotRelease(f"{CHANGELOG} has no heading; allowed: '## VERSION ({UNRELEASED})'")
    return heading


def _allowed(version: str, files: Mapping[str, str]) -> None:
    """Raise CannotRelease for a version that is none, or lower than the one that is there."""
    try:
        wanted = Version(version)
    except InvalidVersion:
        raise CannotRelease(f"{version!r} is no version; allowed: such as 0.2.0 or 0.2.0rc1") from None
    if str(wanted) != version:
        raise CannotRelease(f"{version!r} is written {str(wanted)!r}")
    for name, said in VERSIONS.items():
        found = said.search(files[name])
        if found is None:
            raise CannotRelease(f"{name} says no version")
        if wanted < Version(found[2]):
            raise CannotRelease(f"{version} is lower than {found[2]}, the version in {name}")
