"""What is said of operations that cannot be served."""

from pathlib import Path

import pytest

from mock_server.contract.operation_files import file_of
from mock_server.contract.profile_check import problems
from tests.mock_server.contract.test_profile_files import written

WAV = file_of("wav").read_text("utf-8")


def said(folder: Path, described: str) -> list[str]:
    """What is wrong with a profile that serves a task `jingle`, described in a file beside it; without the names of
    files and the numbers of lines."""
    (folder / "jingle.yaml").write_text(described, "utf-8")
    mine = written(folder, "format: 1\nextends: apikley\noperation_files: [jingle.yaml]\nserves: [extend, jingle]\n")
    return [each.said for each in problems(mine)]


def jingle(*edits: tuple[str, str]) -> str:
    """The file of WAVs, as one of jingles, with changes."""
    text = WAV.replace("  wav:\n", "  jingle:\n").replace("wav.", "jingle.").replace("/wav/", "/jingle/")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return text


def test_an_operation_from_anywhere_can_be_served(tmp_path: Path) -> None:
    assert said(tmp_path, jingle()) == []


@pytest.mark.parametrize(
    ("edit", "wrong"),
    [
        pytest.param(("kind: task", "kind: tusk"), 'operations.jingle.kind is "tusk". Nearest: task. ', id="kind"),
        pytest.param(("    does:", "    dose:"), "operations.jingle.dose is unknown. Nearest: does. ", id="member"),
        pytest.param(
            ("    does: converts a track to WAV\n", ""),
            "operations.jingle.does is missing. Allowed: method, path, does, words, callback, failed, record together.",
            id="missing",
        ),
        pytest.param(
            ('taskId: "{task_id}"', 'taskId: "{tsk_id}"'),
            "operations.jingle.record names {tsk_id}. Nearest: task_id. Allowed: absent, callback_url, ",
            id="name",
        ),
        pytest.param(
            ("polled_by: wav-record-info", "polled_by: wav-record-inf"),
            "operations.jingle.polled_by is 'wav-record-inf', which polls nothing here. Nearest: wav-record-info. ",
            id="poll",
        ),
        pytest.param(
            ("complete: {at: 20, msg: success}", "text: {at: 20, msg: success}"),
            "operations.jingle.stages has no complete, which ends a task. Allowed: with it.",
            id="stages",
        ),
        pytest.param(
            ("  /api/v1/jingle/generate:", "  /api/v1/jingle:"),
            "the rules of jingle cannot be read: '/api/v1/jingle/generate'",
            id="document",
        ),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, edit: tuple[str, str], wrong: str) -> None:
    found = said(tmp_path, jingle(edit))
    assert [text for text in found if wrong in text], found


def test_limits_of_an_operation_that_is_not_there_are_told(tmp_path: Path) -> None:
    mine = written(tmp_path, "format: 1\nextends: apikley\nlimits: {extned: []}\noperations: {genrate: {price: 3}}\n")
    assert [each.said.partition(" Allowed")[0] for each in problems(mine)] == [
        "operations.genrate is 'genrate', no operation. Nearest: generate.",
        "limits.extned is 'extned', no operation. Nearest: extend.",
    ]
