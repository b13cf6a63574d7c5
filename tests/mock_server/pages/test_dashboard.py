"""The pages over HTTP, without a script: what they show, what their forms do, and what is refused."""

import asyncio
import html
import json
import re
from typing import Any

import httpx
import pytest

from mock_server.domain.attempt import Outcome
from mock_server.domain.kept_answer import KeptAnswer
from mock_server.http.other_protocol import TLS
from mock_server.media.files import DAY
from mock_server.pages.guarded import HEADERS
from mock_server.pages.rendering import ASSETS, CODES, HAS, HOME, QUESTIONS
from mock_server.pages.shown_keys import label
from mock_server.pages.snippets import LANGUAGES
from tests.builders import COMPLETE, TEXT, request
from tests.clients import OTHER, Mock, client, extend
from tests.waiting import settled

pytestmark = pytest.mark.anyio

OURS = {"Origin": "http://mock"}
HOSTILE = "</pre></script><script>alert(1)</script><img src=x onerror=alert(1)>'\""


async def page(http: httpx.AsyncClient, url: str = HOME, status: int = 200) -> str:
    """The text of a page, escapes undone."""
    answer = await http.get(url)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    return html.unescape(answer.text)


async def press(http: httpx.AsyncClient, name: str, headers: dict[str, str] = OURS, **form: Any) -> httpx.Response:
    return await http.post(f"{HOME}pages/{name}", data=form, headers=headers)


async def started(http: httpx.AsyncClient, **changes: Any) -> str:
    task_id: str = (await extend(http, **changes)).json()["data"]["taskId"]
    return task_id


async def test_an_empty_inbox_says_how_to_start() -> None:
    async with client(Mock(base_url="http://mock:4010").app) as http:
        text = await page(http)
        assert "Nothing came yet." in text
        assert "curl -s http://mock:4010/api/v1/generate/extend -H 'Authorization: Bearer test-key'" in text
        assert all(f'<summary id="summary-snippet-{language}' in text for language in LANGUAGES)


async def test_the_inbox_lists_tasks_and_refused_requests() -> None:
    async with client(Mock().app) as http:
        await started(http, title="A song of mine")
        await extend(http, prompt=5)
        text = await page(http)
        assert text.index("Validation Error") < text.index("A song of mine")
        assert "Nothing matches the filters." in await page(http, f"{HOME}?code=402")


async def test_a_task_is_shown_with_its_timeline_and_tracks() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id = await started(http)
        await mock.advance(COMPLETE)
        text = await page(http, f"{HOME}?task={task_id}")
        for expected in ("complete callback accepted", "+1:45", "<audio controls", "Redeliver complete", "<ins>"):
            assert expected in text


async def test_a_refused_request_is_shown_with_its_rules() -> None:
    async with client(Mock().app) as http:
        await extend(http, prompt=5)
        text = await page(http, f"{HOME}?entry=1")
        assert "<code>extend.prompt.type</code>" in text
        assert '"prompt": 5,' in text


@pytest.mark.parametrize(
    ("query", "said"), [("task=x", "there is no task 'x'"), ("entry=7", "the journal has no entry '7'")]
)
async def test_what_is_not_there_is_told(query: str, said: str) -> None:
    async with client(Mock().app) as http:
        assert said in await page(http, f"{HOME}?{query}", 404)


async def test_older_rows_are_a_link_away() -> None:
    async with client(Mock().app) as http:
        for number in range(3):
            await extend(http, title=f"Song {number}")
        first = await page(http, f"{HOME}?rows=2")
        assert "Song 0" not in first
        assert f'href="{HOME}?rows=102"' in first
        assert "Song 0" in await page(http, f"{HOME}?rows=102")


async def test_every_scenario_is_on_the_page_of_codes() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        text = await page(http, CODES)
        for scenario in mock.control.scenarios():
            assert scenario.summary in text
            assert all(trigger in text for trigger in scenario.triggers())
        assert "Rate Limited - Request limit has been exceeded for this resource" in text
        assert "apikley.openapi.yaml:" in text
        assert "classic.openapi.yaml:" not in text


async def test_every_question_is_there_with_its_readings_and_sources() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        text = await page(http, QUESTIONS)
        for question in mock.control.editions.register.questions.values():
            assert question.question in text
            assert all(source in text for source in question.sources)
            assert all(f"<b>{name}</b>" in text for name in (*question.readings, "vary"))
            assert f'value="{(await mock.control.questions())[question.id]}" checked' in text


async def test_a_button_goes_back_to_its_page() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id = await started(http)
        await mock.advance(TEXT)
        back = f"{HOME}?task={task_id}"
        answer = await press(http, "redeliver", task=task_id, stage="text", back=back)
        assert (answer.status_code, answer.headers["location"]) == (303, back)
        assert mock.delivery.stages == ["text", "text"]


@pytest.mark.parametrize("back", ["https://evil.example.com/", "//evil.example.com", "/api", ""])
async def test_a_button_leads_nowhere_else(back: str) -> None:
    async with client(Mock().app) as http:
        assert (await press(http, "freeze", back=back)).headers["location"] == HOME


async def test_a_question_is_changed_by_its_form() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await press(http, "read", question="first_items", reading="both", back=QUESTIONS)
        assert (await mock.control.questions())["first_items"] == "both"


async def test_what_cannot_be_done_is_told_on_the_page() -> None:
    async with client(Mock().app) as http:
        answer = await press(http, "advance", seconds="soon", back=f"{HOME}?code=422")
        assert answer.status_code == 400
        assert "seconds is 'soon'. Allowed: a number." in html.unescape(answer.text)
        assert 'value="422"' in answer.text
        answer = await press(http, "read", question="first_items", reading="on", back=QUESTIONS)
        assert "is unknown. Nearest: one." in answer.text


DEFAULT = re.compile(r'<select name="key" id="fail-key-any".*?</select>')
CHOSEN = re.compile(r'<option value="([^"]*)" selected>')


async def default(http: httpx.AsyncClient, url: str = HOME) -> str | None:
    """The handle of the key that a click is about, None where one has to be chosen."""
    found = CHOSEN.search(DEFAULT.search((await http.get(url)).text)[0])  # type: ignore[index]
    return found[1] if found else None


async def test_the_key_that_a_click_fails_is_chosen_once_and_kept() -> None:
    async with client(Mock().app) as http:
        first = await default(http)
        assert first
        for key in ("somebody-else", "and-another"):
            await extend(http, {"Authorization": f"Bearer {key}"})
            assert await default(http) == first


async def test_the_only_key_that_was_used_is_the_one() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await extend(http)
        await extend(http, {"Authorization": "Bearer mock-429"})
        first = await default(http)
        await extend(http, OTHER)
        assert first == handle_of("key", await page(http))
        assert await default(http) == first
        await press(http, "fail", key=first, scenario="402")
        assert [(await extend(http, headers)).json()["code"] for headers in (OTHER, None)] == [200, 402]


async def test_of_several_keys_none_is_failed_before_one_is_chosen() -> None:
    async with client(Mock().app) as http:
        await extend(http)
        await extend(http, OTHER)
        assert await default(http) is None
        assert "choose a key" in await page(http)
        answer = await press(http, "fail", key="", scenario="402")
        assert "key is missing. Allowed: any that the page offers." in answer.text
        mine = handle_of("key", await page(http))
        await press(http, "keep", key=mine)
        assert await default(http) == mine
        theirs = handle_of("other", await page(http))
        await press(http, "fail", key=theirs, scenario="402")
        assert await default(http) == theirs


def handle_of(key: str, text: str) -> str:
    """The handle that stands for a key on a page."""
    found = re.search(rf'<option value="([^"]*)"[^>]*>{re.escape(label(key))}<', text)
    assert found
    return found[1]


async def test_a_key_that_was_kept_by_another_mock_fails_nobody() -> None:
    async with client(Mock().app) as http:
        await extend(http)
        assert await default(http)
        [(name, kept)] = http.cookies.items()
        http.cookies.clear()
        http.cookies.set(name, kept[::-1])
        assert await default(http) is None


async def test_the_cookie_is_for_the_pages_of_this_mock_alone() -> None:
    async with client(Mock().app) as http:
        cookie = (await http.get(HOME)).headers["set-cookie"]
        assert re.match(
            "suno-mock-key-None=[0-9a-f]{16}; HttpOnly; Max-Age=2592000; Path=/__admin/; SameSite=strict", cookie
        )
        assert "set-cookie" not in (await http.get(HOME)).headers


async def test_the_cookie_is_for_the_path_that_the_browser_sees() -> None:
    """A proxy may take the path of the base URL away before it asks."""
    async with client(Mock(base_url="http://mock/suno").app) as http:
        for target in (HOME, f"/suno{HOME}"):
            http.cookies.clear()
            assert "; Path=/suno/__admin/;" in (await http.get(target)).headers["set-cookie"]


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a receiver that hangs before a page tells of it."""
    monkeypatch.setattr("mock_server.pages.dashboard.SLOW", 0.0)
    monkeypatch.setattr("mock_server.pages.buttons.PATIENCE", 0.0)


@pytest.mark.usefixtures("at_once")
async def test_receivers_that_hang_are_told_and_a_button_is_not_waited_for() -> None:
    mock = Mock(callback_timeout=7.0)
    mock.delivery.may_answer = asyncio.Event()
    async with client(mock.app) as http:
        for number in range(5):
            await started(http, callBackUrl=f"http://127.0.0.1:9/{number}")
        assert (await press(http, "advance", seconds="30")).status_code == 303
        for _ in range(5):
            await mock.delivery.came.acquire()
        text = await page(http)
        assert text.count("Waiting for <code>127.0.0.1:9</code> to answer the text callback of task") == 3
        assert "It gets at most 7 s." in text
        assert "And for 2 other answers." in text
        assert "1 button that was pressed is done after that." in text
        assert 'data-next="1.0"' in text
        task_id = mock.control.under_way()[0].task_id
        assert "text callback under way" in await page(http, f"{HOME}?task={task_id}")
        await press(http, "freeze")
        assert "2 buttons that were pressed are done after that." in await page(http, CODES)
        mock.delivery.may_answer.set()
        await mock.control.freeze()
        await settled()
        text = await page(http)
        assert ("Waiting for" in text, "done after that" in text) == (False, False)


@pytest.mark.usefixtures("at_once")
async def test_a_button_that_fails_when_nobody_waits_any_more_is_no_error() -> None:
    mock = Mock()
    mock.delivery.may_answer = asyncio.Event()
    async with client(mock.app) as http:
        task_id = await started(http)
        await press(http, "advance", seconds="30")
        await press(http, "redeliver", task=task_id, stage="text")
        await http.post("/__admin/reset", json={})
        await settled()
        assert "Nothing came yet." in await page(http)


VERSION = re.compile(r'data-version="(\w+)"')


@pytest.mark.parametrize("url", [HOME, f"{HOME}?task=TASK", f"{HOME}?entry=2", CODES, QUESTIONS])
async def test_what_a_browser_has_is_not_sent_again(url: str) -> None:
    async with client(Mock().app) as http:
        task_id = await started(http, title="Old")
        await extend(http, prompt=5)
        url = url.replace("TASK", task_id)
        whole = (await http.get(url)).text
        has = {HAS: ",".join(VERSION.findall(whole))}
        again = (await http.get(url, headers=has)).text
        assert VERSION.findall(again) == []
        assert len(again) < len(whole) * 0.6
        assert again.count("data-same></") == len(VERSION.findall(whole))


async def test_what_changed_is_sent() -> None:
    async with client(Mock().app) as http:
        await started(http, title="Old")
        has = {HAS: ",".join(VERSION.findall((await http.get(HOME)).text))}
        task_id = await started(http, title="New")
        text = (await http.get(HOME, headers=has)).text
        assert f'<li id="item-task-{task_id}" class="item" data-version=' in text
        assert ("New" in text, "Old" in text) == (True, False)


async def test_a_button_tells_who_looks_that_something_changed() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        before = mock.store.changes.count
        await press(http, "advance", seconds="1")
        await http.post("/__admin/clock/advance", json={"seconds": 1})
        assert mock.store.changes.count == before + 2


async def test_a_long_url_is_there_to_be_copied() -> None:
    mock = Mock()
    url = f"http://127.0.0.1:9/cb?state={'x' * 1000}"
    mock.delivery.parts = {"sent": [("Host", "receiver")]}
    async with client(mock.app) as http:
        task_id = await started(http, callBackUrl=url)
        await mock.advance(TEXT)
        text = await page(http, f"{HOME}?task={task_id}")
        assert f'data-copy="{url}"' in text
        assert f"> POST {url}\n" in text
        [short] = (await http.get("/__admin/journal", params={"kind": "attempt"})).json()["entries"]
        assert short["url"].endswith("... (1028 characters)")
        assert (await http.get(f"/__admin/journal/entries/{short['id']}")).json()["url"] == url


async def test_an_attempt_is_shown_with_what_its_receiver_answered() -> None:
    mock = Mock()
    mock.delivery.outcomes = [Outcome.REFUSED]
    answer = KeptAnswer(status=502, headers=[("X-Proxy", "down")], body=b"Bad gateway", size=11)
    mock.delivery.parts = {"answer": answer, "sent": [("Host", "receiver")]}
    async with client(mock.app) as http:
        task_id = await started(http)
        await mock.advance(TEXT)
        text = await page(http, f"{HOME}?task={task_id}")
        for expected in (
            "answer: Bad gateway",
            "> Host: receiver\n",
            "< HTTP 502\n< X-Proxy: down\n< \n< Bad gateway\n",
        ):
            assert expected in text


@pytest.mark.parametrize("url", [f"{HOME}?task=TASK", f"{HOME}?entry=3", f"{HOME}?status=PENDING&key=x&code=%3Cb%3E"])
async def test_nothing_that_a_client_sent_is_obeyed(url: str) -> None:
    mock = Mock(readings=("all=vary",))
    body = HOSTILE.encode()
    answer = KeptAnswer(status=200, headers=[(HOSTILE, HOSTILE)], body=body, size=len(body))
    mock.delivery.parts = {"answer": answer}
    async with client(mock.app) as http:
        task_id = await started(http, title=HOSTILE, prompt=HOSTILE, style=HOSTILE)
        await mock.advance(TEXT)
        await extend(http, {"Authorization": f"Bearer {HOSTILE}"}, model=HOSTILE, prompt=HOSTILE)
        text = (await http.get(url.replace("TASK", task_id))).text
        assert "<script>" not in text
        assert "<img src=x" not in text
        assert "onerror=alert(1)>" not in text


async def test_keys_are_masked() -> None:
    async with client(Mock().app) as http:
        secret = {"Authorization": "Bearer secret-of-mine"}
        await extend(http, secret)
        await extend(http, secret, prompt=5)
        for url in (HOME, f"{HOME}?entry=2", CODES):
            text = (await http.get(url)).text
            assert "secret-of-mine" not in text
            assert label("secret-of-mine") in text


@pytest.mark.parametrize("url", [HOME, CODES, QUESTIONS])
async def test_a_page_loads_nothing_from_elsewhere(url: str) -> None:
    async with client(Mock().app) as http:
        answer = await http.get(url)
        assert {name.lower(): value for name, value in HEADERS.items()}.items() <= dict(answer.headers).items()
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert 'src="http' not in answer.text
        assert 'href="http' not in answer.text


@pytest.mark.parametrize("name", ASSETS)
async def test_the_files_of_a_page_are_served(name: str) -> None:
    async with client(Mock().app) as http:
        (url,) = set(re.findall(rf'"(/__admin/pages/files/{name}[^"]*)"', (await http.get(HOME)).text))
        answer = await http.get(url)
        content, kind = ASSETS[name]
        assert (answer.content, answer.headers["content-type"]) == (content, kind)
        assert "immutable" in answer.headers["cache-control"]


async def test_another_file_is_404() -> None:
    async with client(Mock().app) as http:
        answer = await http.get(f"{HOME}pages/files/base.html.jinja")
        assert (answer.status_code, answer.text) == (404, "there is no file 'base.html.jinja'\n")


async def test_a_browser_that_asks_for_the_control_plane_gets_the_page() -> None:
    async with client(Mock().app) as http:
        answer = await http.get("/__admin", headers={"Accept": "text/html,*/*"})
        assert (answer.status_code, answer.headers["location"]) == (307, HOME)
        assert (await http.get("/__admin")).json()["endpoints"]


async def test_a_client_that_hangs_up_presses_nothing() -> None:
    mock = Mock()

    async def gone() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": f"{HOME}pages/reset",
        "raw_path": b"",
        "query_string": b"",
        "headers": [(b"host", b"mock"), (b"origin", b"http://mock")],
        "client": ("127.0.0.1", 1),
        "server": ("mock", 80),
        "scheme": "http",
        "http_version": "1.1",
    }
    await mock.app(scope, gone, send)
    assert sent[0]["status"] == 503


async def test_looking_leaves_no_trace() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id = await started(http)
        await mock.advance(COMPLETE)
        before = mock.store.journal.newest
        text = (await http.get(f"{HOME}?task={task_id}")).text
        for url in re.findall(r'src="([^"]+)"', text):
            assert (await http.get(url)).status_code == 200
        assert mock.store.journal.newest == before


@pytest.mark.parametrize("name", ["x" * 48, "x" * 48 + ".jpeg", "QQ" * 24 + ".mp3"])
async def test_media_that_are_not_there_leave_no_trace(name: str) -> None:
    mock = Mock()
    async with client(mock.app) as http:
        assert (await http.get(f"{HOME}pages/media/{name}")).status_code == 404
        assert mock.store.journal.newest == 0


async def test_files_that_are_gone_are_not_loaded() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id = await started(http)
        await mock.advance(15 * DAY)
        text = await page(http, f"{HOME}?task={task_id}")
        assert "Their files were kept for 14 days and are gone." in text
        assert "<audio" not in text


@pytest.mark.parametrize(("readings", "seconds"), [({}, 0.0), ({"pace": "time"}, 0.5)])
async def test_a_page_says_when_to_look_again(readings: dict[str, str], seconds: float) -> None:
    mock = Mock(**readings)
    async with client(mock.app) as http:
        await started(http, audioId="mock-silent")
        if seconds:
            await mock.control.run()
        found = re.search(r'data-next="([0-9.e-]+)"', (await http.get(HOME)).text)
        assert (found is None) == (seconds == 0)
        assert found is None or 0 < float(found[1]) <= seconds


@pytest.mark.parametrize("text", [r"\ud800", r"\u202egnp.exe", r"\u0000\u001b[31m"])
async def test_what_cannot_be_seen_is_written_out(text: str) -> None:
    async with client(Mock().app) as http:
        body = json.dumps(request()).replace('"Peaceful Piano Extended"', f'"{text}"')
        await http.post("/api/v1/generate/extend", content=body, headers={"Content-Type": "application/json"})
        for url in (HOME, f"{HOME}?entry=1", f"{HOME}?status=every+request"):
            shown = (await http.get(url)).text
            assert shown.replace("\n", "").isprintable()
        assert text in (await page(http, f"{HOME}?entry=1"))


async def test_what_was_no_http_is_shown_without_a_curl() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await mock.app.misread(TLS)
        assert "https:// was spoken to a port that speaks http://" in await page(http, f"{HOME}?status=every+request")
        shown = await page(http, f"{HOME}?entry=1")
        assert "HTTP 400" in shown
        assert "-X TLS" not in shown


@pytest.mark.parametrize(("method", "path"), [("POST", ""), ("PUT", "pages/codes"), ("GET", "pages/reset")])
async def test_a_wrong_method_is_405(method: str, path: str) -> None:
    async with client(Mock().app) as http:
        answer = await http.request(method, f"{HOME}{path}")
        assert answer.status_code == 405
        assert answer.headers["allow"]
