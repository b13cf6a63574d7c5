"""Clients that are not ours, as far as they are here, and the command that tries them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mock_server import MockServer
from tests.other_clients import clients
from tests.other_clients.__main__ import main
from tests.other_clients.clients import CLIENTS, KINDS, PROGRAMS, problems

ROOT = Path(__file__).parents[1]


@pytest.fixture
def mock() -> Iterator[MockServer]:
    with MockServer(pace="manual") as running:
        yield running


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_that_is_not_ours_is_answered(
    name: str, mock: MockServer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    if absent := CLIENTS[name].absent():
        pytest.skip(absent)
    assert dict(problems(name, mock, tmp_path)) == dict.fromkeys(CLIENTS[name].kinds, "")
    assert capfd.readouterr().err == ""


def test_every_kind_is_sent_by_some_client() -> None:
    assert {kind for client in CLIENTS.values() for kind in client.kinds} == set(KINDS)
    for client in CLIENTS.values():
        program = Path(client.run[-1])
        assert program.parent == PROGRAMS
        assert all(kind in program.read_text("utf-8") for kind in client.kinds)


def test_a_client_that_is_not_here_is_skipped_with_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = {name: replace(client, probe=("/nowhere/client",)) for name, client in CLIENTS.items()}
    monkeypatch.setattr("tests.other_clients.__main__.CLIENTS", gone)
    said: list[str] = []
    assert main([], said.append) == 0
    assert said[0] == "curl  skipped: no curl with HTTP/2 here; on Debian: apt-get install curl"
    assert len(said) == len(CLIENTS)


def test_a_client_that_lacks_what_is_needed_is_not_here() -> None:
    assert replace(CLIENTS["curl"], probe=("echo", "curl 7.0")).absent() != ""


def test_a_name_that_is_none_is_told() -> None:
    said: list[str] = []
    assert main(["perl"], said.append) == 2
    assert said == ["perl: no client. There are: curl, java, node, php, go"]


@pytest.mark.parametrize(
    ("program", "problem"),
    [
        ("true", "not sent"),
        ('echo "$0" >&2', "no program\n"),
        (r"""printf 'whole\t{"code":422}\t200\n'""", "the answer is ['{\"code\":422}\\t200']"),
        (r"""printf 'whole\t{"code":200}\t200\n'""", "the journal has the bodies []"),
        (r"printf 'tls\tan error\t000\n'", "the journal has [] in place of one TLS"),
    ],
)
def test_what_is_wrong_is_told(
    program: str, problem: str, mock: MockServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = "tls" if "tls" in program else "whole"
    client = replace(CLIENTS["curl"], run=("sh", "-c", program, "no program"), probe=("echo", "HTTP2"), kinds=(kind,))
    monkeypatch.setitem(clients.CLIENTS, "curl", client)
    assert dict(problems("curl", mock, tmp_path)) == {kind: problem}
    said: list[str] = []
    assert main(["curl"], said.append) == 1
    assert said == [f"curl  {kind:10} {problem}"]


def test_the_nightly_run_installs_what_is_named() -> None:
    nightly = (ROOT / ".ci" / "nightly").read_text("utf-8")
    (installed,) = re.findall(r"apt-get install -y -q --no-install-recommends ([a-z -]+); }", nightly)
    assert installed == f"{CLIENTS['php'].package} {CLIENTS['go'].package}"
