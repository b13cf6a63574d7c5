"""`suno-mock trigger`: with a running mock and with none."""

import json

import pytest

from mock_server.commands.trigger import command
from mock_server.http.server import listen
from mock_server.testing.mock_server import MockServer
from mock_server.testing.receiver import Receiver
from tests.processes import Run

URL = next(each for each in command.params if each.name == "url")


def test_what_can_be_triggered_is_listed(run: Run) -> None:
    listed = run("trigger", "--list")[1].splitlines()
    assert "only-complete         Only complete is sent." in listed
    assert not any(line.startswith(("402", "silent")) for line in listed)
    assert json.loads(run("trigger", "--list", "--json")[1])["late"].startswith("Every callback")


def test_a_running_mock_delivers(run: Run) -> None:
    with MockServer(pace="immediate") as mock, Receiver() as receiver:
        status, output, errors = run(
            "trigger", "only-complete", "--to", receiver.url, "--set", "title=42", "--key", "k", "--url", mock.url
        )
        assert (status, errors) == (0, "")
        assert output.startswith("<-- complete of ")
        assert receiver.received[0].json()["data"]["data"][0]["title"] == "42"
        assert mock.tasks()[0].key == "k…"


def test_a_clock_that_stands_still_is_told(running: MockServer, run: Run) -> None:
    status, output, errors = run("trigger", "200", "--to", "http://127.0.0.1:1/cb")
    assert (status, output) == (1, "")
    assert errors.endswith(f"Move it: suno-mock clock --url {running.url} advance 3m\n")


def test_it_need_not_wait(running: MockServer, run: Run) -> None:
    asked = ("trigger", "200", "--to", "http://127.0.0.1:1/cb", "--no-wait")
    task_id = run(*asked)[1].strip()
    assert running.tasks()[0].task_id == task_id
    assert set(json.loads(run(*asked, "--json")[1])) == {"task_id"}


def test_a_mock_that_nobody_named_is_found(running: MockServer, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUNO_MOCK_URL")
    monkeypatch.setattr(URL, "default", running.url)
    assert run("trigger", "200", "--to", "http://127.0.0.1:1/cb")[0] == 1
    assert len(running.tasks()) == 1


@pytest.fixture
def nobody(closed_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """No mock at the default URL, which may be in use on a developer's machine."""
    monkeypatch.setattr(URL, "default", closed_url)
    return closed_url


def test_without_a_mock_one_is_started(nobody: str, run: Run) -> None:
    with Receiver() as receiver:
        asked = ("trigger", "callback-501", "--to", receiver.url, "--pace", "immediate", "--json")
        status, output, errors = run(*asked)
    assert (status, errors) == (0, f"suno-mock: no mock runs at {nobody}; one was started for this\n")
    assert [json.loads(line)["code"] for line in output.splitlines()] == [200, 501]


def test_what_is_not_accepted_is_exit_status_1(nobody: str, run: Run) -> None:
    status, output, _ = run("trigger", "only-complete", "--to", nobody, "--pace", "immediate")
    assert (status, output.count("unreachable")) == (1, 4)


WRONG = {
    (
        "200",
        "--pace",
        "manual",
    ): "pace 'manual' would never move: the mock that is started here ends with this command.",
    ("402",): "scenario '402' has no callbacks. Allowed: 200, ",
    ("out-off-order",): "scenario 'out-off-order' is unknown. Nearest: out-of-order. ",
    ("200", "--set", "continueAt=-1"): "request: continueAt is -1; allowed: greater than 0 ",
    ("200", "--set", "callBackUrl=http://a"): "--set callBackUrl is not where the callbacks go. Give the URL to --to.",
    ("200", "--set", "titel=x"): "field 'titel' is unknown. Nearest: title. Known: audioId, audioWeight, ",
    ("200", "--no-wait"): "no mock answers at http://127.0.0.1:",
}


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_what_cannot_be_triggered_is_one_line(arguments: tuple[str, ...], run: Run) -> None:
    status, _, errors = run("trigger", *arguments, "--to", "http://127.0.0.1:1/cb")
    assert status == 2
    assert errors.splitlines()[-1].startswith(f"suno-mock: {WRONG[arguments]}")


def test_a_running_mock_is_told_nothing_that_it_has_of_its_own(
    running: MockServer, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("trigger", "200", "--to", "http://127.0.0.1:1/cb", "--no-wait")
    assert run(*asked, "--pace", "immediate", "--allow-callbacks-to", "here") == (
        2,
        "",
        "suno-mock: --pace, --allow-callbacks-to: only a mock that is started here takes that, and the one at "
        f"{running.url} is asked. Start that one with it: suno-mock serve --pace ... --allow-callbacks-to ...\n",
    )
    monkeypatch.setenv("SUNO_MOCK_PACE", "immediate")
    assert run(*asked)[0] == 0


def test_a_running_mock_says_which_fields_there_are(run: Run) -> None:
    with MockServer(profile="classic", pace="manual") as mock:
        asked = ("trigger", "200", "--to", "http://127.0.0.1:1/cb", "--no-wait", "--url", mock.url)
        assert run(*asked, "--set", "title=42")[0] == 0
        assert "Known: " in run(*asked, "--set", "tittle=42")[2]


def test_who_listens_and_says_nothing_is_no_reason_to_start_a_mock(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_server.commands.client.admin_client.PATIENCE", 0.1)
    with listen("127.0.0.1", 0) as silent:
        silent.listen()
        monkeypatch.setattr(URL, "default", f"http://127.0.0.1:{silent.getsockname()[1]}")
        status, output, errors = run("trigger", "200", "--to", "http://127.0.0.1:1/cb")
    assert (status, output, errors.count("\n")) == (2, "", 1)
    assert " did not answer within 0.1 s. " in errors
