"""Forwards callbacks to another receiver and answers as it does, for `suno-mock receive --forward-to`."""

import time
from collections.abc import Callable, Mapping
from secrets import token_hex
from typing import Final

import httpx

from mock_server.commands.client.arrivals import Answered
from mock_server.commands.client.caller import Caller, Unreadable
from mock_server.commands.client.tls import tls_failure
from mock_server.domain.masking import masked_url
from mock_server.testing.receiver_http import Received, Reply

TIMEOUT: Final = 10.0
"""Seconds for the target's whole answer; the mock gives a receiver 15."""
MARK: Final = "Suno-Mock-Forwarded"
"""A header with the receivers that a callback passed through, so that none forwards to itself."""
OWN: Final = {"connection", "content-length", "expect", "host", "keep-alive", "te", "transfer-encoding", "upgrade"}
"""Headers of one connection, which the next one has of its own."""


class Forwarding:
    """Hands callbacks on to a URL. Never raises for a target that fails: that is answered with 502, and told."""

    def __init__(
        self,
        url: str,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url, self._shown = url, masked_url(url)
        self._clock = clock
        self._own = token_hex(4)
        self._caller = Caller(url, transport, headers={})

    def __call__(self, received: Received) -> tuple[Reply, Answered]:
        """The target's answer to a callback."""
        passed = next((value for name, value in received.headers.items() if name.lower() == MARK.lower()), "")
        if self._own in passed:
            return self._failed(508, "leads back to this receiver")
        began = self._clock()
        try:
            headers = self._handed_on(received.headers, passed)
            answer = self._caller.ask("POST", self._url, TIMEOUT, content=received.body, headers=headers)
        except Unreadable as error:
            return self._failed(502, f"answers {error}")
        except httpx.TimeoutException:
            return self._failed(502, f"did not answer within {TIMEOUT:g} s")
        except httpx.HTTPError as error:
            return self._failed(502, f"cannot be reached: {tls_failure(error, '--forward-to') or error}")
        took = self._clock() - began
        came = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers.raw}
        kept = {name: value for name, value in came.items() if name not in _REMADE}
        reply = Reply(status=answer.status, body=answer.body, headers=kept)
        return reply, Answered(status=answer.status, forwarded_to=self._shown, took=took)

    def _handed_on(self, headers: Mapping[str, str], passed: str) -> dict[bytes, bytes]:
        kept = {name: value for name, value in headers.items() if name.lower() not in (*OWN, MARK.lower())}
        return {
            name.encode("latin-1", "replace"): value.encode("latin-1", "replace")
            for name, value in {**kept, MARK: f"{passed} {self._own}".strip()}.items()
        }

    def _failed(self, status: int, why: str) -> tuple[Reply, Answered]:
        answered = Answered(status=status, forwarded_to=self._shown, why=why)
        return Reply(status=status, body=f"{self._shown} {why}\n".encode()), answered


_REMADE: Final = OWN | {"date", "server"}
