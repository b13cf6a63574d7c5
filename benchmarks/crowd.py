"""What a crowd of connections costs those who work: requests per second and memory beside many connections that say
nothing, or that have begun a request and never end it.

The mock runs on core 0, wrk and the crowd on core 1.
"""

import argparse
import resource
import socket
import tempfile
from contextlib import ExitStack
from pathlib import Path

from benchmarks.servers import QUIET, resident, running
from benchmarks.throughput import LOADS, Slice, load, reset
from mock_server.commands.demo import EXTEND

CROWDS = {
    "nothing": b"",
    "half a head": f"POST {EXTEND} HTTP/1.1\r\nHost: a\r\nAuth".encode(),
    "half a body": f"POST {EXTEND} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{{".encode(),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connections", type=int, default=10_000, help="how many in a crowd (default 10000)")
    parser.add_argument("--seconds", type=int, default=5, help="length of one slice (default 5)")
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    for said, begun in CROWDS.items():
        with running(QUIET, 0) as mock:
            alone = measured(mock, options.seconds)
            before = resident(mock[1])
            with ExitStack() as crowd:
                for _ in range(options.connections):
                    crowd.enter_context(connected(mock[0])).sendall(begun)
                beside = measured(mock, options.seconds)
                after = resident(mock[1])
        print(
            f"{options.connections} connections that say {said:12} {alone.rate:6.0f} requests/s alone, "
            f"{beside.rate:6.0f} beside them; {(after - before) * 1024 / options.connections:.1f} KiB each",
            flush=True,
        )


def measured(mock: tuple[str, int], seconds: int) -> Slice:
    """One slice of the documented request."""
    reset(mock[0])
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "extend.lua"
        script.write_text(LOADS["extend"].lua())
        return load(mock, EXTEND, seconds, script)


def connected(url: str) -> socket.socket:
    host, _, port = url.removeprefix("http://").rpartition(":")
    return socket.create_connection((host, int(port)))


if __name__ == "__main__":
    main()
