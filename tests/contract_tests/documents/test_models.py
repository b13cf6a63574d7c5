"""The models that a profile adds or takes away, as the harness reads them."""

from pathlib import Path

import pytest

from contract_tests.documents.files import lineage
from contract_tests.documents.published import Published


def read(folder: Path, text: str) -> Published:
    path = folder / "acme" / "profile.yaml"
    path.parent.mkdir()
    path.write_text(f"extends: apikley\n{text}", "utf-8")
    return Published.read(str(path.parent))


def limits(published: Published, model: str) -> dict[str, int]:
    return {limit.field: limit.characters for limit in published.limits if limit.model == model}


def test_a_model_is_like_another(tmp_path: Path) -> None:
    published = read(tmp_path, "models: {V6: {like: V5, name: chirp-six}, V4: null, V7: {as: V6, longest: 9}}")
    assert published.models == ("V4_5", "V4_5PLUS", "V4_5ALL", "V5", "V6", "V7")
    assert limits(published, "V6") == limits(published, "V7") == limits(published, "V5")
    assert (published.family["model_names"]["V6"], published.family["longest"]["V7"]) == ("chirp-six", 9)


def test_a_model_has_limits_of_its_own(tmp_path: Path) -> None:
    said = "V6: {limits: {extend: {prompt: 9, title: {most: 3, unit: words}}}}, V7: {like: V6}, V8: {}"
    said = f"models: {{{said}, V5: {{limits: {{extend: {{title: null}}}}}}}}"
    published = read(tmp_path, said)
    assert limits(published, "V6") == limits(published, "V7") == {"prompt": 9}
    assert limits(published, "V8") == {}
    assert limits(published, "V5") == {"prompt": 5000, "style": 1000}
    assert "V8" not in published.family["model_names"]


def test_a_line_of_limits_counts_characters_alone(tmp_path: Path) -> None:
    line = "{models: [V4, V5], characters: {prompt: {most: 10, unit: words}, title: 7, style: null}}"
    published = read(tmp_path, f"limits: {{extend: [{line}]}}")
    assert limits(published, "V4") == limits(published, "V5") == {"title": 7}


def test_picks_are_taken_over(tmp_path: Path) -> None:
    reading = "readings: {failure_type: {gone: {says: a word, value: gone}}}"
    published = read(tmp_path, f"picks: {{first_items: both}}\nstages: {{text: {{at: 3}}}}\n{reading}")
    assert list(published.questions["failure_type"]["readings"])[-1] == "gone"
    assert published.picks == {**Published.read("apikley").picks, "first_items": "both"}
    assert published.family["stages"]["text"]["at"] == 3
    assert published.lineage == ("acme", "apikley")


def test_a_document_lies_beside_a_profile(tmp_path: Path) -> None:
    (tmp_path / "acme").mkdir()
    ours = Published.read("apikley").document
    (tmp_path / "acme" / "mine.openapi.yaml").write_bytes(ours.read_bytes())
    (tmp_path / "acme.yaml").write_text("extends: apikley\ndocument: acme/mine.openapi.yaml\n", "utf-8")
    assert Published.read(str(tmp_path / "acme.yaml")).document == tmp_path / "acme" / "mine.openapi.yaml"


@pytest.mark.parametrize("text", ["[", "- a", "extends: 5", "extends: mine.yaml", "extends: nothing.yaml"])
def test_what_is_no_profile_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(LookupError, match="profile "):
        Published.read(str(path))


def test_a_lineage_ends_at_the_profile_that_extends_none() -> None:
    assert lineage("observed") == ("observed", "apikley")
