"""The provider's endpoints that the mock serves, one `Operation` each (`openapi/family.yaml`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from mock_server.contract.profile_files import family_file

EXTEND: Final = "extend"
GENERATE: Final = "generate"
PERSONA: Final = "persona"
WAV: Final = "wav"
RECORD_INFO: Final = "record-info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One endpoint. `name` begins the ids of its rules; `documented` is the path by which the documents describe it;
    `price` in credits; `lasts` is the range of seconds that a track made there lasts, or adds to its source; it is
    `limited` if its requests count against the account's rate. What it `does` completes the sentence "the path …";
    `words` of a path tell that it was meant."""

    name: str
    method: str
    path: str
    price: int = 0
    lasts: tuple[float, float] = (0, 0)
    limited: bool = False
    documented: str = ""
    does: str
    words: tuple[str, ...]


@cache
def operations() -> Mapping[str, Operation]:
    """All endpoints of the family, by name."""
    return operations_of(family_file())


def operations_of(tree: Mapping[str, Any]) -> Mapping[str, Operation]:
    """All endpoints as a profile has them, by name."""
    entries: dict[str, dict[str, Any]] = tree["operations"]
    base = tree.get("base_path", "")
    return {
        name: Operation(
            name=name,
            **{
                **entry,
                "path": base + entry["path"],
                "documented": entry.get("documented", entry["path"]),
                "lasts": tuple(entry.get("lasts", (0, 0))),
                "words": tuple(entry["words"]),
            },
        )
        for name, entry in entries.items()
    }


def path(name: str) -> str:
    """The path of an endpoint."""
    return operations()[name].path
