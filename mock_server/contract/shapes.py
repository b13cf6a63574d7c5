"""What an operation says on the wire, as data: values with names in them, `{task_id}`, in place of what differs. Pure.

A text that is one name alone becomes what it stands for, of any type; `{absent}` leaves its member out. A mapping of
`for each` and `is` becomes a list, `{item.NAME}` in it a member of the item.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

NAME: Final = re.compile(r"\{([a-z_]+(?:\.[A-Za-z_]+)?)\}")
ABSENT: Final = "{absent}"
EACH: Final = "for each"
ITEM: Final = "is"
OF_TASK: Final = frozenset(
    {"task_id", "callback_url", "param", "created", "completed", "track_url", "music_index", "credits", "price"}
)
OF_RECORD: Final = frozenset({"status", "error_code", "error_message", "response"})
NAMES: Final = frozenset({"absent", "nothing", *OF_TASK, *OF_RECORD})
"""What a name can be that has no dot."""
GROUPS: Final = ("request", "made", "item")
"""What it can begin with: a member of the request, of what only the operation makes, of an item."""


def filled(shape: Any, values: Mapping[str, Any]) -> Any:
    """The shape with values in place of their names; of a name that has none, null."""
    if isinstance(shape, str):
        return _text(shape, values)
    if isinstance(shape, list):
        return [filled(each, values) for each in shape]
    if not isinstance(shape, Mapping):
        return shape
    if EACH in shape:
        items = filled(shape[EACH], values) or ()
        return [filled(shape[ITEM], {**values, **_prefixed("item", each)}) for each in items]
    return {name: filled(each, values) for name, each in shape.items() if each != ABSENT}


def _text(text: str, values: Mapping[str, Any]) -> Any:
    """What a name alone stands for, of any type; a text around names that stand for nothing is null."""
    name = NAME.fullmatch(text)
    if name:
        return values.get(name[1])
    named = {found: values.get(found) for found in NAME.findall(text)}
    return None if None in named.values() else NAME.sub(lambda found: str(named[found[1]]), text)


def _prefixed(group: str, members: Mapping[str, Any]) -> Mapping[str, Any]:
    return {f"{group}.{name}": value for name, value in members.items()}


def values_of(members: Mapping[str, Any], **groups: Mapping[str, Any]) -> Mapping[str, Any]:
    """Values by their names, those of `groups` with a dot."""
    return {
        **members,
        **{name: value for group, each in groups.items() for name, value in _prefixed(group, each).items()},
    }


def unknown_names(shape: Any) -> Iterator[str]:
    """The names in a shape that stand for nothing."""
    if isinstance(shape, str):
        for name in NAME.findall(shape):
            if name not in NAMES and name.partition(".")[0] not in GROUPS:
                yield name
    elif isinstance(shape, list | Mapping):
        for each in shape.values() if isinstance(shape, Mapping) else shape:
            yield from unknown_names(each)
