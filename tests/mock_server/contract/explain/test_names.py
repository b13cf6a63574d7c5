"""What is known of codes, scenarios and rules."""

import shlex

import click
import pytest

from mock_server.commands.cli import cli
from mock_server.commands.client.extend_fields import pairs
from mock_server.contract.documents import OPENAPI, Document, load
from mock_server.contract.examples import documented_request
from mock_server.contract.explain.names import Explanation, explained, lines
from mock_server.contract.profile import Family, Profile, profile_names
from mock_server.contract.scenarios import Scenarios
from tests.builders import edition

SCENARIOS = [each.name for each in Scenarios.read()]
CODES = ["200", "400", "401", "402", "404", "408", "409", "413", "422", "429", "451", "455", "500", "501", "531"]
RULES = sorted({rule.id for profile in profile_names() for rule in Profile.read(profile, Family.read()).every_rule()})


def parsed(command: str) -> bool:
    _, name, *rest = shlex.split(command)
    found = cli.get_command(click.Context(cli), name)
    return found is not None and bool(found.make_context(name, rest))


@pytest.mark.parametrize("name", [*CODES, *SCENARIOS])
def test_codes_and_scenarios_are_quoted_caused_and_provoked(name: str) -> None:
    found = explained(name)
    assert found.causes
    assert all(parsed(command) for command in found.commands)
    for quote in found.quotes:
        assert " ".join(quote.text.split()[:4]) in quoted(quote.place)


def quoted(place: str) -> str:
    name, _, number = place.rpartition(":")
    folder = OPENAPI if (OPENAPI / name).is_file() else OPENAPI / "profiles"
    return Document.read(folder / name).text[int(number) - 1]


def test_a_code_is_explained_whole() -> None:
    assert list(lines(explained("402")))[5:] == [
        "  observed captured The current credits are insufficient. Please top up.  (observed.yaml:8)",
        "Here:",
        "  check 10 of 11, can the account pay?: the key empty-key, or --credits 0; a task costs 12",
        "  402: The account has too few credits.",
        "  402: by itself: the key empty-key, or --credits 0",
        "On demand:",
        "  suno-mock extend --prefer scenario=402",
        "  suno-mock extend --audio-id mock-402",
        "  suno-mock extend --key mock-402",
        "  suno-mock queue 402",
        "  suno-mock serve --credits 0",
    ]


def test_a_failure_tells_its_callbacks_and_where_polling_ends() -> None:
    causes = explained("531").causes
    assert "callback-531: callbacks text, first, code 531 in place of complete" in causes
    assert "callback-531: polling ends in GENERATE_AUDIO_FAILED, and the credits come back" in causes
    assert "silent: callbacks none" in explained("silent").causes


def test_a_magic_value_is_its_scenario() -> None:
    assert explained("mock-silent") == explained("silent")


def test_without_commands_and_quotes_there_is_no_heading_for_them() -> None:
    assert list(lines(Explanation(name="x", causes=("why",)))) == ["x", "Here:", "  why"]


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_quoted(rule: str) -> None:
    found = explained(rule)
    assert found.quotes
    assert found.causes


@pytest.mark.parametrize("rule", [rule for rule in RULES if explained(rule).commands])
def test_the_command_of_a_rule_breaks_it(rule: str) -> None:
    (command,) = explained(rule).commands
    assert parsed(command)
    _, _, option, value = shlex.split(command)
    request = documented_request("apikley")
    request = request | (pairs([value], None) if option == "--set" else {})
    request = {name: each for name, each in request.items() if option == "--set" or name != value}
    editions = [edition(), edition("classic"), edition("apikley", "persona_without_custom=refused")]
    broken = {each.rule for under in editions for each in under.contract("extend").violations(request)}
    assert rule in broken


def test_every_check_is_whole() -> None:
    for check in load(OPENAPI / "checks.yaml"):
        assert {"check", "cause"} <= set(check) <= {"check", "code", "any", "cause", "serve"}
