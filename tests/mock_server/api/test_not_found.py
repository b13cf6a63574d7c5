"""What answers when no endpoint does: an unknown path, a wrong method."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from mock_server.api.not_found import PAGES_TOLD
from mock_server.commands.demo import EXTEND, RECORD_INFO
from mock_server.contract.operations import operations
from mock_server.state.journal_entries import Requested, line
from mock_server.state.journal_match import Match
from tests.clients import Mock, client

pytestmark = pytest.mark.anyio

NOT_FOUND = "Not Found - The requested resource or endpoint does not exist: "


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_a_wrong_method_is_405_with_allow(method: str) -> None:
    async with client(Mock().app) as http:
        response = await http.request(method, EXTEND)
        assert (response.status_code, response.headers["allow"]) == (405, "POST")
        assert response.headers["content-type"] == "application/json"
        if method != "HEAD":
            msg = f"{NOT_FOUND}{method} is not allowed on {EXTEND}; allowed: POST"
            assert response.json() == {"code": 404, "msg": msg}


async def test_polling_by_another_method_is_405() -> None:
    async with client(Mock().app) as http:
        response = await http.post(RECORD_INFO)
        assert (response.status_code, set(response.headers["allow"].split(", "))) == (405, {"GET", "HEAD"})


@pytest.mark.parametrize(
    "path", ["/", EXTEND + "/", "/api/v1/generate/extent", "/%0a%1b[31m", "/api//v1/generate/extend"]
)
async def test_a_wrong_path_is_404(path: str) -> None:
    async with client(Mock().app) as http:
        response = await http.post(path)
        assert response.status_code == 404
        assert response.json()["msg"].startswith(f"{NOT_FOUND}nothing is served at {path}; allowed: POST {EXTEND}, ")


@pytest.mark.parametrize("profile", ["apikley", "classic", "observed"])
async def test_everything_that_the_profile_serves_is_listed(profile: str) -> None:
    mock = Mock(profile=profile)
    served = mock.control.editions.profile.operations
    async with client(mock.app) as http:
        msg = (await http.get("/")).json()["msg"]
        for each in operations().values():
            assert (f"{each.method} {each.path}," in msg.replace(".", ",")) is (each.name in served)


async def test_a_near_miss_of_a_path_is_named() -> None:
    async with client(Mock().app) as http:
        response = await http.get("/api/v1/generate/recordinfo")
        assert response.json()["msg"].endswith(f"Nearest: GET {RECORD_INFO}, which tells how far a task is.")


async def test_a_path_of_another_profile_says_which_and_what_there_is_here() -> None:
    async with client(Mock().app) as http:
        response = await http.get("/api/v1/generate/credit")
        assert (response.status_code, response.json()["code"]) == (404, 404)
        msg = response.json()["msg"]
        options = "--profile classic or --profile observed or --profile sunoapi"
        assert f"on the profile apikley: classic, observed and sunoapi serve it ({options})" in msg
        assert msg.endswith("Here GET /api/v1/chat/credit tells the credits that are left.")


async def test_what_is_not_served_is_in_the_journal_of_the_key() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await http.get("/api/v1/generate/recordinfo?taskId=x")
        (entry,) = await mock.control.entries()
    assert isinstance(entry, Requested)
    assert (entry.status, entry.code, entry.call.path) == (404, 404, "/api/v1/generate/recordinfo")
    assert entry.key == "key"
    assert "'http://mock/api/v1/generate/recordinfo?taskId=x'" in entry.curl("http://mock")


async def test_a_long_path_is_cut() -> None:
    async with client(Mock().app) as http:
        assert len((await http.get("/" + "x" * 5000)).content) < 2000


@pytest.mark.parametrize("reading", ["refusal_status=mirror", "refusal_status=envelope"])
async def test_the_http_status_does_not_depend_on_the_reading(reading: str) -> None:
    async with client(Mock(readings=(reading, "error_data=null")).app) as http:
        response = await http.get("/nothing")
        assert response.status_code == 404
        assert response.json()["data"] is None


async def test_what_was_sent_to_nowhere_is_in_the_journal_whole() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await http.post("/api/v1/generate/extand", json={"a": 1}, headers={"Prefer": "code=200"})
    (entry,) = await mock.control.entries()
    assert isinstance(entry, Requested)
    assert (entry.call.body, entry.call.content_type, entry.call.prefer) == (b'{"a":1}', "application/json", "code=200")


BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


async def test_a_browser_is_led_to_the_inbox() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        answer = await http.get("/", headers=BROWSER)
        assert (answer.status_code, answer.headers["location"], answer.headers["vary"]) == (307, "/__admin/", "Accept")
        inbox = await http.get("/", headers=BROWSER, follow_redirects=True)
        assert (inbox.url.path, inbox.headers["content-type"]) == ("/__admin/", "text/html; charset=utf-8")
    assert await mock.control.entries(Match()) == []


@pytest.mark.parametrize(
    ("method", "accept"), [("HEAD", "text/html"), ("GET", "TEXT/HTML;q=0.5"), ("GET", "a/b,text/html")]
)
async def test_who_takes_html_is_led_there(method: str, accept: str) -> None:
    async with client(Mock().app) as http:
        assert (await http.request(method, "/", headers={"Accept": accept})).status_code == 307


async def test_a_browser_is_led_to_the_inbox_under_a_prefix() -> None:
    outer = Starlette(routes=[Mount("/suno", Mock().app)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(outer), base_url="http://mock") as http:
        answer = await http.get("/suno/", headers=BROWSER)
        assert answer.has_redirect_location
        assert answer.next_request is not None
        assert answer.next_request.url.path == "/suno/__admin/"


@pytest.mark.parametrize(
    ("method", "path", "accept"),
    [
        ("GET", "/", "*/*"),
        ("GET", "/", "application/json"),
        ("GET", "/", "text/html;q=0, */*"),
        ("POST", "/", "text/html"),
        ("GET", "/index", "text/html"),
    ],
)
async def test_all_else_at_no_path_is_404(method: str, path: str, accept: str) -> None:
    async with client(Mock().app) as http:
        answer = await http.request(method, path, headers={"Accept": accept})
        assert (answer.status_code, answer.json()["code"]) == (404, 404)


async def preflight(http: httpx.AsyncClient, origin: str, target: str = EXTEND) -> httpx.Response:
    return await http.options(target, headers={"Origin": origin, "Access-Control-Request-Method": "POST"})


async def test_a_page_that_is_refused_is_told_once_with_the_option() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        for target in (EXTEND, EXTEND, "/nothing", RECORD_INFO):
            assert (await preflight(http, "http://localhost:5173", target)).status_code in (404, 405)
        await preflight(http, "https://app.example.com")
        told = [line(entry) for entry in await mock.control.entries()]
    assert told == [
        f'--> OPTIONS {EXTEND}  HTTP 405, 404 a page of "{origin}" asked to use the API; allowed: no page of another '
        f"origin. To let it, start the mock with --cors-origin {origin}"
        for origin in ("http://localhost:5173", "https://app.example.com")
    ]


async def test_a_page_that_is_refused_reads_why() -> None:
    async with client(Mock(cors_origin=("http://localhost:3000", "null")).app) as http:
        response = await preflight(http, "http://x';reboot\x1b")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert response.json()["msg"] == (
        f'{NOT_FOUND}a page of "http://x\';reboot\\u001b" asked to use the API; allowed: pages of '
        "http://localhost:3000, null. To let it, start the mock with --cors-origin 'http://x'\"'\"';reboot\\x1b'"
    )


async def test_pages_are_remembered_up_to_a_number() -> None:
    mock = Mock()
    origins = [f"http://localhost:{port}" for port in range(1, PAGES_TOLD + 2)]
    async with client(mock.app) as http:
        for origin in (*origins, origins[-1], origins[0]):
            await preflight(http, origin)
        told = await mock.control.entries()
    assert len(told) == len(origins) + 1
    assert all(origins[0] in line(each) for each in (told[0], told[-1]))


async def test_a_page_is_told_of_again_once_the_journal_forgot_it() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await preflight(http, "http://localhost:5173")
        await mock.control.reset(None)
        await preflight(http, "http://localhost:5173")
        assert len(await mock.control.entries()) == 1
