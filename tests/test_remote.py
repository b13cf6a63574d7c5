"""The control plane of a mock in another process, as a client sees it."""

import httpx
import pytest

from mock_server.commands.remote import Remote, Unreached
from mock_server.errors import BadSetting
from mock_server.server import MockServer
from mock_server.settings import BASE_URL


def remote(answer: httpx.Response | httpx.HTTPError, url: str = BASE_URL) -> Remote:
    def answered(request: httpx.Request) -> httpx.Response:
        if isinstance(answer, httpx.HTTPError):
            raise answer
        return answer

    return Remote(url, transport=httpx.MockTransport(answered))


def refusal(answer: httpx.Response | httpx.HTTPError, url: str = BASE_URL) -> str:
    with pytest.raises(BadSetting) as refused:
        remote(answer, url).get("clock")
    return str(refused.value)


def test_nobody_there_says_how_to_start_one() -> None:
    with pytest.raises(Unreached) as refused:
        remote(httpx.ConnectError("Connection refused")).get("clock")
    assert str(refused.value) == (
        "no mock answers at http://127.0.0.1:4010: Connection refused. "
        "Start one with `suno-mock serve`, or say where it is: --url or SUNO_MOCK_URL."
    )


def test_another_port_is_started_as_named() -> None:
    assert "`suno-mock serve --port 5000`" in refusal(httpx.ReadTimeout(""), "http://127.0.0.1:5000/")


def test_an_error_is_its_text() -> None:
    assert refusal(httpx.Response(409, json={"error": "the clock runs\x1b"})) == "the clock runs\\x1b"


@pytest.mark.parametrize(
    "answer", [httpx.Response(200, text="<html>"), httpx.Response(200, json=[]), httpx.Response(404, json={})], ids=str
)
def test_what_is_no_mock_is_named(answer: httpx.Response) -> None:
    assert refusal(answer).startswith(f"what answers at {BASE_URL} is no suno-mock: HTTP {answer.status_code} ")


def test_a_token_opens_the_control_plane() -> None:
    with MockServer(admin_token="secret") as mock, Remote(mock.url, "secret") as known:
        assert known.get("clock")["frozen"] is False
        with Remote(mock.url) as stranger, pytest.raises(BadSetting, match="has a token, and none came"):
            stranger.get("clock")


@pytest.mark.parametrize("token", ["\xe4", "a\nb"])
def test_a_token_that_cannot_be_sent_is_refused(token: str) -> None:
    with pytest.raises(BadSetting, match="the admin token is no token"):
        Remote(BASE_URL, token)


def test_a_text_that_cannot_be_sent_is_refused() -> None:
    with pytest.raises(BadSetting) as refused:
        remote(httpx.Response(204)).get("journal", key="\udcff")
    assert str(refused.value).endswith(" is no text that can be sent.")


def test_commands_to_paste_name_the_mock_where_it_is_another() -> None:
    assert Remote(BASE_URL).command("clock advance") == "suno-mock clock advance"
    assert Remote("http://mock:1/").command("tasks") == "suno-mock tasks --url http://mock:1"
