"""`suno-contract calibrate`: a profile of a server apart from the mock, from a run that was made, tried by the mock."""

import hmac
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from contract_tests.learn.calibrate import learned
from contract_tests.learn.playback import Agreement
from contract_tests.target.journal import begun
from contract_tests.targets.behaviour import KEY, Callback, conforming
from contract_tests.targets.changes import calling_as
from contract_tests.targets.edition import APIKLEY
from contract_tests.targets.legal import legal
from contract_tests.targets.plain_server import Plain
from tests.courses import PUBLISHED, SOURCES, reported
from tests.scripted import REFUSED, http, scripted
from tests.suno_contract import status

pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]

TRACK = ("--audio-id", "e231", "--audio-model", "V4", "--audio-duration", "198.44")
Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUNO_API_KEY", KEY)


def terminated(*_: object) -> None:
    raise SystemExit(143)


def signed(callback: Callback) -> Callback:
    """With an HMAC of the task's id."""
    task = callback.content["data"]["task_id"]
    return replace(callback, headers={"X-Signed": hmac.new(b"of-callbacks", task.encode(), "sha1").hexdigest()})


@pytest.fixture
def plain() -> Iterator[str]:
    (missing,) = [each.change for each in legal() if each.name == "an unknown audioId is 404"]
    behaviour = calling_as(signed)(missing(conforming(APIKLEY)))
    with Plain({**SOURCES, "e231": ("V4", 198.44)}, pause=0.01, behaviour=behaviour) as server:
        yield server.url


def test_what_a_run_saw_is_a_profile_that_the_mock_plays(
    plain: str, tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, file = tmp_path / "report", tmp_path / "live.yaml"
    run = ("run", "--base-url", plain, "--only", "[eu]*[._][aekst]*[aegkn]*", "--budget", "2", *TRACK)
    assert status(*run, "--callback-timeout", "2", "--report-dir", str(folder)) == 0
    capsys.readouterr()
    by_variable = ("--signature-key-env", "OF_CALLBACKS")
    assert status("calibrate", str(folder), "--output", str(file), *by_variable) == 2
    why = "--signature-key-env OF_CALLBACKS: the environment variable OF_CALLBACKS is not set, or is empty."
    assert why in capsys.readouterr().err
    monkeypatch.setenv("OF_CALLBACKS", "of-callbacks")
    with monkeypatch.context() as patch:
        patch.setattr("contract_tests.learn.command.learned", terminated)
        assert status("calibrate", str(folder), "--output", str(file)) == 143
    again = f"`suno-contract calibrate {folder} --output {file}` sends nothing"
    assert f"interrupted; all that was sent is kept, and {again}" in capsys.readouterr().err
    assert status("calibrate", str(folder), "--output", str(file), *by_variable) == 0
    out = capsys.readouterr().out
    assert re.search(r"status   (\d+) of \1 refusals, 100 %", out)
    # The mock tells a body that is a list as one of another type, under a rule that the harness does not have.
    assert re.search(r"msg      \d+ of \d+ refusals, (9\d|100) % \(before 0 %\)", out)
    assert out.splitlines()[-1] == f"Play it:  suno-mock serve --profile {file}"
    profile: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    assert profile["extends"] == "apikley"
    assert profile["tracks"] == [{"id": "e231", "model": "V4", "duration": 198.44}]
    assert profile["picks"].items() >= {"unknown_audio": "not_found", "first_items": "one"}.items()
    assert profile["texts"]["length"] == "{field} has more than {limit} characters."
    signature = {"header": "X-Signed", "signs": "{task_id}", "algorithm": "sha1", "encoding": "hex"}
    assert profile["callbacks"]["signature"].items() >= signature.items()
    assert "of-callbacks" not in file.read_text("utf-8") + out
    assert profile["stages"].keys() == {"text", "first", "complete"}
    assert status("calibrate", str(folder), "--output", str(file)) == 2
    assert "exists. Give another name, or --force, which replaces it." in capsys.readouterr().err


def test_a_profile_of_ones_own_is_extended_by_its_path(tmp_path: Path) -> None:
    own = tmp_path / "own" / "mine.yaml"
    own.parent.mkdir()
    own.write_text("format: 1\nsummary: mine\nextends: apikley\n", "utf-8")
    published = PUBLISHED.read(str(own))
    found = learned(reported(), published, tmp_path)
    assert yaml.safe_load(found.text)["extends"] == "own/mine.yaml"
    assert (found.counts, [*found.after.lines()]) == ({}, ["no refusal could be sent to the mock"])


def test_a_run_is_made_where_none_was(plain: str, tmp_path: Path, capsys: Output) -> None:
    file = tmp_path / "live.yaml"
    run = ("--base-url", plain, "--only", "extend.style.[lr]*", *TRACK, "--report-dir", str(tmp_path / "report"))
    assert status("calibrate", *run, "--output", str(file)) == 0
    assert "1 rule violated" not in (out := capsys.readouterr().out)
    assert "lines learned" in out
    plan = r"plan: \d+ requests, \d+ of which the documents let a server accept; (\d+) tasks? \S.*, (\d+) credits at 12"
    assert (before := re.search(plan, out))
    assert int(before[2]) == 12 * int(before[1])
    assert before.start() < out.index("extend.style.length")
    assert "suno-contract calibrate --output " in (tmp_path / "report" / "report.json").read_text("utf-8")
    assert status("calibrate", "--output", str(file), "--force") == 2
    assert "give the FOLDER of a run that was made, or the options of one with --report-dir." in capsys.readouterr().err


def test_an_agreement_names_its_share() -> None:
    half = Agreement(4, {"msg": [("extend.title.type", "a", "b")] * 2})
    assert [*half.lines()][2] == "msg      2 of 4 refusals, 50 %"


def test_a_folder_without_a_run_is_told(tmp_path: Path, capsys: Output) -> None:
    output = ("--output", str(tmp_path / "live.yaml"))
    assert status("calibrate", str(tmp_path), *output) == 2
    assert (
        "holds no verdicts: give the --report-dir of a run of suno-contract that was made." in capsys.readouterr().err
    )
    (tmp_path / "journal.jsonl").write_text(begun({"profile": "nobody's"}), "utf-8")
    assert status("calibrate", str(tmp_path), *output) == 2
    assert 'profile "nobody\'s" is unknown' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "source", "given"),
    [
        (("calibrate", "then", "--budget", "6", "--base-url", "http://a.test"), "FOLDER then", "--base-url, --budget"),
        (("calibrate", "then", "--probe-rate"), "FOLDER then", "--probe-rate"),
        (("calibrate", "--from", "live.jsonl", "--budget", "6"), "--from live.jsonl", "--budget"),
        (("drift", "now", "--force", "--budget", "2"), "FOLDER now", "--force, --budget"),
    ],
)
def test_what_is_of_no_use_is_refused(
    arguments: tuple[str, ...], source: str, given: str, tmp_path: Path, capsys: Output
) -> None:
    output = ("--output", str(tmp_path / "live.yaml")) if arguments[0] == "calibrate" else ()
    assert status(*arguments, *output) == 2
    told = capsys.readouterr().err
    assert (
        f"suno-contract: {given}: of no use with {source}, of which nothing is sent, and which says it itself." in told
    )
    assert f" out, or {source}, and a run is made.\n" in told


def test_a_run_that_tells_nothing_gives_no_profile(tmp_path: Path, capsys: Output) -> None:
    with scripted(REFUSED, http({"code": 404, "msg": "no such track"})) as server:
        arguments = ("--base-url", server.url, "--only", "extend.weights", "--budget", "1", *TRACK)
        assert status("run", *arguments, "--report-dir", str(tmp_path)) == 2
    capsys.readouterr()
    assert status("calibrate", str(tmp_path), "--output", str(tmp_path / "live.yaml")) == 2
    assert "tells nothing of" in capsys.readouterr().err
    assert not (tmp_path / "live.yaml").exists()


def test_an_outage_gives_no_profile(tmp_path: Path, capsys: Output) -> None:
    with scripted(http({"code": 503, "msg": "overloaded"})) as server:
        arguments = ("--base-url", server.url, "--only", "extend.weights", "--budget", "1", *TRACK)
        status("run", *arguments, "--report-dir", str(tmp_path))
    capsys.readouterr()
    assert status("calibrate", str(tmp_path), "--output", str(tmp_path / "live.yaml")) == 2
    told = f"{server.url} answered every request of the run with code 503, which tells its state and not how it reads"
    assert told in capsys.readouterr().err
    assert not (tmp_path / "live.yaml").exists()


def test_a_folder_for_the_file_that_is_not_there_is_told(tmp_path: Path, capsys: Output) -> None:
    assert status("calibrate", str(tmp_path), "--output", str(tmp_path / "no" / "live.yaml")) == 2
    assert f"there is no folder {tmp_path / 'no'}." in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--from", "--profile"])
def test_a_file_that_is_read_is_not_replaced(option: str, tmp_path: Path, capsys: Output) -> None:
    file = tmp_path / "live"
    file.write_text("what was paid for", "utf-8")
    assert status("calibrate", option, str(file), "--output", str(file), "--force") == 2
    told = f"suno-contract: --output {file} is the file of {option}, which it would replace. Give another name.\n"
    assert capsys.readouterr().err == told
    assert file.read_text("utf-8") == "what was paid for"
