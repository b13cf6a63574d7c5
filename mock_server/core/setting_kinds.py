"""What a setting can be: its types by the type of its default, words, and pairs."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any, Final

from mock_server.core.errors import BadSetting, unknown
from mock_server.core.text import words


def pairs_of(pairs: Mapping[str, str] | Iterable[str], flag: str, form: str, example: str) -> dict[str, str]:
    if isinstance(pairs, Mapping):
        return dict(pairs)
    found = {}
    for pair in words(pairs):
        name, equals, value = pair.partition("=")
        if not (name and equals and value):
            raise BadSetting(f"{flag} {pair!r} is not {form}. Example: {flag} {example}.")
        found[name] = value
    return found


KINDS: Final[Mapping[type, tuple[tuple[type, ...], str]]] = {
    bool: ((bool,), "True or False"),
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
    str: ((str,), "a text"),
    tuple: ((str, tuple, list, Mapping), "a text or several"),
    type(None): ((int, float, type(None)), "a number"),
}
"""By the type of a setting's default: which types it takes, and their name."""


def check_word(name: str, word: str, known: Iterable[str]) -> None:
    if word not in known:
        raise unknown(name, word, known)


def option(default: Any, help: str, *, secret: bool = False, **metadata: Any) -> Any:
    """A setting with its help text. `flag` overrides the option's name, `metavar` names its value; `live` if a running
    mock takes another value; one that is `secret` is not shown."""
    return field(default=default, repr=not secret, metadata={"help": help, **metadata})
