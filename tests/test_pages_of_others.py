"""A page of another origin in a real browser: what it can do with a mock that lets it, and with one that does not."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page

from contract_tests.receiver.http_server import Message, ThreadedServer
from mock_server import MockServer
from mock_server.commands.demo import EXTEND
from mock_server.state.journal_entries import line
from tests.browser import chromium
from tests.builders import request

ASK = """async ([url, key, body, headers, credentials]) => {
    try {
        const answer = await fetch(url, {
            method: body ? "POST" : "GET", body: body && JSON.stringify(body), credentials,
            headers: {"Authorization": `Bearer ${key}`, "Content-Type": "application/json", ...headers},
        });
        const read = ["retry-after", "suno-mock-rules"].map((name) => answer.headers.get(name));
        const text = await answer.text();
        return [answer.status, text[0] === "{" ? JSON.parse(text).code : text.length, ...read];
    } catch (error) {
        return error.message;
    }
}"""
"""What a page is answered: the HTTP status, the code, and two headers; or why it was not."""
REFUSED = "Failed to fetch"
PEEK = """([url, how]) => new Promise((told) => {
    const begun = performance.now(), done = () => told((performance.now() - begun) / 1000);
    if (how === "fetch") return fetch(url, {mode: "no-cors", credentials: "include"}).then(done, done);
    const element = document.createElement(how);
    element.onload = element.onerror = () => done();
    element[how === "link" ? "href" : "src"] = url;
    if (how === "link") element.rel = "stylesheet";
    document.body.append(element);
})"""
"""Has the browser ask in the name of its visitor, as a page can without being let: the seconds until that has ended."""
WITHIN = 20
"""Seconds that an answer waits for an entry."""
PEEKS = ["fetch", "img", "iframe", "link"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """Where a page is served that is none of the mock's."""
    page = Message(headers={"Content-Type": "text/html"}, body=b"<title>An app</title>")
    with ThreadedServer(lambda asked: page) as served:
        yield f"http://localhost:{served.port}"


@pytest.fixture
def page(browser: Browser, origin: str) -> Iterator[Page]:
    opened = browser.new_page()
    opened.goto(origin)
    yield opened
    opened.close()


def ask(
    page: Page, mock: MockServer, target: str, body: object = None, credentials: str = "omit", **headers: str
) -> object:
    return page.evaluate(ASK, [mock.url + target, mock.key, body, headers, credentials])


@pytest.mark.parametrize("every", [False, True])
def test_a_page_that_is_allowed_uses_the_api(page: Page, origin: str, every: bool) -> None:
    with MockServer(pace="manual", cors_origin="*" if every else origin) as mock:
        assert ask(page, mock, EXTEND, request()) == [200, 200, None, None]
        assert ask(page, mock, EXTEND, request(prompt=5)) == [200, 422, None, "extend.prompt.type"]
        assert ask(page, mock, "/nothing") == [404, 404, None, None]
        mock.queue("429")
        assert ask(page, mock, EXTEND, request())[:2] == [200, 429]  # type: ignore[index]
        mock.account(mock.key).fault("status", times=1)
        assert ask(page, mock, EXTEND, request())[0] == 502  # type: ignore[index]
        assert ask(page, mock, "/__admin/journal") == REFUSED
        assert ask(page, mock, "/__admin/reset", {}) == REFUSED
        assert ask(page, mock, EXTEND, request(), credentials="include") == REFUSED
        assert len(mock.tasks()) == 1


def test_a_page_that_is_not_allowed_starts_nothing(page: Page, origin: str) -> None:
    with MockServer(pace="manual") as mock:
        assert [ask(page, mock, EXTEND, request()) for _ in range(2)] == [REFUSED, REFUSED]
        assert mock.tasks() == []
        (told,) = map(line, mock.entries)
        assert told.endswith(f"To let it, start the mock with --cors-origin {origin}")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize("token", ["", "s3cret"])
@pytest.mark.parametrize("how", PEEKS)
def test_a_page_learns_nothing_by_the_time_that_an_answer_takes(
    browser: Browser, origin: str, host: str, token: str, how: str
) -> None:
    """The time told whether anything matches: what matches is answered at once, and everything else waits."""
    visitor = browser.new_context(http_credentials={"username": "me", "password": token} if token else None)
    with MockServer(pace="manual", admin_token=token) as mock:
        httpx.get(f"{mock.url}/nothing", headers=mock.headers)
        page = visitor.new_page()
        page.goto(f"{mock.url}/__admin/")  # from here on the browser knows the token
        page.goto(f"http://{host}:{urlsplit(origin).port}")
        statuses: list[int] = []
        page.on("response", lambda answer: statuses.append(answer.status) if "/journal" in answer.url else None)
        for key in (mock.key, "nobody"):
            asked = f"{mock.url}/__admin/journal?key={key}&after=0&within={WITHIN}"
            assert page.evaluate(PEEK, [asked, how]) < WITHIN / 2
        assert set(statuses) <= {401, 403}  # of what it does not hand on the browser shows no status
    visitor.close()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_link_of_another_site_leads_to_the_desk(page: Page, origin: str, host: str) -> None:
    with MockServer(pace="manual") as mock:
        for path, title in (
            ("/", "suno-mock"),
            ("/__admin", "suno-mock"),
            ("/__admin/pages/codes", "Codes · suno-mock"),
        ):
            page.goto(f"http://{host}:{urlsplit(origin).port}")
            page.evaluate("(url) => { location.href = url }", mock.url + path)
            page.wait_for_url(f"{mock.url}/__admin/**")
            assert page.title() == title
            assert page.locator(".brand img").evaluate("(image) => image.decode().then(() => image.width)") == 22
