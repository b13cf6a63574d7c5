"""A profile of somebody's own, explained beside ours."""

from pathlib import Path

import pytest

from mock_server.contract.documents import OPENAPI
from mock_server.contract.explain.explanation import lines
from mock_server.contract.explain.names import KINDS, explained
from mock_server.contract.explain.places import beside_ours
from mock_server.core.errors import BadSetting
from tests.mock_server.contract.test_profile_files import written

OWN = """format: 1
extends: kie
document: own.yaml
models: {V9: {like: V5, name: chirp-nine, longest: 9, limits: {extend: {title: 3}}}}
codes: {434: Own., 451: null}
readings: {create_time: {minutes: {says: without seconds, value: "%Y"}}}
picks: {create_time: minutes}
stages: {first: {at: 100}}
base_path: /suno
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A profile in the folder where somebody works, with a document of its own beside it."""
    monkeypatch.chdir(tmp_path)
    written(tmp_path, (OPENAPI / "apikley.openapi.yaml").read_text("utf-8"), "own.yaml")
    written(tmp_path, OWN)
    return "mine.yaml"


def told(name: str, profile: str) -> str:
    return "\n".join(lines(explained(name, profile)))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        (
            "mine.yaml",
            ["operation extend  (", "model V9  (@models)", "create_time=minutes  without seconds  (mine.y"],
        ),
        (
            "mine.yaml",
            ["message of 434: Own.  (@codes)", "no code 451  (@codes)", "stage first: at 100  (mine"],
        ),
        (
            "V9",
            ["offered by mine.yaml  (@models)", "extend.title.length  at most 3 characters for model V9  <- mine"],
        ),
        (
            "extend.title.length",
            ["mine.yaml rule     models: {V9: {like: V5", "allowed: at most 3 characters for model V9  (min"],
        ),
        ("extend.prompt.type", ["own.yaml:"]),
        ("434", ["434: on the profile mine.yaml, with Prefer: scenario=434  (@codes)"]),
        (
            "create_time=minutes",
            ["create_time  ", "minutes: without seconds  <- mine.yaml  (@readings, @picks)"],
        ),
        ("wav", ["served on mine.yaml  ("]),
    ],
)
def test_it_is_explained_with_its_lines(own: str, name: str, parts: list[str]) -> None:
    found = told(name, own)
    for number, line in enumerate(OWN.splitlines(), 1):
        parts = [each.replace(f"@{line.partition(':')[0]}", f"{own}:{number}") for each in parts]
    assert [each for each in parts if each not in found] == []


def test_every_name_can_be_explained_beside_it(own: str) -> None:
    with beside_ours(own):
        names = [name for kind in KINDS for name in kind.names()]
    assert [name for name in names[:: len(names) // 20] if not told(name, own).startswith(name)] == []


def test_it_is_forgotten_again_and_has_to_be_one_that_can_be_served(own: str, tmp_path: Path) -> None:
    told("V9", own)
    for name, profile in (("V9", ""), ("V9", "kie"), (written(tmp_path, "format: 1", "bad.yaml"), "")):
        with pytest.raises(BadSetting, match=r"is no code, scenario|document is missing"):
            explained(name, profile)
