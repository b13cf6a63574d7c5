"""How Redis or Valkey is reached: what its URL says, and what is told where nobody answers there."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, AuthorizationError, RedisError
from redis.exceptions import TimeoutError as NoAnswer
from redis.retry import Retry

from mock_server.core.errors import BadSetting

ANSWERS_WITHIN: Final = 5.0
"""Seconds of real time that the engine has for an answer."""
HOW: Final[Mapping[str, Any]] = {"protocol": 2, "socket_timeout": ANSWERS_WITHIN}
NUMBER: Final = re.compile(r"/?[0-9]*")
"""The path of a URL: its database."""
SCHEMES: Final = {"redis": "redis", "rediss": "rediss", "valkey": "redis", "valkeys": "rediss"}
STARTED: Final = "Start the engine, or choose another --state."
REFUSED: Final = (AuthenticationError, AuthorizationError, ValueError)
"""What comes of a URL that the engine, or its client, takes not."""
TRUST: Final = (
    "Name the file with the certificate of its authority at the end of --state, ?ssl_ca_certs=FILE, or choose another."
)
NO_TLS: Final = "Where it speaks no TLS, write redis:// or valkey://; else start it, or choose another --state."
OF_TLS: Final = {
    "certificate verify failed": TRUST,
    "No such file or directory": TRUST,
    "wrong version number": NO_TLS,
    "record layer failure": NO_TLS,
    "reset by peer": "Where it speaks TLS, write rediss:// or valkeys://; else start it, or choose another --state.",
}
"""What helps, by the words of errors that come of TLS."""
GIVEN: Final = "Give the user, the password and the database that the engine has, or choose another --state."
OPTIONS: Final = "Allowed behind the ?: options of redis-py, as ssl_ca_certs. Leave it out, or choose another --state."


UNCLEAR: Final = (
    "state is a URL that cannot be read. Allowed: redis://USER:PASSWORD@HOST:PORT/DATABASE, a port up to 65535, in a "
    "password %2F for /, %3F for ?, %23 for #, %40 for @, %5B for [ and %5D for ], and %40 for @ behind the port, too."
)
"""It has no part of the URL: each may be one of a password."""


def plain(url: str) -> str:
    """The URL of an engine as its client reads it."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(scheme=SCHEMES[parts.scheme]))


def named(url: str) -> str:
    """What an engine is called in texts, without a password. Raises BadSetting where nobody knows which it is."""
    try:
        parts = urlsplit(url)
        clear = "://" in url and "@" not in f"{parts.port}{parts.path}{parts.query}{parts.fragment}"
    except ValueError:
        clear = False
    if not clear:
        raise BadSetting(UNCLEAR)
    name = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    if not NUMBER.fullmatch(parts.path):  # redis-py takes another for 0
        raise BadSetting(f"{name} has a database that is no number. Allowed: redis://HOST:PORT/0, or none for 0.")
    return name


@contextmanager
def connected(url: str) -> Iterator["Redis"]:
    """Whom an engine is asked by. Raises BadSetting where it does not do what it is asked."""
    try:
        # One more attempt at once is for a connection that was closed meanwhile; the client's own take seconds.
        with Redis.from_url(plain(url), **HOW, retry=Retry(NoBackoff(), 1)) as engine:
            yield engine
    except BadSetting:
        raise
    except TypeError as error:
        option = f"{error}".rpartition("argument ")[2]
        raise BadSetting(f"{named(url)} cannot be used: its client has no option {option}. {OPTIONS}") from None
    except (RedisError, OSError, ValueError) as error:
        raise BadSetting(f"{named(url)} cannot be used: {f'{error}'.rstrip('.')}. {_way(error, url)}") from None


def _way(error: Exception, url: str) -> str:
    """What helps where an engine cannot be reached."""
    if isinstance(error, REFUSED):
        return GIVEN
    if isinstance(error, NoAnswer) and plain(url).startswith("rediss"):  # it waits for a command that ends
        return NO_TLS
    return next((way for words, way in OF_TLS.items() if words in str(error)), STARTED)
