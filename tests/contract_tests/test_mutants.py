"""The harness can fail: a few faults here, the whole catalogue by `python -m contract_tests.mutants`."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from contract_tests.documents.files import profiles
from contract_tests.documents.published import Published
from contract_tests.mutants.__main__ import UNHARMED, Killed, SeedRun, killed, main, seed_run
from contract_tests.mutants.catalogue import mutants
from contract_tests.mutants.proxy import Mutant
from contract_tests.target.mock import mock
from contract_tests.verdicts.results import Verdict

pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]

APIKLEY = Published.read("apikley")
ALL = list(mutants(APIKLEY))
FEW = list({mutant.group: mutant for mutant in reversed(ALL)}.values())
"""One of each group."""
EVERY = 4
"""Of these, one of so many is tried in every run, the others in the nightly one."""
LIVING = Killed(mutant=UNHARMED, rules=(), took=1.0)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with mock("apikley") as running:
        yield running


@pytest.mark.parametrize("profile", profiles())
def test_there_are_many_mutants_each_with_a_name_of_its_own(profile: str) -> None:
    names = [mutant.name for mutant in mutants(Published.read(profile))]
    assert len(names) >= 120
    assert len(set(names)) == len(names)


def test_a_server_without_a_fault_raises_no_alarm(url: str) -> None:
    assert killed(url, APIKLEY, UNHARMED).rules == ()


def test_the_default_run_raises_no_alarm_on_the_mock() -> None:
    """Twenty seeds: `python -m contract_tests.mutants --seeds 20`."""
    found = seed_run(APIKLEY, seed=11)
    assert (found.rules, found.counts[Verdict.NOT_TRIED]) == ((), 0)


def test_a_mutant_that_lives_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "contract_tests.mutants.__main__.killed", lambda url, published, mutant: replace(LIVING, mutant=mutant)
    )
    monkeypatch.setattr("sys.argv", ["mutants", "--only", "taskId"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    lines = capsys.readouterr().out.splitlines()
    assert all(line.endswith("nobody") for line in lines[:-1])
    assert lines[-1] == f"0 of {len(lines) - 2} mutants killed"


@pytest.mark.parametrize("server", ["mock", "plain"])
def test_a_name_that_nothing_has_is_told(
    server: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["mutants", "--server", server, "--only", "pollin never ending"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "is in no name. Nearest: " in capsys.readouterr().err


def test_the_seeds_are_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    loud = SeedRun(seed=1, rules=("callback.once",), counts=dict.fromkeys(Verdict, 2), took=1.0)
    monkeypatch.setattr("contract_tests.mutants.__main__.seed_run", lambda published, seed: replace(loud, seed=seed))
    monkeypatch.setattr("sys.argv", ["mutants", "--seeds", "2"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "  1.0 s  seed 1     2 passed, 2 violated, 2 deviated, 2 not_tried, 2 observed  callback.once"
    assert lines[2] == "0 of 2 seeds without an alarm"


@pytest.mark.parametrize(
    "mutant",
    [
        pytest.param(each, id=each.name, marks=pytest.mark.nightly if number % EVERY else ())
        for number, each in enumerate(FEW)
    ],
)
def test_a_fault_is_found(url: str, mutant: Mutant) -> None:
    found = killed(url, APIKLEY, mutant)
    assert found.by, found.rules
