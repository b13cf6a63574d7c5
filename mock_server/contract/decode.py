"""Decodes a request body: bytes to a JSON value, or to the violation that says why there is none. Pure."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from jiter import from_json

from mock_server.core.errors import Invalid, Violation
from mock_server.core.text import shown

BODY_LIMIT: Final = 1024 * 1024
"""Bytes of a request body that are read (ours; no document names a limit)."""


@dataclass(slots=True, eq=False)
class Decoded:
    """A request body, or what is wrong with it. A refusal is kept, since other checks come before it."""

    value: Any = None
    refusal: Invalid | None = None

    @property
    def audio_id(self) -> object:
        return self.value.get("audioId") if isinstance(self.value, dict) else None


def decode(operation: str, content_type: str, body: bytes | None) -> Decoded:
    """`body` is None when it was over BODY_LIMIT; `operation` begins the ids of the rules."""
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
        return _refused(
            f"{operation}.body.json",
            "body",
            f"body is not JSON: {error!s:.200}; allowed: one JSON object in UTF-8, each key once",
        )


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
