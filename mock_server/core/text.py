"""The words of error texts: a value that came, shortened and printable; what a schema keyword allows."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite
from typing import Any, Final

SHOWN: Final = 60
"""Characters of a value that an error text repeats."""

LISTED: Final = 10
"""Values of a list that an error text repeats."""

TYPES: Final = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "a JSON object",
    "string": "a string",
}

ALLOWED: Final[Mapping[str, Callable[[Any], str]]] = {
    "type": lambda name: TYPES[name],
    "enum": lambda values: ", ".join(map(str, values)),
    "minimum": lambda limit: f"{limit} or more",
    "maximum": lambda limit: f"at most {limit}",
    "multipleOf": lambda step: f"a multiple of {step}",
    "maxLength": lambda limit: f"at most {limit} {{unit}}",
    "format": lambda name: f"an absolute {name.upper()} such as https://api.example.com/callback",
}


KINDS: Final[Mapping[type, str]] = {
    dict: "a mapping",
    list: "a list",
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "nothing",
}
"""What the values of YAML and JSON are called."""


def kind_of(value: Any) -> str:
    """What a value of YAML or JSON is called."""
    return KINDS.get(type(value), type(value).__name__)


def allowed_by(keyword: str, value: Any) -> str:
    """What a schema keyword allows. `{unit}` stays in the text of a length."""
    return ALLOWED[keyword](value)


def printable(text: str) -> str:
    """The text on one line, with everything that a terminal would obey or hide written out."""
    return text if text.isprintable() else "".join(map(_printable, text))


def _printable(char: str) -> str:
    return char if char.isprintable() else char.encode("unicode_escape").decode()


def cut(text: str, length: int = 200) -> str:
    """The text, or its beginning and how long it is."""
    return text if len(text) <= length else f"{text[:length]}... ({len(text)} characters)"


def listed(values: Sequence[Any]) -> str:
    """The first values, and how many there are more."""
    more = f" and {len(values) - LISTED} more" if len(values) > LISTED else ""
    return ", ".join(map(shown, values[:LISTED])) + more


def shown(value: Any) -> str:
    """A value as JSON in ASCII, so that no text of a client can forge a line; cut after SHOWN characters."""
    if type(value) is int or (type(value) is float and isfinite(value)):
        return cut(repr(value), SHOWN)  # what json writes, in a tenth of the time
    return cut(in_json(value), SHOWN)


def in_json(value: Any, indent: int | None = None) -> str:
    """A value as JSON in ASCII, of which a terminal obeys nothing."""
    return json.dumps(value, indent=indent).replace("\x7f", "\\u007f")


def words(texts: str | Iterable[str]) -> list[str]:
    """Several texts, or one with blanks between them."""
    return texts.split() if isinstance(texts, str) else list(texts)


def either(names: Sequence[str]) -> str:
    """Names of which one is meant."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last
