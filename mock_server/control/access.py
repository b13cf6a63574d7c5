"""Decides who may use the control plane: who has its token; without a token this machine, but no foreign page."""

from base64 import b64decode
from hmac import compare_digest
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request

from mock_server.control.request_schema import Problem
from mock_server.core.addresses import address_of, is_loopback
from mock_server.core.hosts import is_for_others, page_origin
from mock_server.core.text import cut, shown

HOW: Final = (
    "send 'Authorization: Bearer TOKEN', with the token that the mock printed when it was started, "
    "or that --admin-token or SUNO_MOCK_ADMIN_TOKEN gave it"
)
BEARER, BASIC = "bearer", "basic"
ASKS: Final = {"WWW-Authenticate": 'Bearer realm="suno-mock control plane"'}
SITE: Final = "sec-fetch-site"
OTHER_SITES: Final = ("cross-site", "same-site")
"""What a browser says of a request that a page of another origin has it send (Fetch Metadata, section 2.3)."""
LINK: Final = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
"""What it says of one whose answer is shown to a visitor, and to no page."""


class Guard:
    """`token` is what must be sent, if it is not empty; `base_url` is the one that was set, if one was."""

    def __init__(self, token: str, base_url: str) -> None:
        self._token = token
        self._base_url = base_url
        self._origin = page_origin(base_url)

    def admit(self, request: Request) -> None:
        """Raise Problem for a request that may not be made: 401 or 403."""
        if self._admitted(request) != BEARER:
            self.admit_open(request)

    def admit_page(self, request: Request) -> None:
        """The same for a page, to which a link of another site may lead."""
        if all(request.headers.get(name) == value for name, value in LINK.items()):
            self._admitted(request)
        else:
            self.admit(request)

    def admit_open(self, request: Request) -> None:
        """The same for what everybody may ask, pages of other origins left out: to them, the time that an answer takes
        tells what is in it."""
        came = request.headers.get(SITE)
        if came in OTHER_SITES:
            raise Problem(
                403,
                f"Sec-Fetch-Site is {shown(came)}: a page of another origin asks; allowed: pages of the mock, and an "
                "address that is typed in. Links may lead to the pages of the desk, such as /__admin/.",
            )

    def admit_form(self, request: Request) -> None:
        """The same for a form of our own page: a browser tells where it comes from."""
        self.admit(request)
        if "origin" not in request.headers and request.headers.get(SITE) != "same-origin":
            raise Problem(
                403,
                "neither Origin nor Sec-Fetch-Site says that this form is of the mock's own page. "
                "From a terminal, use the control plane that GET /__admin lists.",
            )

    def _admitted(self, request: Request) -> str:
        """The scheme by which a token came, if one did; with BEARER no browser sends it by itself. Raises Problem."""
        scheme = ""
        if self._token:
            scheme = _refuse_without(self._token, request)
        else:
            self._refuse_all_where_others_come()
            _refuse_far(request)
            _refuse_other_names(request)
        if scheme != BEARER:
            self._refuse_foreign(request)
        return scheme

    def _refuse_all_where_others_come(self) -> None:
        """A proxy or a tunnel brings them, and they come from this machine as it does."""
        if is_for_others(self._base_url):
            raise Problem(
                403,
                f"the control plane has no token, and the base URL {cut(self._base_url)} says that others than this "
                "machine reach the mock. Start it with --admin-token, or create_app with Settings(admin_token=...).",
            )

    def _refuse_foreign(self, request: Request) -> None:
        """A browser sends for a page of another origin what changes something, without asking."""
        came, host = request.headers.get("origin"), request.headers.get("host", "")
        own = page_origin(f"{request.scope.get('scheme', 'http')}://{host}")
        # Where the base URL has https, a page of the same name without TLS may be anybody's.
        if self._origin and self._origin == page_origin(f"{urlsplit(self._base_url).scheme}://{host}"):
            own = self._origin
        allowed = [each for each in dict.fromkeys([own, self._origin]) if each]
        if request.method != "GET" and came is not None and came not in allowed:
            raise Problem(
                403,
                f"Origin is {shown(came)}; allowed: {' or '.join(allowed) or 'that of the mock'} alone, or none. "
                "If it is the mock's own page, behind TLS or a proxy, tell the mock its URL with --base-url.",
            )


def _refuse_without(token: str, request: Request) -> str:
    """The scheme by which the token came: as it is, or as the password that a browser asks for."""
    scheme, _, came = request.headers.get("authorization", "").partition(" ")
    came = _password(came) if scheme.lower() == BASIC else came.strip()
    if scheme.lower() not in (BEARER, BASIC) or (scheme.lower() == BASIC and not came):
        raise Problem(401, f"the control plane has a token, and none came; {HOW}", ASKS)
    if not compare_digest(came.encode(), token.encode()):
        raise Problem(401, f"the token that came is not that of the control plane; {HOW}", ASKS)
    return scheme.lower()


def _password(credentials: str) -> str:
    """That of RFC 7617; empty where there is none."""
    try:
        return b64decode(credentials, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def _refuse_far(request: Request) -> None:
    peer = request.client.host if request.client else ""
    if address_of(peer) is not None and not is_loopback(peer):
        raise Problem(
            403,
            f"the control plane has no token and was asked from {peer}; allowed: from this machine alone. "
            "For others, start the mock with --admin-token, or create_app with Settings(admin_token=...).",
        )


def _refuse_other_names(request: Request) -> None:
    """Of a name that somebody else gave this address a browser takes the pages for pages of its own site."""
    for host in request.headers.getlist("host"):
        if not _is_own(host):
            raise Problem(
                403,
                f"Host is {shown(host)}; allowed: an address, localhost, another name without a dot. "
                "For another name, use --admin-token.",
            )


def _is_own(host: str) -> bool:
    try:
        name = (urlsplit(f"//{host}").hostname or "").removesuffix(".")
    except ValueError:
        return False
    return "." not in name or name.endswith(".localhost") or address_of(name) is not None
