"""What a setting can be: its types by the type of its default, words, and pairs."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any, Final

from mock_server.core.errors import BadSetting, unknown
from mock_server.core.text import cut, words


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


MODEL: Final = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
MODELS_ARE: Final = "letters, digits, dots, _ and -, at most 64, a letter or digit first"
"""What a model can be called, as the schema of profiles has it, too."""


def parse_models(pairs: Mapping[str, str] | Iterable[str]) -> dict[str, str]:
    """`("V5_5=V5",)` or `"V5_5=V5"` as `{"V5_5": "V5"}`; a mapping as it is."""
    found = pairs_of(pairs, "--model", "NAME=MODEL", "V5_5=V5")
    if strange := [name for name in found if not re.search(MODEL, name)]:
        raise BadSetting(f"--model: {cut(strange[0])!r} is no name of a model. Allowed: {MODELS_ARE}.")
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
