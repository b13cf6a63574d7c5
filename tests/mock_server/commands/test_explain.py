"""`suno-mock explain`."""

import json

from tests.places import APIKLEY, place
from tests.processes import Run


def test_a_code_is_explained_as_text_and_as_json(run: Run) -> None:
    assert run("explain", "531")[1].startswith("531\nThe documents:\n  apikley  callback Server Error - ")
    found = json.loads(run("explain", "531", "--json")[1])
    assert found["quotes"][0]["place"] == place(APIKLEY, "- **531**: Server Error")


def test_a_rule_is_found_by_a_name_that_is_almost_right(run: Run) -> None:
    assert "Nearest: extend.continueAt.start." in run("explain", "extend.continueAt.strat")[2]
    assert "Nearest: extend.continueAt.start." in run("explain", "exten.continueAt.start")[2]
