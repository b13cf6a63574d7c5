"""The mock under a prefix: under another application, behind `--root-path`, and behind a proxy; all that it says leads
to where it is."""

import asyncio
import html
import re
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from playwright.sync_api import expect
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server import create_app
from mock_server.commands.demo import EXTEND, RECORD_INFO
from mock_server.contract.documents import OPENAPI, load
from mock_server.core.settings import Settings
from mock_server.http.server import AnnouncingServer, base_url, listen
from mock_server.pages.rendering import CODES, HOME, QUESTIONS
from mock_server.state.journal_match import Match
from tests.browser import chromium
from tests.builders import COMPLETE, request
from tests.clients import KEY, Mock, finished
from tests.processes import suno_mock

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[1]
PREFIX = "/suno"
OURS = {"Origin": "http://mock"}
LINK = re.compile(r'(?:href|src|action|data-events)="([^"#]+)')
BACK = re.compile(r'name="back" value="([^"]*)"')


def taken_away(app: ASGIApp) -> ASGIApp:
    """A proxy that sends on what stands behind the prefix."""

    async def proxy(scope: Scope, receive: Receive, send: Send) -> None:
        inner = {name: scope[name][len(PREFIX) :] for name in ("path", "raw_path")}
        await app({**scope, **inner}, receive, send)

    return proxy


def mounted(**settings: Any) -> tuple[Mock, httpx.ASGITransport]:
    mock = Mock(**settings)
    return mock, httpx.ASGITransport(Starlette(routes=[Mount(PREFIX, mock.app)]))


def under_root_path(**settings: Any) -> tuple[Mock, httpx.ASGITransport]:
    mock = Mock(**settings)
    return mock, httpx.ASGITransport(mock.app, root_path=PREFIX)


def behind_a_proxy(**settings: Any) -> tuple[Mock, httpx.ASGITransport]:
    mock = Mock(**{"base_url": "http://mock/suno", **settings})
    return mock, httpx.ASGITransport(mock.app)


def behind_a_proxy_that_takes_it_away(**settings: Any) -> tuple[Mock, httpx.ASGITransport]:
    mock = Mock(**{"base_url": "http://mock/suno", **settings})
    return mock, httpx.ASGITransport(taken_away(mock.app))


WAYS = [mounted, under_root_path, behind_a_proxy, behind_a_proxy_that_takes_it_away]
Way = Callable[..., tuple[Mock, httpx.ASGITransport]]
every_way = pytest.mark.parametrize("way", WAYS)


@asynccontextmanager
async def client(transport: httpx.ASGITransport, prefix: str = PREFIX) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=transport, base_url=f"http://mock{prefix}", headers=KEY) as opened:
        yield opened


async def started(http: httpx.AsyncClient) -> str:
    task_id: str = (await http.post(EXTEND, json=request())).json()["data"]["taskId"]
    return task_id


async def shown(http: httpx.AsyncClient, url: str) -> str:
    """The text of a page, escapes undone."""
    answer = await http.get(url)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8"), answer.text
    return html.unescape(answer.text)


@every_way
async def test_every_link_of_every_page_leads_somewhere(way: Way) -> None:
    mock, transport = way()
    async with client(transport) as http, client(transport, "") as browser:
        task_id = await started(http)
        await mock.advance(COMPLETE)
        await http.get("/nothing")
        refused = (await mock.control.entries(Match(code=404)))[0].id
        for page in (HOME, f"{HOME}?task={task_id}", f"{HOME}?entry={refused}", CODES, QUESTIONS):
            text = await shown(http, page)
            links = set(LINK.findall(text))
            assert len(links) > 8
            for link in links:
                assert link.startswith("/suno/__admin/"), link
                if not link.endswith("events") and f'action="{link}"' not in text:
                    assert (await browser.get(link)).status_code == 200, link
            assert all(back.startswith("/suno/__admin/") for back in BACK.findall(text))


@every_way
async def test_every_form_goes_back_to_its_page(way: Way) -> None:
    mock, transport = way()
    async with client(transport) as http, client(transport, "") as browser:
        task_id = await started(http)
        await mock.advance(COMPLETE)
        text = await shown(http, f"{HOME}?task={task_id}")
        back = BACK.findall(text)[0]
        forms: dict[str, dict[str, Any]] = {"advance": {"seconds": 5}, "run": {}, "freeze": {}}
        forms["redeliver"] = {"task": task_id, "stage": "text"}
        for name, fields in forms.items():
            answer = await http.post(f"{HOME}pages/{name}", data={"back": back, **fields}, headers=OURS)
            assert (answer.status_code, answer.headers["location"]) == (303, f"/suno{HOME}?task={task_id}"), name
            assert (await browser.get(answer.headers["location"])).status_code == 200
        for other in ("", "//evil.example/", "/suno//evil.example/", "/suno"):
            answer = await http.post(f"{HOME}pages/freeze", data={"back": other}, headers=OURS)
            assert answer.headers["location"] == f"/suno{HOME}", other


@every_way
async def test_what_a_form_could_not_do_is_told_on_its_page(way: Way) -> None:
    _, transport = way()
    async with client(transport) as http:
        fields = {"back": f"/suno{QUESTIONS}", "question": "nothing", "reading": "x"}
        answer = await http.post(f"{HOME}pages/read", data=fields, headers=OURS)
        assert answer.status_code == 400
        assert "question &#39;nothing&#39; is unknown." in answer.text
        assert "<h1>Questions</h1>" in answer.text
        assert f'<a href="/suno{CODES}">' in answer.text


@every_way
async def test_the_control_plane_leads_to_its_pages_and_its_document(way: Way) -> None:
    _, transport = way()
    async with client(transport) as http, client(transport, "") as browser:
        answer = await http.get("/__admin", headers={"Accept": "text/html"})
        assert (answer.status_code, answer.headers["location"]) == (307, "/suno/__admin/")
        index = (await http.get("/__admin")).json()
        assert "GET /suno/__admin/health" in index["endpoints"]
        document = index["document"]
        assert document == "/suno/__admin/openapi.json"
        described = (await browser.get(document)).json()
        assert httpx.URL(described.pop("servers")[0]["url"]).path == "/suno"
        assert described == load(OPENAPI / "admin.openapi.yaml")


@every_way
async def test_media_are_where_their_urls_say(way: Way) -> None:
    mock, transport = way()
    async with client(transport) as http:
        _, tracks = await finished(mock, http, await http.post(EXTEND, json=request()))
        for track in tracks:
            for name in ("audioUrl", "streamAudioUrl", "imageUrl"):
                assert httpx.URL(track[name]).path.startswith("/suno/")
                assert (await http.get(f"http://mock{httpx.URL(track[name]).path}")).status_code == 200
    assert mock.delivery.sent[-1][1].count(b"/suno/") == 6


@every_way
async def test_a_curl_that_is_shown_has_the_prefix(way: Way) -> None:
    _, transport = way()
    async with client(transport) as http:
        base = (await http.get("/__admin/health")).json()["base_url"]
        assert base.endswith("/suno")
        assert f"curl -s {base}{EXTEND} " in await shown(http, HOME)
        task_id = await started(http)
        (entry,) = (await http.get("/__admin/journal", params={"path": EXTEND})).json()["entries"]
        assert entry["entry"] == f"{base}/__admin/journal/entries/{entry['id']}"
        assert (await http.get(entry["entry"])).json()["curl"].startswith(f"curl -sS -g -X POST {base}{EXTEND} -H")
        assert f"{base}{EXTEND} -H" in await shown(http, f"{HOME}?task={task_id}")


@every_way
async def test_the_journal_has_the_path_without_the_prefix(way: Way) -> None:
    mock, transport = way()
    async with client(transport) as http:
        task_id = await started(http)
        await http.get(RECORD_INFO, params={"taskId": task_id})
        await http.get("/api/v1/generate/recordinfo")
        paths = [entry.call.path for entry in await mock.control.entries(Match(kind="request"))]
    assert paths == [EXTEND, RECORD_INFO, "/api/v1/generate/recordinfo"]


@every_way
async def test_what_is_not_served_is_told_with_the_paths_that_are(way: Way) -> None:
    _, transport = way()
    async with client(transport) as http:
        msg = (await http.get("/api/v1/generate/recordinfo")).json()["msg"]
        assert f"nothing is served at /suno/api/v1/generate/recordinfo; allowed: POST /suno{EXTEND}, " in msg
        assert f" Nearest: GET /suno{RECORD_INFO}, which " in msg
        wrong = (await http.get(EXTEND)).json()["msg"]
        assert wrong.endswith(f"GET is not allowed on /suno{EXTEND}; allowed: POST")
        missing = await http.post("/__admin/resett", json={})
        assert missing.json()["error"] == (
            "nothing is served at /suno/__admin/resett. Nearest: /suno/__admin/reset. "
            "GET /suno/__admin lists everything."
        )


@every_way
async def test_a_prefix_changes_no_id(way: Way) -> None:
    plain, (mock, transport) = Mock(readings="all=vary"), way(readings="all=vary")
    async with client(transport) as http, client(httpx.ASGITransport(plain.app), "") as other:
        for path in (EXTEND, "/api/v1/generate"):
            one, same = [await each.post(path, json=request()) for each in (http, other)]
            assert (one.content, one.headers) == (same.content, same.headers)
        one, same = [await each.get("/api/v1/chat/credit") for each in (http, other)]
        assert (one.content, one.headers) == (same.content, same.headers)
    (record,), (plain_record,) = await mock.store.tasks(None), await plain.store.tasks(None)
    assert record.tracks == plain_record.tracks


@pytest.mark.parametrize("prefix", ["/api", "/api/v1", "/__admin"])
async def test_a_base_url_whose_path_begins_like_the_mocks_own_hides_nothing(prefix: str) -> None:
    mock = Mock(base_url=f"http://mock{prefix}")
    async with client(httpx.ASGITransport(mock.app), "") as http:
        assert (await http.post(EXTEND, json=request())).json()["code"] == 200
        assert (await http.get("/__admin/health")).status_code == 200
        if prefix != "/__admin":
            assert (await http.post(prefix + EXTEND, json=request())).json()["code"] == 200
            assert (await http.get(f"{prefix}/__admin/health")).status_code == 200
            assert (await http.get(f"{prefix}/nothing")).status_code == 404


async def test_the_mock_is_found_without_the_prefix_too() -> None:
    """On the machine itself nobody goes through the proxy."""
    _, transport = behind_a_proxy()
    async with client(transport, "") as http:
        assert (await http.post(EXTEND, json=request())).json()["code"] == 200
        assert f'href="/suno{CODES}"' in await shown(http, HOME)


async def test_a_mount_that_the_client_names_leads_nowhere_else() -> None:
    mock = Mock()
    transport = httpx.ASGITransport(Starlette(routes=[Mount("/{tenant:path}/suno", mock.app)]))
    async with client(transport, "") as http:
        text = await shown(http, f"http://mock//evil.example/suno{HOME}")
    assert "/evil.example/suno/__admin/" in text
    assert "//evil.example" not in text


def test_the_example_of_the_documentation_works() -> None:
    text = (ROOT / "docs" / "containers-and-tunnels.md").read_text(encoding="utf-8")
    (example,) = [each for each in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "Mount(" in each]
    found: dict[str, Any] = {}
    exec(example, found)
    with served(found["app"], found["mock"]) as url:
        assert httpx.get(f"{url}/suno/__admin/health").json()["base_url"] == f"{url}/suno"


@contextmanager
def run_by(server: str, app: ASGIApp) -> Iterator[str]:
    """An application that uvicorn itself runs, which reads requests with `server`; its URL."""
    with listen("127.0.0.1", 0) as listening:
        running = uvicorn.Server(uvicorn.Config(app, http=server, log_level="error"))
        thread = threading.Thread(target=lambda: asyncio.run(running.serve(sockets=[listening])))
        thread.start()
        try:
            yield base_url(listening)
        finally:
            running.should_exit = True
            thread.join()


@contextmanager
def served(app: Starlette, mock: Any) -> Iterator[str]:
    """An application on a real socket; its URL."""
    with listen("127.0.0.1", 0) as listening:
        ready = threading.Event()
        server = AnnouncingServer(app, ready.set, mock.release, mock.misread)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])))
        thread.start()
        try:
            assert ready.wait(10)
            yield base_url(listening)
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def url() -> Iterator[str]:
    """A mock that another application has mounted, on a real socket."""
    inner = create_app(Settings(pace="manual"))

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        """Starlette does not pass its own on to what it mounts."""
        async with inner.router.lifespan_context(inner):
            yield

    with served(Starlette(routes=[Mount(PREFIX, inner)], lifespan=lifespan), inner) as found:
        yield found + PREFIX


def test_media_of_a_mock_that_is_mounted_can_be_fetched(url: str) -> None:
    with httpx.Client(base_url=url, headers=KEY) as http:
        task_id = http.post(EXTEND, json=request(callBackUrl="http://127.0.0.1:9/")).json()["data"]["taskId"]
        http.post("/__admin/clock/advance", json={"seconds": COMPLETE})
        record = http.get(RECORD_INFO, params={"taskId": task_id}).json()["data"]
        for track in record["response"]["sunoData"]:
            assert track["audioUrl"].startswith(f"{url}/")
            assert httpx.get(track["audioUrl"]).headers["content-type"] == "audio/mpeg"


@pytest.mark.parametrize(
    "command",
    [
        ("tasks",),
        ("clock", "advance", "30"),
        ("queue", "429"),
        ("reset",),
        ("extend", "--key", "key", "--no-wait"),
    ],
    ids=lambda command: str(command[0]),
)
def test_the_commands_find_a_mock_that_is_mounted(url: str, command: tuple[str, ...]) -> None:
    done = suno_mock(*command, SUNO_MOCK_URL=url)
    assert (done.returncode, done.stderr) == (0, ""), command


def test_the_page_works_under_a_prefix(url: str) -> None:
    with chromium() as browser, httpx.Client(base_url=url, headers=KEY) as http:
        page = browser.new_page()
        page.goto(f"{url}/__admin")
        expect(page).to_have_url(f"{url}/__admin/")
        http.post(EXTEND, json=request(title="Live", callBackUrl="http://127.0.0.1:9/"))
        page.locator("#list .row b", has_text="Live").click()
        page.get_by_role("button", name="+3 min").click()
        expect(page.locator(".badge").first).not_to_have_text("PENDING")
        pictures = page.locator("figure img")
        expect(pictures).to_have_count(2)
        page.evaluate("Promise.all([...document.querySelectorAll('figure img')].map((img) => img.decode()))")
        page.get_by_role("link", name="Questions").click()
        expect(page).to_have_url(f"{url}{QUESTIONS}")


@pytest.mark.parametrize("server", ["httptools", "h11"])
def test_a_body_that_the_server_above_drops_is_told(server: str) -> None:
    """uvicorn reads a body that comes with a wish for another protocol with h11 alone."""
    wish = {"Connection": "Upgrade", "Upgrade": "h2c", "Authorization": f"Bearer {KEY}"}
    with run_by(server, create_app(Settings(pace="manual"))) as url:
        answer = httpx.post(f"{url}{EXTEND}", headers=wish, json=request(callBackUrl="http://127.0.0.1:9/")).json()
    lost = answer["msg"].partition("Upgrade: h2c, and the server that the mock runs under drops such a body: ")[2]
    assert lost.startswith("run suno-mock serve, or uvicorn with --http h11") == (server == "httptools")
    assert answer["code"] == (422 if server == "httptools" else 200)
