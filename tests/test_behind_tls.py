"""The pages in a real browser that sees the mock at an https URL, since what stands before it speaks TLS."""

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from select import select
from socketserver import BaseRequestHandler, ThreadingTCPServer
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from mock_server import MockServer
from mock_server.commands.demo import EXTEND
from tests.browser import chromium
from tests.builders import request

NAME = "mock.localhost"
TOKEN = "t0ken"
PIECE = 65536


class Tls(ThreadingTCPServer):
    """Takes TLS off what comes, and passes it on to a mock, as stunnel does. `to` is where the mock is."""

    daemon_threads = True
    to = ("", 0)

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Passing)
        self.url = f"https://{NAME}:{self.server_address[1]}"
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(*certificate(folder))

    def get_request(self) -> tuple[socket.socket, object]:
        came, address = super().get_request()
        return self._context.wrap_socket(came, server_side=True, do_handshake_on_connect=False), address

    @contextmanager
    def before(self, url: str) -> Iterator[None]:
        parts = urlsplit(url)
        self.to = (parts.hostname or "", parts.port or 80)
        thread = threading.Thread(target=self.serve_forever, args=(0.01,))
        thread.start()
        yield
        self.shutdown()
        thread.join()


class Passing(BaseRequestHandler):
    """One connection."""

    server: Tls
    request: ssl.SSLSocket

    def handle(self) -> None:
        outer = self.request
        with suppress(OSError), socket.create_connection(self.server.to) as inner:
            while True:
                # What TLS has read already, no select tells of.
                readable = [outer] if outer.pending() else select([outer, inner], [], [])[0]
                for each in readable:
                    data = each.recv(PIECE)
                    if not data:
                        return
                    (inner if each is outer else outer).sendall(data)


def certificate(folder: Path) -> tuple[Path, Path]:
    """One of our own that is good for a day, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl here; on Debian: apt-get install openssl")
    made, key = folder / "certificate.pem", folder / "key.pem"
    asked = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={NAME}"]
    command = [openssl, *asked, "-keyout", str(key), "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return made, key


@pytest.fixture(scope="module")
def context() -> Iterator[BrowserContext]:
    with chromium() as browser:
        yield browser.new_context(ignore_https_errors=True, http_credentials={"username": "me", "password": TOKEN})


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[Tls]:
    with Tls(tmp_path) as opened:
        yield opened


@pytest.fixture(params=["", TOKEN], ids=["without a token", "with a token"])
def mock(tls: Tls, request: pytest.FixtureRequest) -> Iterator[MockServer]:
    with MockServer(pace="manual", base_url=tls.url, admin_token=request.param) as started, tls.before(started.url):
        yield started


@pytest.fixture
def page(context: BrowserContext, mock: MockServer, tls: Tls) -> Iterator[Page]:
    opened = context.new_page()
    opened.goto(f"{tls.url}/__admin/")
    yield opened
    opened.close()


def test_every_form_of_a_page_is_taken(page: Page, mock: MockServer) -> None:
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("button", name="Freeze").click()
    expect(page.get_by_role("button", name="+30 s")).to_be_visible()
    page.get_by_role("button", name="Queue it").click()
    expect(page.locator("#said")).to_have_text("Queued.")
    assert httpx.post(mock.url + EXTEND, json=request(), headers=mock.headers).json()["code"] == 429


def test_a_form_is_taken_without_a_script_too(page: Page, tls: Tls) -> None:
    page.evaluate("document.querySelector('#run').form.submit()")  # past the script
    expect(page.get_by_role("button", name="Freeze")).to_be_visible()
    expect(page).to_have_url(f"{tls.url}/__admin/")
