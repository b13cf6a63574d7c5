"""The files of profiles, as the harness reads them."""

import re
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
    ("content", "why"),
    [
        (b"a: [b\n", "it is no YAML, in line 2: did not find expected ',' or ']'."),
        (b"\xff\xfe\xfa", "it is no text in UTF-8."),
    ],
)
def test_a_file_that_is_no_yaml_is_told(content: bytes, why: str, tmp_path: Path) -> None:
    (file := tmp_path / "mine.yaml").write_bytes(content)
    with pytest.raises(LookupError, match=f"profile {re.escape(str(file))} cannot be read: {re.escape(why)}"):
        profile_file(str(file))


def test_a_file_that_is_not_there_is_told_as_that(tmp_path: Path) -> None:
    gone = tmp_path / "live.yaml"
    with pytest.raises(
        LookupError, match=f"'{re.escape(str(gone))}': there is no file {re.escape(str(gone))}\\. Give "
    ):
        profile_file(str(gone))
    with pytest.raises(LookupError, match=r"profile 'live' is unknown\. Known: apikley, "):
        profile_file("live")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("a: &a {b: *a}", "cannot be read: Circular reference detected."),
        ("a: " + "[" * 2000 + "]" * 2000, "cannot be read: its values are nested too deeply."),
        ("extends: ../{folder}/mine.yaml", "extends itself."),
    ],
)
def test_a_file_without_an_end_is_refused(tmp_path: Path, text: str, wrong: str) -> None:
    with pytest.raises(LookupError) as refused:
        profile_file(written(tmp_path, text.replace("{folder}", tmp_path.name)))
    assert wrong in str(refused.value)
