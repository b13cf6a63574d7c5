"""A client of the API: what it makes of answers, and how it waits."""

from typing import Any

import httpx
import pytest

from mock_server.commands.client.api_client import Asking, Patience, wait
from mock_server.commands.client.caller import is_near
from mock_server.core.errors import BadSetting

PENDING = frozenset({"PENDING", "TEXT_SUCCESS"})


class Scripted:
    """A server's answers one after the other, and a clock that is moved by waiting."""

    def __init__(self, *answers: Any, url: str = "http://api/") -> None:
        self._answers = list(answers)
        self.time = 0.0
        self.told: list[str] = []
        self.warned: list[str] = []
        self.asking = Asking(url, "key", httpx.MockTransport(self._answer))

    def waited(self, timeout: float = 600) -> Any:
        patience = Patience(timeout=timeout, every=5, clock=lambda: self.time, pause=self._pause)
        return wait(self.asking, "task", PENDING, patience, self._tell, self.warned.append)

    def _tell(self, passed: float, status: str) -> None:
        self.told.append(f"{passed:7.1f} s  {status}")

    def _pause(self, seconds: float) -> None:
        self.time += seconds

    def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)


def record(status: str) -> dict[str, Any]:
    return {"code": 200, "msg": "success", "data": {"status": status}}


def test_each_new_status_is_told_once() -> None:
    script = Scripted(record("PENDING"), record("PENDING"), record("TEXT_SUCCESS"), record("SUCCESS"))
    assert script.waited() == {"status": "SUCCESS"}
    assert script.told == ["    0.0 s  PENDING", "   10.0 s  TEXT_SUCCESS", "   15.0 s  SUCCESS"]


def test_trouble_that_goes_by_is_told_and_waited_out() -> None:
    limited = {"code": 429, "msg": "slow down"}
    script = Scripted(limited, httpx.ConnectError("refused"), httpx.Response(502, text="<html>"), record("SUCCESS"))
    assert script.waited() == {"status": "SUCCESS"}
    assert script.told == ["   70.0 s  SUCCESS"]
    assert script.warned == [
        "after 0.0 s: 429 slow down",
        "after 10.0 s: nobody answers at http://api: refused. Start a mock with `suno-mock serve`, or say where it is: "
        "--url or SUNO_MOCK_URL",
        "after 30.0 s: no answer of the API but HTTP 502 with a page of HTML: '<html>'",
    ]


def test_trouble_is_no_status() -> None:
    limited = {"code": 429, "msg": "TEXT_SUCCESS"}
    script = Scripted(record("PENDING"), limited, record("PENDING"), limited, record("SUCCESS"))
    assert script.waited() == {"status": "SUCCESS"}
    assert [line.split()[2] for line in script.told] == ["PENDING", "SUCCESS"]
    assert [line.split(": ")[1] for line in script.warned] == ["429 TEXT_SUCCESS"] * 2


UNKNOWN = {"code": 200, "msg": "success", "data": None}


def test_a_mock_that_does_not_know_the_task_is_given_up() -> None:
    script = Scripted(UNKNOWN)
    with pytest.raises(LookupError) as ended:
        script.waited()
    assert str(ended.value) == "the server does not know the task: 4 answers in a row had code 200 and no data"
    assert (script.told, script.warned) == ([], ["after 0.0 s: the server does not know the task (yet)"])


def test_a_live_server_may_know_the_task_later() -> None:
    script = Scripted(*[UNKNOWN] * 6, record("SUCCESS"), url="https://api.example.com")
    assert script.waited() == {"status": "SUCCESS"}
    with pytest.raises(TimeoutError, match=r"^no status came; the server does not know the task \(yet\)$"):
        Scripted(UNKNOWN, url="https://api.example.com").waited()


def test_a_record_that_is_no_object_ends_the_wait() -> None:
    with pytest.raises(LookupError, match=r"^its record is \[1\]\. Allowed: a JSON object$"):
        Scripted({"code": 200, "msg": "success", "data": [1]}).waited()


def test_the_wait_ends_in_time() -> None:
    script = Scripted(record("TEXT_SUCCESS"))
    with pytest.raises(TimeoutError, match=r"^TEXT_SUCCESS$"):
        script.waited(timeout=60)
    assert script.time == 60


def test_a_poll_that_is_refused_ends_the_wait() -> None:
    with pytest.raises(LookupError, match=r"^polling is refused: 401 no key$"):
        Scripted({"code": 401, "msg": "no key"}).waited()


@pytest.mark.parametrize("answer", ["", "<html>", "[]", '{"code": "200"}', '{"code": true}', "[" * 100_000], ids=repr)
def test_what_is_no_envelope_has_no_code(answer: str) -> None:
    found = Scripted(httpx.Response(200, text=answer)).asking.record("task")
    assert (found.code, found.accepted) == (0, False)
    assert found.msg.startswith("no answer of the API but ")


def test_a_request_that_is_not_answered_may_have_started_a_task() -> None:
    with pytest.raises(BadSetting) as refused:
        Scripted(httpx.ReadTimeout("")).asking.extend(b"{}", {})
    assert str(refused.value) == (
        "http://api did not answer within 60 s. The request was sent, so a task may have been started."
    )


SENT = [httpx.RemoteProtocolError("Server disconnected."), httpx.ReadError(""), httpx.WriteError("broken pipe")]


@pytest.mark.parametrize("error", SENT, ids=repr)
def test_an_answer_that_breaks_off_may_have_started_a_task(error: httpx.HTTPError) -> None:
    with pytest.raises(BadSetting) as refused:
        Scripted(error).asking.extend(b"{}", {})
    why = str(error).rstrip(".") or "ReadError"
    hint = "" if isinstance(error, httpx.WriteError) else " If it speaks TLS, write https:// in --url."
    assert str(refused.value) == (
        f"http://api did not answer to the end: {why}.{hint} The request was sent, so a task may have been started."
    )
    with pytest.raises(BadSetting) as refused:
        Scripted(error).asking.record("task")
    assert str(refused.value) == f"http://api did not answer to the end: {why}.{hint}"


@pytest.mark.parametrize("error", [httpx.ConnectTimeout("late"), httpx.ProxyError("403")], ids=repr)
def test_a_request_that_never_left_started_nothing(error: httpx.HTTPError) -> None:
    with pytest.raises(BadSetting) as refused:
        Scripted(error, url="http://me:hush@api").asking.extend(b"{}", {})
    assert str(refused.value).startswith(f"nobody answers at http://...@api: {error}. Start")


def test_nobody_at_a_live_url_is_not_told_to_start_a_mock() -> None:
    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(BadSetting) as refused:
        Asking("https://api.example.com", "key", httpx.MockTransport(down)).extend(b"{}", {})
    assert str(refused.value) == "nobody answers at https://api.example.com: refused."


@pytest.mark.parametrize("key", ["\xe4", "a\nb", " a", "a ", "a" * 5000])
def test_a_key_that_cannot_be_sent_is_not_shown(key: str) -> None:
    with pytest.raises(BadSetting) as refused:
        Asking("http://api", key)
    assert str(refused.value) == (
        "the key cannot be sent. Allowed: letters, digits and signs of ASCII, at most 1000, and no blank at its ends."
    )


HOSTS = {
    "127.0.0.1": True,
    "[::1]": True,
    "192.168.0.7": True,
    "localhost": True,
    "suno-mock": True,
    "app.localhost": True,
    "host.docker.internal": True,
    "8.8.8.8": False,
    "api.apikley.ru": False,
    "api.": True,
    "[2606:4700::1]": False,
}


@pytest.mark.parametrize("host", HOSTS)
def test_only_this_machine_and_private_networks_are_near(host: str) -> None:
    assert is_near(f"https://{host}:8000/x") is HOSTS[host]


def test_a_proxy_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks9://127.0.0.1:1")
    Asking("http://127.0.0.1", "key")
    with pytest.raises(BadSetting, match="the proxy that the environment sets cannot be used: "):
        Asking("https://api.example.com", "key")


@pytest.mark.parametrize("hosts", ["fd00::/8", "[::1]"])
def test_hosts_without_a_proxy_that_cannot_be_read_are_named(hosts: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", hosts)
    monkeypatch.delenv("no_proxy", raising=False)
    Asking("http://127.0.0.1", "key")
    with pytest.raises(BadSetting, match=r"cannot be used: Invalid port: .* and NO_PROXY\.$"):
        Asking("https://api.example.com", "key")


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSLKEYLOGFILE"])
def test_files_for_tls_that_are_not_there_are_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "/nope/x")
    Asking("http://127.0.0.1", "key")
    with pytest.raises(BadSetting, match=r"^TLS cannot be set up: .*No such file.* Look at SSL_CERT_FILE, "):
        Asking("https://api.example.com", "key")
