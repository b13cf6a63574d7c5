"""The files of the documents."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

HERE: Final = Path(__file__).parents[1]
ROOT: Final = next(place for place in (HERE.parent / "mock_server" / "_data", HERE.parent) if place.is_dir())


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A document, its text, and its lines without backticks and curly quotes."""

    path: Path
    tree: Any
    lines: tuple[str, ...]

    @classmethod
    def read(cls, path: Path) -> "Source":
        text = path.read_text("utf-8")
        plain = text.replace("`", "").replace("’", "'")
        return cls(path=path, tree=yaml.safe_load(text), lines=tuple(plain.splitlines()))

    def found(self, quote: str, after: str = "") -> tuple[str, str]:
        """The place and the line of a quote, the first at or after a line that begins with `after`."""
        starts = [number for number, line in enumerate(self.lines) if line.strip() == after] or [0]
        for start in (*starts, 0):
            for number, line in enumerate(self.lines[start:], start + 1):
                if quote in line:
                    return f"{self.path.name}:{number}", line.strip()
        return self.path.name, quote


def load(path: str) -> Any:
    """A YAML file of the repository."""
    return yaml.safe_load((ROOT / path).read_bytes())
