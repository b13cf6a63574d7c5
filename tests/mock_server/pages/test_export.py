"""What a page shows as files of other tools, over HTTP."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from mock_server.domain.attempt import Outcome
from mock_server.domain.kept_answer import KeptAnswer
from mock_server.http.other_protocol import TLS
from mock_server.pages.rendering import EXPORT
from tests.builders import TEXT
from tests.clients import Mock, client, extend

pytestmark = pytest.mark.anyio

SECRET = {"Authorization": "Bearer a-very-secret-key"}


async def exported(http: httpx.AsyncClient, form: str, query: str = "", status: int = 200) -> httpx.Response:
    answer = await http.get(f"{EXPORT}/{form}?{query}")
    assert answer.status_code == status, answer.text
    return answer


async def busy(mock: Mock, http: httpx.AsyncClient) -> str:
    """A task whose callback was received, and a request that was refused; the id of the task."""
    answer = KeptAnswer(status=200, headers=[("Set-Cookie", "secret=1")], body=b"\xff", size=1)
    mock.delivery.parts = {"answer": answer, "sent": [("Content-Type", "application/json")]}
    task_id: str = (await extend(http, SECRET, title="Mine é")).json()["data"]["taskId"]
    await mock.advance(TEXT)
    await extend(http, SECRET, prompt=5)
    return task_id


async def test_har_has_requests_and_callbacks_with_their_answers() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await busy(mock, http)
        answer = await exported(http, "HAR")
        log = answer.json()["log"]
        assert answer.headers["content-disposition"] == 'attachment; filename="suno-mock.har"'
    assert (log["version"], log["creator"]["name"]) == ("1.2", "suno-mock")
    accepted, callback, refused = log["entries"]
    assert json.loads(accepted["request"]["postData"]["text"])["title"] == "Mine é"
    assert json.loads(accepted["response"]["content"]["text"])["code"] == 200
    assert json.loads(callback["request"]["postData"]["text"])["data"]["callbackType"] == "text"
    assert callback["response"]["content"] == {"size": 1, "mimeType": "", "text": "/w==", "encoding": "base64"}
    assert json.loads(refused["response"]["content"]["text"])["code"] == 422
    needed = {"startedDateTime", "time", "request", "response", "cache", "timings"}
    assert all(needed <= set(each) for each in log["entries"])


@pytest.mark.parametrize("form", ["JSON", "HAR", "curl", "Postman"])
async def test_no_file_has_a_secret(form: str) -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await busy(mock, http)
        text = (await exported(http, form)).text
    assert "a-very-secret-key" not in text
    assert "secret=1" not in text
    assert "Mine" in text


async def test_a_shell_reads_the_script() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await busy(mock, http)
        await mock.app.misread(TLS)
        script = (await exported(http, "curl", "status=every request")).text
    assert script.count("curl -sS") == 3
    assert "# it cannot be sent again" in script
    read = await asyncio.create_subprocess_exec("sh", "-n", stdin=asyncio.subprocess.PIPE)
    await read.communicate(script.encode())
    assert read.returncode == 0


async def test_a_collection_has_its_key_and_url_as_variables() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await busy(mock, http)
        found: dict[str, Any] = (await exported(http, "Postman")).json()
    asked, told, _ = [each["request"] for each in found["item"]]
    assert asked["url"] == "{{baseUrl}}/api/v1/generate/extend"
    assert {"key": "Authorization", "value": "Bearer {{key}}"} in asked["header"]
    assert told["url"] == "https://api.example.com/callback"
    assert [each["key"] for each in found["variable"]] == ["baseUrl", "key"]


async def test_what_is_exported_is_what_is_found() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id = await busy(mock, http)
        kinds = {
            query: [each["kind"] for each in (await exported(http, "JSON", query)).json()["entries"]]
            for query in (f"task={task_id}", "entry=3", "q=code:422", "q=mine", "q=nothing")
        }
    assert list(kinds.values()) == [["request", "attempt"], ["request"], ["request"], ["request", "attempt"], []]


async def test_an_attempt_that_got_no_answer_and_one_that_was_not_made() -> None:
    mock = Mock()
    mock.delivery.outcomes = [Outcome.UNREACHABLE]
    async with client(mock.app) as http:
        await extend(http, {})
        await mock.advance(TEXT)
        entries = (await exported(http, "HAR")).json()["log"]["entries"]
    assert entries[1]["response"]["status"] == 0
    assert entries[1]["request"]["headers"] == [{"name": "Content-Type", "value": "application/json"}]


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("XML", 400, "format 'XML' is unknown."),
        ("HAR?task=x", 404, "there is no task 'x'"),
        ("HAR?entry=9", 404, "the journal has no entry '9'"),
        ("HAR?q=stat:x", 400, "filter 'stat' is unknown."),
    ],
)
async def test_what_cannot_be_exported_is_told(path: str, status: int, said: str) -> None:
    async with client(Mock().app) as http:
        answer = await http.get(f"{EXPORT}/{path}")
        assert answer.status_code == status
        assert said in answer.text
