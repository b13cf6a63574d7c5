"""The models of a profile."""

from pathlib import Path
from typing import Any

import pytest

from mock_server.contract.models import Models
from mock_server.contract.profile import Profile
from mock_server.contract.profile_files import resolved
from mock_server.core.errors import BadSetting
from tests.mock_server.contract.test_profile_files import written

DOCUMENTED = ("V4", "V5")


def models(**said: Any) -> Models:
    """Those of apikley with what a profile says otherwise."""
    return Models.of({**resolved("apikley"), **said}, DOCUMENTED)


def limits(known: Models, model: str, operation: str = "extend") -> dict[str, Any]:
    return {
        field: limit
        for line in known.limits(operation)
        if model in line["models"]
        for field, limit in line["characters"].items()
    }


def test_the_models_are_those_of_the_document() -> None:
    known = models()
    assert (known.offered, known.documented) == (DOCUMENTED, True)
    assert known.taken_as("V4") == "V4"
    assert known.taken_as("V9") == "V9"


def test_a_model_is_added_that_is_like_another() -> None:
    known = models(models={"V6": {"like": "V5", "name": "chirp-six"}, "V6_MINI": {"like": "V6", "longest": 60}})
    assert (known.offered, known.documented) == (("V4", "V5", "V6", "V6_MINI"), False)
    assert (known.names["V6"], known.names["V6_MINI"]) == ("chirp-six", "chirp-six")
    assert (known.longest["V6"], known.longest["V6_MINI"]) == (480, 60)
    assert limits(known, "V6") == limits(known, "V6_MINI") == limits(known, "V5")


def test_a_model_is_taken_away() -> None:
    known = models(models={"V4": None})
    assert (known.offered, known.documented) == (("V5",), False)


def test_a_model_has_limits_of_its_own() -> None:
    said = {"V5": {"limits": {"extend": {"prompt": 9}}}, "V6": {"like": "V5"}, "V7": {"like": "V6"}}
    known = models(models=said)
    assert limits(known, "V5") == limits(known, "V6") == limits(known, "V7")
    assert limits(known, "V5") == {"prompt": 9, "style": 1000, "title": 100}
    assert limits(known, "V6", "generate") == limits(known, "V5", "generate") != {}


def test_a_field_of_a_model_can_have_no_limit() -> None:
    known = models(models={"V6": {"like": "V5", "limits": {"extend": {"prompt": None, "style": None}}}})
    assert limits(known, "V6") == {"title": 100}
    assert known.unlimited("V6") == ["prompt", "style"]
    assert known.unlimited("V5") == []


def test_own_limits_hold_where_those_of_the_operation_do() -> None:
    known = models(models={"V6": {"limits": {"generate": {"title": 9}}}})
    (line,) = [line for line in known.limits("generate") if "V6" in line["models"]]
    assert line["if"] == {"properties": {"customMode": {"const": True}}}


@pytest.mark.parametrize("said", [{"models": {"V6": {"as": "V5"}}}, {"unknown_model": "V5"}])
def test_a_model_is_accepted_as_another(said: dict[str, Any]) -> None:
    known = models(**said)
    assert known.taken_as("V6") == "V5"
    assert known.taken_as("V4") == "V4"
    assert (known.names["V6"], known.longest["V6"]) == ("chirp-crow", 480)


def test_models_that_are_like_each_other_in_a_circle_have_nothing() -> None:
    known = models(models={"V6": {"like": "V7"}, "V7": {"like": "V6"}})
    assert "V6" not in known.names
    assert limits(known, "V6") == {}


def test_a_model_is_accepted_as_what_another_is_accepted_as() -> None:
    known = models(models={"V6": {"as": "V7"}, "V7": {"as": "V5"}})
    assert (known.taken_as("V6"), known.taken_as("V7")) == ("V5", "V5")


def test_models_that_are_accepted_as_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "format: 1\nextends: apikley\nmodels: {V6: {as: V7}, V7: {as: V5}}")
    with pytest.raises(BadSetting, match=r"^--model V7=V6: V6 stands for V7 itself\. Allowed: one that does not\.$"):
        Profile.read(path, {"V7": "V6"})
    assert Profile.read(path, {"V8": "V6"}).known_models.taken_as("V8") == "V5"
    assert models(models={"V6": {"as": "V7"}, "V7": {"as": "V6"}}).taken_as("V6") in ("V6", "V7")
