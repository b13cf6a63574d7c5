"""What is told of bytes that are no request of HTTP/1.1: one line, without the bytes, in which a key may stand."""

import logging
from typing import Final

from aiohttp.http_exceptions import HttpProcessingError

PROTOCOLS: Final = {"Pause on PRI": "HTTP/2", "Received HTTPS": "TLS"}
"""By how the words of the parser begin: what was spoken."""


class _OneLine(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        """Says what came in place of the words of the parser, which has all of it, with where it broke off."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, HttpProcessingError):
            spoken = next(
                (name for begin, name in PROTOCOLS.items() if error.message.startswith(begin)), "what is no HTTP/1.1"
            )
            record.msg = (
                f"{_somebody(record)} spoke {spoken} and was answered 400. The proxy speaks HTTP/1.1 without TLS: "
                "give its URL as it was printed, with http://"
            )
            record.args, record.exc_info = (), None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True


def _somebody(record: logging.LogRecord) -> str:
    """Who it was, as far as the library says it."""
    args = record.args
    return str(args[0]) if isinstance(args, tuple) and len(args) == 1 and args[0] else "Somebody"


LOGGER: Final = logging.getLogger(__name__)
LOGGER.setLevel(logging.DEBUG)  # the library thinks TLS not worth a word
LOGGER.addFilter(_OneLine())
