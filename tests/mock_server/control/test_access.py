"""Who may use the control plane: the token, the machine that asks, and the name and the origin of a page."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx
import pytest

from mock_server.control.access import HOW
from mock_server.core.addresses import is_loopback
from mock_server.core.hosts import page_origin
from mock_server.core.settings import BASE_URL
from tests.clients import KEY, Mock, extend

pytestmark = pytest.mark.anyio

PRIVATE = "http://192.168.1.5:4010"
TOKEN = "s3cret-of-the-plane"
OURS = {"Authorization": f"Bearer {TOKEN}"}
NO_TOKEN = f"the control plane has a token, and none came; {HOW}"
WRONG_TOKEN = f"the token that came is not that of the control plane; {HOW}"
PATHS = [("GET", ""), ("GET", "/journal"), ("GET", "/openapi.json"), ("POST", "/reset"), ("PUT", "/x"), ("GET", "/a/b")]


@asynccontextmanager
async def client(mock: Mock, peer: str = "127.0.0.1", host: str = "mock") -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of the mock on another machine, or under another name of it."""
    async with mock.app.router.lifespan_context(mock.app):
        transport = httpx.ASGITransport(mock.app, client=(peer, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://mock", headers={"Host": host}) as opened:
            yield opened


def refusal(answer: httpx.Response, status: int) -> str:
    assert (answer.status_code, set(answer.json())) == (status, {"error"}), answer.text
    return str(answer.json()["error"])


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize(
    ("headers", "said"),
    [
        pytest.param({}, NO_TOKEN, id="none"),
        pytest.param({"Authorization": ""}, NO_TOKEN, id="empty"),
        pytest.param({"Authorization": f"Basic {TOKEN}"}, NO_TOKEN, id="another scheme"),
        pytest.param({"Authorization": "Bearer"}, WRONG_TOKEN, id="no token"),
        pytest.param({"Authorization": "Bearer other"}, WRONG_TOKEN, id="another"),
        pytest.param({"Authorization": f"Bearer {TOKEN[:-1]}"}, WRONG_TOKEN, id="its beginning"),
        pytest.param({"Authorization": f"Bearer {TOKEN}x"}, WRONG_TOKEN, id="more than it"),
        pytest.param({"Authorization": b"Bearer \xff\xe9"}, WRONG_TOKEN, id="no text"),
    ],
)
async def test_without_the_token_nothing_is_told(method: str, path: str, headers: Mapping[str, str], said: str) -> None:
    async with client(Mock(admin_token=TOKEN)) as http:
        answer = await http.request(method, f"/__admin{path}", headers=headers)
        assert refusal(answer, 401) == said
        assert answer.headers["www-authenticate"] == 'Bearer realm="suno-mock control plane"'


@pytest.mark.parametrize("peer", ["127.0.0.1", "172.17.0.1", "2001:db8::1"])
@pytest.mark.parametrize("host", ["mock", "suno-mock:4010", "mock.example.com", "192.0.2.1:4010"])
@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
async def test_the_token_opens_everything_from_everywhere(peer: str, host: str, scheme: str) -> None:
    async with client(Mock(admin_token=TOKEN), peer, host) as http:
        headers = {"Authorization": f"{scheme} {TOKEN}", "Origin": "https://dashboard.example.com"}
        assert (await http.get("/__admin/journal", headers=headers)).status_code == 200
        assert (await http.post("/__admin/reset", json={}, headers=headers)).status_code == 204


@pytest.mark.parametrize("settings", [{}, {"admin_token": TOKEN}])
async def test_health_is_open_to_all(settings: dict[str, str]) -> None:
    async with client(Mock(**settings), "172.17.0.1", "anything.example.com") as http:
        assert (await http.get("/__admin/health")).json()["status"] == "ready"


@pytest.mark.parametrize("settings", [{}, {"admin_token": TOKEN}])
async def test_the_api_is_open_under_every_name(settings: dict[str, str]) -> None:
    async with client(Mock(**settings), "172.17.0.1", "suno-mock.internal.example.com:4010") as http:
        assert (await extend(http, KEY)).json()["code"] == 200


async def test_the_token_is_shown_nowhere() -> None:
    mock = Mock(admin_token=TOKEN)
    async with client(mock) as http:
        paths = (await http.get("/__admin", headers=OURS)).json()["endpoints"]
        for path in [each.removeprefix("GET ") for each in paths if each.startswith("GET ")]:
            assert TOKEN not in (await http.get(path, headers=OURS)).text, path
        settings = (await http.get("/__admin/settings", headers=OURS)).json()["settings"]
    assert "admin_token" not in settings
    assert TOKEN not in repr(await mock.control.settings()) + json.dumps(settings)


@pytest.mark.parametrize(
    ("peer", "is_here"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("testclient", True),
        ("172.17.0.1", False),
        ("192.168.1.5", False),
        ("::ffff:192.168.1.5", False),
        ("2001:db8::1", False),
    ],
)
async def test_without_a_token_this_machine_alone_may_ask(peer: str, is_here: bool) -> None:
    async with client(Mock(), peer) as http:
        answer = await http.get("/__admin/journal")
        if is_here:
            assert answer.status_code == 200
        else:
            assert refusal(answer, 403) == (
                f"the control plane has no token and was asked from {peer}; allowed: from this machine alone. "
                "For others, start the mock with --admin-token, or create_app with Settings(admin_token=...)."
            )


OWN_NAMES = ["127.0.0.1", "127.0.0.1:4010", "[::1]:4010", "localhost", "LOCALHOST:80", "localhost.", "suno.localhost"]


@pytest.mark.parametrize("host", [*OWN_NAMES, "suno-mock:4010", "testserver", "192.168.1.5:4010", ""])
async def test_names_that_no_page_can_have_are_fine(host: str) -> None:
    async with client(Mock(), host=host) as http:
        assert (await http.get("/__admin/journal")).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:4010", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example.", "[x"],
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/journal"), ("POST", "/reset"), ("GET", "")])
async def test_a_page_that_rebinds_its_name_sees_nothing(host: str, method: str, path: str) -> None:
    async with client(Mock(), host=host) as http:
        assert refusal(await http.request(method, f"/__admin{path}"), 403) == (
            f'Host is "{host}"; allowed: an address, localhost, another name without a dot. '
            "For another name, use --admin-token."
        )


@pytest.mark.parametrize("base_url", ["http://mock.example.com:4010", "https://mock.example.com/suno", PRIVATE])
@pytest.mark.parametrize("host", ["mock.example.com", "127.0.0.1:4010", "localhost", "mock", "evil.example"])
async def test_a_base_url_for_others_opens_nothing_without_a_token(base_url: str, host: str) -> None:
    """A proxy or a tunnel that asks for them asks from this machine, under any name."""
    async with client(Mock(base_url=base_url), host=host) as http:
        for method, path in PATHS:
            assert refusal(await http.request(method, f"/__admin{path}"), 403) == (
                f"the control plane has no token, and the base URL {base_url} says that others than this machine reach "
                "the mock. Start it with --admin-token, or create_app with Settings(admin_token=...)."
            )
        for path in ("", "pages/codes", "pages/events"):
            page = await http.get(f"/__admin/{path}")
            assert (page.status_code, page.headers["content-type"]) == (403, "text/plain; charset=utf-8")
        pressed = await http.post("/__admin/pages/reset", headers={"Origin": page_origin(base_url)})
        assert pressed.status_code == 403
        assert (await http.get("/__admin/health")).json()["status"] == "ready"
        assert (await extend(http, KEY)).json()["code"] == 200


async def test_a_base_url_for_others_is_opened_by_the_token() -> None:
    async with client(Mock(base_url="http://mock.example.com", admin_token=TOKEN), host="mock.example.com") as http:
        assert (await http.get("/__admin/journal", headers=OURS)).status_code == 200
        assert refusal(await http.get("/__admin/journal"), 401) == NO_TOKEN


LOCAL = ["http://127.0.0.1:4010", "http://[::1]:4010", "https://localhost", "http://suno.localhost", "http://mock:4010"]


@pytest.mark.parametrize("base_url", LOCAL)
async def test_a_base_url_of_this_machine_changes_nothing(base_url: str) -> None:
    async with client(Mock(base_url=base_url)) as http:
        assert (await http.get("/__admin/journal")).status_code == 200
        assert refusal(await http.get("/__admin/journal", headers={"Host": "evil.example"}), 403)


@pytest.mark.parametrize("host", ["mock.example.com", "127.0.0.1:4010", "suno-mock:4010"])
@pytest.mark.parametrize("button", ["advance", "freeze", "run", "fail", "unqueue", "read", "redeliver", "reset"])
async def test_every_button_works_behind_tls(button: str, host: str) -> None:
    """The proxy that speaks it keeps the Host or sends its own."""
    mock = Mock(base_url="https://mock.example.com/suno", admin_token=TOKEN)
    async with client(mock, host=host) as http:
        headers = {**basic(TOKEN), "Origin": "https://mock.example.com"}
        form = {"all": "true"} if button == "reset" else {}
        answer = await http.post(f"/__admin/pages/{button}", headers=headers, data=form)
        assert answer.status_code == (303 if button in ("freeze", "run", "reset") else 400), answer.text
        assert (await http.post("/__admin/clock/freeze", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("base_url", "sent"),
    [
        ("https://mock.example.com:443", "https://mock.example.com"),
        ("https://Mock.Example.com", "https://mock.example.com"),
        ("https://mock.example.com:8443/suno/", "https://mock.example.com:8443"),
        ("http://mock.example.com:80", "http://mock.example.com"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]"),
    ],
)
async def test_an_origin_is_compared_as_browsers_write_it(base_url: str, sent: str) -> None:
    async with client(Mock(base_url=base_url, admin_token=TOKEN)) as http:
        headers = {**basic(TOKEN), "Origin": sent}
        assert (await http.post("/__admin/pages/freeze", headers=headers)).status_code == 303


@pytest.mark.parametrize(
    "sent",
    [
        "http://mock.example.com",
        "https://mock.example.com:4010",
        "https://mock.example.com.",
        "https://mock.example.com.evil.example",
        "https://evil.example",
        "https://a.mock.example.com",
        "https://mock.example.com@evil.example",
        "https://MOCK.example.com",
        "https://mock.example.com/",
        "null",
        "",
    ],
)
async def test_no_other_origin_is_that_of_the_base_url(sent: str) -> None:
    mock = Mock(base_url="https://mock.example.com", admin_token=TOKEN)
    async with client(mock, host="127.0.0.1:4010") as http:
        headers = {**basic(TOKEN), "Origin": sent, "Sec-Fetch-Site": "same-origin"}
        assert refusal(await http.post("/__admin/reset", headers=headers), 403) == (
            f'Origin is "{sent}"; allowed: http://127.0.0.1:4010 or https://mock.example.com alone, or none. '
            "If it is the mock's own page, behind TLS or a proxy, tell the mock its URL with --base-url."
        )
        assert (await http.post("/__admin/pages/reset", headers=headers)).status_code == 403


@pytest.mark.parametrize("host", ["mock.example.com", "Mock.example.com:443"])
async def test_a_page_of_the_same_name_without_tls_is_another(host: str) -> None:
    mock = Mock(base_url="https://mock.example.com", admin_token=TOKEN)
    async with client(mock, host=host) as http:
        for sent, status in (("http://mock.example.com", 403), ("https://mock.example.com", 303)):
            headers = {**basic(TOKEN), "Origin": sent}
            assert (await http.post("/__admin/pages/freeze", headers=headers)).status_code == status


async def test_a_base_url_that_nobody_has_set_is_no_origin() -> None:
    async with client(Mock()) as http:
        answer = await http.post("/__admin/pages/freeze", headers={"Origin": BASE_URL})
        assert answer.status_code == 403


async def test_without_a_host_no_page_is_of_the_mock() -> None:
    async with client(Mock(), host="") as http:
        answer = await http.post("/__admin/reset", headers={"Origin": "http://"})
        assert refusal(answer, 403).startswith('Origin is "http://"; allowed: that of the mock alone, or none. ')


async def test_one_name_among_two_is_not_enough() -> None:
    async with client(Mock()) as http:
        hosts = [("Host", "localhost"), ("Host", "evil.example")]
        assert refusal(await http.get("/__admin/journal", headers=hosts), 403).startswith('Host is "evil.example"')


async def test_a_request_over_no_network_may_ask() -> None:
    mock = Mock()
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request"}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/__admin/journal", "query_string": b"", "headers": []}
    await mock.app(scope, receive, send)  # type: ignore[arg-type]
    assert sent[0]["status"] == 200


@pytest.mark.parametrize(
    ("address", "expected"),
    [("127.0.0.1", True), ("::1", True), ("0.0.0.0", False), ("::", False), ("10.0.0.1", False), ("localhost", False)],
)
def test_loopback_is_of_this_machine_alone(address: str, expected: bool) -> None:
    assert is_loopback(address) == expected


def basic(password: str, name: str = "me") -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"}


@pytest.mark.parametrize("name", ["", "me", "admin"])
async def test_a_browser_sends_the_token_as_a_password(name: str) -> None:
    async with client(Mock(admin_token=TOKEN), "172.17.0.1", "mock.example.com") as http:
        assert (await http.get("/__admin/", headers=basic(TOKEN, name))).status_code == 200
        assert (await http.get("/__admin/journal", headers=basic(TOKEN, name))).status_code == 200


@pytest.mark.parametrize(
    "headers", [{}, basic("other"), basic(""), {"Authorization": "Basic !"}, {"Authorization": "X"}]
)
@pytest.mark.parametrize("path", ["", "pages/codes", "pages/questions", "pages/events", "pages/files/page.js"])
async def test_a_browser_is_asked_for_the_token(headers: dict[str, str], path: str) -> None:
    async with client(Mock(admin_token=TOKEN), "172.17.0.1", "mock.example.com") as http:
        answer = await http.get(f"/__admin/{path}", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic realm=")
        assert HOW in answer.text


async def test_what_a_browser_sends_by_itself_opens_nothing_for_another_site() -> None:
    async with client(Mock(admin_token=TOKEN), "172.17.0.1", "mock.example.com") as http:
        headers = {**basic(TOKEN), "Origin": "https://evil.example.com"}
        assert (await http.post("/__admin/reset", headers=headers)).status_code == 403
        assert (await http.post("/__admin/pages/reset", headers=headers)).status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"Origin": "http://mock"}, 303, id="our origin"),
        pytest.param({"Sec-Fetch-Site": "same-origin"}, 303, id="our site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, 403, id="a neighbour"),
        pytest.param({"Sec-Fetch-Site": "same-origin", "Origin": "http://other"}, 403, id="another origin"),
        pytest.param({"Origin": "null"}, 403, id="no page"),
        pytest.param({}, 403, id="nothing"),
    ],
)
async def test_a_form_is_taken_from_our_own_pages_alone(headers: dict[str, str], status: int) -> None:
    async with client(Mock(), "127.0.0.1", "mock") as http:
        answer = await http.post("/__admin/pages/freeze", headers=headers)
        assert answer.status_code == status, answer.text


@pytest.mark.parametrize("path", ["", "pages/codes", "pages/events"])
async def test_no_page_is_shown_under_a_name_that_was_taken_over(path: str) -> None:
    async with client(Mock(), "127.0.0.1", "evil.example.com") as http:
        answer = await http.get(f"/__admin/{path}")
        assert (answer.status_code, answer.headers["content-type"]) == (403, "text/plain; charset=utf-8")
        assert answer.text.startswith('Host is "evil.example.com"; allowed:')


LINK = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
FRAME = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
IMAGE = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
DESK = ["/__admin/", "/__admin/?task=x", "/__admin/pages/codes", "/__admin/pages/questions"]
TOLD = ["/__admin/health", "/__admin/journal?after=0&within=3", "/__admin/journal/entries/1", "/__admin/tasks"]
TOLD += ["/__admin/tasks/x", "/__admin/openapi.json", "/__admin/x", "/__admin/pages/events"]
TOLD += ["/__admin/pages/files/page.js", f"/__admin/pages/media/{'A' * 48}"]


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(
    ("path", "how"),
    [
        *((path, how) for path in TOLD for how in (LINK, FRAME, IMAGE, {})),
        *((path, how) for path in DESK for how in (FRAME, IMAGE, {})),
    ],
)
@pytest.mark.parametrize("settings", [{}, {"admin_token": TOKEN}])
async def test_a_page_of_another_origin_is_told_nothing(
    site: str, path: str, how: dict[str, str], settings: dict[str, str]
) -> None:
    """Not even how long an answer takes."""
    async with client(Mock(**settings)) as http:
        for method in ("GET", "HEAD"):
            answer = await http.request(method, path, headers={**basic(TOKEN), **how, "Sec-Fetch-Site": site})
            assert (answer.status_code, "access-control-allow-origin" in answer.headers) == (403, False)
            assert method == "HEAD" or f'Sec-Fetch-Site is "{site}": a page of another origin asks; allowed: ' in (
                answer.text.replace("\\", "")
            )


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("path", DESK)
async def test_a_link_of_another_site_leads_to_the_desk(site: str, path: str) -> None:
    async with client(Mock(admin_token=TOKEN)) as http:
        headers = {**LINK, "Sec-Fetch-Site": site, "Accept": "text/html"}
        assert (await http.get(path, headers=headers)).status_code == 401
        assert (await http.get(path, headers={**basic(TOKEN), **headers})).status_code in (200, 404)
        index = await http.get("/__admin", headers={**basic(TOKEN), **headers})
        assert (index.status_code, index.headers["location"]) == (307, "/__admin/")


@pytest.mark.parametrize("site", ["same-origin", "none"])
async def test_what_a_visitor_asks_for_is_answered(site: str) -> None:
    async with client(Mock()) as http:
        for path in ("/__admin/health", "/__admin/journal", "/__admin/", "/__admin/pages/files/page.js"):
            assert (await http.get(path, headers={"Sec-Fetch-Site": site})).status_code == 200
