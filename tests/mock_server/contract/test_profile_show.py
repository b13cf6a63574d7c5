"""All that a profile says, with its places."""

from pathlib import Path

from mock_server.contract.documents import ROOT
from mock_server.contract.profile_show import all_lines, own_lines
from tests.mock_server.contract.test_profile_files import written

TEXT = "format: 1\nextends: observed\nmodels: {V4: null, V6: {like: V5}}\ncodes: {402: Pay.}\nreadings: {}\n"


def test_a_file_is_shown_with_its_lines(tmp_path: Path) -> None:
    mine = written(tmp_path, TEXT)
    lines = [line.replace(mine, "mine") for line in own_lines(mine)]
    assert lines[2:] == [
        f"models.V4: null  (mine:{lines.index('extends: observed  (mine:2)') + 2})",
        "models.V6.like: V5  (mine:3)",
        "codes.402: Pay.  (mine:4)",
        "readings: {}  (mine:5)",
    ]


def test_everything_is_shown_with_where_it_stands(tmp_path: Path) -> None:
    mine = written(tmp_path, TEXT)
    shown = dict(line.removesuffix(")").rsplit("  (", 1) for line in all_lines(mine))
    assert shown["codes.402: Pay."] == f"{mine}:4"
    assert shown["picks.first_items: both"].startswith("openapi/profiles/observed.yaml:")
    assert shown["picks.first_items: both"] not in shown["document: apikley.openapi.yaml"]
    assert shown["pending: PENDING"].startswith("openapi/family.yaml:")
    assert "models.V4: as the document offers it" not in shown
    for text, place in shown.items():
        path, _, line = place.rpartition(":")
        said = ROOT.joinpath(path).read_text("utf-8").splitlines()[int(line) - 1]
        key = text.partition(": ")[0].split(".")
        assert any(part in said for part in (key[-1], "description")) or "the document" in text


def test_a_code_of_the_document_stands_there() -> None:
    (line,) = [line for line in all_lines("apikley") if line.startswith("callback_codes.501: ")]
    assert line.startswith("callback_codes.501: Audio generation failed.  (openapi/apikley.openapi.yaml:")
