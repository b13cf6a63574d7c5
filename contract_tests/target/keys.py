"""The keys of a target: puts them into requests, and masks them in everything that is written down."""

import base64
import html
import json
import re
from collections.abc import Callable, Generator, Mapping
from typing import Final

import httpx

MASKED: Final = "***"
OWN_VARIABLE: Final = "SUNO_API_KEY"
BAD_VARIABLE: Final = "BAD_KEY"

SHORT: Final = 4
"""Characters of what is made of a key that no report has to hide."""


def _in_another_case(key: str) -> str:
    return key.swapcase() if key.swapcase() != key else f"{key}X"


SPELLED: Final[Mapping[str, Callable[[str], str]]] = {
    "cut": lambda key: key[:-1],
    "tail": lambda key: key[1:],
    "longer": lambda key: f"{key}x",
    "before": lambda key: f"x{key}",
    "case": _in_another_case,
    "blank": lambda key: f"{key[: len(key) // 2]} {key[len(key) // 2 :]}",
    "empty": lambda key: "",
    "other": lambda key: "x" * len(key),
}
"""What is sent in place of a key, to see whether a server looks at all of it."""
TELLING: Final = ("cut", "tail", "case", "blank")
"""Of these, what a reader could tell the key from."""


class Keys:
    """Keys by name: `own`, `bad`, and others by the environment variable that they were read from. `variable` is that
    of `own`."""

    def __init__(self, values: Mapping[str, str], variable: str = OWN_VARIABLE) -> None:
        self._values = {name: key.strip() for name, key in values.items()}
        self._variables = {"own": variable, "bad": BAD_VARIABLE}
        forms = {form for key in filter(None, self._values.values()) for form in _forms(key)}
        own = self._values.get("own", "")
        forms |= {re.escape(made) for name in TELLING if len(made := SPELLED[name](own)) > SHORT}
        self._own = [re.compile(form) for form in (_forms(own) if own else ())]
        self._forms = [re.compile(form) for form in sorted(forms, key=len, reverse=True)]

    def credential(self, name: str, scheme: str) -> "Credential":
        """What authorizes a request. Raises KeyError for a name that was not given."""
        return Credential(f"{scheme}{self._spelled(name)}".strip())

    def shown(self, name: str, scheme: str) -> str:
        """The Authorization header as reports show it, with the key masked."""
        return self.masked(f"{scheme}{self._spelled(name)}".strip())

    def variable(self, name: str | None) -> str:
        """The environment variable of a key, for a curl that a reader can paste."""
        name = (name or "own").partition("~")[0]
        return self._variables.get(name, name)

    def _spelled(self, name: str) -> str:
        """A key, or another spelling of it. Raises KeyError for a name that was not given."""
        name, _, spelling = name.partition("~")
        return SPELLED[spelling](self._values[name]) if spelling else self._values[name]

    def masked(self, text: str) -> str:
        """The text without any key, however it is written there."""
        for form in self._forms:
            text = form.sub(MASKED, text)
        return text

    def shown_in(self, text: str) -> bool:
        """Whether the own key stands in a text, however it is written there."""
        return any(form.search(text) for form in self._own)

    def masked_bytes(self, raw: bytes) -> bytes:
        """The same for bytes, whatever they say."""
        return self.masked(raw.decode(errors="surrogateescape")).encode(errors="surrogateescape")


class Credential(httpx.Auth):
    """Puts a key into a request as it leaves: no other value holds the key, so no traceback can show it."""

    def __init__(self, value: str) -> None:
        self._value = value

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = self._value
        yield request


def _forms(key: str) -> set[str]:
    """Patterns of a key as a server, a log, a URL and a page write it, and of what Basic authentication makes of it."""
    encoded = (base64.b64encode(text.encode()).decode().rstrip("=") for text in (key, f"Bearer {key}"))
    return {"".join(map(_spelled, key)), *map(re.escape, encoded)}


def _spelled(character: str) -> str:
    """A pattern of one character, in every spelling of _forms."""
    number, octets = ord(character), "".join(f"%{octet:02x}" for octet in character.encode())
    written = {f"\\{character}", json.dumps(character)[1:-1], repr(character)[1:-1], html.escape(character), character}
    spelled = {octets, f"\\u{number:04x}", f"\\x{number:02x}", f"&#x{number:x};", f"&#{number};", *written}
    longest_first = sorted(spelled, key=len, reverse=True)
    # What an escape is written with may be in capitals; the key itself is as it is.
    escapes = "|".join(re.escape(each) for each in longest_first if each not in written)
    return f"(?:(?i:{escapes})|{'|'.join(re.escape(each) for each in longest_first if each in written)})"
