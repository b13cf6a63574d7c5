"""How many of the answers in tests/mock_server/callbacks/test_answer_reader.py each HTTP client takes as the mock does:
`python -m benchmarks.answers`. aiohttp and niquests are asked where they are installed.

An answer is taken where its status is told, and as much of its body as came.
"""

import asyncio
import re
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from importlib import import_module
from typing import Any

import h11
import httptools
import httpx

from tests.mock_server.callbacks.test_answer_reader import BODIES, HEADS

ANSWERS = [(said, body) for said, body, _ in BODIES.values()] + [(said, b"") for said, _ in HEADS.values()]
LENIENCIES = [
    "headers",
    "chunked_length",
    "keep_alive",
    "transfer_encoding",
    "version",
    "data_after_close",
    "optional_lf_after_cr",
    "optional_cr_before_lf",
    "optional_crlf_after_chunk",
    "spaces_after_chunk_size",
]
PATIENCE = 2.0


class Taken:
    """What a client told of an answer."""

    def __init__(self) -> None:
        self.status = 0
        self.body = b""


@contextmanager
def served(said: bytes) -> Iterator[str]:
    """A server that says this to one client; where it is."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=say, args=(server, said), daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"


def say(server: socket.socket, said: bytes) -> None:
    with suppress(OSError):
        connection, _ = server.accept()
        with connection:
            connection.settimeout(PATIENCE)
            connection.recv(65536)
            connection.sendall(said)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass


def by_h11(said: bytes, taken: Taken) -> None:
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method="POST", target="/", headers=[("Host", "x"), ("Content-Length", "0")]))
    client.send(h11.EndOfMessage())
    for came in (said, b""):
        client.receive_data(came)
        while not isinstance(event := client.next_event(), type):
            if isinstance(event, h11.Response):
                taken.status = event.status_code
            elif isinstance(event, h11.Data):
                taken.body += event.data
            elif isinstance(event, h11.EndOfMessage | h11.ConnectionClosed):
                return


def by_httptools(said: bytes, taken: Taken, leniencies: Sequence[str] = ()) -> None:
    class Told:
        def on_headers_complete(self) -> None:
            taken.status = parser.get_status_code()

        def on_body(self, piece: bytes) -> None:
            taken.body += piece

    parser: Any = httptools.HttpResponseParser(Told())
    if leniencies:
        parser.set_dangerous_leniencies(**{f"lenient_{each}": True for each in leniencies})
    parser.feed_data(said)


def by_httptools_leniently(said: bytes, taken: Taken) -> None:
    by_httptools(said, taken, LENIENCIES)


def by_http_client(said: bytes, taken: Taken) -> None:
    with served(said) as where:
        client = HTTPConnection(where, timeout=PATIENCE)
        client.request("POST", "/", b"")
        answer = client.getresponse()
        taken.status = answer.status
        while piece := answer.read1(1000):
            taken.body += piece


def by_httpx(said: bytes, taken: Taken) -> None:
    with served(said) as where, httpx.stream("POST", f"http://{where}/", timeout=PATIENCE) as answer:
        taken.status = answer.status_code
        for piece in answer.iter_raw():
            taken.body += piece


def by_niquests(said: bytes, taken: Taken) -> None:
    with served(said) as where:
        answer = import_module("niquests").post(f"http://{where}/", timeout=PATIENCE, stream=True)
        taken.status = answer.status_code
        for piece in answer.iter_raw(1000):
            taken.body += piece


def by_aiohttp(said: bytes, taken: Taken) -> None:
    asyncio.run(through_aiohttp(said, taken))


async def through_aiohttp(said: bytes, taken: Taken) -> None:
    aiohttp = import_module("aiohttp")
    with served(said) as where:
        async with aiohttp.ClientSession() as session, session.post(f"http://{where}/") as answer:
            taken.status = answer.status
            async for piece in answer.content.iter_any():
                taken.body += piece


def takes(client: Callable[[bytes, Taken], None], said: bytes, body: bytes) -> bool:
    """Whether a client takes an answer. Raises ModuleNotFoundError for one that is not installed."""
    taken = Taken()
    try:
        client(said, taken)
    except ModuleNotFoundError:
        raise
    except Exception as error:  # each client has errors of its own; what it told before counts
        print(f"    {error!r:.110}")
    status = int(re.findall(rb"HTTP/1.1 (\d{3})", said)[-1])
    return taken.status == status and taken.body.startswith(body)


def main() -> None:
    for client in (by_h11, by_httptools, by_httptools_leniently, by_http_client, by_httpx, by_niquests, by_aiohttp):
        name = client.__name__.removeprefix("by_")
        print(f"{name}:")
        try:
            count = sum(takes(client, said, body) for said, body in ANSWERS)
        except ModuleNotFoundError:
            print("  not installed")
        else:
            print(f"  {count} of {len(ANSWERS)}")


if __name__ == "__main__":
    main()
