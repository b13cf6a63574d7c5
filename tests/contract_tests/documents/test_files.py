"""The files of profiles, as the harness reads them."""

from pathlib import Path

import pytest

from contract_tests.documents.files import profile_file


def written(folder: Path, text: str) -> str:
    path = folder / "mine.yaml"
    path.write_text(text, "utf-8")
    return str(path)


def test_a_reading_can_have_null_as_its_value(tmp_path: Path) -> None:
    mine = {"mine": {"says": "as the code", "value": None}}
    path = written(tmp_path, "extends: apikley\nreadings: {refusal_status: {mine: {says: as the code, value: null}}}")
    assert profile_file(path)["readings"]["refusal_status"] == mine


def test_a_code_may_stand_in_quotes(tmp_path: Path) -> None:
    path = written(tmp_path, 'codes: {"498": Quoted., x: b}\ncallback_codes: 5')
    assert profile_file(path) == {"codes": {498: "Quoted.", "x": "b"}, "callback_codes": 5}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("a: &a {b: *a}", "cannot be read: Circular reference detected."),
        ("a: " + "[" * 2000 + "]" * 2000, "cannot be read: maximum recursion"),
        ("extends: ../{folder}/mine.yaml", "extends itself."),
    ],
)
def test_a_file_without_an_end_is_refused(tmp_path: Path, text: str, wrong: str) -> None:
    with pytest.raises(LookupError) as refused:
        profile_file(written(tmp_path, text.replace("{folder}", tmp_path.name)))
    assert wrong in str(refused.value)
