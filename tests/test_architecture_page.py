"""ARCHITECTURE.md names every room in an order in which imports go one way, and nothing that is not there."""

import re

import pytest

from tests.test_architecture import PACKAGES, ROOT, dotted, own, room

PAGE = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
OUTSIDE = {"mock_server", "contract_tests", "__main__"}
"""What imports in no order: the packages themselves, and the way in from the terminal."""


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rooms(package: str) -> list[str]:
    """The rooms that the page lists, in its order."""
    return re.findall(r"^- `(\w+)`: \S", section(f"Rooms of {package}"), re.M)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_room_is_named_once(package: str) -> None:
    modules = [dotted(path) for path in (ROOT / package).rglob("*.py")]
    assert sorted(rooms(package)) == sorted({room(module) for module in modules} - OUTSIDE)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_room_imports_only_rooms_above_it(package: str) -> None:
    listed = rooms(package)
    for path in (ROOT / package).rglob("*.py"):
        here = room(dotted(path))
        below = listed[listed.index(here) + 1 :] if here in listed else []
        assert not {room(name) for name in own(path)} & {*below}, path


def test_what_the_page_names_is_there() -> None:
    named = re.findall(r"\]\(([^)]+)\)|`((?:\w[\w.-]*/)+[\w.-]+)`", PAGE)
    paths = [link or path for link, path in named if "NAME" not in path]
    assert len(paths) > 10
    for path in paths:
        assert (ROOT / path).exists(), path


def test_modules_in_the_life_of_a_request_are_there() -> None:
    life = section("The life of a request")
    modules = re.findall(r"\b([a-z]+/[a-z_]+)\b(?!\.)", life)
    assert len(modules) > 8
    for module in modules:
        assert (ROOT / "mock_server" / f"{module}.py").is_file(), module


def test_the_page_stays_short() -> None:
    assert len(PAGE.splitlines()) <= 150
    assert all(len(line) <= 130 for line in PAGE.splitlines())
