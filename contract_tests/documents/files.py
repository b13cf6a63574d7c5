"""The files below `openapi/` and `fixtures/`: documents with their lines, data, and the profiles that there are."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

try:
    from yaml import CSafeLoader
except ImportError:  # pragma: no cover, PyYAML built without libyaml: slower, the same result
    from yaml import SafeLoader as CSafeLoader  # type: ignore[assignment]

HERE: Final = Path(__file__).parents[1]
ROOT: Final = next(folder for folder in (HERE.parent / "mock_server" / "_data", HERE.parent) if folder.is_dir())
"""In the wheel the files lie inside of the mock's package, in a checkout beside it."""

CODES: Final = ("codes", "callback_codes")
WITH_NULLS: Final = ("models", *CODES, "readings", "members", "rules")
"""Where a null below says something: that the document's does not count, or the value of a reading."""
OURS: Final = ROOT / "openapi" / "profiles"
OPERATIONS: Final = ROOT / "openapi" / "operations"
RULES: Final = ROOT / "openapi" / "rules"
FAMILY: Final = "family.openapi.yaml"
"""The document of the neighbours of extend."""


class Loader(CSafeLoader):
    """Reads YAML, by libyaml where PyYAML has it."""


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

    @classmethod
    def of_operation(cls, name: str) -> "Document":
        """The file of an operation of ours, its parts in one tree; of a neighbour of extend, what the family's document
        and its rules say of it."""
        return _neighbour(name) if name in neighbours() else _read(OPERATIONS / f"{name}.yaml")

    def found(self, quote: str, after: str = "") -> Citation:
        """The first line that holds a quote, at or behind a line that is `after`. Where none there does, the first of
        the whole file; where none does at all, the file's name and the quote."""
        return _found(self.path, self.lines, quote, after)


def _value(text: str | bytes) -> Any:
    return yaml.load(text, Loader)  # noqa: S506, it is a SafeLoader


@cache
def _found(path: Path, lines: tuple[str, ...], quote: str, after: str) -> Citation:
    starts = [number for number, line in enumerate(lines) if line.strip() == after] or [0]
    name = f"{OPERATIONS.name}/{path.name}" if path.parent == OPERATIONS else path.name
    for start in (*starts, 0):
        for number, line in enumerate(lines[start:], start + 1):
            if quote in line:
                return Citation(f"{name}:{number}", line.strip())
    return Citation(name, quote)


@cache
def _read(path: Path) -> Document:
    text = path.read_text("utf-8")
    plain = text.replace("`", "").replace("’", "'")
    tree = _parts(text) if path.parent == OPERATIONS else _value(text)
    return Document(path=path, tree=tree, lines=tuple(plain.splitlines()))


@cache
def _neighbour(name: str) -> Document:
    said = load("openapi/family.yaml")["operations"][name]
    document, prose = Document.read(FAMILY), load(f"openapi/rules/{name}.yaml")
    tree = {**document.tree, "operations": {name: said}, "rules": prose["rules"]}
    begins = [number for number, line in enumerate(document.lines) if line.startswith(("  /", "components:"))]
    first = document.lines.index(f"  {said['path']}:")
    last = next(number for number in begins if number > first)
    # A quote is looked for in its own part alone, on the lines that it has in the file.
    own = [line if first <= number < last else "" for number, line in enumerate(document.lines)]
    return replace(document, tree=tree, lines=tuple(own))


@cache
def neighbours() -> frozenset[str]:
    """The operations of ours that the family's document describes, with rules of their own."""
    return frozenset(path.stem for path in RULES.glob("*.yaml") if "document" in load(f"openapi/rules/{path.name}"))


def _parts(text: str) -> dict[str, Any]:
    """What the parts of a file say together: they have no key in common."""
    whole: dict[str, Any] = {}
    for part in yaml.load_all(text, Loader):
        whole |= part
    return whole


@cache
def load(path: str) -> Any:
    """A YAML file of the repository. Everybody gets the same object: nobody changes it."""
    return _value((ROOT / path).read_bytes())


def profiles() -> list[str]:
    """The names of our profiles."""
    return sorted(path.stem for path in OURS.glob("*.yaml"))


def profile_file(name: str) -> dict[str, Any]:
    """What the file of a profile says, with what it takes over from the profile that it extends.

    A profile is one of ours by its name, or a file or a folder from anywhere. Raises LookupError, with the names that
    exist, for one that is nowhere, and for a file that is no profile.
    """
    whole: dict[str, Any] = {}
    for path, file in reversed(_chain(name)):
        own = {key: _beside(path, value) if key.endswith("document") else value for key, value in file.items()}
        whole = laid_over(whole, own)
    return _without_nulls(whole)


def described() -> list[str]:
    """The names of the operations of ours, beside extend, that something describes."""
    return sorted({path.stem for path in OPERATIONS.glob("*.yaml")} | neighbours())


def profile_path(name: str, beside: Path) -> Path:
    """The file of a profile; a relative one starts from the folder `beside`. Raises LookupError."""
    if name in profiles():
        return OURS / f"{name}.yaml"
    path = beside / name
    path = path / "profile.yaml" if path.is_dir() else path
    if path.is_file():
        return path
    if Path(name).name != name or Path(name).suffix:
        raise LookupError(
            f"profile {name!r}: there is no file {path}. Give one that is there, or {', '.join(profiles())}."
        )
    raise LookupError(f"profile {name!r} is unknown. Known: {', '.join(profiles())}.")


def lineage(name: str) -> tuple[str, ...]:
    """The names of a profile and of those that it extends. Raises LookupError."""
    return tuple(path.resolve().parent.name if path.name == "profile.yaml" else path.stem for path, _ in _chain(name))


def _chain(name: str) -> list[tuple[Path, dict[str, Any]]]:
    """The file of a profile and of each that it extends, in turn, with what each says."""
    found: dict[Path, tuple[Path, dict[str, Any]]] = {}
    path = profile_path(name, Path())
    while path.resolve() not in found:
        file = _file(path)
        found[path.resolve()] = (path, file)
        if "extends" not in file:
            return list(found.values())
        path = profile_path(file["extends"], path.parent)
    raise LookupError(f"profile {path} extends itself.")


def _file(path: Path) -> dict[str, Any]:
    """What a file says, read once as long as it does not change."""
    return _read_once(path, path.stat().st_mtime_ns)


def why_unread(error: Exception) -> str:
    """Why a file cannot be read, without the words of Python or of a library about their own values."""
    match error:
        case yaml.MarkedYAMLError(problem=str(problem), problem_mark=mark) if mark:
            return f"it is no YAML, in line {mark.line + 1}: {problem}"
        case OSError(strerror=str(why), filename=name):
            return f"{name}: {why}"
        case RecursionError():
            return "its values are nested too deeply"
        case yaml.YAMLError():
            return "it is no text in UTF-8"
        case TypeError() | AttributeError() | IndexError():
            return "something in it is of another type than it has to be"
    return " ".join(str(error).split())


@cache
def _read_once(path: Path, changed: int) -> dict[str, Any]:
    try:
        file = _value(path.read_bytes())
        json.dumps(file, default=str, skipkeys=True)  # one that holds itself by an alias cannot be written
    except (yaml.YAMLError, OSError, ValueError, RecursionError) as error:
        raise LookupError(f"profile {path} cannot be read: {why_unread(error)}.") from None
    if isinstance(file, dict) and isinstance(file.get("extends", ""), str):
        return {key: _numbered(key, value) for key, value in file.items()}
    raise LookupError(f"profile {path} is no mapping, or extends no text. `suno-mock profiles check` tells more.")


def _numbered(key: str, value: Any) -> Any:
    """Texts by codes, where a code may stand in quotes; anything else as it is."""
    if key not in CODES or not isinstance(value, dict):
        return value
    return {int(code) if str(code).isdecimal() else code: text for code, text in value.items()}


def _beside(path: Path, document: Any) -> Any:
    """Where a document lies beside a profile of somebody's own."""
    own = (path.parent / str(document)).resolve()
    return str(own) if path.parent != OURS and own.is_file() else document


def laid_over(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Mappings entry by entry; anything else takes the place of what the base says."""
    both = {name: base[name] for name in base if name in own and isinstance(base[name], dict)}
    laid = {name: laid_over(both.get(name, {}), each) if isinstance(each, dict) else each for name, each in own.items()}
    return {**base, **laid}


def _without_nulls(tree: Mapping[str, Any]) -> dict[str, Any]:
    """`null` takes away what the base says; of a model or a code it says that the document's does not count."""
    return {
        name: _without_nulls(each) if isinstance(each, dict) and name not in WITH_NULLS else each
        for name, each in tree.items()
        if each is not None
    }


def examples(document: str) -> Path:
    """The folder with the examples of a document; of one that is not ours, with those of `apikley`."""
    folders = ROOT / "fixtures" / "documents"
    own = folders / document.removesuffix(".openapi.yaml")
    return own if own.is_dir() else folders / "apikley"
