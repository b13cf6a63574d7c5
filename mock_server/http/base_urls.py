"""What URLs of the mock begin with: its own base URL, or that by which a request reached it."""

from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from starlette.types import Scope

from mock_server.core.addresses import address_of
from mock_server.core.hosts import LONGEST_AUTHORITY, authority
from mock_server.core.settings import BASE_URL

PREFIX: Final = "/__admin"
"""What the paths of the control plane and of the desk begin with."""
SCHEMES: Final = ("http", "https")


class BaseUrls:
    """`base_url` is the one that was set, if one was. Without it URLs take the Host of the request, of a mock that
    listens on every address, whose `address` is then the one for this machine, and of an application that another
    server serves beyond loopback. `own` holds where no request says otherwise, and `prefix` is its path.
    """

    def __init__(self, base_url: str, address: str = "") -> None:
        self._is_set = bool(base_url)
        self._follows = bool(address)
        self.own = (base_url or address or BASE_URL).rstrip("/")
        self.prefix = urlsplit(self.own).path

    def of(self, scope: Scope) -> str:
        """What URLs begin with in the answer to a request."""
        return self.reached(scope) or self.own

    def reached(self, scope: Scope) -> str:
        """The base URL by which a request reached the mock; empty where it is its own."""
        if self._is_set:
            return "" if self.prefix or not scope.get("root_path") else self.own + mount(scope)
        found = (self._came_to(scope) or self.own) + mount(scope)
        return "" if found == self.own else found

    def mounted_at(self, scope: Scope) -> str:
        """The path under which clients find the mock: what it is mounted at, or else the path of the base URL."""
        return mount(scope) or self.prefix

    def without_prefix(self, scope: Scope) -> Scope:
        """The request as one of an application that is mounted at the path of the base URL, where it has that path: a
        proxy may take it away or keep it."""
        path, prefix = scope["path"], unquote(self.prefix)
        if not prefix or scope.get("root_path") or not path.startswith(f"{prefix}/"):
            return scope
        return {**scope, "root_path": prefix}

    def _came_to(self, scope: Scope) -> str:
        """Scheme, host and port that a request names, or of the address on loopback that it came to."""
        scheme = scope.get("scheme", "http")
        if not self._follows:
            host, port = scope.get("server") or ("", None)
            listening = _listening(scheme, host, port)
            if listening is not None:
                return listening
        named = [value for name, value in scope["headers"] if name == b"host"]
        return _named(scheme, named[0]) if len(named) == 1 and len(named[0]) <= LONGEST_AUTHORITY else ""


def mount(scope: Scope) -> str:
    """What an application has mounted the mock at, as a URL has it; empty for nothing."""
    root = scope.get("root_path", "")
    return _quoted(root) if root else ""


def path_of(scope: Scope) -> str:
    """The path of a request without what the mock is mounted at, as Starlette's routing sees it."""
    path: str = scope.get("path", "")
    root = scope.get("root_path", "")
    if not root or not path.startswith(root) or path[len(root) : len(root) + 1] not in ("", "/"):
        return path
    return path[len(root) :]


@lru_cache(maxsize=64)
def _listening(scheme: str, host: str, port: int | None) -> str | None:
    """Where another server listens, as far as it tells; None for an address under which it has no one name."""
    address = address_of(host)
    if address is None or port is None:
        return ""  # within this process, or a socket without an address
    # Who speaks TLS has a certificate, and that has a name.
    if scheme != "http" or not address.is_loopback:
        return None
    return f"http://[{address}]:{port}" if address.version == 6 else f"http://{address}:{port}"


@lru_cache(maxsize=256)
def _named(scheme: str, host: bytes) -> str:
    found = authority(host.decode("latin-1")) if scheme in SCHEMES else ""
    return f"{scheme}://{found}" if found else ""


@lru_cache(maxsize=64)
def _quoted(root: str) -> str:
    """With one slash before it, so that a path which a client chose cannot name a host."""
    inner = root.strip("/")
    return f"/{quote(inner)}" if inner else ""
