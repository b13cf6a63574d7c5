"""Writes requests as curl commands that work when they are pasted into a shell. Pure."""

import shlex
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import quote

from mock_server.domain.call import PRINTABLE
from mock_server.domain.masking import OWN_KEY, is_public

ARGUMENT_LIMIT: Final = 100_000
"""Bytes of a body that are an argument of curl; the shell takes no longer ones than 128 KiB."""
OCTETS: Final = 4096
"""Bytes that are written at once where each takes four characters."""
OCTAL: Final = [f"\\{byte:03o}" for byte in range(256)]


def curl(
    method: str, url: str, key: str | None, headers: Mapping[str, str], body: bytes | None, own_key: str = OWN_KEY
) -> str:
    """The request. A key that is not public is $SUNO_MOCK_KEY there, or else test-key, unless `own_key` says what."""
    return "".join(curl_parts(method, url, key, headers, body, own_key))


def curl_parts(
    method: str, url: str, key: str | None, headers: Mapping[str, str], body: bytes | None, own_key: str = OWN_KEY
) -> Iterator[str]:
    """The same in parts of a bounded length: a large body takes four characters for each byte."""
    parts = ["curl", "-sS", "-g", *(["-I"] if method == "HEAD" else ["-X", method]), word(quote(url, safe=PRINTABLE))]
    if key is not None:
        header = f"Authorization: Bearer {key}"
        parts += ["-H", word(header) if is_public(key) else f'"Authorization: Bearer {own_key}"']
    for name, value in headers.items():
        # Without a value, curl leaves out the header that it would send of its own accord.
        parts += ["-H", _header(f"{name}: {value}".strip())] if value or body else []
    if not body:
        yield " ".join(parts)
        return
    text = text_of(body) if len(body) <= ARGUMENT_LIMIT else None
    if text is not None and text.replace("\n", "").isprintable():
        yield " ".join([*parts, "--data-raw", word(text)])
        return
    yield "printf '"
    for at in range(0, len(body), OCTETS):
        yield _octal(body[at : at + OCTETS])
    yield " ".join(["' |", *parts, "--data-binary", "@-"])


def word(text: str) -> str:
    """A text as one word of a shell."""
    quoted = shlex.quote(text)
    # zsh takes a word that begins with = for the path of a command.
    return f"'{text}'" if quoted.startswith("=") else quoted


def _header(line: str) -> str:
    """A line of a head, whose bytes were read as latin-1, without what a terminal would obey."""
    return word(line) if line.isascii() and line.isprintable() else f"\"$(printf '{_octal(line.encode('latin-1'))}')\""


def _octal(data: bytes) -> str:
    """Bytes for `printf`, which in quotes need no further ones."""
    return "".join(map(OCTAL.__getitem__, data))


def text_of(body: bytes | None) -> str | None:
    """A body as text; None for an empty body, and for bytes that are not UTF-8."""
    try:
        return body.decode() if body else None
    except UnicodeDecodeError:
        return None
