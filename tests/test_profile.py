"""Profiles and editions: what the documents say, read together."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.documents import OPENAPI, Document, load
from mock_server.errors import BadSetting
from mock_server.profile import Editions, Family, Profile, code_texts, document_name, profile_names
from mock_server.questions import Register
from mock_server.scenarios import STAGES
from mock_server.settings import Settings
from tests.builders import edition

ANSWER_CODES = {200, 401, 402, 404, 409, 422, 429, 451, 455, 500}
CALLBACK_CODES = {200, 400, 408, 413, 500, 501, 531}


def profile_file(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = load(OPENAPI / "profiles" / f"{name}.yaml")
    return loaded


def conditions(file: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    """Every `when` of a profile's file."""
    yield from file.get("schema_rules", {}).values()
    for entry in (*file.get("limits", ()), *file.get("rules", ())):
        yield entry.get("when", {})


def test_the_profiles_are_the_files() -> None:
    assert profile_names() == ["apikley", "classic", "observed"]


@pytest.mark.parametrize(
    ("profile", "document"),
    [
        pytest.param("apikley", "apikley", id="its own"),
        pytest.param("classic", "classic", id="the older page"),
        pytest.param("observed", "apikley", id="that of the profile it extends"),
    ],
)
def test_a_profile_reads_one_document(profile: str, document: str) -> None:
    assert document_name(profile) == document
    assert edition(profile).profile.rules[0].place.startswith(f"{document}.openapi.yaml:")


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(BadSetting) as refused:
        Profile.read("clasic", Family.read())
    assert str(refused.value) == ("profile 'clasic' is unknown. Nearest: classic. Known: apikley, classic, observed.")


@pytest.mark.parametrize("name", profile_names())
def test_every_condition_names_a_reading(name: str) -> None:
    register = Register.read().questions
    for when in conditions(profile_file(name)):
        assert all(reading in register[question].readings for question, reading in when.items())


@pytest.mark.parametrize("name", ["apikley", "classic"])
def test_every_quote_is_documented(name: str) -> None:
    file = profile_file(name)
    document = Document.read(OPENAPI / file["document"])
    quotes = [entry["quote"] for entry in (*file.get("limits", ()), *file["rules"])]
    assert all(document.place_of(quote) for quote in quotes)


@pytest.mark.parametrize("name", profile_names())
def test_every_rule_has_its_place(name: str) -> None:
    profile = edition(name).profile
    document = Document.read(OPENAPI / f"{document_name(name)}.openapi.yaml")
    for rule in profile.rules:
        file, _, line = rule.place.partition(":")
        assert file == document.name
        assert 1 <= int(line) <= len(document.text)


@pytest.mark.parametrize("name", profile_names())
def test_a_profile_has_all_codes(name: str) -> None:
    profile = edition(name).profile
    assert set(profile.codes) == ANSWER_CODES
    assert set(profile.callback_codes) == CALLBACK_CODES
    assert set(profile.stage_messages) == set(STAGES)


@pytest.mark.parametrize("name", profile_names())
def test_every_model_has_a_name(name: str) -> None:
    judged = edition(name)
    assert set(judged.profile.models) <= set(judged.family.model_names)


def test_texts_come_from_documents() -> None:
    profile = edition().profile
    assert profile.codes[402] == (
        "Insufficient Credits - Account does not have enough credits to perform the operation"
    )
    assert profile.callback_codes[501] == "Audio generation failed."
    assert profile.stage_messages["first"] == "First track generated successfully."


def test_captured_messages_replace_texts() -> None:
    profile = edition("observed").profile
    assert profile.codes[402] == "The current credits are insufficient. Please top up."
    assert profile.codes[404] == edition().profile.codes[404]
    assert profile.stage_messages["first"] == "First audio generated successfully."


@pytest.mark.parametrize("name", profile_names())
def test_state_rules_lack_a_schema(name: str) -> None:
    profile = edition(name).profile
    personas = {"extend.personaId.known"} if "personaId" in {rule.field for rule in profile.rules} else set()
    assert set(profile.state_rules) == {
        "extend.continueAt.end",
        "extend.audioId.known",
        "extend.model.source",
        *personas,
    }


def test_a_state_rule_has_a_place() -> None:
    assert edition().profile.place("extend.model.source") == "apikley.openapi.yaml:49"


def test_the_family_has_three_stages() -> None:
    family = edition().family
    assert tuple(family.stages) == STAGES
    assert [stage.at for stage in family.stages.values()] == sorted(stage.at for stage in family.stages.values())


def test_codes_need_their_texts() -> None:
    tree = {"code": {"enum": [200, 404], "description": "- **200**: Success"}}
    document = Document(name="page.yaml", tree=tree, text=(), lines={("code",): 3})
    with pytest.raises(BadSetting) as refused:
        code_texts(document, ("code",))
    assert str(refused.value) == ("page.yaml:3: the codes [200, 404] and their texts {200: 'Success'} do not agree.")


@pytest.mark.parametrize("bullet", ["- **404**: Not Found", "- 404: Not Found  "])
def test_code_texts_need_no_stars(bullet: str) -> None:
    tree = {"code": {"enum": [404], "description": f"Status\n\n{bullet}\n"}}
    document = Document(name="page.yaml", tree=tree, text=(), lines={("code",): 3})
    assert code_texts(document, ("code",)) == {404: "Not Found"}


def test_picks_give_one_edition() -> None:
    editions = Editions(Settings(profile="observed"))
    assert editions.draw("key", 1) is editions.draw("other", 2) is editions.default
    picks = {question.id: question.picks["observed"] for question in Register.read().questions.values()}
    assert editions.default.names == picks


def test_an_override_changes_its_question_alone() -> None:
    plain, changed = edition().names, edition("apikley", "first_items=both").names
    assert {question for question in plain if plain[question] != changed[question]} == {"first_items"}


def test_a_varied_question_varies_alone() -> None:
    editions = Editions(Settings(readings={"string_length": "vary"}))
    drawn = [editions.draw("key", ordinal).names for ordinal in range(30)]
    assert {names["string_length"] for names in drawn} == {"code_points", "utf16", "bytes"}
    assert len({tuple(names[id] for id in names if id != "string_length") for names in drawn}) == 1


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 3), st.text(), st.integers(1, 99))
def test_a_drawn_edition_is_repeatable(seed: int, account: str, ordinal: int) -> None:
    first, second = (Editions(Settings(seed=seed, readings={"all": "vary"})) for _ in range(2))
    assert first.draw(account, ordinal).names == second.draw(account, ordinal).names


def test_equal_draws_share_an_edition() -> None:
    editions = Editions(Settings(readings={"model_mismatch": "vary"}))
    assert len({id(editions.draw("key", ordinal)) for ordinal in range(50)}) == 2


def test_varying_readings_share_few_contracts() -> None:
    editions = Editions(Settings(readings="all=vary"))
    contracts = {id(editions.draw("key", number).contract) for number in range(2000)}
    assert len(contracts) <= 96
