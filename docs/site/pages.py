"""The repository's pages as the site has them: which there are, under what name, and where their links lead."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from textwrap import indent
from typing import Final

ROOT: Final = Path(__file__).parents[2]
FOR_DEVELOPERS: Final = ("ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
PICTURES: Final = tuple(sorted((ROOT / "docs").glob("*.png")))
PAGES: Final[Mapping[Path, str]] = {
    ROOT / "README.md": "index.md",
    **{page: page.name for page in sorted((ROOT / "docs").glob("*.md"))},
    ROOT / "benchmarks" / "README.md": "speed.md",
    **{ROOT / name: f"project/{name.lower()}" for name in FOR_DEVELOPERS},
}
"""The path of each page on the site, by its file."""
LINK: Final = re.compile(r"(!?)\[([^\]]*)\]\(([^)#\s]*)(#[^)\s]*)?\)")
EXAMPLE: Final = re.compile(r"^- \[.+\]\(\.\./(examples/[^)]+)\).*$", re.MULTILINE)
"""A line of a list that leads to a file of an example."""
ELSEWHERE: Final = re.compile(r"[a-z]+:")


def on_site(page: Path) -> str:
    """What a page says on the site, which has the files of the examples with it."""
    text = EXAMPLE.sub(lambda line: f"{line[0]}\n\n{_code(ROOT / line[1])}\n", page.read_text("utf-8"))
    return LINK.sub(lambda link: _link(page, *link.groups(default="")), text)


def _code(file: Path) -> str:
    """A file as a block within a list."""
    return indent(f"```{file.suffix.removeprefix('.')}\n{file.read_text('utf-8')}```", "    ")


def _link(page: Path, picture: str, text: str, target: str, anchor: str) -> str:
    """A link as the site has it. What is a file of the repository and no page is its text alone."""
    if not target or ELSEWHERE.match(target):
        return f"{picture}[{text}]({target}{anchor})"
    leads = (page.parent / target).resolve()
    place = leads.name if leads in PICTURES else PAGES.get(leads)
    if place is None:
        return text
    return f"{picture}[{text}]({os.path.relpath(place, Path(PAGES[page]).parent)}{anchor})"
