"""`suno-mock explain`."""

import json
from pathlib import Path

from mock_server.contract.explain.explanation import lines
from mock_server.contract.explain.names import explained
from tests.mock_server.contract.test_profile_files import written
from tests.processes import Run


def test_a_name_is_explained_as_text(run: Run) -> None:
    output = run("explain", "531")[1]
    assert output.startswith("531\nThe documents:\n  apikley  callback Server Error - ")
    assert output.splitlines() == list(lines(explained("531")))


def test_a_name_is_explained_as_json(run: Run) -> None:
    found = json.loads(run("explain", "531", "--json")[1])
    whole = explained("531")
    assert found["quotes"][0]["place"] == whole.quotes[0].place
    assert found["causes"][0] == {"text": whole.causes[0].text, "places": list(whole.causes[0].places)}


def test_a_profile_of_ones_own_is_explained_beside_ours(tmp_path: Path, run: Run) -> None:
    mine = written(tmp_path, "format: 1\nextends: kie\nmodels: {V9: {like: V5, name: nine}}")
    assert f"offered by {mine}  ({mine}:3)" in run("explain", "V9", "--profile", mine)[1]
    assert f"model V9  ({mine}:3)" in run("explain", mine)[1]


def test_a_rule_is_found_by_a_name_that_is_almost_right(run: Run) -> None:
    assert "Nearest: extend.continueAt.start." in run("explain", "extend.continueAt.strat")[2]
    assert "Nearest: extend.continueAt.start." in run("explain", "exten.continueAt.start")[2]
