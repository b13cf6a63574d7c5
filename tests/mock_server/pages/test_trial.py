"""Requests that the desk sends for its visitors, over HTTP and without a script."""

import html
from typing import Any

import httpx
import pytest

from mock_server.contract.operations import path
from mock_server.pages.rendering import HOME, RECEIVER, TRY
from mock_server.pages.shown_keys import handle_of
from mock_server.state.faults import Broken, Fault
from mock_server.state.journal_entries import Requested
from tests.builders import TEXT, request
from tests.clients import Mock, client
from tests.waiting import settled

pytestmark = pytest.mark.anyio

OURS = {"Origin": "http://mock"}


async def filled(http: httpx.AsyncClient, button: str = "send", operation: str = "extend", **members: Any) -> str:
    """The text of the page after its form was sent, escapes undone."""
    body = {f"body.{name}": value for name, value in members.items()}
    form = {"operation": operation, "back": TRY, **body}
    answer = await http.post(f"{HOME}pages/{button}", data=form, headers=OURS, follow_redirects=True)
    return html.unescape(answer.text)


async def test_the_example_of_the_document_reaches_the_built_in_receiver() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        answer = await http.post(f"{HOME}pages/send", data={"back": HOME}, headers=OURS)
        task = (await mock.control.tasks())[0]
        assert answer.headers["location"] == f"{HOME}?task={task.task_id}"
        await mock.advance(TEXT)
        assert [url for url, _ in mock.delivery.sent] == [f"http://127.0.0.1:4010{RECEIVER}"]


async def test_the_built_in_receiver_answers_everybody() -> None:
    async with client(Mock(admin_token="t0ken").app) as http:
        answer = await http.post(RECEIVER, json={"code": 200}, headers={"Authorization": ""})
        assert (answer.status_code, answer.json()) == (200, {"received": True})


@pytest.mark.parametrize("profile", ["apikley", "kie", "sunoapi"])
async def test_every_operation_has_a_form(profile: str) -> None:
    mock = Mock(profile=profile)
    async with client(mock.app) as http:
        for each in mock.control.editions.profile.operations.values():
            if each.method == "POST":
                text = (await http.get(TRY, params={"operation": each.name})).text
                assert 'name="body.' in text
                assert f"<code>{each.path}</code>" in text


async def test_what_is_wrong_stands_beside_its_field_and_nothing_is_sent() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        text = await filled(http, "check", model="V4", title="W" * 81, continueAt="soon")
        assert "title has 81 characters; allowed: at most 80 characters for model V4 <code>extend.title.length" in text
        assert 'continueAt is "soon"; allowed: a number' in text
        assert ">81 of 80 characters<" in text
        assert not await mock.control.entries()


async def test_a_request_that_is_refused_keeps_what_was_typed() -> None:
    async with client(Mock().app) as http:
        text = await filled(http, "send", **request(title="Mine", audioId="nobody's"))
        assert 'value="Mine"' in text
        assert "audioId.known" in text
        assert "<h2>The answer</h2>" in text


@pytest.mark.parametrize("number", ["NaN", "1e999", "-Infinity"])
async def test_a_number_that_is_none_is_refused_by_the_mock(number: str) -> None:
    async with client(Mock().app) as http:
        text = await filled(http, "send", **request(continueAt=number))
        assert "<h2>The answer</h2>" in text
        assert '"code": 422' in text


async def test_a_key_of_any_letters_sends() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        sent = {b"Authorization": "Bearer schlüssel".encode("latin-1")}
        await http.post(path("extend"), json=request(), headers=sent)
        form = {"operation": "extend", "back": TRY, "key": handle_of("schlüssel"), "body.title": "Mine"}
        answer = await http.post(f"{HOME}pages/send", data=form, headers=OURS, follow_redirects=True)
        assert answer.status_code == 200
        newest = [each for each in await mock.control.entries() if isinstance(each, Requested)][-1]
        assert newest.call.key == "schlüssel"


async def test_an_accepted_request_shows_its_task() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        text = await filled(http, "send", "lyrics", prompt="The sea", callBackUrl=f"http://127.0.0.1:9{RECEIVER}")
        task = (await mock.control.tasks())[0]
        assert (task.operation, task.task_id in text) == ("lyrics", True)
        await settled()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"operation": "exten"}, "operation 'exten' is unknown."),
        ({"entry": "7"}, "the journal has no entry '7'"),
    ],
)
async def test_what_is_not_there_is_told(query: dict[str, str], said: str) -> None:
    async with client(Mock().app) as http:
        answer = await http.get(TRY, params=query)
        assert answer.status_code == 404
        assert said in html.unescape(answer.text)


async def test_an_attempt_is_no_request() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await http.post(f"{HOME}pages/send", data={"back": HOME}, headers=OURS)
        await mock.advance(TEXT)
        answer = await http.get(TRY, params={"entry": "2"})
        assert "entry 2 of the journal is no request" in answer.text


async def test_a_body_that_is_no_object_leaves_the_fields_empty() -> None:
    async with client(Mock().app) as http:
        for body in ("[]", "{"):
            await http.post("/api/v1/generate/extend", content=body)
        for entry in ("1", "2"):
            text = html.unescape((await http.get(TRY, params={"entry": entry})).text)
            assert "<h2>The answer</h2>" in text
            assert 'id="trial-title" value=""' in text


async def test_a_connection_that_a_fault_cuts_is_told() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await mock.control.put_fault(None, Fault(answer=Broken.RESET))
        assert "got no answer for a fault cut the connection" in await filled(http, title="Lost")


async def test_a_form_that_lost_its_fields_sends_nothing() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        answer = await http.post(f"{HOME}pages/send", headers=OURS)
        assert (answer.status_code, "the form has no fields" in answer.text) == (400, True)
        assert not await mock.control.entries()
