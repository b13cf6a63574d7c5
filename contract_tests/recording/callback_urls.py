"""What a client says of where it wants to be called back: the names that say so, and what may be secret there. Pure."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote, unquote_plus, urlsplit

from contract_tests.recording.names import is_called_back, is_secret
from contract_tests.target.keys import MASKED

OF_THE_PROXY: Final = re.compile(r"(cb(?:\W|25|u00|2f){1,16}\d+-)[0-9a-f]{32}", re.IGNORECASE)
"""The address of the proxy that a server calls back, however its slashes are written, with what nobody can guess."""
OWN: Final = re.compile(rf"https?://[^@?#\s\"\\]+/cb/\d+-(?:[0-9a-f]{{32}}|{re.escape(MASKED)})")
"""The same address as a whole, which a recording has in place of a receiver's."""
IN_QUERY: Final = re.compile(r"(?<![^?&;\s\"])([^=&;?\s\"]{1,200})=([^&;#\s\"\\]+)")
"""A parameter, whose name may be coded."""
URL: Final = re.compile(r"[a-z][a-z0-9+.-]{0,20}:\\?/\\?/[^\s\"'<>]+", re.IGNORECASE)
SCHEMES: Final = ("http", "https", "ftp", "ftps", "ws", "wss", "file", "mailto", "data", "javascript")
"""What may stand before the colon of a URL and is no secret."""
SCHEME: Final = re.compile(r"[a-z][a-z0-9+-]*(?=:.)", re.IGNORECASE | re.DOTALL)
LONG: Final = 12
"""Characters, digits among them, of a part of a callBackUrl that may be a secret."""
CODE: Final = "code"
"""A parameter that a login is completed with; in other places the word means a status."""
STATUS: Final = re.compile(r"-?\d{1,3}")


def masked_url(url: str) -> str:
    """A URL that somebody is to be called back at, without what it says beside its form: whether it has a scheme, which
    of the known ones, and whether it has a host."""
    if not url or OWN.fullmatch(url):
        return url
    scheme = SCHEME.match(url)
    if scheme is None:
        return MASKED
    named = scheme[0] if scheme[0].lower() in SCHEMES else "x"
    if url[scheme.end() : scheme.end() + 3] != "://":
        return f"{named}:{MASKED}"
    try:
        return f"{named}://{MASKED}" if urlsplit(url).hostname else f"{named}:///{MASKED}"
    except ValueError:
        return f"{named}:///{MASKED}"


def masked_urls(text: str) -> str:
    """A text that is no JSON with each URL masked in it."""
    return URL.sub(lambda found: masked_url(found[0]), text)


def of_callback_url(url: str) -> Iterator[str]:
    """What may be secret in a receiver's own URL: user, password, parameters, and parts of the path like tokens; all of
    one that nobody can call, since the server gets that as it is, and may quote it."""
    try:
        parts = urlsplit(url)
        yield from filter(None, (parts.username, parts.password))
    except ValueError:
        return
    if OWN.fullmatch(url):
        return
    if parts.hostname and parts.scheme not in ("http", "https") and MASKED not in url:
        yield url
    pieces = re.split(r"[/&;=:@,\"{}\[\]]", f"{parts.path}&{parts.query}&{parts.fragment}")
    for piece in pieces:
        if len(piece) >= LONG and any(character.isdigit() for character in piece):
            yield from {piece, unquote(piece)}
    yield from of_parameters(f"?{parts.query}")


def of_parameters(text: str) -> Iterator[str]:
    """The secret parameters of a query or a form, as they are written and as they are meant."""
    for found in IN_QUERY.finditer(text):
        name, value = unquote_plus(found[1]), found[2]
        if is_called_back(name):
            yield from of_callback_url(unquote_plus(value))
        elif _hides(found, name):
            yield from {value, unquote_plus(value)}


def masked_parameters(text: str) -> str:
    """A query or a form without its secret parameters."""
    return IN_QUERY.sub(_parameter, text)


def _parameter(found: re.Match[str]) -> str:
    name, value = unquote_plus(found[1]), found[2]
    if is_called_back(name):
        return found[0] if OWN.fullmatch(unquote_plus(value)) else f"{found[1]}={MASKED}"
    return f"{found[1]}={MASKED}" if _hides(found, name) else found[0]


def _hides(found: re.Match[str], name: str) -> bool:
    """Whether a parameter is secret: a code is one where nothing but a query or a form can be meant."""
    if name.lower() != CODE:
        return is_secret(name)
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    return (before in ("?", "&") if before else after == "&") and not STATUS.fullmatch(found[2])
