"""What the URLs of a task begin with, by where the mock listens and which Host its request had: on real sockets."""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from mock_server import MockServer
from mock_server.commands.demo import EXTEND, RECORD_INFO
from mock_server.http.server import base_url, listen
from mock_server.testing.receiver import Receiver
from tests.browser import chromium
from tests.builders import COMPLETE, request
from tests.processes import serving

EVERYWHERE = "0.0.0.0"
SUNO = "suno-mock:4010"
URLS = re.compile(rb'"(?:source_)?(?:stream_)?(?:audio|image)_url":"(http://[^/"]+)/')


class Client:
    """A client that calls one mock by one name, with a receiver of its own callbacks."""

    def __init__(self, mock: MockServer, receiver: Receiver, host: str | None) -> None:
        self.mock = mock
        self.receiver = receiver
        self.headers = {**mock.headers, **({} if host is None else {"Host": host})}
        self.http = httpx.Client(base_url=mock.url)

    def extend(self, **changes: Any) -> str:
        body = request(**{"callBackUrl": self.receiver.url, **changes})
        task_id: str = self.http.post(EXTEND, json=body, headers=self.headers).json()["data"]["taskId"]
        return task_id

    def record(self, task_id: str, host: str) -> dict[str, Any]:
        """The record, as somebody polls it under a name."""
        headers = {**self.headers, "Host": host}
        record: dict[str, Any] = self.http.get(RECORD_INFO, params={"taskId": task_id}, headers=headers).json()["data"]
        return record

    def bodies(self) -> list[bytes]:
        return [each.body for each in self.receiver.received]


@contextmanager
def calling(host: str | None = SUNO, listens: str = EVERYWHERE, **settings: Any) -> Iterator[Client]:
    with MockServer(host=listens, pace="manual", **settings) as mock, Receiver() as receiver:
        client = Client(mock, receiver, host)
        with client.http:
            yield client


def tracks(record: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = record["response"]["sunoData"]
    return found


@pytest.mark.parametrize("host", [SUNO, "192.168.1.5:4010", "[2001:db8::1]:4010", "mock.example.com"])
def test_a_task_keeps_the_host_of_the_request_that_started_it(host: str) -> None:
    with calling(host) as client:
        task_id = client.extend()
        client.mock.clock.advance(COMPLETE)
        client.mock.redeliver(task_id, "complete")
        found = [url for body in client.bodies() for url in URLS.findall(body)]
        assert len(found) == 15  # six of each complete one, three of the first
        assert set(found) == {f"http://{host}".encode()}
        for asked in (host, "another-name:1", "127.0.0.1"):
            record = client.record(task_id, asked)
            assert {httpx.URL(each["audioUrl"]).netloc.decode() for each in tracks(record)} == {host}
        for each in tracks(record):
            path = httpx.URL(each["streamAudioUrl"]).path
            assert client.http.get(path).headers["content-type"] == "audio/mpeg"


@pytest.mark.parametrize("host", ["evil.example/x", "user@evil.example", "evil.example:0", "a b", "a" * 400, ""])
def test_what_is_no_host_gets_the_url_for_this_machine(host: str) -> None:
    with calling(host) as client:
        task_id = client.extend()
        client.mock.clock.advance(COMPLETE)
        for each in tracks(client.record(task_id, SUNO)):
            assert each["audioUrl"].startswith(f"{client.mock.url}/")


@pytest.mark.parametrize("listens", ["127.0.0.1", "localhost"])
def test_on_loopback_no_host_is_taken(listens: str) -> None:
    with calling("evil.example", listens) as client:
        task_id = client.extend()
        client.mock.clock.advance(COMPLETE)
        assert {url.decode() for body in client.bodies() for url in URLS.findall(body)} == {client.mock.url}
        assert tracks(client.record(task_id, SUNO))[0]["audioUrl"].startswith(f"{client.mock.url}/")


def test_a_base_url_that_is_set_holds_on_every_address() -> None:
    with calling(base_url="http://media:80/suno") as client:
        task_id = client.extend()
        client.mock.clock.advance(COMPLETE)
        assert tracks(client.record(task_id, SUNO))[0]["imageUrl"].startswith("http://media:80/suno/")


def test_a_trigger_takes_the_host_of_its_own_request() -> None:
    with calling() as client:
        headers = {"Authorization": f"Bearer {client.mock.settings.admin_token}", "Host": SUNO}
        body = {"scenario": "200", "to": client.receiver.url}
        client.http.post("/__admin/trigger", json=body, headers=headers).raise_for_status()
        client.mock.clock.advance(COMPLETE)
        assert {url for each in client.bodies() for url in URLS.findall(each)} == {b"http://suno-mock:4010"}


def test_a_trigger_in_python_has_the_url_for_this_machine() -> None:
    with calling() as client:
        client.mock.trigger("200", client.receiver.url)
        client.mock.clock.advance(COMPLETE)
        assert {url.decode() for each in client.bodies() for url in URLS.findall(each)} == {client.mock.url}


def test_who_asks_is_told_its_own_base_url() -> None:
    with calling() as client:
        health = client.http.get("/__admin/health", headers={"Host": SUNO}).json()
        assert health["base_url"] == f"http://{SUNO}"
        assert client.http.get("/__admin/health").json()["base_url"] == client.mock.url


def test_a_curl_is_as_its_client_asked() -> None:
    with calling() as client:
        client.extend()
        headers = {"Authorization": f"Bearer {client.mock.settings.admin_token}"}
        (entry,) = client.http.get("/__admin/journal", headers=headers).json()["entries"]
        whole = client.http.get(httpx.URL(entry["entry"]).path, headers=headers).json()
        assert whole["curl"].startswith(f"curl -sS -g -X POST http://{SUNO}{EXTEND} -H")


def test_the_same_seed_gives_the_same_bytes_for_each_host() -> None:
    def course(host: str) -> list[bytes]:
        with calling(host, seed=7) as client:
            task_id = client.extend(callBackUrl="http://127.0.0.1:9/")  # the port of a receiver is in the record
            client.extend()
            client.mock.clock.advance(COMPLETE)
            record = client.record(task_id, host)
            media = client.http.get(httpx.URL(tracks(record)[0]["audioUrl"]).path).content
            return [json.dumps(record).encode(), media, *client.bodies()]

    first, second, other = course(SUNO), course(SUNO), course("another:1")
    assert first == second != other
    assert [each.replace(b"another:1", SUNO.encode()) for each in other] == first


def test_the_desk_loads_media_from_its_own_origin_alone() -> None:
    with calling("media.evil.example") as client, chromium() as browser:
        task_id = client.extend()
        client.mock.clock.advance(COMPLETE)
        token = client.mock.settings.admin_token
        context = browser.new_context(http_credentials={"username": "me", "password": token})
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{client.mock.url}/__admin/?task={task_id}")
        expect(page.locator("figure img")).to_have_count(2)
        page.evaluate("Promise.all([...document.querySelectorAll('figure img')].map((img) => img.decode()))")
        page.evaluate("document.querySelector('audio').load()")
        expect(page.locator("body")).to_contain_text("http://media.evil.example/")
        assert {httpx.URL(url).netloc for url in asked} == {httpx.URL(client.mock.url).netloc}
        assert any(url.endswith(".jpeg") for url in asked)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (EVERYWHERE, r"http://127\.0\.0\.1:[0-9]+"),
        ("::", r"http://127\.0\.0\.1:[0-9]+"),
        ("[::]", r"http://127\.0\.0\.1:[0-9]+"),
        ("::1", r"http://\[::1\]:[0-9]+"),
        ("[::1]", r"http://\[::1\]:[0-9]+"),
    ],
)
def test_the_first_line_is_a_url_that_works(host: str, expected: str) -> None:
    if ":" in host and not has_ipv6():
        pytest.skip("no IPv6 here; on Linux: sysctl net.ipv6.conf.all.disable_ipv6=0")
    with serving("--host", host, "--pace", "manual") as process:
        assert process.stdout
        lines = [process.stdout.readline().strip() for _ in range(4 if "1" in host else 6)]
        assert re.fullmatch(expected, lines[0])
        health = httpx.get(f"{lines[0]}/__admin/health").json()
        assert health["base_url"] == lines[0]
    everywhere = (
        "hosts  every name and address of this machine: a task's URLs take the Host of its request, or --base-url"
    )
    assert (everywhere in lines) is ("1" not in host)
    assert any(line.startswith("token  ") for line in lines) is ("1" not in host)


def has_ipv6() -> bool:
    try:
        with listen("::1", 0):
            return True
    except ValueError:
        return False


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="no dual stack here")
def test_every_address_of_ipv6_is_every_one_of_ipv4_too() -> None:
    with calling(listens="::") as client:
        port = httpx.URL(client.mock.url).port
        for address in ("127.0.0.1", "[::1]") if has_ipv6() else ("127.0.0.1",):
            assert httpx.get(f"http://{address}:{port}/__admin/health").json()["status"] == "ready"
            assert httpx.get(f"http://{address}:{port}/__admin/journal").status_code == 401


def test_without_a_dual_stack_the_url_is_of_ipv6() -> None:
    if not has_ipv6():
        pytest.skip("no IPv6 here; on Linux: sysctl net.ipv6.conf.all.disable_ipv6=0")
    with socket.create_server(("::", 0), family=socket.AF_INET6) as alone:
        assert base_url(alone) == f"http://[::1]:{alone.getsockname()[1]}"
