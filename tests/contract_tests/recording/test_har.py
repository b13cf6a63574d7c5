"""Recordings as HTTP archives, and archives as recordings."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.cli import main
from contract_tests.recording.har import NOWHERE, from_har
from contract_tests.recording.har_entry import NoEntry, took_of
from contract_tests.recording.message import CALLBACK, begun, line
from contract_tests.recording.read import NoRecording, Recording, read
from tests.contract_tests.recording.messages import message
from tests.recordings import archived

Output = pytest.CaptureFixture[str]
API = "https://api.example.com"
CANARY = "c4nary-0f-the-test"
GOOD = b'{"code": 200, "msg": "success", "data": {"taskId": "5c79"}}'
CALLED = b'{"code": 200, "msg": "x", "data": {"callbackType": "text", "task_id": "5c79", "data": []}}'
HEADERS = (("Authorization", "Bearer ***"), ("Content-Type", "application/json"))
COURSE = (
    message(number=1, course=1, at=0.0, headers=HEADERS, sent=b'{"prompt": "x"}', body=GOOD),
    message(number=2, course=1, at=1.0, kind=CALLBACK, path="/cb/1-***", headers=HEADERS, sent=CALLED, body=b""),
    message(
        number=3, course=1, at=2.0, method="GET", path="/api/v1/generate/record-info?taskId=5c79", sent=b"", body=GOOD
    ),
)
ABOUT = {"target": API, "date": "2026-11-27T12:00:00+00:00"}


def test_a_recording_comes_back_from_its_archive() -> None:
    archive = archived(Recording(about=ABOUT, messages=COURSE))
    again = from_har("live.har", archive)
    assert (again.target, again.messages, again.fault) == (API, COURSE, "")
    assert again.about["date"] == ABOUT["date"]


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters='\0=:"'))
"""Without what a secret could stand behind."""


@given(TEXT, TEXT, st.lists(st.tuples(st.just("X-Told"), TEXT), max_size=3).map(tuple))
def test_any_text_comes_back(sent: str, body: str, headers: tuple[tuple[str, str], ...]) -> None:
    one = message(at=0.0, headers=headers, sent=sent.encode(), body=body.encode())
    assert from_har("x", archived(Recording(about=ABOUT, messages=(one,)))).messages == (one,)


def entry(**request: Any) -> dict[str, Any]:
    asked = {
        "method": "POST",
        "url": f"{API}/api/v1/generate/extend",
        "headers": [{"name": ":method", "value": "POST"}, {"name": "authorization", "value": f"Bearer {CANARY}"}],
        "postData": {"mimeType": "application/json", "text": "{}"},
        **request,
    }
    came = {"status": 200, "headers": [], "content": {"text": GOOD.decode()}}
    return {"startedDateTime": "2026-11-27T12:00:00.000Z", "time": 12.5, "request": asked, "response": came}


def archive(*entries: Any) -> str:
    return json.dumps({"log": {"version": "1.2", "entries": entries}})


def test_of_a_browsers_archive_the_api_is_kept_and_no_secret() -> None:
    script = entry(method="GET", url="https://cdn.example.com/app.js")
    found = from_har("browser.har", archive(script, entry()))
    (one,) = found.messages
    assert (found.target, one.course, one.took, one.path) == (API, 1, 0.0125, "/api/v1/generate/extend")
    assert one.headers == (("authorization", "Bearer ***"),)
    assert CANARY not in line(one)


def test_of_a_callback_url_in_an_archive_no_secret_is_kept() -> None:
    url = "https://me.example.com/hook/har-secret-path-1?jwt=har-secret-jwt"
    asked = entry(
        postData={"text": json.dumps({"callBackUrl": url})}, headers=[{"name": "X-Hmac", "value": "har-hmac-1"}]
    )
    called = entry(url=url, postData={"text": CALLED.decode()})
    found = from_har("x.har", archive(asked, called))
    assert [word for each in found.messages for word in ("har-secret", "har-hmac") if word in line(each)] == []
    assert len(found.messages) == 2


def test_a_callback_in_an_archive_belongs_to_its_task() -> None:
    called = entry(url=f"{NOWHERE}/mine", postData={"text": CALLED.decode()})
    found = from_har("x.har", archive(entry(), called))
    assert [(each.kind, each.course) for each in found.messages] == [("request", 1), ("callback", 1)]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"request": {}}, "request.url is missing"),
        ({**entry(), "response": None}, "response is null; allowed: an object"),
        (5, "it is 5; allowed: an object"),
        (
            {**entry(), "startedDateTime": "yesterday"},
            'startedDateTime is "yesterday"; allowed: a date and a time, such',
        ),
        ({**entry(), "time": float("inf")}, "time is inf; allowed: a number below"),
        ({**entry(), "time": "soon"}, 'time is "soon"; allowed: a number'),
        ({**entry(), "response": {"status": "OK"}}, 'response.status is "OK"; allowed: a number'),
        ({**entry(), "response": {"status": 1e300}}, "response.status is 1e+300; allowed: a status of HTTP, or 0"),
        ({**entry(), "response": {"status": 200, "headers": 1}}, "response.headers is 1; allowed: a list"),
        (entry(headers=[5]), "request.headers[0] is 5; allowed: an object"),
        (entry(headers=[{"name": "x", "value": 1}]), "request.headers[0].value is 1; allowed: a text"),
        (entry(url=None), "request.url is null; allowed: a text"),
        (entry(url="http://["), 'request.url is "http://["; allowed: a URL'),
        (entry(postData={"text": "\ud800"}), "request.postData.text holds half a surrogate pair, which is no text"),
        (
            {**entry(), "response": {"status": 200, "content": {"text": "a", "encoding": "base64"}}},
            'response.content.text is "a"; allowed with the encoding base64: base64',
        ),
    ],
)
def test_an_archive_is_read_up_to_its_first_fault_which_is_told(wrong: Any, why: str) -> None:
    found = from_har("x.har", archive(entry(), wrong, entry()))
    assert len(found.messages) == 1
    assert found.fault.startswith(f"x.har: entry 2: {why}")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"log":\n {"entries": [', "x.har:2: it is no JSON"),
        ("{}", "it has no log.entries, so it is no HTTP archive"),
        ("[" * 100_000, "it has no log.entries, so it is no HTTP archive"),
    ],
)
def test_what_is_no_archive_is_refused(text: str, why: str) -> None:
    with pytest.raises(NoRecording, match=why):
        from_har("x.har", text)


def status(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(("convert", *arguments))
    return int(ended.value.code or 0)


def test_the_command_goes_both_ways(tmp_path: Path, capsys: Output) -> None:
    recording, har, again = (str(tmp_path / name) for name in ("live.jsonl", "live.har", "again.jsonl"))
    Path(recording).write_text(begun(ABOUT) + "".join(map(line, COURSE)), "utf-8")
    assert status(recording, har) == status(har, again) == 0
    assert capsys.readouterr().out.endswith("again.jsonl: 3 messages\n")
    assert read(Path(again)).messages == COURSE
    assert status(har, again) == 2
    assert "exists. Give another name, or --force" in capsys.readouterr().err
    assert status(har, again, "--force") == 0
    assert status(recording, again) == 2
    assert "has to end with .har" in capsys.readouterr().err
    Path(har).write_text(archive(), "utf-8")
    assert status(har, again, "--force") == 2
    assert "holds no request to /api/v1/generate/extend" in capsys.readouterr().err
    assert status(str(tmp_path / "none.har"), again, "--force") == 2
    assert "Give a file that can be read." in capsys.readouterr().err


def test_what_is_made_of_a_recording_has_its_mode_and_a_recording_is_its_owners(tmp_path: Path) -> None:
    recording, har, again = (tmp_path / name for name in ("live.jsonl", "live.har", "again.jsonl"))
    recording.write_text(begun(ABOUT) + "".join(map(line, COURSE)), "utf-8")
    for mode in (0o600, 0o640):
        recording.chmod(mode)
        assert status(str(recording), str(har), "--force") == 0
        assert stat.S_IMODE(har.stat().st_mode) == mode
        har.chmod(0o644)
        assert status(str(har), str(again), "--force") == 0
        assert stat.S_IMODE(again.stat().st_mode) == 0o600


def test_a_time_of_any_number_of_digits_is_told() -> None:
    with pytest.raises(NoEntry, match=r"^time is 1000000000"):
        took_of({"time": 10**400})
