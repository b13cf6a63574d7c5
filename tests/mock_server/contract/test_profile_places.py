"""Where each line of a profile stands."""

from pathlib import Path

from mock_server.contract.documents import OPENAPI
from mock_server.contract.profile_places import files, place_in, shown
from tests.mock_server.contract.test_profile_files import written


def test_a_line_stands_where_it_was_said_last(tmp_path: Path) -> None:
    mine = written(tmp_path, "extends: observed\n\npicks:\n  first_items: one\n")
    paths = files(mine)
    assert str(place_in(paths, "picks", "first_items")) == f"{mine}:4"
    assert str(place_in(paths, "codes", 402)).startswith("openapi/profiles/observed.yaml:")
    assert str(place_in(paths, "pending")).startswith("openapi/family.yaml:")


def test_a_file_of_ours_is_told_by_its_path_in_the_checkout_or_whole() -> None:
    assert shown(OPENAPI / "family.yaml") == "openapi/family.yaml"
    assert shown(OPENAPI / "family.yaml", whole=True) == str(OPENAPI / "family.yaml")
    assert shown(Path("mine.yaml")) == "mine.yaml"


def test_the_innermost_node_that_is_there_stands_for_what_is_not(tmp_path: Path) -> None:
    mine = written(tmp_path, "extends: apikley\npicks: {first_items: one}\n")
    assert str(place_in(files(mine), "picks", "nothing", "at all")) == f"{mine}:2"
    assert str(place_in(files(mine), "nothing")) == f"{mine}:1"
