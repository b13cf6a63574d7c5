"""Writes requests as curl commands that work when they are pasted into a shell. Pure."""

import shlex
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from mock_server.domain.call import PRINTABLE
from mock_server.domain.masking import OWN_KEY, is_public

ARGUMENT_LIMIT: Final = 100_000
"""Bytes of a body that are an argument of curl; the shell takes no longer ones than 128 KiB."""


def curl(
    method: str, url: str, key: str | None, headers: Mapping[str, str], body: bytes | None, own_key: str = OWN_KEY
) -> str:
    """The request. A key that is not public is $SUNO_MOCK_KEY there, or else test-key, unless `own_key` says what."""
    parts = ["curl", "-sS", "-g", *(["-I"] if method == "HEAD" else ["-X", method]), word(quote(url, safe=PRINTABLE))]
    if key is not None:
        header = f"Authorization: Bearer {key}"
        parts += ["-H", word(header) if is_public(key) else f'"Authorization: Bearer {own_key}"']
    for name, value in headers.items():
        # Without a value, curl leaves out the header that it would send of its own accord.
        parts += ["-H", _header(f"{name}: {value}".strip())] if value or body else []
    if not body:
        return " ".join(parts)
    text = text_of(body)
    if text is not None and text.replace("\n", "").isprintable() and len(body) <= ARGUMENT_LIMIT:
        return " ".join([*parts, "--data-raw", word(text)])
    return " ".join(["printf", _octal(body), "|", *parts, "--data-binary", "@-"])


def word(text: str) -> str:
    """A text as one word of a shell."""
    quoted = shlex.quote(text)
    # zsh takes a word that begins with = for the path of a command.
    return f"'{text}'" if quoted.startswith("=") else quoted


def _header(line: str) -> str:
    """A line of a head, whose bytes were read as latin-1, without what a terminal would obey."""
    return word(line) if line.isascii() and line.isprintable() else f'"$(printf {_octal(line.encode("latin-1"))})"'


def _octal(data: bytes) -> str:
    """Bytes for `printf`."""
    return shlex.quote("".join(f"\\{byte:03o}" for byte in data))


def text_of(body: bytes | None) -> str | None:
    """A body as text; None for an empty body, and for bytes that are not UTF-8."""
    try:
        return body.decode() if body else None
    except UnicodeDecodeError:
        return None
