"""Finds the files of a profile, by name or from anywhere, and reads them as one value. Pure.

A profile says only in what it differs from the one that it extends. Where both have a mapping, it is read entry by
entry; anything else takes the place of what the base says, and `null` takes it away.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import yaml

from mock_server.contract.documents import OPENAPI, load
from mock_server.contract.operation_files import OPERATIONS, described
from mock_server.core.errors import BadSetting, nearest, unknown
from mock_server.core.text import cut, kind_of

PACKAGED: Final = OPENAPI / "profiles"
"""The folder of the profiles that come with the mock."""
FAMILY: Final = OPENAPI / "family.yaml"
"""What every profile starts from."""
IN_FOLDER: Final = "profile.yaml"
"""The file of a profile that is a folder."""
MOST_NODES: Final = 100_000
"""Values of a profile."""
SUFFIXES: Final = (".yaml", ".yml")
DOCUMENTS: Final = ("document", "callback_document")
"""The keys of documents, which may lie beside the profile's own file."""
OPERATION_FILES: Final = "operation_files"
"""The key of files beside the profile's own that describe an operation each."""
MODELS: Final = "models"
CODES: Final = ("codes", "callback_codes")
"""The keys of texts by codes, which are numbers."""
OF_DOCUMENT: Final = (MODELS, *CODES)
"""Where an entry that is taken away has to be remembered, since the document may have it."""
WITH_NULLS: Final = (*OF_DOCUMENT, "readings", "members", "rules")
"""Where a null below says something: a reading can have it as its value, and so can a member; a rule is gone by it."""


def profile_names() -> list[str]:
    """The names of the profiles that come with the mock."""
    return sorted(path.stem for path in PACKAGED.glob("*.yaml"))


def picked(question: str) -> Mapping[str, str]:
    """The reading of a question that each of them picks, by the profile's name."""
    return {name: profile_file(name)["picks"][question] for name in profile_names()}


def profile_path(text: str, beside: Path | None = None) -> Path:
    """The file of a profile that is given by name, as a file, or as a folder; a relative one starts from the folder
    `beside`. Raises BadSetting."""
    if text in profile_names():
        return PACKAGED / f"{text}.yaml"
    path = (beside or Path()) / text
    if path.is_dir() and text:
        path /= IN_FOLDER
    elif not is_file(text):
        raise unknown("profile", text, profile_names())
    if path.is_file():
        return path
    close = nearest(path.name, (each.name for each in path.parent.glob("*.y*ml")))
    names = ", ".join(profile_names())
    allowed = f"a file, a folder with {IN_FOLDER}, or {names}"
    raise BadSetting(f"profile {cut(text)!r} is no file.{close} Allowed: {allowed}.")


def is_file(text: str) -> bool:
    """Whether a text is the path of a file or folder, and no name."""
    return "/" in text or Path(text).name != text or Path(text).suffix in SUFFIXES


def profile_name(path: Path) -> str:
    """What a profile is called: after its file, or after its folder."""
    return path.resolve().parent.name if path.name == IN_FOLDER else path.stem


def is_packaged(path: Path) -> bool:
    """Whether a profile comes with the mock."""
    return path.parent == PACKAGED


def chain(text: str) -> tuple[Path, ...]:
    """The file of a profile, and of each that it extends, in turn. Raises BadSetting."""
    found: list[Path] = []
    path = profile_path(text)
    while path.resolve() not in map(Path.resolve, found):
        found.append(path)
        base = read(path).get("extends")
        if base is None:
            return tuple(found)
        if not isinstance(base, str):
            raise BadSetting(f"{path}: extends is {base!r}. Allowed: a file, or {', '.join(profile_names())}.")
        path = profile_path(base, path.parent)
    raise BadSetting(f"{path}: it extends itself, by way of {', '.join(map(str, found))}.")


def read(path: Path) -> dict[str, Any]:
    """What one file says, its documents by their whole paths. Raises BadSetting."""
    return dict(_packaged(path)) if is_packaged(path) else _read(path)


def profile_file(text: str) -> dict[str, Any]:
    """What a profile says, with what it takes over from those that it extends. Raises BadSetting."""
    return _merged(reversed(chain(text)))


def identity(text: str) -> str:
    """What tells a profile from every other, on every machine: its name, and for one that comes not with the mock a
    digest of its files, those that it extends, and the documents and operations that they name. Raises BadSetting."""
    own = [path for path in chain(text) if not is_packaged(path)]
    if not own:
        return text
    named = [Path(each) for path in own for each in _named_files(read(path)) if Path(each).is_file()]
    digest = sha256()
    for content in [path.read_bytes() for path in (*own, *named)]:
        digest.update(sha256(content).digest())
    return f"{profile_name(profile_path(text))}, files {digest.hexdigest()[:12]}"


def _named_files(tree: Mapping[str, Any]) -> Iterable[str]:
    """The files that a profile's own names, by their whole paths."""
    return [str(tree[key]) for key in DOCUMENTS if tree.get(key)] + [
        str(each) for each in tree.get(OPERATION_FILES) or ()
    ]


def resolved(text: str) -> dict[str, Any]:
    """The same, with what it takes over from the family, and from the files of the operations that it serves. Raises
    BadSetting."""
    own = profile_file(text)
    names = [name for name in (*own.get("serves", ()), *own.get(OPERATIONS, ())) if isinstance(name, str)]
    operations = described(names, own.get(OPERATION_FILES) or ())
    return merge(merge(family_file(), {OPERATIONS: operations}), own)


def operation_files(text: str) -> tuple[Path, ...]:
    """The files of its own in which a profile, or one that it extends, describes operations. Raises BadSetting."""
    return tuple(Path(each) for each in profile_file(text).get(OPERATION_FILES) or ())


@cache
def family_file() -> Mapping[str, Any]:
    """What every profile starts from. Everybody gets the same object: nobody changes it."""
    tree: dict[str, Any] = load(FAMILY)
    return tree


def merge(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """What two say together, as the second has it where both say something."""
    whole = dict(base)
    for key, value in own.items():
        if isinstance(value, dict):
            below = whole.get(key)
            whole[key] = merge(below if isinstance(below, dict) else {}, value)
        else:
            whole[key] = value
    return whole


def without_nulls(tree: Mapping[str, Any]) -> dict[str, Any]:
    """What is left once everything is gone that was taken away."""
    return {
        key: without_nulls(value) if isinstance(value, dict) and key not in WITH_NULLS else value
        for key, value in tree.items()
        if value is not None
    }


@cache
def _packaged(path: Path) -> Mapping[str, Any]:
    return _read(path)


def _read(path: Path) -> dict[str, Any]:
    try:
        tree = load(path)
        _bounded(tree)
        json.dumps(tree, default=str, skipkeys=True)  # one that holds itself by an alias cannot be written
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadSetting(f"{path}:{line}: it is no YAML: {error.problem}.") from None
    except (yaml.YAMLError, ValueError, OSError, RecursionError) as error:
        raise BadSetting(f"{path}: it cannot be read: {str(error).splitlines()[0]}.") from None
    if not isinstance(tree, dict) or not all(isinstance(key, str) for key in tree):
        raise BadSetting(f"{path}:1: it is {kind_of(tree)}. Allowed: a mapping, whose first line is `format: 1`.")
    return {key: _found(path, key, value) for key, value in tree.items()}


def _bounded(tree: Any) -> None:
    """Raises ValueError for a tree that is larger than a profile can be once its aliases are written out."""
    sizes: dict[int, int] = {}

    def size(node: Any) -> int:
        below = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        if id(node) not in sizes:
            sizes[id(node)] = 0  # of what holds itself, which is told elsewhere
            sizes[id(node)] = 1 + sum(map(size, below))
        return sizes[id(node)] if below else 1

    if (nodes := size(tree)) > MOST_NODES:
        raise ValueError(f"its aliases make {nodes} values of it, more than {MOST_NODES}")


def _found(path: Path, key: str, value: Any) -> Any:
    """What a key of a file says, with whole paths and with codes that are numbers."""
    if key == OPERATION_FILES and isinstance(value, list):
        return [_beside(path, each) for each in value]
    return _beside(path, value) if key in DOCUMENTS else _numbered(key, value)


def _numbered(key: str, value: Any) -> Any:
    """Texts by codes, where a code may stand in quotes; anything else as it is."""
    if key not in CODES or not isinstance(value, dict):
        return value
    return {int(code) if str(code).isdecimal() else code: text for code, text in value.items()}


def _beside(path: Path, document: Any) -> Any:
    """The whole path of a document that lies beside a profile; the name of one that comes with the mock."""
    own = path.parent / str(document)
    return str(own.resolve()) if not is_packaged(path) and isinstance(document, str) and own.is_file() else document


def _merged(paths: Iterable[Path]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for path in paths:
        own = read(path)
        whole = merge(whole, {"summary": None, **own} if "extends" in own else own)
    return without_nulls(whole)
