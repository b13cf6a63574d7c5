"""`suno-contract drift`: what has moved since a profile was learned of a server apart from the mock."""

import json
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from contract_tests.learn.compared import Kept, Outcome
from contract_tests.learn.drift import Drift
from contract_tests.learn.evidence import UNNAMED, Left, Line, dotted
from contract_tests.learn.further import FEW
from contract_tests.mutants.drifts import Planted, Watched, planted, unchanged
from contract_tests.targets.behaviour import KEY, conforming
from contract_tests.targets.changes import chained, recording
from contract_tests.targets.edition import APIKLEY
from contract_tests.targets.legal import legal
from contract_tests.targets.plain_server import Plain
from tests.courses import PUBLISHED, SOURCES, reported
from tests.learned import nothing_learned
from tests.suno_contract import status

pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]

TRACK = ("--audio-id", "e231", "--audio-model", "V4", "--audio-duration", "198.44")
QUICK = ("--budget", "2", "--callback-timeout", "2")
Output = pytest.CaptureFixture[str]


def variant(name: str) -> Planted:
    (change,) = [each.change for each in legal() if each.name == name]
    return Planted(name=name, change=change)


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUNO_API_KEY", KEY)


def serving(planted: Planted | None = None) -> Plain:
    behaviour = conforming(APIKLEY)
    if planted and planted.change:
        behaviour = planted.change(behaviour)
    return Plain({**SOURCES, "e231": ("V4", 198.44)}, pause=0.01, behaviour=behaviour)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    return Watched(tmp_path_factory.mktemp("watched"), 6)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("no change", ""),
        ("refusals without data", "picks.error_data"),
        ("text after first", "stages"),
    ],
)
def test_a_change_is_told_and_nothing_else(watched: Watched, name: str, line: str) -> None:
    told = watched.told(Planted(name=name) if name == "no change" else variant(name))
    assert told.is_right, str(told)
    assert line in [each.line for each in told.moved] or not line


def test_another_form_is_told_by_the_line_that_says_it(watched: Watched) -> None:
    names = {
        "more members in every answer": "answers.members.success",
        "headers of a rate limit": "answers.headers.x-limit",
        "a signature in callbacks": "callbacks.headers.x-webhook",
        "tracks without tags": "track_members.callbacks.complete.without",
        "taskIds as UUIDs": "ids.task",
    }
    changes = [each.change for each in map(variant, names) if each.change]
    told = watched.told(Planted(name="five forms", change=chained(*changes)))
    assert {each.line for each in told.moved if each.who == "live"} >= {*names.values()}, str(told)


def test_a_status_that_no_document_names_is_a_change(watched: Watched) -> None:
    words = {"TEXT_SUCCESS": "WRITTEN"}
    change = recording(lambda task, record: {**record, "status": words.get(str(record["status"]), record["status"])})
    told = watched.told(Planted(name="words of its own", change=change))
    assert "stages.text.status" in {each.line for each in told.moved if each.who == "live"}, str(told)


def test_what_fewer_tasks_do_not_show_is_no_change(tmp_path: Path) -> None:
    ((line, is_right),) = unchanged(range(19, 20), 4, tmp_path, 2)
    assert is_right, line
    assert "draw 19, no change: nothing moved" in line


@pytest.mark.parametrize(
    ("line", "left", "stages"),
    [
        (Line(("stages", "first", "msg"), "Done.", "once: request 1"), {}, {}),
        (Line(("stages", "first", "skipped"), 0.5, "in 1 of 2 tasks"), {}, {"first": 4}),
        (Line(("tracks_per_task",), 3, "once: request 1"), {}, {"first": 4}),
        (Line(("models", "V5", "name"), "v5", "once: request 1"), {"names of V4, V5": UNNAMED}, {"complete": 4}),
        (
            Line(("track_members", "records", "first", "without"), ["tags"], "…"),
            {"track_members.records.first": FEW},
            {},
        ),
        (Line(("answers", "members", "ok"), True, "…"), {"answers": FEW}, {}),
        (Line(("operations", "extend", "price"), 10, "…"), {"operations.extend.price": "not told"}, {"complete": 4}),
    ],
)
def test_what_was_not_seen_then_has_not_moved(line: Line, left: dict[str, str], stages: dict[str, int]) -> None:
    then = [Line(("stages", stage, "at"), 1, f"{number} times: …") for stage, number in stages.items()]
    kept = Kept(lines=then, unsayable={}, left=left)
    *_, compared = Drift(kept, nothing_learned(line), reported(), PUBLISHED, PUBLISHED)
    assert (compared.outcome, compared.line) == (Outcome.UNCOMPARED, dotted(line.path))
    assert compared.why


def test_draws_are_those_of_their_seed() -> None:
    names = [[each.name for each in planted(12, seed)] for seed in (1, 1, 2)]
    assert names[0] == names[1] != names[2]
    assert [each.change is None for each in planted(12, 1)] == [False] * 12 + [True] * 4


@pytest.fixture(scope="module")
def calibrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a profile, `live.yaml`, and of the run that it was learned of, `then`."""
    folder = tmp_path_factory.mktemp("calibrated")
    with pytest.MonkeyPatch.context() as environment, serving() as server:
        environment.setenv("SUNO_API_KEY", KEY)
        run = ("--base-url", server.url, *QUICK, *TRACK, "--report-dir", str(folder / "then"))
        assert status("calibrate", *run, "--output", str(folder / "live.yaml")) == 0
    return folder


@pytest.fixture
def live(calibrated: Path, tmp_path: Path, capsys: Output) -> Path:
    """A copy of that profile in a folder of the test's own."""
    copytree(calibrated, tmp_path, dirs_exist_ok=True)
    capsys.readouterr()
    return tmp_path / "live.yaml"


def test_what_moved_is_shown_and_written_into_the_profile(live: Path, tmp_path: Path, capsys: Output) -> None:
    moved = variant("an unknown task is 422")
    with serving(moved) as server:
        run = ("--base-url", server.url, *QUICK, "--profile", str(live), "--report-dir", str(tmp_path / "now"))
        assert status("drift", *run, "--lines", "picks.*") == 1
        out = capsys.readouterr().out
        moved_lines = out[out.index("moved: picks.unknown_task (live)") :].splitlines()[1:5]
        assert [each.split()[:2] for each in moved_lines] == [
            ["document", PUBLISHED.picks["unknown_task"]],
            ["profile", "not_found"],
            ["live", "invalid"],
            ["mock", "not_found"],
        ]
        kept = json.loads((tmp_path / "now" / "drift.json").read_text("utf-8"))
        assert (kept["status"], kept["profile"]) == (1, str(live))
        assert "picks.unknown_task" in (tmp_path / "now" / "drift.xml").read_text("utf-8")
        folder = ("drift", str(tmp_path / "now"), "--profile", str(live))
        assert status(*folder, "--update") == 1
        out = capsys.readouterr().out
        assert "-  unknown_task: not_found # in all that came" in out
        assert "+  unknown_task: invalid # in all that came" in out
    assert status(*folder) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"{server.url} against {live}: 0 moved, 0 not looked at")


def test_an_update_leaves_what_somebody_wrote(live: Path, tmp_path: Path, capsys: Output) -> None:
    then = live.read_text("utf-8").replace("\npicks:", "\n# Their support says so.\npicks: # as of November")
    live.write_text(then, "utf-8")
    live.chmod(0o600)
    with serving(variant("an unknown task is 422")) as server:
        run = ("--base-url", server.url, "--budget", "0", "--profile", str(live), "--report-dir", str(tmp_path / "now"))
        assert status("drift", *run, "--update") == 1
    now = live.read_text("utf-8")
    assert "\n# Their support says so.\npicks: # as of November\n" in now
    assert live.stat().st_mode & 0o777 == 0o600
    gone, new = ({*one.splitlines()} - {*other.splitlines()} for one, other in ((then, now), (now, then)))
    assert gone == {"  unknown_task: not_found # in all that came"}
    assert {each.partition(" # ")[0] for each in new} == {
        "  unknown_task: invalid",
        "  extend.personaId.known: '{field} is of nobody.'",
    }
    assert all(", run of " in each for each in new)


def test_what_is_not_written_in_rows_is_not_updated(live: Path, tmp_path: Path, capsys: Output) -> None:
    then = "format: 1\nextends: apikley\npicks: {unknown_task: not_found}\n"
    live.write_text(then, "utf-8")
    with serving(variant("an unknown task is 422")) as server:
        run = ("--base-url", server.url, "--budget", "0", "--profile", str(live), "--report-dir", str(tmp_path / "now"))
        assert status("drift", *run, *TRACK, "--update") == 2
    assert live.read_text("utf-8") == then
    assert f"--update: {live} stays as it is, since picks." in capsys.readouterr().err


def test_what_was_not_looked_at_is_not_the_same(live: Path, tmp_path: Path, capsys: Output) -> None:
    with serving() as server:
        run = ("--base-url", server.url, "--budget", "0", "--profile", str(live), "--report-dir", str(tmp_path / "now"))
        assert status("drift", *run) == 3
        first = (tmp_path / "now" / "drift.json").read_text("utf-8")
        assert status("drift", *run) == 2
        assert "holds the run of 20" in (told := capsys.readouterr().err)
        assert "Give another folder, or --force; or give " in told
        assert (tmp_path / "now" / "drift.json").read_text("utf-8") == first
        assert status("drift", *run, "--force") == 3
    out = capsys.readouterr().out
    assert "not looked at: stages.complete.at: no callback of it came" in out
    assert " 0 moved, " in out.splitlines()[-1]


def test_wrong_input_is_told(live: Path, tmp_path: Path, capsys: Output) -> None:
    for arguments in (("--profile", "apikley"), (str(tmp_path / "then"),)):
        assert status("drift", *arguments) == 2
        assert "made as --profile FILE. apikley is one of ours, which says" in capsys.readouterr().err
    assert status("drift", str(tmp_path / "then"), "--profile", str(live)) == 2
    assert f"was made with --profile apikley: make one with --profile {live}." in capsys.readouterr().err
    alone = tmp_path / "alone.yaml"
    alone.write_text(live.read_text("utf-8").replace("extends: apikley\n", ""), "utf-8")
    assert status("drift", str(tmp_path / "then"), "--profile", str(alone)) == 2
    assert capsys.readouterr().err.startswith("suno-contract: ")


def test_nothing_is_spent_for_what_cannot_be_compared(live: Path, tmp_path: Path, capsys: Output) -> None:
    with serving() as server:
        run = ("--base-url", server.url, *QUICK, "--profile", str(live), "--report-dir", str(tmp_path / "now"))
        assert status("drift", *run, "--lines", "nosuch*") == 2
        assert "--lines 'nosuch*' matches no line of the profile, and nothing was sent." in capsys.readouterr().err
        live.write_text(live.read_text("utf-8").replace("\npicks:", "\npick:"), "utf-8")
        assert status("drift", *run) == 2
        told = f"--profile {live} cannot be played, so nothing was sent: the mock did not start; its message is above."
        assert told in capsys.readouterr().err
        new = ("--output", str(tmp_path / "new.yaml"))
        assert status("calibrate", *run, *new) == 2
        assert told in capsys.readouterr().err
        assert status("calibrate", *run[:-4], "--output", str(tmp_path), "--force") == 2
        assert f"--output {tmp_path} is no file. Give another name." in capsys.readouterr().err
    assert server.tasks == {}


@pytest.mark.parametrize(
    ("then", "seen", "now", "outcome"),
    [
        ({0: 10, 0.5: 12, 1: 14}, "5 times: requests 1, 2, 3, …", {0: 20, 0.5: 24, 1: 28}, Outcome.SAME),
        ({0: 0.04, 0.5: 0.05, 1: 0.06}, "5 times: requests 1, 2, 3, …", {0: 0.1, 0.5: 0.2, 1: 0.3}, Outcome.SAME),
        ({0: 0.04, 0.5: 0.05, 1: 0.06}, "5 times: requests 1, 2, 3, …", 0.4, Outcome.MOVED),
        ({0: 10, 0.5: 12, 1: 14}, "5 times: requests 1, 2, 3, …", {0: 22, 0.5: 24, 1: 28}, Outcome.MOVED),
        ({0: 10, 0.5: 12, 1: 14}, "5 times: requests 1, 2, 3, …", 6.4, Outcome.MOVED),
        ({0: 10, 0.5: 12, 1: 14}, "5 times: requests 1, 2, 3, …", {0: 5, 0.5: 6, 1: 7}, Outcome.SAME),
        (10, "4 times: requests 1, 2, 3, …", 30, Outcome.UNCOMPARED),
    ],
)
def test_a_delay_has_moved_when_every_new_one_is_far_outside(
    then: object, seen: str, now: object, outcome: Outcome
) -> None:
    path = ("stages", "first", "at")
    kept = Kept(lines=[Line(path, then, seen)], unsayable={}, left={})
    found = nothing_learned(Line(path, now, "2 times: requests 1, 2"))
    (compared,) = Drift(kept, found, reported(), PUBLISHED, PUBLISHED)
    assert compared.outcome is outcome


@pytest.mark.parametrize(
    ("then", "why"), [({}, "nobody looked for it then"), ({"rate_limit": "not shown"}, "not shown")]
)
def test_a_rate_that_did_not_show_then_has_not_moved(then: dict[str, str], why: str) -> None:
    line = Line(("rate_limit",), {"requests": 5, "seconds": 1}, "twice")
    (now,) = Drift(Kept(lines=[], unsayable={}, left=then), nothing_learned(line), reported(), PUBLISHED, PUBLISHED)
    assert (now.outcome, now.why) == (Outcome.UNCOMPARED, why)
    (kept,) = Drift(Kept(lines=[line], unsayable={}, left={}), nothing_learned(), reported(), PUBLISHED, PUBLISHED)
    assert kept.outcome is Outcome.UNSEEN


WORDS = Line(("codes", 429), "Slowly.", "once")
SHOWN = {"rate_limit.retry_after": "the mock tells its own"}


@pytest.mark.parametrize(
    ("then", "left", "now", "outcome"),
    [
        ([], SHOWN, [WORDS], Outcome.MOVED),
        ([WORDS], SHOWN, [WORDS], Outcome.MOVED),
        ([WORDS], SHOWN, [], Outcome.SAME),
        ([], {}, [WORDS], Outcome.UNCOMPARED),
        ([], {"rate_limit": "did not show it"}, [WORDS], Outcome.UNCOMPARED),
    ],
)
def test_words_of_denied_requests_are_compared(
    then: list[Line], left: dict[str, str], now: list[Line], outcome: Outcome
) -> None:
    found = replace(nothing_learned(), found=(*now, Left("rate_limit.retry_after", "the mock tells its own")))
    (told,) = Drift(Kept(lines=then, unsayable={}, left=left), found, reported(), PUBLISHED, PUBLISHED)
    assert (told.line, told.outcome) == ("codes.429", outcome)
    assert outcome is not Outcome.MOVED or (told.live, told.mock) == ("Slowly.", PUBLISHED.codes[429])


def test_words_of_denied_requests_are_not_looked_at_where_none_was_denied() -> None:
    (told,) = Drift(Kept(lines=[WORDS], unsayable={}, left=SHOWN), nothing_learned(), reported(), PUBLISHED, PUBLISHED)
    assert (told.line, told.outcome) == ("codes.429", Outcome.UNSEEN)


def test_what_is_left_open_for_the_first_time_has_not_moved() -> None:
    found = replace(nothing_learned(), found=(Left("refunds", "no task failed"), Left("rate_limit", "not shown")))
    assert not list(Drift(Kept(lines=[], unsayable={}, left={}), found, reported(), PUBLISHED, PUBLISHED))
