"""Pages of other origins: what they may read where it is allowed, and that they never reach the control plane."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

import mock_server
from mock_server.commands.demo import EXTEND
from mock_server.contract.documents import OPENAPI, load
from mock_server.contract.operations import path
from mock_server.control.routes import DOCUMENT
from mock_server.http.cross_origin import EXPOSED
from mock_server.state.faults import Fault
from tests.builders import request
from tests.clients import KEY, Mock, client, extend, finished

pytestmark = pytest.mark.anyio
PAGE = "http://localhost:5173"
ASKS = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
ADMIN = [(method.upper(), each) for each, methods in load(OPENAPI / DOCUMENT)["paths"].items() for method in methods]


def cross_origin(response: httpx.Response) -> dict[str, str]:
    """The headers of an answer that tell a browser what a page may do with it."""
    return {name: value for name, value in response.headers.items() if name.startswith(("access-control", "vary"))}


def readable(response: httpx.Response, by: str = PAGE) -> bool:
    """Whether a page of this origin may read the answer, headers included, and caches tell it from others."""
    headers = cross_origin(response)
    return headers == {
        "access-control-allow-origin": by,
        "access-control-expose-headers": ", ".join(EXPOSED),
        "vary": "Origin",
    }


async def asked(http: httpx.AsyncClient, target: str = EXTEND, origin: str = PAGE, **more: str) -> httpx.Response:
    """The answer to the preflight of a page."""
    return await http.options(target, headers={"Origin": origin, **ASKS, **more})


@pytest.mark.parametrize("allowed", [PAGE, (PAGE, "https://app.example.com"), f"https://app.example.com {PAGE}"])
async def test_a_page_that_is_allowed_may_send_anything(allowed: Any) -> None:
    mock = Mock(cors_origin=allowed)
    async with client(mock.app) as http:
        response = await asked(http, **{"Access-Control-Request-Private-Network": "true"})
        assert (response.status_code, response.content) == (204, b"")
        assert response.headers["access-control-allow-origin"] == PAGE
        assert response.headers["access-control-allow-methods"] == "GET, HEAD, POST, PUT, PATCH, DELETE"
        assert response.headers["access-control-allow-headers"] == "Authorization, Content-Type, Prefer, *"
        assert response.headers["access-control-allow-private-network"] == "true"
        assert response.headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in response.headers
        assert await mock.control.entries() == []


@pytest.mark.parametrize(
    ("allowed", "origin", "read_by"),
    [
        (PAGE, PAGE, PAGE),
        ("HTTP://LocalHost:5173", PAGE, PAGE),
        ("https://app.example.com:443", "https://app.example.com", "https://app.example.com"),
        ("http://[::1]:3000", "http://[::1]:3000", "http://[::1]:3000"),
        ("null", "null", "null"),
        ("*", PAGE, "*"),
        ("*", "null", "*"),
    ],
)
async def test_an_origin_is_known_as_a_browser_writes_it(allowed: str, origin: str, read_by: str) -> None:
    async with client(Mock(cors_origin=allowed).app) as http:
        response = await http.post(EXTEND, json=request(), headers={"Origin": origin})
        assert response.json()["code"] == 200
        assert readable(response, read_by)


@pytest.mark.parametrize(
    "origin", ["http://localhost:3000", "https://localhost:5173", "http://localhost:5173.evil.example", "null", "*"]
)
async def test_another_page_may_read_nothing(origin: str) -> None:
    async with client(Mock(cors_origin=PAGE).app) as http:
        assert cross_origin(await http.get(path("chat-credit"), headers={"Origin": origin})) == {"vary": "Origin"}
        refused = await asked(http, origin=origin)
        assert (refused.status_code, cross_origin(refused)) == (405, {"vary": "Origin"})


async def test_who_is_no_page_is_told_nothing_of_pages() -> None:
    async with client(Mock(cors_origin="*").app) as http:
        assert cross_origin(await http.get(path("chat-credit"))) == {"vary": "Origin"}


async def test_a_page_reads_every_kind_of_answer() -> None:
    mock = Mock(cors_origin=PAGE)
    http = httpx.AsyncClient(
        transport=httpx.ASGITransport(mock.app, raise_app_exceptions=False),
        base_url="http://mock",
        headers={**KEY, "Origin": PAGE},
    )
    answers = {
        "accepted": await http.post(EXTEND, json=request()),
        "refused": await http.post(EXTEND, json=request(prompt=5)),
        "without a key": await http.post(EXTEND, headers={"Authorization": ""}),
        "rate": await http.post(EXTEND, json=request(), headers={"Prefer": "code=429"}),
        "a path": await http.get("/nothing"),
        "a method": await http.put(EXTEND),
        "options": await http.options(EXTEND),
        "gone media": await http.get("/" + "x" * 48),
    }
    await mock.store.put_fault("key", Fault.of("status", times=1))
    answers["a fault"] = await http.post(EXTEND, json=request())
    await mock.store.put_fault("key", Fault.of("malformed", times=1))
    answers["malformed"] = await http.post(EXTEND, json=request())
    assert [kind for kind, each in answers.items() if not readable(each)] == []


async def test_a_page_reads_media_as_ever_and_their_headers() -> None:
    for allowed, read_by in (((), "*"), ("https://app.example.com", "*"), (PAGE, PAGE), ("*", "*")):
        mock = Mock(cors_origin=allowed)
        async with client(mock.app) as http:
            await http.post(EXTEND, json=request())
            _, tracks = await finished(mock, http, await extend(http))
            media = urlsplit(tracks[0]["audioUrl"]).path
            response = await http.get(media, headers={"Origin": PAGE, "Range": "bytes=0-9"})
            assert (response.status_code, response.headers["access-control-allow-origin"]) == (206, read_by)
            exposed = response.headers["access-control-expose-headers"].lower()
            assert all(name in exposed for name in ("accept-ranges", "content-range", "etag"))


async def test_a_bug_is_told_to_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("mock_server.domain.state_rules.enforce_source", broken)
    async with client(Mock(cors_origin=PAGE).app) as http:
        response = await http.post(EXTEND, json=request(), headers={"Origin": PAGE})
        assert (response.status_code, readable(response)) == (500, True)


@pytest.mark.parametrize(
    ("method", "target"), [*ADMIN, ("GET", "/__admin"), ("GET", "/__admin/"), ("GET", "/__admin/x")]
)
async def test_the_control_plane_is_closed_to_pages(method: str, target: str) -> None:
    async with client(Mock(cors_origin="*").app) as http:
        for each in (await http.request(method, target, headers={"Origin": PAGE}), await asked(http, target)):
            assert not [name for name in each.headers if name.startswith("access-control")]
        assert (await asked(http, target)).status_code in (403, 405)


async def test_media_of_our_own_pages_are_closed_to_others() -> None:
    mock = Mock(cors_origin="*")
    async with client(mock.app) as http:
        _, tracks = await finished(mock, http, await extend(http))
        for url in ("audioUrl", "imageUrl"):
            response = await http.get(f"/__admin/pages/media{urlsplit(tracks[0][url]).path}", headers={"Origin": PAGE})
            assert (response.status_code, cross_origin(response)) == (200, {})


async def test_the_control_plane_is_closed_under_a_prefix_too() -> None:
    async with client(Starlette(routes=[Mount("/suno", Mock(cors_origin="*").app)])) as http:
        for target in ("/suno/__admin/health", "/suno/__admin/journal"):
            assert "access-control-allow-origin" not in (await http.get(target, headers={"Origin": PAGE})).headers
        assert (await asked(http, f"/suno{EXTEND}")).status_code == 204


async def test_the_control_plane_is_closed_under_the_path_of_the_base_url_too() -> None:
    """A proxy may keep that path, so that the mock sees it before every path."""
    async with client(Mock(cors_origin="*", base_url="http://mock/suno").app) as http:
        for target in ("/suno/__admin/health", "/suno/__admin/journal", "/suno/__admin/reset"):
            for each in (await http.get(target, headers={"Origin": PAGE}), await asked(http, target)):
                assert not [name for name in each.headers if name.startswith("access-control")]
        assert (await asked(http, f"/suno{EXTEND}")).status_code == 204
        assert readable(await http.post(f"/suno{EXTEND}", json=request(), headers={"Origin": PAGE}), "*")


async def test_without_the_option_pages_are_told_nothing() -> None:
    async with client(Mock().app) as http:
        assert cross_origin(await http.post(EXTEND, json=request(), headers={"Origin": PAGE})) == {}
        refused = await asked(http)
        assert (refused.status_code, cross_origin(refused)) == (405, {})


def test_every_header_of_ours_may_be_read() -> None:
    """Those of the answers of the API; what a request may hold is in no text of this form."""
    package = Path(mock_server.__file__ or "").parent
    named = {
        each for file in package.rglob("*.py") for each in re.findall(r'"(suno-mock-[a-z]+)"', file.read_text("utf-8"))
    }
    assert named
    assert named <= {each.lower() for each in EXPOSED}


async def test_a_connection_that_is_no_request_is_left_alone() -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await Mock(cors_origin="*").app({"type": "websocket", "path": EXTEND, "headers": []}, receive, send)
    assert [message["type"] for message in sent] == ["websocket.close"]
