"""What is told of the URL of an engine."""

import socket
from contextlib import suppress
from threading import Thread

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mock_server.core.errors import BadSetting
from mock_server.core.settings import Settings
from mock_server.domain.masking import masked_place
from mock_server.state import state_copy
from mock_server.state.shared import redis_connection
from mock_server.state.shared.redis_connection import UNCLEAR, connected, named

SECRET = "7007"
"""A part of each password that is drawn; digits alone, so that it can be a port, and none of the rest."""
BETWEEN = st.text("/?#@:[]%& .\\a1", max_size=3)
PASSWORDS = st.builds(f"{{}}{SECRET}{{}}{SECRET}{{}}".format, BETWEEN, BETWEEN, BETWEEN)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("redis://user:hunter2@a.test:1/2?x=y", "redis://a.test:1/2"),
        ("valkey://:hunter2@a.test", "valkey://a.test"),
        ("redis://a.test/2", "redis://a.test/2"),
        ("redis://a.test/", "redis://a.test/"),
        ("redis://[::1]:6379", "redis://[::1]:6379"),
    ],
)
def test_an_engine_is_called_without_its_password(url: str, name: str) -> None:
    assert named(url) == name


@pytest.mark.parametrize(
    "url",
    [f"redis://:hun{each}ter2@a.test:6379" for each in "/?#["]
    + [
        "redis://:12/3@a.test",
        "redis://:12?3@a.test",
        "redis://a.test:65536",
        "redis:/:hunter2@a.test",
        "redis:hunter2",
    ],
)
def test_nothing_is_told_of_a_url_whose_password_nobody_can_tell(url: str) -> None:
    with pytest.raises(BadSetting) as told:
        named(url)
    assert str(told.value) == UNCLEAR


@given(
    password=PASSWORDS,
    begins=st.sampled_from(["redis://", "valkeys://", "redis:/", "Redis:/", "http://"]),
    user=st.sampled_from(["", "somebody"]),
    ends=st.sampled_from(["127.0.0.1:1", "127.0.0.1:1/2", "[::1]:1", "127.0.0.1:1?db=x", "127.0.0.1:1?unknown=1"]),
)
@example(password=f"{SECRET}?{SECRET}", begins="redis://", user="", ends="127.0.0.1:1")
def test_no_text_has_a_password(password: str, begins: str, user: str, ends: str) -> None:
    url = f"{begins}{user}:{password}@{ends}"
    told = [masked_place(url)]
    for tried in (named, check_settings, ask, state_copy.must_be_file, state_copy.shown, state_copy.problem):
        try:
            told.append(f"{tried(url)}")
        except BadSetting as error:
            told.append(f"{error}")
    assert [text for text in told if SECRET in text] == []


def check_settings(url: str) -> None:
    Settings(state=url)


def ask(url: str) -> None:
    with suppress(KeyError), connected(url) as engine:  # of a scheme that nobody knows
        engine.ping()


@pytest.mark.parametrize("path", ["/abc", "/1/2", "/-1", "/²"])
def test_a_database_is_a_number(path: str) -> None:
    with pytest.raises(BadSetting) as told:
        named(f"redis://:hunter2@a.test{path}")
    text = f"redis://a.test{path} has a database that is no number. Allowed: redis://HOST:PORT/0, or none for 0."
    assert str(told.value) == text


def test_an_option_that_the_client_does_not_have_is_told() -> None:
    with pytest.raises(
        BadSetting, match=r"^redis://a\.test cannot be used: its client has no option 'colour'\. Allowed "
    ):
        ask("redis://a.test?colour=red")


TLS_TO_NOBODY = ". Where it speaks no TLS, write redis:// or valkey://; else start it, or choose another --state."


@pytest.mark.parametrize("scheme", ["rediss", "valkeys"])
def test_an_engine_that_waits_for_more_than_a_greeting_of_tls_is_told(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setattr(redis_connection, "HOW", {**redis_connection.HOW, "socket_timeout": 0.2})
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"{scheme}://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(BadSetting) as told:
            ask(url)
    assert str(told.value) == f"{url} cannot be used: Timeout connecting to server{TLS_TO_NOBODY}"


def say(server: socket.socket, answer: bytes) -> None:
    """Answer so to whoever says something, until the server is closed."""
    with suppress(OSError):
        while True:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(answer)


def test_what_answers_otherwise_than_tls_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=say, args=(server, b"HTTP/1.1 400 Bad Request\r\n\r\n"), daemon=True).start()
        url = f"rediss://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(BadSetting) as told:
            ask(url)
    assert str(told.value).startswith(f"{url} cannot be used: ")
    assert str(told.value).endswith(TLS_TO_NOBODY)
