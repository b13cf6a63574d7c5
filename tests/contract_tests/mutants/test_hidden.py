"""What is learned of servers that nobody wrote a profile for. More of them: `.ci/nightly targets`."""

import re
from pathlib import Path

import pytest

from contract_tests.mutants import hidden
from contract_tests.mutants.__main__ import main
from contract_tests.mutants.held_out import bodies
from contract_tests.mutants.hidden import HELD_OUT, seen
from contract_tests.probes.request import Track
from contract_tests.targets.drawn import READINGS, drawn

pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]


def test_draws_differ_and_the_same_seed_draws_the_same() -> None:
    every = [drawn(seed).readings for seed in range(50)]
    assert every == [drawn(seed).readings for seed in range(50)]
    for question, readings in READINGS.items():
        assert {each[question] for each in every} == readings.keys(), question


def test_nothing_wrong_is_learned_of_a_drawn_server(tmp_path: Path) -> None:
    came = seen(drawn(3), 6, tmp_path)
    assert (came.wrong, came.tasks) == ((), 6)
    assert len(came.right) >= 13
    assert re.search(r" [4-9] of \d+ forms", str(came))
    assert came.after.asked > 200
    assert not came.after.differing["code"]
    assert came.held_out.asked == HELD_OUT
    assert min(map(came.held_out.share, ("status", "code", "members"))) > 0.98
    assert came.held_out.share("msg") > 0.94
    assert f"held out: {came.held_out.share('status'):.0%} status".replace("%", " %") in str(came)


def test_requests_that_are_held_out_differ_and_the_same_seed_draws_the_same() -> None:
    track = Track(id="a-track", model="V4", duration=120)
    drawn_once, drawn_again, others = ([*bodies(seed, 200, track, "http://a.test/")] for seed in (1, 1, 2))
    assert drawn_once == drawn_again != others
    for member in ("title", "continueAt", "model", "audioId"):
        assert len({str(each.get(member)) for each in drawn_once}) > 3, member


def test_a_wrong_reading_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        hidden, "lines", lambda seeds, budget, folder, fails: [("a", True), (f"b {seeds} {budget}", False)]
    )
    monkeypatch.setattr("sys.argv", ["mutants", "--server", "plain", "hidden", "--seeds", "2", "--draw", "7"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert capsys.readouterr().out == "a\nb range(7, 9) 12\n1 of 2 servers without a wrong reading\n"
