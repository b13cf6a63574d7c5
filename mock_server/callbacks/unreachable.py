"""Why a receiver gave no answer, in words, and the way out."""

import asyncio
import errno
import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yarl import URL

from mock_server.callbacks.answer_reader import NoAnswer, Unreadable
from mock_server.callbacks.connecting import Unconnected
from mock_server.callbacks.shortage import shortage
from mock_server.core.addresses import is_loopback
from mock_server.core.text import cut, printable
from mock_server.core.tls import TlsFault, tls_trouble

HOSTS_OF_CONTAINERS: Final = ("host.docker.internal", "host.containers.internal")
"""Names under which a container knows the machine that it runs on."""
LOOPBACKS: Final[Mapping[str, str]] = {"127.0.0.1": "::1", "::1": "127.0.0.1"}
"""Each loopback address, and the one where a receiver may listen instead."""
SIGNS_OF_CONTAINERS: Final = (Path("/.dockerenv"), Path("/run/.containerenv"))
WITHIN: Final = 0.5
"""Seconds in which a loopback address shows whether somebody listens."""
LOG: Final = "look at the receiver's log"
TLS: Final[Mapping[TlsFault, str]] = {
    TlsFault.UNTRUSTED: "trust it with --callback-ca FILE or SSL_CERT_FILE, or check nothing: --insecure-callbacks",
    TlsFault.OTHER_NAME: "call it by a name that the certificate has, or check nothing: --insecure-callbacks",
    TlsFault.OTHER_TIME: "renew it, or check nothing: --insecure-callbacks",
    TlsFault.NO_TLS: "write http:// in callBackUrl",
    TlsFault.HANDSHAKE: LOG,
}
"""The way out when TLS failed."""
CONTAINED: Final = (
    "; the mock runs in a container, where this is the container itself: "
    "for a receiver outside write host.docker.internal or the service's name"
)


def in_container() -> bool:
    """Whether this process runs in a container, as far as can be seen."""
    return any(map(Path.exists, SIGNS_OF_CONTAINERS)) or "KUBERNETES_SERVICE_HOST" in os.environ


@dataclass(frozen=True, slots=True)
class Silence:
    """A callback to `target` that ended with an error in place of an answer."""

    target: URL
    error: Exception

    @property
    def unresolved(self) -> bool:
        """Whether the name of the receiver could not be looked up."""
        return isinstance(self.error, Unconnected) and isinstance(self.error.error, socket.gaierror)

    @property
    def reason(self) -> str:
        """What went wrong."""
        host, port, error = self.target.host, self.target.port, self.error
        if trouble := tls_trouble(error):
            return f"https to {host} port {port} failed: {trouble.says}"
        if isinstance(error, Unconnected):
            return f"cannot connect to {host} port {port}: {_connecting(error.error)}"
        if isinstance(error, Unreadable):
            return f"what the receiver answered cannot be read as HTTP/1.1: {printable(str(error))}"
        return f"{host} port {port} closed the connection without an answer"

    async def way_out(self, *, contained: bool) -> str:
        """What to do about it, `contained` where the mock runs in a container; empty where nobody can say. Asks who
        else listens."""
        if trouble := tls_trouble(self.error):
            return TLS[trouble.fault] + (_no_file() if trouble.fault is TlsFault.UNTRUSTED else "")
        if isinstance(self.error, Unconnected):
            return await self._connected_otherwise(self.error.error, contained=contained)
        if isinstance(self.error, NoAnswer):
            return LOG if self.target.scheme == "https" else f"{LOG}; one that speaks TLS does so, too: write https://"
        return ""

    async def _connected_otherwise(self, error: OSError, *, contained: bool) -> str:
        host, refused = self.target.host or "", error.errno == errno.ECONNREFUSED
        if host in HOSTS_OF_CONTAINERS:
            if refused:
                return "the receiver has to listen at 0.0.0.0 of the machine, not at 127.0.0.1 alone"
            return (
                f"a container on Linux knows that name once it is started with --add-host={host}:host-gateway; "
                "outside of containers write 127.0.0.1"
            )
        if not error.errno:
            return f"one that speaks no TLS does so: {TLS[TlsFault.NO_TLS]}"
        if not refused or not (host == "localhost" or is_loopback(host)):
            return ""
        return await self._listening() + (CONTAINED if contained else "")

    async def _listening(self) -> str:
        """Who listens at a port of loopback, and who could."""
        host, port = self.target.host or "", self.target.port or 0
        other = LOOPBACKS.get(host, "")
        if other and await listens(other, port):
            return f"{other} port {port} does listen: write localhost in callBackUrl"
        if self.target.scheme == "https":
            return "nothing listens there: start your receiver"
        where = "" if host != "::1" else ", which listens at 127.0.0.1"
        return f"nothing listens there: start your receiver, or `suno-mock receive --port {port}`{where}"


async def listens(host: str, port: int) -> bool:
    """Whether somebody takes a connection."""
    with suppress(OSError):
        async with asyncio.timeout(WITHIN):
            _, writer = await asyncio.open_connection(host, port)
        writer.close()
        return True
    return False


def _connecting(error: OSError) -> str:
    """What is wrong with a connection. Without a number: it ended in the handshake of TLS."""
    if lack := shortage(error):
        return f"the mock lacks what it needs: {lack}"
    if isinstance(error, socket.gaierror) or (error.errno or 0) < 0:
        return str(error)
    return os.strerror(error.errno) if error.errno else "it closed the connection before TLS"


def _no_file() -> str:
    """That SSL_CERT_FILE leads nowhere, which OpenSSL passes over."""
    named = os.environ.get("SSL_CERT_FILE", "")
    return f"; SSL_CERT_FILE is {cut(named)!r}, which is not there" if named and not Path(named).is_file() else ""
