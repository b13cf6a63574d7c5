"""The files below `openapi/` and `fixtures/`: documents with their lines, data, and the profiles that there are."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

HERE: Final = Path(__file__).parents[1]
ROOT: Final = next(folder for folder in (HERE.parent / "mock_server" / "_data", HERE.parent) if folder.is_dir())
"""In the wheel the files lie inside of the mock's package, in a checkout beside it."""


class Citation(NamedTuple):
    """Where the documents say something, as `file:line`, and the line. Both are empty where no document says it."""

    place: str = ""
    quote: str = ""

    def __str__(self) -> str:
        return ": ".join(filter(None, self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A YAML file, parsed, and its lines without backticks and curly quotes."""

    path: Path
    tree: Any
    lines: tuple[str, ...]

    @classmethod
    def read(cls, name: str) -> "Document":
        """A file below `openapi/`."""
        return _read(ROOT / "openapi" / name)

    def found(self, quote: str, after: str = "") -> Citation:
        """The first line that holds a quote, at or behind a line that is `after`. Where none there does, the first of
        the whole file; where none does at all, the file's name and the quote."""
        starts = [number for number, line in enumerate(self.lines) if line.strip() == after] or [0]
        for start in (*starts, 0):
            for number, line in enumerate(self.lines[start:], start + 1):
                if quote in line:
                    return Citation(f"{self.path.name}:{number}", line.strip())
        return Citation(self.path.name, quote)


@cache
def _read(path: Path) -> Document:
    text = path.read_text("utf-8")
    plain = text.replace("`", "").replace("’", "'")
    return Document(path=path, tree=yaml.safe_load(text), lines=tuple(plain.splitlines()))


@cache
def load(path: str) -> Any:
    """A YAML file of the repository. Everybody gets the same object: nobody changes it."""
    return yaml.safe_load((ROOT / path).read_bytes())


def profiles() -> list[str]:
    """The names of all profiles."""
    return sorted(path.stem for path in (ROOT / "openapi" / "profiles").glob("*.yaml"))


def profile_file(name: str) -> dict[str, Any]:
    """What the file of a profile says, with what it takes over from the profile that it extends.

    Raises LookupError, with the names that exist, for a profile that does not.
    """
    if name not in profiles():
        raise LookupError(f"profile {name!r} is unknown. Known: {', '.join(profiles())}.")
    file: dict[str, Any] = load(f"openapi/profiles/{name}.yaml")
    return {**profile_file(file["extends"]), **file} if "extends" in file else file


def examples(document: str) -> Path:
    """The folder with the examples of a document."""
    return ROOT / "fixtures" / "documents" / document.removesuffix(".openapi.yaml")
