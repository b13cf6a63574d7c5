"""Finds the files that describe one operation each, and reads what they say of it. Pure.

The first part of such a file is what a profile could say under `operations`, the second its document (`paths`) and its
`rules`, with lines of their own.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from mock_server.contract.documents import OPENAPI, load_head
from mock_server.core.errors import BadSetting

FOLDER: Final = OPENAPI / "operations"
OPERATIONS: Final = "operations"
FILE: Final = "file"
"""The key of the file that an operation is read from."""
DOCUMENTED: Final = "documented"
"""The key of the path by which it is described there."""
FOUND: Final = (FILE, DOCUMENTED)
"""The keys that no file has."""


def file_of(name: str) -> Path:
    """Where an operation of ours would be described."""
    return FOLDER / f"{name}.yaml"


@cache
def described_names() -> tuple[str, ...]:
    """The operations of ours that have a file of their own."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def described(names: Iterable[str], others: Iterable[str] = ()) -> dict[str, Any]:
    """What is said of operations by their names, as far as they have files, and of all that `others` describe."""
    paths = [file_of(name) for name in names if name in described_names()]
    found: dict[str, Any] = {}
    for path in (*paths, *map(Path, others)):
        for name, entry in head(path).items():
            found[name] = {**entry, FILE: str(path), DOCUMENTED: entry["path"]}
    return found


def head(path: Path) -> Mapping[str, Mapping[str, Any]]:
    """What a file says of its operation, by the operation's name, read once as long as it does not change. Raises
    BadSetting."""
    try:
        return _head(path, path.stat().st_mtime_ns)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise BadSetting(f"{path}: it cannot be read: {str(error).splitlines()[0]}.") from None


@cache
def _head(path: Path, changed: int) -> Mapping[str, Mapping[str, Any]]:
    tree = load_head(path)
    entries = tree.get(OPERATIONS) if isinstance(tree, dict) else None
    if not isinstance(entries, dict) or not all(isinstance(each, dict) and "path" in each for each in entries.values()):
        raise BadSetting(f"{path}:1: it describes no operation. Allowed: `operations:`, a name, and what it is.")
    return entries
