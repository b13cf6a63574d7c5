"""Profiles and editions: what the documents say, read together."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.contract.documents import OPENAPI, Document, load
from mock_server.contract.editions import Editions
from mock_server.contract.operations import Operation, operations
from mock_server.contract.profile import Profile, code_texts, document_name
from mock_server.contract.profile_files import profile_file, profile_names
from mock_server.contract.questions import VARY, Register
from mock_server.contract.rule_source import Source
from mock_server.contract.scenarios import STAGES
from mock_server.core.errors import BadSetting
from mock_server.core.settings import Settings
from tests.builders import edition, editions, posts
from tests.places import APIKLEY, place

ANSWER_CODES = {200, 401, 402, 404, 409, 422, 429, 451, 455, 500}
LONG = ("prompt", "style", "title")
CALLBACK_CODES = {200, 400, 408, 413, 500, 501, 531}
OWN_CODES = {"kie": {433}, "sunoapi": {400, 405, 413, 430}}
OWN_CALLBACK_CODES = {"sunoapi": {451}}


def entries() -> Iterator[Mapping[str, Any]]:
    """All limits of the profiles and all rules of the prose."""
    for name in profile_names():
        for limits in profile_file(name).get("limits", {}).values():
            yield from limits
    for path in (OPENAPI / "rules").glob("*.yaml"):
        yield from load(path)["rules"]
    for operation in operations().values():
        yield from _own_rules(operation)


def _own_rules(operation: Operation) -> Sequence[Mapping[str, Any]]:
    """The rules of its prose, where it has a file of its own."""
    rules: Sequence[Mapping[str, Any]] = (
        Document.read(Path(operation.file)).tree.get("rules", ()) if operation.file else ()
    )
    return rules


def test_the_profiles_are_the_files() -> None:
    assert profile_names() == ["apikley", "classic", "kie", "observed", "sunoapi"]


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
    assert edition(profile).profile.rules("extend")[0].place.startswith(f"{document}.openapi.yaml:")


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(BadSetting) as refused:
        Profile.read("clasic")
    assert str(refused.value) == (
        "profile 'clasic' is unknown. Nearest: classic. Known: apikley, classic, kie, observed, sunoapi."
    )


def test_every_condition_names_a_reading() -> None:
    register = Register.read().questions
    for entry in entries():
        assert all(reading in register[question].readings for question, reading in entry.get("when", {}).items())


def test_a_question_of_a_rule_is_a_plain_name() -> None:
    register = Register.read().questions
    asked = {question for entry in entries() for question in entry.get("when", {})}
    assert all(reading.value == name for question in asked for name, reading in register[question].readings.items())


@pytest.mark.parametrize("profile", ["apikley", "classic"])
@pytest.mark.parametrize("operation", ["extend", "generate", "persona", "wav"])
def test_every_quote_is_documented(operation: str, profile: str) -> None:
    file = profile_file(profile)
    source = Source.read(
        operations()[operation], Document.read(OPENAPI / file["document"]), file["limits"].get(operation, ())
    )
    quoted = [entry for entry in source.prose if entry.get("field", "body") in {"body", *source.properties}]
    assert all(source.document.place_of(entry["quote"]) for entry in (*source.limits, *quoted))


@pytest.mark.parametrize(
    "operation",
    [
        "extend",
        pytest.param("generate"),
    ],
)
def test_a_limit_is_quoted_with_its_number(operation: str) -> None:
    for line in profile_file("apikley")["limits"][operation]:
        for field, limit in line["characters"].items():
            if line.get("when") != {"v4_5all_title": "100"}:
                assert f"{field} {limit} characters" in line["quote"]


@pytest.mark.parametrize("operation", ["extend", "generate", "persona", "wav"])
def test_every_prose_rule_holds_in_some_profile(operation: str) -> None:
    """A rule of a field that no document names would never be read."""
    profiles = [edition(name).profile for name in profile_names()]
    found = {rule.id for each in profiles if operation in each.operations for rule in each.rules(operation)}
    file = OPENAPI / "rules" / f"{operation}.yaml"
    entries = load(file)["rules"] if file.exists() else _own_rules(operations()[operation])
    assert {entry["id"] for entry in entries} <= found


@pytest.mark.parametrize(
    ("profile", "served"),
    [
        ("apikley", ["extend", "generate", "persona", "wav", "record-info", "chat-credit"]),
        ("classic", ["extend", "generate", "wav", "record-info", "generate-credit"]),
        ("observed", ["extend", "generate", "persona", "wav", "record-info", "chat-credit", "generate-credit"]),
    ],
)
def test_a_profile_serves_its_endpoints(profile: str, served: list[str]) -> None:
    found = edition(profile).profile
    described = [each.name for each in operations().values() if each.file and each.name != "wav"]
    assert [name for name in found.operations if name not in described] == served
    assert all(found.rules(operation) for operation in posts(found))


def test_rules_are_read_when_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Source, "read", None)
    profile = Profile.read("apikley")
    with pytest.raises(TypeError):
        profile.rules("extend")


@pytest.mark.parametrize("profile", profile_names())
def test_a_rule_holds_once_per_edition(profile: str) -> None:
    varying = editions(profile).under((("all", VARY),))
    per_model = {f"{operation}.{field}.length" for operation in profile_file(profile)["limits"] for field in LONG}
    for judged in (varying.default, *map(varying.draw, range(50))):
        for operation in posts(judged.profile):
            holding = Counter(rule.id for rule in judged.profile.holding(operation, judged.names))
            assert {id for id, times in holding.items() if times > 1} <= per_model


@pytest.mark.parametrize("profile", profile_names())
def test_a_contract_is_made_of_the_rules_that_hold(profile: str) -> None:
    judged = edition(profile)
    for operation in posts(judged.profile):
        held = judged.profile.holding(operation, judged.names)
        assert list(held) == [rule for rule in judged.profile.rules(operation) if rule.holds(judged.names)]
        assert judged.contract(operation) is judged.contract(operation)


@pytest.mark.parametrize("name", profile_names())
def test_a_profile_has_all_codes(name: str) -> None:
    profile = edition(name).profile
    assert set(profile.codes) == ANSWER_CODES | OWN_CODES.get(name, set())
    assert set(profile.callback_codes) == CALLBACK_CODES | OWN_CALLBACK_CODES.get(name, set())
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
    extend = {"extend.continueAt.end", "extend.audioId.known", "extend.model.source"}
    generate = {"generate.personaId.known"}
    persona = {
        "extend.personaId.known",
        "persona.taskId.known",
        "persona.taskId.complete",
        "persona.taskId.model",
        "persona.audioId.known",
        "persona.audioId.once",
        "persona.vocalEnd.window",
    }
    wav = {"wav.taskId.known", "wav.taskId.complete", "wav.audioId.known", "wav.audioId.once"}
    operations = [name for name in posts(profile) if not profile.operations[name].file or name == "wav"]
    found = {id for operation in operations for id in profile.state_rules(operation)}
    assert found == extend | generate | wav | (persona if "persona" in profile.operations else set())


def test_a_state_rule_has_a_place() -> None:
    assert edition().profile.place("extend.model.source") == place(APIKLEY, "- Model version must match")


def test_the_family_has_three_stages() -> None:
    family = edition().family
    assert tuple(family.stages) == STAGES
    assert [stage.at for stage in family.stages.values()] == sorted(stage.at for stage in family.stages.values())


def test_codes_need_their_texts() -> None:
    tree = {"code": {"enum": [200, 404], "description": "- **200**: Success"}}
    document = Document(name="page.yaml", tree=tree, text=(), lines={("code",): 3})
    with pytest.raises(BadSetting) as refused:
        code_texts(document, ("code",))
    assert str(refused.value) == (
        f"{document.place(('code',))}: the codes [200, 404] and their texts {{200: 'Success'}} do not agree."
    )


@pytest.mark.parametrize("bullet", ["- **404**: Not Found", "- 404: Not Found  "])
def test_code_texts_need_no_stars(bullet: str) -> None:
    tree = {"code": {"enum": [404], "description": f"Status\n\n{bullet}\n"}}
    document = Document(name="page.yaml", tree=tree, text=(), lines={("code",): 3})
    assert code_texts(document, ("code",)) == {404: "Not Found"}


def test_picks_give_one_edition() -> None:
    picked = editions("observed").under(())
    assert picked.draw("key", 1) is picked.draw("other", 2) is picked.default
    assert not picked.varies
    picks = {question: profile_file("observed")["picks"][question] for question in Register.read().questions}
    assert picked.default.names == picks
    assert picked.default.picked == tuple(picks.values())


def test_an_override_changes_its_question_alone() -> None:
    plain, changed = edition().names, edition("apikley", "first_items=both").names
    assert {question for question in plain if plain[question] != changed[question]} == {"first_items"}


def test_a_varied_question_varies_alone() -> None:
    varying = editions().under((("string_length", VARY),))
    drawn = [varying.draw("key", ordinal).names for ordinal in range(30)]
    assert {names["string_length"] for names in drawn} == {"code_points", "utf16", "bytes"}
    assert len({tuple(names[id] for id in names if id != "string_length") for names in drawn}) == 1


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 3), st.text(), st.integers(1, 99))
def test_a_drawn_edition_is_repeatable(seed: int, account: str, ordinal: int) -> None:
    first, second = (Editions(Settings(seed=seed)).under((("all", VARY),)) for _ in range(2))
    assert first.draw(account, ordinal).names == second.draw(account, ordinal).names


def test_equal_draws_share_an_edition() -> None:
    varying = editions().under((("model_mismatch", VARY),))
    assert len({id(varying.draw("key", ordinal)) for ordinal in range(50)}) == 2


def test_varying_readings_share_few_contracts() -> None:
    varying = editions().under((("all", VARY),))
    contracts = {id(varying.draw("key", number).contract("extend")) for number in range(2000)}
    assert len(contracts) <= 192


@pytest.mark.parametrize("name", profile_names())
def test_every_model_has_its_longest_track(name: str) -> None:
    judged = edition(name)
    assert set(judged.profile.models) <= set(judged.family.longest)


def test_a_question_is_answered_otherwise() -> None:
    plain, changed = editions().under(()), editions().under((("first_items", "both"),))
    assert (plain.default.readings.first_items, changed.default.readings.first_items) == (1, 2)
    assert changed.draw("key", 1) is changed.default
    assert (plain.reading("first_items"), changed.reading("first_items")) == ("one", "both")


def test_a_question_can_vary() -> None:
    varying = editions().under((("first_items", VARY),))
    assert varying.varies
    assert varying.reading("first_items") == VARY
    assert len({varying.draw("key", ordinal).drawn for ordinal in range(20)}) == 2


def test_all_questions_can_vary() -> None:
    varying = editions().under((("all", VARY),))
    assert {varying.reading(question) for question in editions().register.questions} == {VARY}


@pytest.mark.parametrize("wrong", ["first_item=both", "text_items=both first_items=bth"])
def test_what_nobody_asks_or_reads_is_refused_at_once(wrong: str) -> None:
    with pytest.raises(BadSetting):
        Editions(Settings(readings=wrong))


@given(st.integers(0, 200))
def test_an_edition_is_found_again_by_its_names(number: int) -> None:
    drawn = editions().under((("all", VARY),)).draw("key", number)
    assert editions().named(drawn.picked, drawn.drawn) is drawn


def test_drawn_readings_are_written_as_they_are_set() -> None:
    drawn = editions().under((("first_items", VARY), ("create_time", VARY))).draw("key", 1)
    assert drawn.names == edition("apikley", *drawn.drawn.split()).names


def test_a_document_of_its_own_has_no_examples(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("format: 1\ndocument: mine.openapi.yaml\n", "utf-8")
    assert document_name(str(path)) == "apikley"
