"""A recording tells what was spent, wherever the proxy that wrote it was killed."""

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
import pytest

from contract_tests.proxy.file import file_to_go_on, new_file
from contract_tests.proxy.ledger import NOTHING, ledger
from contract_tests.receiver.http_server import Message as Heard
from contract_tests.receiver.http_server import ThreadedServer
from contract_tests.recording.message import allowing, begun, leaving, line
from contract_tests.recording.read import read
from contract_tests.run.inputs import CannotRun
from contract_tests.targets.behaviour import KEY
from contract_tests.targets.plain_server import EXTEND, RECORD_INFO, Plain
from tests.contract_tests.proxy.standing import standing
from tests.contract_tests.proxy.test_command import line as printed
from tests.contract_tests.proxy.test_command import proxying
from tests.contract_tests.proxy.test_proxy import REQUEST_BODY
from tests.recordings import asked, polled, told

pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]
NOW = datetime(2026, 11, 28, tzinfo=UTC)
TARGET = "https://api.example.com"
ABOUT = {"target": TARGET, "date": NOW.isoformat()}
STARTED = told(data={"taskId": "a task"})
REFUSED = told(422, "no")


def recording(folder: Path, *lines: str) -> Path:
    file = folder / "live.jsonl"
    file.write_text("".join((begun(ABOUT), *lines)), "utf-8")
    return file


def test_what_was_about_to_be_sent_counts_wherever_the_file_ends(tmp_path: Path) -> None:
    """The lines of four requests, two at the same time: as many bytes of them as a proxy that is killed leaves."""
    lines = [
        (leaving(1), 1, "sent"),
        (leaving(2), 2, "sent"),
        (line(asked(2, REFUSED)), 2, "refused"),
        (line(asked(1, STARTED)), 1, "started"),
        (line(polled(3, 1, 5.0, "a task", STARTED)), 0, ""),
        (leaving(4), 4, "sent"),
        (line(asked(4, b"", status=0, error="ConnectError: nobody")), 4, "refused"),
        (line(asked(5, b"", status=0, error="not handed on: the budget is spent")), 0, ""),
        (leaving(6), 6, "sent"),
    ]
    first, text = len(begun(ABOUT)), begun(ABOUT) + "".join(each for each, _, _ in lines)
    for end in range(first, len(text) + 1, 7):
        file = tmp_path / "live.jsonl"
        file.write_text(text[:end], "utf-8")
        costs: dict[int, int] = {}
        written = first
        for each, number, what in lines:
            written += len(each)
            if written - 1 <= end and number:  # the end of a line may be missing
                costs[number] = int(what != "refused")
        with file_to_go_on(file, TARGET, NOW) as (_, before):
            assert before.spent == sum(costs.values()), text[:end]
            assert before.last >= max(costs, default=0)
        assert read(file).fault == ""


def test_a_recording_is_gone_on_with_where_it_ended(tmp_path: Path) -> None:
    file = recording(tmp_path, line(asked(1, STARTED, key=3)), leaving(7))
    before = ledger(file, NOW + timedelta(hours=1))
    assert (before.spent, before.last, before.ends, before.keys, before.tasks) == (2, 7, 3600.0, 3, {"a task": 1})
    assert ledger(file, NOW - timedelta(hours=1)).ends == 10.5  # a clock that was set back


def test_a_link_leads_to_the_recording_that_is_gone_on_with(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(recording(tmp_path, line(asked(1, STARTED))))
    with file_to_go_on(link, TARGET, NOW) as (file, before):
        file.write(leaving(2))
    assert (before.spent, ledger(link, NOW).spent) == (1, 2)


@pytest.mark.parametrize(
    ("lines", "target", "why"),
    [
        (["nonsense\n"], TARGET, r"live.jsonl:2: the line is no JSON, so nobody knows what was spent. Give another"),
        ([], "http://other", r"is of 'https://api.example.com', and --to is 'http://other'. Give another file, or --f"),
    ],
)
def test_what_does_not_tell_what_was_spent_is_refused(lines: list[str], target: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=why), file_to_go_on(recording(tmp_path, *lines), target, NOW):
        pass


@pytest.mark.parametrize(
    ("text", "target"), [("a note\nwithout an end", TARGET), (begun(ABOUT) + "half", "http://other")]
)
def test_a_file_that_is_not_gone_on_with_stays_as_it_is(text: str, target: str, tmp_path: Path) -> None:
    file = tmp_path / "notes"
    file.write_text(text, "utf-8")
    with pytest.raises(CannotRun, match=r"is no recording|is of 'https"), file_to_go_on(file, target, NOW):
        pass
    assert file.read_text("utf-8") == text


def test_a_file_is_for_one_proxy_at_a_time(tmp_path: Path) -> None:
    file = recording(tmp_path)
    for opened in (partial(file_to_go_on, file, TARGET, NOW), partial(new_file, file, force=True)):
        with (
            file_to_go_on(file, TARGET, NOW),
            pytest.raises(CannotRun, match=r"is in use by another proxy. Wait for its end, or give another file."),
            opened(),
        ):
            pass
    nothing = pytest.raises(CannotRun, match=r"--record .*/none is no file that --resume could go on in.")
    with nothing, file_to_go_on(tmp_path / "none", TARGET, NOW):
        pass


def asked_in_vain(url: str) -> None:
    with suppress(httpx.HTTPError):
        httpx.post(url, json=REQUEST_BODY, timeout=60)


def test_a_file_that_a_proxy_left_empty_is_begun(tmp_path: Path) -> None:
    file = tmp_path / "live.jsonl"
    file.touch(0o600)
    with new_file(file, force=False) as (opened, before):
        opened.write("a line\n")
        assert before is NOTHING
    assert file.read_text("utf-8") == "a line\n"
    with pytest.raises(CannotRun, match=r"exists\. Give another name, --resume"), new_file(file, force=False):
        pass
    assert file.read_text("utf-8") == "a line\n"


def test_a_killed_proxy_goes_on_with_its_budget(tmp_path: Path) -> None:
    file = tmp_path / "live.jsonl"
    came, over = threading.Event(), threading.Event()

    def hang(message: Heard) -> Heard:
        came.set()
        over.wait(60)
        return Heard()

    with ThreadedServer(hang) as server:
        to = ("--to", f"http://127.0.0.1:{server.port}", "--record", str(file), "--budget", "1")
        with proxying(*to) as process:
            url = printed(process) + EXTEND
            asking = threading.Thread(target=asked_in_vain, args=(url,))
            asking.start()
            assert came.wait(30)
            process.kill()
            asking.join()
        over.set()
        with proxying(*to[:-2], "--resume") as process:  # the budget is that of the file
            assert httpx.post(printed(process) + EXTEND, json=REQUEST_BODY).status_code == 429
            process.terminate()
            assert process.stderr
            words = process.stderr.read()
    assert f"the budget of 1 task is that of {file} as a whole, which holds 1\n" in words
    assert f"{file}: 1 task started at most" in words


def test_a_last_line_without_its_end_counts_where_it_is_whole(tmp_path: Path) -> None:
    whole = recording(tmp_path, line(asked(1, STARTED)), line(asked(2, STARTED)))
    text = whole.read_text("utf-8")
    for cut, spent in ((text, 2), (text[:-1], 2), (text[:-2], 1)):
        whole.write_text(cut, "utf-8")
        with file_to_go_on(whole, TARGET, NOW) as (file, before):
            assert before.spent == spent
            file.write(leaving(3))
        assert (ledger(whole, NOW).spent, read(whole).fault) == (spent + 1, "")


def test_the_budget_of_a_file_is_the_last_one(tmp_path: Path) -> None:
    lines = [allowing(2), leaving(1), line(asked(1, STARTED)), allowing(5), leaving(2)]
    for end, budget in enumerate([None, 2, 2, 2, 5, 5]):
        assert ledger(recording(tmp_path, *lines[:end]), NOW).budget == budget


def test_what_passes_later_is_in_the_same_recording(tmp_path: Path) -> None:
    file = tmp_path / "live.jsonl"
    headers = {"Authorization": f"Bearer {KEY}"}
    with Plain(pause=0.01) as plain:
        to = ("--to", plain.url, "--record", str(file))
        with proxying(*to) as process:
            body = {**REQUEST_BODY, "callBackUrl": "http://127.0.0.1:9/"}
            answer = httpx.post(printed(process) + EXTEND, json=body, headers=headers)
            task = answer.json()["data"]["taskId"]
            process.terminate()
            process.wait(20)
        with proxying(*to, "--resume") as process:
            httpx.get(printed(process) + RECORD_INFO, params={"taskId": task}, headers=headers)
            process.terminate()
            process.wait(20)
    found = read(file)
    assert found.fault == ""
    polls = [each for each in found.messages if each.method == "GET"]
    assert [(each.course, each.key) for each in polls] == [(1, 2)]
    assert len({each.number for each in found.messages}) == len(found.messages)
    assert [each.at for each in found.messages] == sorted(each.at for each in found.messages)


@pytest.mark.parametrize(("budget", "code"), [(3, 429), (None, 200)])
def test_what_cannot_be_noted_starts_no_task_of_a_budget(budget: int | None, code: int) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    body = {**REQUEST_BODY, "callBackUrl": "http://127.0.0.1:9/"}
    with Plain(pause=0.01) as plain, standing(plain.url, budget=budget, leaves=lambda number: False) as stood:
        answer = httpx.post(stood.proxy.url + EXTEND, json=body, headers=headers).json()
    assert answer["code"] == code
    if budget:
        assert answer["msg"] == (
            "suno-contract proxy: the recording cannot be written, so nobody would know what is spent; make room, and "
            "start it with --resume"
        )
        assert (stood.messages[0].error.startswith("not handed on: "), stood.proxy.spending.spent) == (True, 0)
