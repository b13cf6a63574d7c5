"""The provider's endpoints, one `Operation` each (`openapi/family.yaml`, `openapi/operations/`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, Final

from mock_server.contract.operation_files import described, described_names
from mock_server.contract.profile_files import family_file
from mock_server.core.credits import Credits

EXTEND: Final = "extend"
GENERATE: Final = "generate"
PERSONA: Final = "persona"
RECORD_INFO: Final = "record-info"
TASK: Final = "task"
POLL: Final = "poll"
ANSWER: Final = "answer"
TRACKS: Final = "tracks"
"""What a task makes that makes music."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """What an operation says on the wire, as `domain/shapes.py` fills it in: the data of a callback and of one that
    tells of a failure, the record that polling shows, its `response` once the task is complete, and the data of an
    answer at once."""

    callback: Any = None
    failed: Any = None
    record: Any = None
    response: Any = None
    answer: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One endpoint. `name` begins the ids of its rules; `documented` is the path by which the documents describe it;
    `price` in credits, and `prices` by the values of a member of the request; `lasts` is the range of seconds that a
    track made there lasts, or adds to its source; it is `limited` if its requests count against the account's rate.
    What it `does` completes the sentence "the path …"; `words` of a path tell that it was meant.

    `kind` is TASK, POLL or ANSWER (at once), empty where Python alone says what it is. A task is `polled_by` another
    operation; `makes` names the module of `domain/made` with what only it makes, and it `asks` for music as another
    operation does. `checks` are those beside the ones of its kind; what is made `once` of a track is named so.

    Its tasks differ from the family's in what is their `own`, such as their stages, in their texts of codes
    (`callback_codes`), and in the words of their `statuses` for the family's. `characters` are the longest texts of a
    request, by field, `models` those that it takes of the profile's, if not all; `properties` are those of a request
    that the profile adds to the documented ones, `rules` its own by their ids, None where one of ours is taken away.
    Records call it `operation_type`, and callbacks have the `source_urls` of tracks whatever the profile says. `file`
    is where all of it stands, empty for `openapi/family.yaml`.
    """

    name: str
    method: str
    path: str
    price: Credits = 0
    prices: Mapping[str, Any] = field(default_factory=dict)
    lasts: tuple[float, float] = (0, 0)
    limited: bool = False
    documented: str = ""
    does: str
    words: tuple[str, ...]
    kind: str = ""
    polled_by: str = ""
    makes: str = ""
    asks: str = ""
    checks: tuple[str, ...] = ()
    once: str = ""
    own: Mapping[str, Any] = field(default_factory=dict)
    statuses: Mapping[str, Any] = field(default_factory=dict)
    callback_codes: Mapping[int, str] = field(default_factory=dict)
    models: tuple[str, ...] = ()
    operation_type: str = ""
    source_urls: bool = False
    characters: Mapping[str, Any] = field(default_factory=dict)
    properties: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    rules: Mapping[str, Mapping[str, Any] | None] = field(default_factory=dict)
    shapes: Shapes = Shapes()
    file: str = ""

    def __hash__(self) -> int:
        return hash(self.name)


MEMBERS: Final = frozenset(each.name for each in fields(Operation)) - {"own", "shapes", "name"}
OF_SHAPES: Final = frozenset(each.name for each in fields(Shapes))


@cache
def operations() -> Mapping[str, Operation]:
    """All endpoints of the family, by name."""
    return operations_of({"operations": {**family_file()["operations"], **described(described_names())}})


def operations_of(tree: Mapping[str, Any]) -> Mapping[str, Operation]:
    """All endpoints as a profile has them, by name."""
    entries: dict[str, dict[str, Any]] = tree["operations"]
    base = tree.get("base_path", "")
    return {name: _operation(name, entry, base) for name, entry in entries.items()}


def _operation(name: str, entry: Mapping[str, Any], base: str) -> Operation:
    said = {key: value for key, value in entry.items() if key in MEMBERS}
    return Operation(
        name=name,
        shapes=Shapes(**{key: value for key, value in entry.items() if key in OF_SHAPES}),
        own={key: value for key, value in entry.items() if key not in MEMBERS | OF_SHAPES},
        **{
            **said,
            "path": base + entry["path"],
            "documented": entry.get("documented", entry["path"]),
            "lasts": tuple(entry.get("lasts", (0, 0))),
            "words": tuple(entry["words"]),
            "checks": tuple(entry.get("checks", ())),
            "models": tuple(entry.get("models", ())),
            "operation_type": entry.get("operation_type", name),
        },
    )


def own_terms(operation: Operation, tree: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the family says, for the tasks of one operation: of a stage that it names, what it says itself and else
    what all say."""
    stages = tree["stages"]
    named = operation.own.get("stages", stages)
    made = {} if operation.kind != TASK or operation.makes == TRACKS else {"tracks_per_task": 0}
    return {**tree, **operation.own, **made, "stages": {name: {**stages[name], **named[name]} for name in named}}


def path(name: str) -> str:
    """The path of an endpoint."""
    entries: Mapping[str, Any] = family_file()["operations"]
    found: str = (entries if name in entries else described([name]))[name]["path"]
    return found
