"""What is sent where one task more would be too many, and what a run that is killed costs in all."""

import io
import os
import signal
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random
from subprocess import PIPE

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.cli import main
from contract_tests.probes.plan import Plan
from contract_tests.probes.request import UNKNOWN_AUDIO
from contract_tests.receiver.receiver import Receiver
from contract_tests.run.run import Run
from contract_tests.target.target import Limits, Target
from contract_tests.targets.behaviour import KEY, Answer, Asked, Behaviour, conforming
from contract_tests.targets.changes import Change, without
from contract_tests.targets.checks import checks
from contract_tests.targets.edition import APIKLEY
from contract_tests.targets.legal import legal
from contract_tests.targets.plain_server import Plain
from contract_tests.verdicts.results import Result, Verdict
from tests.courses import PUBLISHED, SOURCES, TRACKS

pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]

FEW = "extend.[amt]*[!v].[kmrt]*"
BASE = conforming(APIKLEY)
CHECKS = sorted(checks(APIKLEY))


def server(change: Change) -> Plain:
    return Plain(SOURCES, pause=0.01, behaviour=change(BASE))


def ran(plain: Plain, budget: int, only: str = FEW) -> list[Result]:
    plan = Plan(published=PUBLISHED, tracks=TRACKS, only=only, callback_timeout=0.2)
    keys = {"own": KEY, "bad": "a-key-that-was-never-given-out"}
    with (
        plain,
        Receiver() as receiver,
        closing(Target(plain.url, keys, Limits(budget=budget), io.StringIO())) as target,
    ):
        return Run(plan, target, receiver).results()


def rules(results: list[Result], verdict: Verdict) -> set[str]:
    return {each.rule for each in results if each.verdict is verdict}


def answering(**changes: object) -> Change:
    """Refuses all the same way."""

    def change(behaviour: Behaviour) -> Behaviour:
        def answered(asked: Asked, answer: Answer) -> Answer:
            return answer if answer.code != 422 else answer.merged(changes)

        return replace(behaviour, answered=(*behaviour.answered, answered))

    return change


def test_one_lenient_rule_does_not_end_the_others() -> None:
    results = ran(plain := server(without("audioId.type", "model.type")), 0)
    assert (len(plain.tasks), rules(results, Verdict.VIOLATED)) == (1, {"extend.audioId.type"})
    assert "extend.model.type" in rules(results, Verdict.NOT_TRIED)
    assert {"extend.title.type", "extend.audioId.known", "extend.auth.missing"} <= rules(results, Verdict.PASSED)


def test_refusals_that_are_all_alike_tell_nothing_once_a_task_was_started() -> None:
    lenient = without("audioId.type")
    results = ran(plain := server(lambda behaviour: answering(msg="no")(lenient(behaviour))), 0)
    whys = {each.why for each in results if each.rule == "extend.title.type"}
    assert len(plain.tasks) == 1
    assert whys == {
        "budget: 1 of 0 tasks are spent; a larger --budget allows more; sent about a track that nobody has, so that no "
        "task starts, it is refused for the track, which tells nothing"
    }


def test_what_is_sent_about_a_track_of_nobody_tells_no_reading_of_such_a_track() -> None:
    (missing,) = [each.change for each in legal() if each.name == "an unknown audioId is 404"]
    lenient = without("audioId.type")
    results = ran(server(lambda behaviour: missing(lenient(behaviour))), 0, only="[eu]*[!v][._][kmrta]*")
    (told,) = [each for each in results if each.rule == "unknown_audio"]
    assert (told.verdict, told.why) == (Verdict.OBSERVED, "not_found")


def test_a_server_that_takes_everything_starts_one_task_at_0() -> None:
    assert ran(plain := server(without(*CHECKS)), 0) != []
    assert len(plain.tasks) == 1


def test_a_server_that_knows_its_tracks_no_more_is_sent_nothing_more() -> None:
    started: list[bytes] = []

    def forgetful(asked: Asked, answer: Answer) -> Answer:
        if not asked.extends or (UNKNOWN_AUDIO.encode() in asked.raw and not started):
            return answer
        started.append(asked.raw)
        return Answer(status=200, content={"code": 200, "msg": "success", "data": {"taskId": f"{len(started)}"}})

    ran(server(lambda behaviour: replace(behaviour, answered=(forgetful,))), 0)
    assert len(started) == 2  # the exception, and the track of nobody


@settings(max_examples=5, deadline=None, database=None)
@given(st.sets(st.sampled_from(CHECKS), min_size=1), st.integers(0, 3))
def test_however_lenient_a_server_is_the_budget_holds(left_out: set[str], budget: int) -> None:
    ran(plain := server(without(*left_out)), budget, only="extend.[aelmt]*[!v].[ekmrt]*")
    assert len(plain.tasks) <= max(budget, 1)


@pytest.mark.parametrize(("lenient", "budget"), [("audioId.type", 0), ("audioId.type", 2)])
def test_a_run_that_is_killed_and_resumed_keeps_to_the_budget(
    lenient: str, budget: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is killed when a task is started whose answer is still to come."""
    processes: list[subprocess.Popen[bytes]] = []

    def killing(asked: Asked, answer: Answer) -> Answer:
        if asked.extends and processes and answer.code == 200:
            os.kill(processes.pop().pid, signal.SIGKILL)
        return answer

    monkeypatch.setenv("SUNO_API_KEY", KEY)
    track = ("--audio-id", TRACKS[0].id, "--audio-model", TRACKS[0].model, "--audio-duration", "60")
    with server(lambda behaviour: replace(without(lenient)(behaviour), answered=(killing,))) as plain:
        arguments = ["run", "--base-url", plain.url, "--budget", f"{budget}", "--only", "extend.[aem]*", *track]
        arguments += ["--report-dir", str(tmp_path), "--callback-timeout", "0.2"]
        with subprocess.Popen([sys.executable, "-m", "contract_tests", *arguments], stdout=subprocess.DEVNULL) as run:
            processes.append(run)
            assert run.wait(60) == -signal.SIGKILL
        with pytest.raises(SystemExit):
            main([*arguments, "--resume"])
        assert 0 < len(plain.tasks) <= max(budget, 1)


def kill_again_and_again(seed: int, kills: int, folder: Path) -> tuple[int, int, int]:
    """A run that is killed at drawn requests, before their answers, and resumed; how often it was, the tasks that the
    server started, and the budget."""
    chosen = Random(seed)
    budget, killed = chosen.randint(0, 6), 0
    due: list[int] = []
    processes: list[subprocess.Popen[bytes]] = []

    def killing(asked: Asked, answer: Answer) -> Answer:
        if asked.extends and due:
            due[0] -= 1
            if not due[0]:
                due.clear()
                os.kill(processes[-1].pid, signal.SIGKILL)
        return answer

    lenient = without(*chosen.sample(CHECKS, chosen.randint(0, 3)))
    track = ("--audio-id", TRACKS[0].id, "--audio-model", TRACKS[0].model, "--audio-duration", "60")
    with server(lambda behaviour: replace(lenient(behaviour), answered=(killing,))) as plain:
        arguments = ["run", "--base-url", plain.url, "--budget", f"{budget}", "--only", "extend.[aem]*", *track]
        arguments += ["--report-dir", str(folder), "--callback-timeout", "0.2"]
        while True:
            due[:] = [chosen.randint(1, 6)] if killed < kills else []
            again = ["--resume"] if processes else []
            with subprocess.Popen([sys.executable, "-m", "contract_tests", *arguments, *again], stdout=PIPE) as run:
                processes.append(run)
                run.communicate(timeout=120)
            if run.returncode != -signal.SIGKILL:
                return killed, len(plain.tasks), budget
            killed += 1


@pytest.mark.parametrize("seed", range(2))
def test_a_run_that_is_killed_again_and_again_keeps_to_the_budget(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUNO_API_KEY", KEY)
    killed, tasks, budget = kill_again_and_again(seed, 3, tmp_path)
    assert killed > 0
    assert tasks <= max(budget, 1)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(2, 322))  # of three kills each, about
def test_no_kill_at_any_request_spends_more_than_the_budget(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUNO_API_KEY", KEY)
    _, tasks, budget = kill_again_and_again(seed, 10, tmp_path)
    assert tasks <= max(budget, 1)
