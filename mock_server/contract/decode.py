"""Decodes a request body: bytes to a JSON value, or to the violation that says why there is none. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from jiter import from_json

from mock_server.core.errors import Invalid, Violation
from mock_server.core.setting_limits import LARGEST_BODY
from mock_server.core.text import shown

BODY_LIMIT: Final = LARGEST_BODY
"""Bytes of a request body that are read (ours; no document names a limit)."""
BEGINNINGS: Final[Mapping[bytes, str]] = {
    b"\x1f\x8b": "is compressed with gzip",
    b"\x28\xb5\x2f\xfd": "is compressed with zstd",
    b"\x78\x01": "is compressed with deflate",
    b"\x78\x9c": "is compressed with deflate",
    b"\x78\xda": "is compressed with deflate",
    b"BZh": "is compressed with bzip2",
    b"\xef\xbb\xbf": "begins with a byte order mark of UTF-8",
    b"\xff\xfe\x00\x00": "is in UTF-32, little endian, with a byte order mark",
    b"\x00\x00\xfe\xff": "is in UTF-32, big endian, with a byte order mark",
    b"\xff\xfe": "is in UTF-16, little endian, with a byte order mark",
    b"\xfe\xff": "is in UTF-16, big endian, with a byte order mark",
    b"{\x00\x00\x00": "is in UTF-32, little endian",
    b"\x00\x00\x00{": "is in UTF-32, big endian",
    b"{\x00": "is in UTF-16, little endian",
    b"\x00{": "is in UTF-16, big endian",
}
"""What begins so is no JSON in UTF-8; the first that fits counts. Brotli begins with no bytes of its own."""
EMPTY: Final = "it is empty"
PLAIN: Final = ", neither compressed nor with a byte order mark"
"""What is allowed beside, where that is what was wrong."""


@dataclass(slots=True, eq=False)
class Decoded:
    """A request body, or what is wrong with it. A refusal is kept, since other checks come before it."""

    value: Any = None
    refusal: Invalid | None = None

    @property
    def audio_id(self) -> object:
        return self.value.get("audioId") if isinstance(self.value, dict) else None


def decode(
    operation: str, content_type: str, body: bytes | None, content_encoding: str = "", lost: str = ""
) -> Decoded:
    """`body` is None when it was over BODY_LIMIT; `operation` begins the ids of the rules. A Content-Encoding breaks no
    rule: it tells what a body is that is no JSON, and `lost` where an empty one was lost."""
    if not is_json(content_type):
        came = shown(content_type) if content_type else "missing"
        message = f"Content-Type is {came}; allowed: application/json, in UTF-8"
        return _refused(f"{operation}.contentType", "Content-Type", message)
    if body is None:
        message = f"body is too large; allowed: at most {BODY_LIMIT} bytes"
        return _refused(f"{operation}.body.size", "body", message)
    try:
        return Decoded(from_json(body, allow_inf_nan=False, catch_duplicate_keys=True))
    except ValueError as error:
        why = not_json(body, content_encoding, error, "one JSON object in UTF-8, each key once")
        return _refused(f"{operation}.body.json", "body", f"body is not JSON: {why}{lost}")


def not_json(body: bytes, content_encoding: str, error: ValueError, allowed: str) -> str:
    """Why a body is no JSON, and what is allowed: how it is written, where a parser would only say that it expects
    something else."""
    written = how_written(body) or _not_utf8(body)
    encoding = f", with the Content-Encoding {shown(content_encoding)}" if content_encoding else ""
    plain = PLAIN if encoding or written.startswith(("it begins", "it is compressed", "it is in")) else ""
    return f"{written or str(error)[:200]}{encoding}; allowed: {allowed}{plain}"


def _not_utf8(body: bytes) -> str:
    try:
        body.decode()
    except UnicodeDecodeError as error:
        return f"it is not UTF-8: byte 0x{body[error.start]:02x} at {error.start}"
    return ""


def how_written(body: bytes) -> str:
    """How a body is written that is no JSON in UTF-8, by its first bytes; empty where they do not tell."""
    if not body.strip():
        return EMPTY
    return next((f"it {said}" for beginning, said in BEGINNINGS.items() if body.startswith(beginning)), "")


def is_json(content_type: str) -> bool:
    """Whether a Content-Type is application/json, with no charset or UTF-8."""
    if content_type == "application/json":
        return True
    kind, *parameters = (part.strip().lower() for part in content_type.split(";"))
    named = dict(parameter.partition("=")[::2] for parameter in parameters)
    return kind == "application/json" and named.get("charset", "utf-8").strip('"') in ("utf-8", "utf8")


def _refused(rule: str, field: str, message: str) -> Decoded:
    return Decoded(refusal=Invalid([Violation(rule=rule, field=field, message=message)]))


@lru_cache(maxsize=128)
def text(header: bytes) -> str:
    """A header's value; requests that send the same one share it, since the journal keeps it."""
    return header.decode("latin-1")


@lru_cache(maxsize=128)
def bearer(authorization: str) -> str | None:
    """The key of an Authorization header, or None. The scheme's case does not matter (RFC 7235, section 2.1)."""
    scheme, _, key = authorization.strip().partition(" ")
    return key.strip() or None if scheme.lower() == "bearer" else None
