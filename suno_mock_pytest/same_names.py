"""Projects that have a `mock_server` or a `contract_tests` of their own: theirs is what their tests import."""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path
from types import ModuleType
from typing import Final

NAMES: Final = ("mock_server", "contract_tests")
"""The packages of suno-mock that a project may have, too."""
HOME: Final = Path(__file__).resolve().parents[1]
"""The folder on Python's path in which suno-mock lies."""


class FoldersWithoutInit(MetaPathFinder):
    """Finds a project's own folder also where it has no `__init__.py`. Python prefers any package of that name which
    comes later on its path, so suno-mock would hide it."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in NAMES:
            return None
        earlier = takewhile(lambda entry: Path(entry).resolve() != HOME, sys.path)
        return PathFinder.find_spec(fullname, [entry for entry in earlier if _may_be_code(Path(entry, fullname))])


def _may_be_code(folder: Path) -> bool:
    """Whether a folder holds Python, if it is one. An installation that can be edited leaves one with data alone."""
    return not folder.is_dir() or any(folder.rglob("*.py"))


def in_the_way() -> str | None:
    """The file or folder that Python takes for suno-mock's `mock_server`, unless it is that."""
    spec = find_spec("mock_server") or ModuleSpec("mock_server", None)
    folders = list(spec.submodule_search_locations or ())
    if any(Path(folder, "testing", "fixtures.py").is_file() for folder in folders):
        return None
    return folders[0] if folders else spec.origin
