"""Libraries that replace the threads and sockets of a process, so that no event loop can run beside a test."""

import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

PATCHES: Final[Mapping[str, Callable[[Any], bool]]] = {
    "gevent.monkey": lambda monkey: monkey.is_module_patched("threading") or monkey.is_module_patched("socket"),
    "eventlet.patcher": lambda patcher: patcher.is_monkey_patched("thread") or patcher.is_monkey_patched("socket"),
}
"""By the module that does it, whether it has."""


def check_threads() -> None:
    """Raise RuntimeError where threads or sockets are not those of the system: the mock would wait for a test that
    waits for the mock."""
    for name, patched in PATCHES.items():
        module = sys.modules.get(name)
        if module is not None and patched(module):
            library = name.partition(".")[0]
            raise RuntimeError(
                f"{library} has replaced the threads or sockets of this process, and a mock in one of its threads "
                "would stop all others for ever. Start it as a process of its own: suno-mock serve --port 0"
            )
