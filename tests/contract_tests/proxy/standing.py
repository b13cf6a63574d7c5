"""A proxy that stands before a server for as long as a test lasts, and what it recorded."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from contract_tests.proxy.recorder import Recorder
from contract_tests.proxy.server import Proxy
from contract_tests.recording.message import Message


@dataclass
class Standing:
    proxy: Proxy
    messages: list[Message] = field(default_factory=list)
    file: io.StringIO = field(default_factory=io.StringIO)


@contextmanager
def standing(target: str, **options: Any) -> Iterator[Standing]:
    """Once it is over, everything is recorded."""
    messages: list[Message] = []
    file = io.StringIO()
    with (
        Recorder(file, lambda message: (), lambda message, found: messages.append(message)) as recorder,
        Proxy(target, recorder.heard, recorder.learned, **options) as proxy,
    ):
        yield Standing(proxy, messages, file)
