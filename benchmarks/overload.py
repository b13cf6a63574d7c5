"""More than the mock can take: what becomes of every request and of every callback.

First it is seen how many tasks a second the mock takes while each client waits for its answer (saturation), with all
callbacks delivered at once. Then requests are sent at twice that rate, answered or not, over 64 connections; where the
mock does not read, they wait in the sockets, and what does not fit there is not sent. Counted are the answers by code,
the callbacks that came, how long the backlog takes to drain, the mock's memory, and how soon a single request is
answered before, in the middle and after.

The mock runs on core 0, the receiver and the client on core 1.
"""

import argparse
import asyncio
import json
import time
from collections import Counter
from typing import Self

import httptools

from benchmarks.callbacks import IMMEDIATE, RECEIVER, get, written
from benchmarks.servers import resident, running

CONNECTIONS = 64
TICK = 0.005
"""Seconds between two rounds of sending."""


class Client(asyncio.Protocol):
    """One connection; counts the codes of what is answered. `writable`: whether the socket takes more."""

    def __init__(self, codes: Counter[int]) -> None:
        self.writable = True
        self.sent = self.answered = 0
        self.idle = asyncio.Event()
        self._codes = codes
        self._parser = httptools.HttpResponseParser(self)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport

    def pause_writing(self) -> None:
        self.writable = False

    def resume_writing(self) -> None:
        self.writable = True

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self._codes[json.loads(body)["code"]] += 1
        self.answered += 1
        if self.answered == self.sent:
            self.idle.set()

    def send(self, request: bytes) -> None:
        self.sent += 1
        self.idle.clear()
        self._transport.write(request)

    def close(self) -> None:
        self._transport.close()


class Load:
    """Clients for one phase: the mock closes connections that nothing comes on. `codes` counts what is answered."""

    def __init__(self, mock: str, receiver: str, codes: Counter[int], clients: int = CONNECTIONS) -> None:
        self._port = int(mock.rpartition(":")[2])
        self._request = written(receiver)
        self._codes = codes
        self._clients = [Client(codes) for _ in range(clients)]

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        for client in self._clients:
            await loop.create_connection(lambda client=client: client, "127.0.0.1", self._port)  # type: ignore[misc]
        return self

    async def __aexit__(self, *exc: object) -> None:
        for client in self._clients:
            client.close()

    @property
    def sent(self) -> int:
        return sum(client.sent for client in self._clients)

    async def saturate(self, seconds: float) -> float:
        """Answers per second while every client waits for its own."""
        began = time.monotonic()

        async def one(client: Client) -> None:
            while not client.sent or time.monotonic() < began + seconds:
                client.send(self._request)
                await client.idle.wait()

        await asyncio.gather(*map(one, self._clients))
        return self.sent / (time.monotonic() - began)

    async def overload(self, rate: float, seconds: float) -> int:
        """Send at a rate, and wait for what is still to be answered. How many found no room in a socket."""
        began, due, full = time.monotonic(), 0, 0
        while (passed := time.monotonic() - began) < seconds:
            wanted = int(rate * passed) - due
            for number in range(due, due + wanted):
                client = self._clients[number % len(self._clients)]
                if client.writable:
                    client.send(self._request)
                else:
                    full += 1
            due += wanted
            await asyncio.sleep(TICK)
        await asyncio.gather(*(client.idle.wait() for client in self._clients))
        return full


class Overload:
    """One mock and one receiver through all phases."""

    def __init__(self, mock: tuple[str, int], receiver: str) -> None:
        self._mock, self._process = mock
        self._receiver = receiver
        self._codes: Counter[int] = Counter()

    async def measure(self, seconds: float) -> None:
        print(f"alone        {await self._single()}")
        async with self._load() as load:
            saturation = await load.saturate(min(seconds, 10))
        self._drain()
        print(f"saturation   {saturation:.0f} tasks/s; {await self._single()}", flush=True)
        before, began = Counter(self._codes), time.monotonic()
        async with self._load() as load:
            full = await load.overload(2 * saturation, seconds)
        answered = time.monotonic()
        said = ", ".join(f"{count} with code {code}" for code, count in sorted((self._codes - before).items()))
        print(f"overload     {load.sent} sent in {seconds:g} s at twice that rate, {full} more found no room")
        print(f"             answered: {said}, the last after {answered - began:.1f} s; {await self._single()}")
        came = self._drain()
        took = time.monotonic() - answered
        print(
            f"drained      {came} of {3 * self._codes[200]} callbacks came, the last {took:.1f} s after the last answer"
        )
        print(f"             {await self._single()}")

    def _load(self, clients: int = CONNECTIONS) -> Load:
        return Load(self._mock, self._receiver, self._codes, clients)

    async def _single(self) -> str:
        """What one request finds now."""
        async with self._load(1) as load:
            rate = await load.saturate(0)
        return f"a request is answered after {1000 / rate:.1f} ms, {resident(self._process):.0f} MiB"

    def _drain(self) -> int:
        """How many callbacks came, once all have, or none for five seconds."""
        came, since = -1, time.monotonic()
        while came < 3 * self._codes[200] and time.monotonic() < since + 5:
            if (now := get(self._receiver)["came"]) != came:
                came, since = now, time.monotonic()
            time.sleep(0.1)
        return came


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60, help="how long the overload lasts (default 60)")
    options = parser.parse_args()
    with running(IMMEDIATE, 0) as mock, running(RECEIVER, 1) as (receiver, _):
        asyncio.run(Overload(mock, receiver).measure(options.seconds))


if __name__ == "__main__":
    main()
