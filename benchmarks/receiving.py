"""A receiver of callbacks that costs little: it answers every POST with HTTP 200 and keeps the connection, and every
GET with how many callbacks came, and when the first and the last of them did."""

import asyncio
import json
import time

import httptools
import uvloop


class Counts:
    def __init__(self) -> None:
        self.came = self.connections = 0
        self.first = self.last = 0.0


class Receiving(asyncio.Protocol):
    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._parser = httptools.HttpRequestParser(self)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        self._counts.connections += 1

    def on_url(self, url: bytes) -> None:
        self._url = url

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        counts = self._counts
        if self._parser.get_method() == b"GET":
            body = json.dumps(vars(counts)).encode()
            if b"reset" in self._url:
                vars(counts).update(vars(Counts()))
            return self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        counts.last = time.monotonic()
        counts.first = counts.last if not counts.came else counts.first
        counts.came += 1
        if self._parser.should_keep_alive():
            return self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        self._transport.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        self._transport.close()


async def receive() -> None:
    counts = Counts()
    server = await asyncio.get_running_loop().create_server(lambda: Receiving(counts), "127.0.0.1", 0, backlog=2048)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(receive())
