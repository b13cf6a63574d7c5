"""What is known of codes and scenarios."""

import pytest

from mock_server.callbacks.scheduler import ROOM_WITHIN
from mock_server.contract.checks import checks
from mock_server.contract.documents import OPENAPI, load
from mock_server.contract.explain.codes import (
    check_names,
    code_names,
    ending_in,
    of_check,
    of_code,
    of_scenario,
    quoted,
    scenario_names,
)
from mock_server.contract.explain.explanation import lines
from mock_server.contract.explain.names import explained
from mock_server.contract.family import Family
from mock_server.contract.scenarios import Scenario, Scenarios
from mock_server.state.memory_callbacks import OWED_KEPT, QUEUED
from tests.places import line

CODES = [
    *("200", "400", "401", "402", "404", "405", "408", "409", "413"),
    *("422", "429", "430", "433", "451", "455", "500", "501", "531"),
]


def test_the_codes_are_those_of_the_documents() -> None:
    assert code_names() == CODES


def test_a_scenario_named_as_a_code_is_explained_with_it() -> None:
    names = [each.name for each in Scenarios.read()]
    assert sorted([*scenario_names(), *(name for name in names if name in CODES)]) == sorted(names)
    assert {fact.text for fact in of_scenario("402").causes} <= {fact.text for fact in of_code("402").causes}


@pytest.mark.parametrize("name", [*CODES, *scenario_names()])
def test_quotes_stand_where_they_say(name: str) -> None:
    for quote in explained(name).quotes:
        assert " ".join(quote.text.split()[:4]) in line(quote.place)


def test_a_code_is_explained_whole() -> None:
    told = [each.rpartition("  (")[0] or each for each in lines(of_code("402"))]
    assert told[5] == "  kie      captured The current credits are insufficient. Please top up."
    assert told[8:] == [
        "  sunoapi  answer   Insufficient Credits - Account does not have enough credits to perform the operation",
        "Here:",
        "  check 17 of 18, can the account pay?: the key empty-key, or --credits 0; a task costs 12",
        "  402: The account has too few credits.",
        "  402: by itself: the key empty-key, or --credits 0",
        "On demand:",
        "  suno-mock extend --prefer scenario=402",
        "  suno-mock extend --audio-id mock-402",
        "  suno-mock extend --key mock-402",
        "  suno-mock queue 402",
        "  suno-mock serve --credits 0",
    ]


def test_a_check_and_a_scenario_have_their_lines() -> None:
    check, summary, natural = of_code("402").causes
    assert line(*check.places) == "- name: credits"
    assert line(*summary.places) == "summary: The account has too few credits."
    assert line(*natural.places).startswith("natural: ")


def test_a_failure_tells_its_callbacks_and_where_polling_ends() -> None:
    causes = {fact.text: fact.places for fact in of_code("531").causes}
    assert "callback-531: callbacks text, first, code 531 in place of complete" in causes
    assert line(*causes["callback-531: polling ends in GENERATE_AUDIO_FAILED, and the credits come back"]).startswith(
        "fails:"
    )
    assert "silent: callbacks none" in [fact.text for fact in of_scenario("silent").causes]


def test_a_code_of_one_provider_says_whose_it_is() -> None:
    (cause,) = of_code("405").causes
    assert cause.text == "405: on the profile sunoapi, with Prefer: scenario=405"
    assert line(*cause.places).strip().startswith("405: ")


def test_a_422_lists_its_rules_by_operation() -> None:
    sections = {section.heading: section.facts for section in of_code("422").sections}
    assert list(sections)[:4] == [f"Rules of {name}" for name in ("extend", "generate", "persona", "wav")]
    rules = {fact.text.split()[0]: fact.places for fact in sections["Rules of extend"]}
    assert [line(place).strip() for place in rules["extend.model.enum"]] == ["enum:", "enum:", "enum:", "models:"]
    assert "extend.body.json" in rules
    assert "extend.audioId.known" not in rules


def test_a_422_says_what_each_rule_allows() -> None:
    texts = [fact.text for section in of_code("422").sections for fact in section.facts]
    assert "extend.styleWeight.maximum  at most 1" in texts
    more = "7 more, by model, profile or reading"
    assert f"extend.title.length  at most 80 characters for model V4; {more}" in texts


def test_a_404_lists_what_is_not_known() -> None:
    rules = [fact.text.split()[0] for section in of_code("404").sections for fact in section.facts]
    assert "extend.audioId.known" in rules
    assert all(rule.endswith(".known") for rule in rules)


@pytest.mark.parametrize("each", list(Scenarios.read()), ids=lambda each: each.name)
def test_a_scenario_is_quoted_with_its_code(each: Scenario) -> None:
    assert quoted(each.name) == explained(each.name).quotes


def test_a_status_names_the_scenarios_that_end_in_it() -> None:
    told = ending_in(Family.read("apikley").lost)
    assert "suno-mock extend --prefer scenario=undeliverable" in told.commands


def test_every_check_is_whole() -> None:
    for check in load(OPENAPI / "checks.yaml"):
        assert {"name", "check", "cause"} <= set(check) <= {"name", "check", "code", "after", "any", "cause", "serve"}


@pytest.mark.parametrize("name", check_names())
def test_a_check_has_its_line_and_what_makes_it(name: str) -> None:
    told, *made = of_check(name).causes
    assert line(*told.places).strip() == f"- name: {name}"
    assert bool(made) is (name not in ("connection", "accepted"))
    for fact in made:
        assert f"def {fact.text.rpartition('.')[2]}(" in line(*fact.places)


def test_the_limits_of_the_mock_are_those_that_its_checks_tell_of() -> None:
    cause = next(each.cause for each in checks() if each.name == "room")
    assert f"{OWED_KEPT:,} tasks are owed callbacks, or {QUEUED:,} wait for one receiver" in cause
    assert ROOM_WITHIN == 5
    assert "the request waits five seconds" in cause
