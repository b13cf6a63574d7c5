"""`suno-contract receiver` against receivers with real sockets: good ones, wrong ones, and some that mean no good."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from contract_tests.cli import main
from contract_tests.documents.published import Published
from contract_tests.receiver.http_server import Message, ThreadedServer
from contract_tests.target.wire import ANSWER_LIMIT
from contract_tests.verdicts.results import Result, Verdict
from contract_tests.your_receiver.bodies import Bodies
from contract_tests.your_receiver.cases import BURST, cases
from contract_tests.your_receiver.send import SILENCES, received
from tests.certificates import Authority, listening
from tests.scripted import Script, http, scripted

pytestmark = pytest.mark.no_cover

APIKLEY = Published.read("apikley")
CASES = {case.id: case for case in cases(APIKLEY)}
OK = http(b"", kind="text/plain")
Answer = Callable[[Message], Message]
Output = pytest.CaptureFixture[str]


def tried(url: str, *ids: str, timeout: float = 5.0) -> dict[str, list[Result]]:
    """The results by case."""
    told: list[Result] = []
    results = received(url, [CASES[id] for id in ids or CASES], Bodies(APIKLEY, 1), timeout, told.extend)
    assert told == results
    return {rule: [each for each in results if each.rule == rule] for rule in dict.fromkeys(r.rule for r in results)}


def deviations(results: dict[str, list[Result]]) -> dict[str, str]:
    """By case, what came in place of what was expected."""
    return {rule: f.got for rule, each in results.items() for result in reversed(each) for f in result.findings[:1]}


def against(answer: Answer, *ids: str) -> dict[str, list[Result]]:
    with ThreadedServer(answer) as server:
        return tried(f"http://127.0.0.1:{server.port}/callback?token=own", *ids)


def body_of(message: Message) -> dict[str, object]:
    data: dict[str, object] = message.json["data"]
    return data


def test_a_receiver_that_takes_everything_deviates_nowhere() -> None:
    came: list[Message] = []

    def take(message: Message) -> Message:
        came.append(message)
        return Message()

    results = against(take)
    assert list(results) == list(CASES)
    assert deviations(results) == {}
    assert {(message.method, message.path) for message in came} == {("POST", "/callback?token=own")}
    assert len(came) == sum(len(lane) for case in CASES.values() for lane in case.lanes)


def test_the_burst_is_at_the_same_time() -> None:
    all_there = threading.Barrier(BURST)

    def take(message: Message) -> Message:
        all_there.wait(timeout=20)
        return Message()

    assert deviations(against(take, "burst")) == {}


@pytest.mark.parametrize(
    ("refuses", "case"),
    [
        (lambda data: isinstance(data["data"][0]["createTime"], int), "create_time.epoch_ms"),
        (lambda data: data["data"][1]["audio_url"] == "" and data["callbackType"] == "first", "first_items.both"),
        (lambda data: data["callbackType"] == "error", "failure_type.error"),
        (lambda data: data["data"] is None, "failure_data.null"),
        (lambda data: "new_object" in data, "form.unknown_fields"),
    ],
)
def test_a_receiver_that_chokes_on_one_thing_is_told_which(refuses: Callable[..., bool], case: str) -> None:
    def take(message: Message) -> Message:
        try:
            return Message(status=500 if refuses(body_of(message)) else 200)
        except (LookupError, TypeError):
            return Message()

    assert deviations(against(take)) == {case: "HTTP 500"}


@pytest.mark.parametrize("status", [201, 204, 302, 404, 503])
def test_only_200_is_taken_for_received(status: int) -> None:
    (result,) = against(lambda message: Message(status=status), "stages.only_complete")["stages.only_complete"]
    assert result.findings[0].got == f"HTTP {status}"
    assert result.findings[0].expected == "HTTP 200 within 5 s"
    assert result.probe is not None
    assert result.probe.says == "complete alone: complete of task a"


@pytest.mark.parametrize("duplicates", ["duplicate.complete", "duplicate.late", "duplicate.together"])
@pytest.mark.parametrize("again", [Message(status=409), Message(body=b"again")])
def test_another_answer_to_a_duplicate_is_told(duplicates: str, again: Message) -> None:
    seen: set[bytes] = set()
    one_at_a_time = threading.Lock()

    def take(message: Message) -> Message:
        with one_at_a_time:
            known = message.body in seen
            seen.add(message.body)
            return again if known else Message()

    results = against(take, "stages.in_order", duplicates)
    assert set(deviations(results)) == {duplicates}
    assert "the answer of the first time to a duplicate, HTTP " in str(results[duplicates])


def hangs(connection: socket.socket) -> None:
    connection.recv(1)


def streams(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65536)


def trickles(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    pause = threading.Event()
    while not pause.wait(0.02):
        connection.sendall(b"x")


BAD: dict[str, tuple[Script, str]] = {
    "hangs": (hangs, "ReadTimeout: the answer did not end within 0.2 s"),
    "trickles": (trickles, "ReadTimeout: the answer did not end within 0.2 s"),
    "streams": (streams, f"ValueError: the answer is longer than {ANSWER_LIMIT} bytes"),
    "garbage": (b"\x00\xff garbage\r\n\r\n", "RemoteProtocolError: "),
    "closes": (b"", "RemoteProtocolError: "),
    "breaks off": (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", "RemoteProtocolError: "),
    "endless head": (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 10**6, "RemoteProtocolError: "),
}


@pytest.mark.parametrize("how", BAD)
def test_a_receiver_that_means_no_good_ends_the_run_soon(how: str) -> None:
    script, text = BAD[how]
    started = time.monotonic()
    with scripted(script) as server:
        results = tried(server.url, timeout=0.2 if "within" in text else 5.0)
    assert time.monotonic() - started < 5
    assert all(got.startswith(text) for got in deviations(results).values())
    assert set(deviations(results)) == {"stages.in_order"}
    (last,) = results["burst"]
    assert (last.verdict, last.why) == (
        Verdict.NOT_TRIED,
        "the receiver left 3 callbacks in a row without an answer",
    )


def test_a_burst_that_hangs_takes_no_longer_than_its_longest_lane() -> None:
    started = time.monotonic()
    with scripted(hangs) as server:
        results = tried(server.url, "burst", timeout=0.5)
    assert time.monotonic() - started < 5
    # Lanes that have not begun when the receiver is known to be silent send nothing.
    assert SILENCES <= len(results["burst"]) < BURST + SILENCES


def test_a_receiver_that_recovers_is_tried_to_the_end() -> None:
    with scripted(b"", b"", OK) as server:
        results = tried(server.url, "stages.in_order", "stages.late")
    assert [each.verdict for each in results["stages.in_order"]] == [Verdict.VIOLATED] * 2 + [Verdict.PASSED]
    assert deviations(results).keys() == {"stages.in_order"}


# The command.


@pytest.fixture
def taking() -> Iterator[str]:
    with ThreadedServer(lambda message: Message()) as server:
        yield f"http://127.0.0.1:{server.port}/callback"


def status(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(("receiver", *arguments))
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_all_taken_ends_with_0(taking: str, capsys: Output) -> None:
    assert status(taking, "--only", "stages.*", "--seed", "7") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{taking} is sent 9 cases, profile apikley, --seed 7"
    assert lines[1] == "ok  stages.in_order                    3 tried"
    assert lines[-1] == "0 cases not taken, 9 taken, 0 not tried; 29 callbacks sent"


def test_a_deviation_ends_with_1_and_its_line(capsys: Output) -> None:
    with ThreadedServer(lambda message: Message(status=500, body=b"boom")) as server:
        assert status(f"http://127.0.0.1:{server.port}", "--only", "failure.531", "--timeout", "2.5") == 1
    assert (
        "NO  failure.531                        text, and then a failure with code 531: text of task a: "
        'expected HTTP 200 within 2.5 s; got HTTP 500 "boom"'
    ) in capsys.readouterr().out.splitlines()


def test_the_reports_are_written_with_a_curl(tmp_path: Path) -> None:
    with scripted(http(b"", 500)) as server:
        assert status(server.url, "--only", "failure.531", "--report-dir", str(tmp_path / "new")) == 1
    (row,) = json.loads((tmp_path / "new" / "report.json").read_text("utf-8"))["rules"]
    assert row["results"][1]["curl"].startswith(f"curl -sS -X POST {server.url} -H 'Content-Type: application/json' ")
    cited = APIKLEY.registry.cited("failure.531")
    assert [row["results"][1][name] for name in ("place", "quote")] == [*cited]
    assert cited.quote.startswith("- **531**: Server Error - Sorry, the")
    assert ElementTree.parse(tmp_path / "new" / "junit.xml").getroot().attrib["failures"] == "1"
    page = (tmp_path / "new" / "report.html").read_text("utf-8")
    assert f"<dt>target</dt><dd>{server.url}</dd>" in page
    assert "<dt>document</dt><dd>apikley.openapi.yaml</dd>" in page
    assert "costs credits" not in page
    assert "<p>1 case not taken, 0 taken, 0 not tried; 2 callbacks sent</p>" in page
    assert f"{cited.place}: <q>{cited.quote}</q>" in page


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["localhost:80"], "the receiver 'localhost:80' is no http:// or https:// URL with a host, such as http://"),
        (["http://127.0.0.1:99999/"], "is no http:// or https:// URL with a host, such as "),
        (
            ["http://me:secret@127.0.0.1:1/cb"],
            "the receiver holds a user name or a password, which every report would ",
        ),
        (["http:///callback"], "is no http:// or https:// URL with a host, such as "),
        (["http://127.0.0.1:1/"], "nobody listens at http://127.0.0.1:1/: ConnectError: "),
        (["http://127.0.0.1:1/", "--profile", "acme"], "profile 'acme' is unknown. Known: apikley, "),
        (["http://127.0.0.1:1/", "--only", "x"], "--only 'x' matches no case. Known: stages.in_order, "),
        (["http://127.0.0.1:1/", "--timeout", "0"], "Invalid value for '--timeout': 0.0 is not in the range "),
        (
            ["http://127.0.0.1:1/", "--timeout", "nan"],
            "'nan' is no number of seconds. Allowed: more than 0, at most 86400.",
        ),
        (["http://127.0.0.1:1/", "--report-dir", __file__], "Give a folder that can be made, or one that is."),
        ([], "Missing argument 'URL'."),
    ],
)
def test_what_cannot_be_run_ends_with_2_and_says_what_to_give(arguments: list[str], text: str, capsys: Output) -> None:
    assert status(*arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("suno-contract: ")
    assert text in error


def test_a_certificate_that_nobody_knows_is_named_with_the_way_out(tmp_path: Path, capsys: Output) -> None:
    with listening(Authority(tmp_path).server()) as address:
        assert status(f"https://{address}/cb", "--only", "stages.only_complete") == 2
    assert capsys.readouterr().err == (
        f"suno-contract: https://{address}/cb: ConnectError: TLS fails: its certificate is not trusted "
        "(unable to get local issuer certificate); name it, or who signed it, by SSL_CERT_FILE=FILE, in PEM.\n"
    )


def test_https_to_a_receiver_of_http_is_named(capsys: Output) -> None:
    with listening(None) as address:
        assert status(f"https://{address}/cb", "--only", "stages.only_complete") == 2
    assert capsys.readouterr().err == (
        f"suno-contract: https://{address}/cb: ConnectError: TLS fails: it speaks http, without TLS; write http://.\n"
    )


def test_a_certificate_of_ssl_cert_file_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with listening(authority.server()) as address:
        assert status(f"https://{address}/cb", "--only", "stages.only_complete") == 0
