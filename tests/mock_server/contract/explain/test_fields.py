"""What is known of fields and models."""

from mock_server.contract.explain.explanation import Explanation
from mock_server.contract.explain.fields import field_names, model_names, of_field, of_model
from tests.places import line


def texts(found: Explanation) -> list[str]:
    return [fact.text for section in found.sections for fact in section.facts]


def test_a_field_has_its_limit_for_every_model() -> None:
    limits = [text for text in texts(of_field("prompt")) if ".length" in text]
    assert "extend.prompt.length  at most 5000 characters for model V5  <- apikley, observed, sunoapi" in limits
    assert "extend.prompt.length  at most 3000 characters  <- classic" in limits
    assert "generate.prompt.length  at most 3000 characters for model V3_5  <- classic" in limits


def test_a_field_has_its_other_rules_too() -> None:
    assert any(text.startswith("extend.model.source  ") for text in texts(of_field("model")))
    assert of_field("model").causes[0].text.startswith("a field of extend, generate, ")
    assert {"prompt", "taskId", "body"} <= {*field_names()}


def test_a_model_has_its_limits_and_no_others() -> None:
    limits = texts(of_model("V3_5"))
    assert limits
    assert all("classic" in text for text in limits)
    assert not any("for model" in text and "for model V3_5" not in text for text in limits)


def test_a_model_has_the_lines_of_the_family() -> None:
    facts = {fact.text: fact.places for fact in of_model("V4_5").causes}
    assert line(*facts["model_name in callbacks and polling: chirp-auk"]) == "  V4_5: chirp-auk"
    assert [line(place).strip() for place in facts["offered by apikley"]] == ["- V4_5"]
    assert any(text.startswith("source track ") for text in facts)
    assert "V5" in model_names()
