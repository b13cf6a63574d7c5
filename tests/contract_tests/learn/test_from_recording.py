"""`suno-contract calibrate --from`: a profile of what the proxy recorded of a server apart from the mock."""

import json
import re
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import yaml

from contract_tests.cli import main
from contract_tests.learn.evidence import Left
from contract_tests.learn.prices import prices
from contract_tests.receiver.receiver import Receiver
from contract_tests.recording.message import begun, line
from contract_tests.targets.behaviour import KEY, conforming
from contract_tests.targets.edition import APIKLEY
from contract_tests.targets.legal import legal
from contract_tests.targets.plain_server import Plain
from tests.contract_tests.proxy.standing import standing
from tests.contract_tests.recording.messages import message
from tests.contract_tests.recording.ordinary import ordinary
from tests.courses import BAD, PUBLISHED, REFUSED

pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]
Output = pytest.CaptureFixture[str]


def status(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(("calibrate", *arguments))
    assert ended.value.code in (None, 0, 2)
    return ended.value.code or 0


def test_ordinary_traffic_is_a_profile_that_the_mock_plays(tmp_path: Path, capsys: Output) -> None:
    file, profile = tmp_path / "live.jsonl", tmp_path / "live.yaml"
    (present,) = [each.change for each in legal() if each.name == "source URLs"]
    behaviour = present(conforming(APIKLEY, mirrors=True))
    with Plain(behaviour=behaviour, pause=0.02) as plain, Receiver() as receiver, standing(plain.url) as stood:
        ordinary(stood.proxy.url, receiver, KEY, APIKLEY.sources)
    file.write_text(begun({"target": plain.url}) + stood.file.getvalue(), "utf-8")
    assert status("--from", str(file), "--output", str(profile)) == 0
    out = capsys.readouterr().out
    head = profile.read_text("utf-8").splitlines()[1]
    assert head == "# Behind each line: how often it was seen, and the numbers of the first messages in the recording."
    learned = yaml.safe_load(profile.read_text("utf-8"))
    assert "as a recording of" in learned["summary"]
    assert learned["picks"].items() >= {"refusal_status": "mirror", "source_urls": "present"}.items()
    assert learned["texts"]["required"] == "{field} is required."
    assert set(learned["stages"]) == {"text", "first", "complete"}
    assert "left open: string_length, " in out
    assert "left open: failure_type, 1 task of `suno-contract calibrate --base-url`, with --trigger" in out


def test_a_limit_that_requests_show_to_the_character_is_learned(tmp_path: Path, capsys: Output) -> None:
    file, profile = tmp_path / "live.jsonl", tmp_path / "live.yaml"
    longer = replace(APIKLEY, limits={**APIKLEY.limits, "V4": (3000, 200, 100), "V5": (5000, 1000, 150)})
    tracks = {model: id for id, (model, _) in APIKLEY.sources.items()}
    example = {name: value for name, value in PUBLISHED.example.items() if name != "personaId"}
    with Plain(behaviour=conforming(longer), pause=0.02) as plain, Receiver() as receiver, standing(plain.url) as stood:
        for model, length in (("V4", 100), ("V4", 101), ("V5", 120), ("V5", 160)):
            own = {"audioId": tracks[model], "model": model, "title": "x" * length}
            body = {**example, **own, "callBackUrl": receiver.url(f"{model}-{length}")}
            url = f"{stood.proxy.url}{PUBLISHED.terms.extend}"
            httpx.post(url, json=body, headers={"Authorization": f"Bearer {KEY}"}, trust_env=False)
    file.write_text(begun({"target": plain.url}) + stood.file.getvalue(), "utf-8")
    assert status("--from", str(file), "--output", str(profile)) == 0
    assert yaml.safe_load(profile.read_text("utf-8"))["models"] == {"V4": {"limits": {"extend": {"title": 100}}}}
    assert "models.V5.limits.extend.title: between 120 and 159 characters; " in profile.read_text("utf-8")
    assert capsys.readouterr().err == ""


def test_the_cheapest_question_comes_first_and_the_sum_last() -> None:
    names = ("persona_twice", "failure_type", "string_length", "error_data")
    told = list(prices([*(Left(f"picks.{name}", "why") for name in names), Left("stages", "why")], PUBLISHED))
    assert told[0] == "left open: error_data, 0 tasks of `suno-contract calibrate --base-url`"
    assert told[-2] == "left open: persona_twice, which no run tells: the harness asks for no personas"
    listed = [int(number) for line in told[:-1] for number in re.findall(r", (\d+) tasks? of", line)]
    assert len(listed) == 3
    assert told[-1] == f"left open in all: 4 questions, {sum(listed)} tasks at most: one task may tell several"
    assert list(prices([], PUBLISHED)) == []


def test_what_cannot_be_learned_of_is_told(tmp_path: Path, capsys: Output) -> None:
    file = tmp_path / "live.jsonl"
    file.write_text(begun({}) + line(message(method="GET", path="/")) + "cut", "utf-8")
    output = ("--output", str(tmp_path / "live.yaml"))
    assert status("--from", str(file), *output) == 2
    told = capsys.readouterr().err
    assert "live.jsonl:3: the line is cut off" in told
    assert "no request that extends a track stands before it" in told
    assert status(str(tmp_path), "--from", str(file), *output) == 2
    assert "not both" in capsys.readouterr().err
    assert not (tmp_path / "live.yaml").exists()


def test_a_recording_with_a_fault_is_learned_of_up_to_it_and_ends_with_2(tmp_path: Path, capsys: Output) -> None:
    file, profile = tmp_path / "live.jsonl", tmp_path / "live.yaml"
    headers = (("Authorization", "Bearer ***"), ("Content-Type", "application/json"))
    refused = message(headers=headers, sent=REFUSED.body, body=json.dumps(BAD).encode())
    file.write_text(begun({"target": "http://x"}) + line(refused) + "no JSON\n", "utf-8")
    assert status("--from", str(file), "--output", str(profile)) == 2
    told = capsys.readouterr().err
    assert (
        f"read up to its fault: {file}:3: the line is no JSON; {profile} was learned of what stands before it" in told
    )
    assert yaml.safe_load(profile.read_text("utf-8"))["extends"] == "apikley"
