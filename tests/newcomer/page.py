"""The page of examples as data: its sections, and the commands of each with what they print."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "examples.md"
BLOCK: Final = re.compile(r"^<!-- (set-up|receiver|client|commands) -->\n```console\n(.*?)^```$", re.M | re.S)
FILE: Final = re.compile(r"\(\.\./(examples/[^)]+)\)")


@dataclass(frozen=True, slots=True)
class Block:
    """Commands of a shell as one text, and the lines that they print."""

    commands: str
    prints: str


@dataclass(frozen=True, slots=True)
class Section:
    """One example: the files that it names, relative to the checkout, and its blocks by what they are: `set-up`,
    `receiver`, which stays, `client`, which ends, or `commands` alone."""

    title: str
    files: tuple[str, ...]
    blocks: Mapping[str, Block]


def sections() -> dict[str, Section]:
    """Every section of the page that has commands, by its title."""
    return {each.title: each for each in _sections(PAGE.read_text("utf-8"))}


def _sections(text: str) -> Iterator[Section]:
    for part in re.split(r"^## ", text, flags=re.M)[1:]:
        title, _, body = part.partition("\n")
        blocks = {kind: _block(lines) for kind, lines in BLOCK.findall(body)}
        if blocks:
            yield Section(title, tuple(FILE.findall(body)), blocks)


def _block(text: str) -> Block:
    lines = text.splitlines()
    commands = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    return Block("\n".join(commands), "\n".join(line for line in lines if not line.startswith("$ ")))
