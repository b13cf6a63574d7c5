"""The files of profiles, from anywhere, read as one."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.contract.documents import OPENAPI
from mock_server.contract.editions import Editions
from mock_server.contract.profile_files import (
    chain,
    identity,
    merge,
    picked,
    profile_file,
    profile_name,
    profile_names,
    profile_path,
    without_nulls,
)
from mock_server.core.errors import BadSetting
from mock_server.core.settings import Settings

TREES = st.recursive(
    st.integers(0, 3), lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3), max_leaves=8
)
MAPPINGS = st.dictionaries(st.sampled_from("abc"), TREES, max_size=3)


def written(folder: Path, text: str, name: str = "mine.yaml") -> str:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return str(path)


def refused(text: str) -> str:
    with pytest.raises(BadSetting) as error:
        profile_file(text)
    return str(error.value)


def test_a_profile_is_the_same_on_every_machine_and_another_once_it_is_edited(tmp_path: Path) -> None:
    assert identity("kie") == "kie"
    files = {
        "base.yaml": "extends: kie",
        "mine.yaml": "extends: base.yaml\ncallback_document: own.yaml",
        "own.yaml": "openapi: 3.0.0",
    }
    for folder in ("here", "there"):
        for name, text in files.items():
            written(tmp_path / folder, text, name)
    here, there = (identity(f"{tmp_path}/{folder}/mine.yaml") for folder in ("here", "there"))
    assert here == there
    assert re.fullmatch(r"mine, files [0-9a-f]{12}", here)
    found = {here}
    for name, text in files.items():
        written(tmp_path / "there", f"{text}\n# edited", name)
        found.add(identity(f"{tmp_path}/there/mine.yaml"))
    assert len(found) == 4


def test_a_profile_is_found_by_name_as_a_file_and_as_a_folder(tmp_path: Path) -> None:
    file = written(tmp_path, "extends: apikley")
    folder = written(tmp_path / "acme", "extends: ../mine.yaml", "profile.yaml").removesuffix("/profile.yaml")
    assert profile_path("classic") == OPENAPI / "profiles" / "classic.yaml"
    assert [profile_name(path) for path in chain(folder)] == ["acme", "mine", "apikley"]
    assert profile_name(profile_path(file)) == "mine"


def test_what_is_not_said_is_taken_over(tmp_path: Path) -> None:
    mine = profile_file(written(tmp_path, "extends: observed\npicks: {first_items: one}\ncodes: {402: Pay.}"))
    assert mine["picks"] == {**profile_file("observed")["picks"], "first_items": "one"}
    assert (mine["codes"][402], mine["codes"][401]) == ("Pay.", "Unauthorized – Authentication failed.")
    assert "summary" not in mine


def test_null_takes_away_what_the_base_says(tmp_path: Path) -> None:
    mine = profile_file(written(tmp_path, "extends: observed\nstages: {first: null}\nmodels: {V4: null}"))
    assert mine["stages"] == {}
    assert mine["models"] == {"V4": None}  # which the document offers


def test_a_document_beside_a_profile_is_its_own(tmp_path: Path) -> None:
    document = written(tmp_path, "paths: {}", "acme.openapi.yaml")
    mine = profile_file(written(tmp_path, "extends: apikley\ndocument: acme.openapi.yaml"))
    assert (mine["document"], mine["callback_document"]) == (document, "apikley.openapi.yaml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("a: [", ": it is no YAML: did not find expected node content.", id="no YAML"),
        pytest.param("- a", ": it is a list. Allowed: a mapping, whose first line is", id="no mapping"),
        pytest.param("extends: 5", "mine.yaml: extends is 5. Allowed: a file, or apikley, ", id="extends no text"),
        pytest.param("extends: mine.yaml", "mine.yaml: it extends itself, by way of ", id="itself"),
        pytest.param("a: &a {b: *a}", "mine.yaml: it cannot be read: Circular reference detected.", id="holds itself"),
        pytest.param(
            "extends: apikly", "profile 'apikly' is unknown. Nearest: apikley. Known: apikley, ", id="nothing"
        ),
        pytest.param(
            "extends: ./min.yaml", "profile './min.yaml' is no file. Nearest: mine.yaml. Allowed:", id="no file"
        ),
        pytest.param(
            "\n".join(["a0: &a0 [x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30))]),
            "mine.yaml: it cannot be read: its aliases make ",
            id="aliases of aliases",
        ),
        pytest.param("\0", "mine.yaml: it cannot be read: unacceptable character", id="no text"),
    ],
)
def test_a_file_that_is_no_profile_is_refused(tmp_path: Path, text: str, said: str) -> None:
    assert said in refused(written(tmp_path, text))


def test_a_file_that_is_too_deep_is_refused(tmp_path: Path) -> None:
    said = refused(written(tmp_path, "a: " + "[" * 2000 + "]" * 2000))
    assert re.search(r"it cannot be read: maximum recursion|it is no YAML: exceeded maximum nesting depth", said)


def test_every_profile_of_ours_picks_a_reading() -> None:
    assert picked("text_items") == {
        "apikley": "none",
        "classic": "none",
        "kie": "none",
        "observed": "both",
        "sunoapi": "both",
    }
    assert list(picked("text_items")) == profile_names()


@given(MAPPINGS, MAPPINGS)
def test_the_second_of_two_wins_where_both_say_something(base: dict[str, Any], own: dict[str, Any]) -> None:
    whole = merge(base, own)
    assert list(whole) == list(dict.fromkeys([*base, *own]))
    assert merge(whole, own) == whole
    assert all(whole[key] == value for key, value in own.items() if not isinstance(value, dict))


@given(MAPPINGS)
def test_nothing_is_lost_where_nothing_is_taken_away(tree: dict[str, Any]) -> None:
    assert without_nulls(tree) == tree
    assert without_nulls({**tree, "z": None}) == tree


def test_a_reading_can_have_null_as_its_value(tmp_path: Path) -> None:
    mine = "extends: apikley\nreadings: {refusal_status: {mine: {says: as the code, value: null}}}"
    path = written(tmp_path, f"format: 1\n{mine}\npicks: {{refusal_status: mine}}")
    assert Editions(Settings(profile=path)).under(()).default.readings.refusal_status is None


def test_a_code_may_stand_in_quotes(tmp_path: Path) -> None:
    mine = profile_file(written(tmp_path, 'extends: apikley\ncodes: {"498": Quoted.}\ncallback_codes: 5'))
    assert (mine["codes"], mine["callback_codes"]) == ({498: "Quoted."}, 5)
    assert profile_file(written(tmp_path, "codes: {4_9: a, x: b}"))["codes"] == {49: "a", "x": "b"}


def test_a_profile_extends_itself_whatever_the_way_is_called(tmp_path: Path) -> None:
    assert "it extends itself, by way of " in refused(
        written(tmp_path / "x", "extends: ../x/a.yaml", "a.yaml"),
    )
