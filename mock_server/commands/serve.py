"""`suno-mock serve`: a mock on an address, its introduction, and a line per request and callback attempt."""

import gc
import sys
from collections.abc import Iterator

from mock_server.app import create_app
from mock_server.commands.console import Console
from mock_server.commands.output import Printer
from mock_server.contract.examples import example_curl
from mock_server.core.settings import Settings
from mock_server.domain.accounts import first_key
from mock_server.http.server import AnnouncingServer, base_url, listen, reached_at


def run(host: str, port: int, settings: Settings, *, quiet: bool) -> None:
    """Serve until interrupted, with garbage collected. Raises BadSetting for what cannot be served, or where."""
    say = Printer(sys.stdout)
    console = Console(say)
    with listen(host, port) as listening:
        reached = reached_at(listening, settings)
        app = create_app(reached, listener=None if quiet else console)
        made_up = "" if settings.admin_token else reached.admin_token

        def announce() -> None:
            say(*_introduction(base_url(listening), settings, made_up))

        server = AnnouncingServer(app, announce, app.release, console.close)
        # What a request leaves is kept for long and holds no cycles; the default looks for some every 700 objects.
        gc.set_threshold(10_000, 20, 20)
        gc.freeze()
        gc.enable()
        server.run(sockets=[listening])


def _introduction(url: str, settings: Settings, made_up: str) -> Iterator[str]:
    """`made_up` is the control plane's token that nobody has given."""
    key = first_key()
    yield url
    yield f"key    {key}" + ("" if settings.strict_keys else "  (any other non-empty key works too)")
    yield f"admin  {url}/__admin"
    if made_up:
        yield f"token  {made_up}  (others can reach the mock, so /__admin asks for 'Authorization: Bearer {made_up}')"
    yield f"try    {example_curl(url, settings.profile, key)}"
