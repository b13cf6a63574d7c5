"""Whether uvicorn has the parts that a connection of the mock is made of, and what is lost where it has not."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Final

IMPLEMENTATION: Final = "uvicorn.protocols.http.httptools_impl"
OLDEST: Final = (0, 35)
"""The first version whose parts are used."""
NEXT: Final = (1, 0)
"""The first version whose parts nobody has looked at yet."""
PARTS: Final[Mapping[str, Sequence[str]]] = {
    "HttpToolsProtocol": (
        "connection_made",
        "connection_lost",
        "data_received",
        "eof_received",
        "on_message_begin",
        "on_headers_complete",
        "on_body",
        "on_message_complete",
        "on_response_complete",
        "_unset_keepalive_if_required",
        "send_400_response",
    ),
    "FlowControl": ("pause_reading", "resume_reading"),
}
"""Methods that are called or replaced, by class."""
ATTRIBUTES: Final[Mapping[str, Sequence[str]]] = {
    "HttpToolsProtocol": (
        "app_state",
        "transport",
        "pipeline",
        "cycle",
        "flow",
        "loop",
        "parser",
        "headers",
        "url",
        "tasks",
        "server_state",
    ),
    "RequestResponseCycle": (
        "disconnected",
        "keep_alive",
        "message_event",
        "more_body",
        "response_complete",
        "response_started",
    ),
    "FlowControl": ("read_paused",),
}
"""Attributes that are read or set, by class; all are set as an object is made, or as a request begins."""
LOSS: Final = (
    "served by plain uvicorn, since {why}: heads and trailers are read without bound, a fault cannot cut a connection, "
    "one that sends many requests at once keeps others waiting, a request may take for ever to come, one that cannot "
    "be read takes the answers to those before it away, a client that closes its half of a connection is not answered, "
    "one that leaves pipelined requests may be noticed late, and a request with an Upgrade header, as curl --http2 and "
    "Java's client send it, loses its body. Way out: uvicorn {oldest} up to {next}."
)


def missing(version: str, module: str = IMPLEMENTATION) -> str:
    """Why the parts of a version cannot be used; empty when they can."""
    numbers = tuple(int(each) for each in version.split(".")[:2] if each.isdigit())
    if not OLDEST <= numbers < NEXT:
        return f"uvicorn {version} was not tested"
    try:
        found = import_module(module)
    except ImportError as error:
        return f"uvicorn {version} does not import: {error}"
    lost = [
        f"{name}.{part}"
        for names in (PARTS, ATTRIBUTES)
        for name, parts in names.items()
        for part in parts
        if not _has(getattr(found, name, None), part)
    ]
    return f"uvicorn {version} has no {', '.join(lost)}" if lost else ""


def loss(why: str) -> str:
    """What does not hold without the parts, and the way out."""
    oldest, following = (".".join(map(str, each)) for each in (OLDEST, NEXT))
    return LOSS.format(why=why, oldest=oldest, next=following)


def _has(part_of: object, name: str) -> bool:
    """Whether a class has a method, or sets an attribute as an object is made or a request begins."""
    setting = [getattr(getattr(part_of, method, None), "__code__", None) for method in ("__init__", "on_message_begin")]
    return hasattr(part_of, name) or any(code is not None and name in code.co_names for code in setting)
