"""The rules and properties that a profile has of its own: what is said of those that mean nothing, and what they do."""

from pathlib import Path
from typing import Any

import pytest

from mock_server.contract.documents import OPENAPI
from mock_server.contract.profile_check import problems
from tests.builders import edition, request
from tests.mock_server.contract.test_profile_files import written

SHORT = "schema: {properties: {title: {maxLength: 5}}}, allowed: at most 5 characters"


def mine(folder: Path, text: str, extends: str = "apikley") -> str:
    return written(folder, f"format: 1\nextends: {extends}\noperations:\n  extend:\n{text}")


def broken(profile: str, **changes: Any) -> list[tuple[str, str]]:
    """The rules that an extend request breaks, each with the line that states it."""
    body = {name: value for name, value in (request() | changes).items() if value is not ...}
    return [(each.rule, stated(str(each.place))) for each in edition(profile).contract("extend").violations(body)]


def stated(place: str) -> str:
    """The line at a place, in a folder of ours or in another."""
    file, _, number = place.rpartition(":")
    path = Path(file) if Path(file).is_absolute() else OPENAPI / file
    return path.read_text("utf-8").splitlines()[int(number) - 1].strip()


def test_a_rule_stands_beside_ours_with_its_own_line(tmp_path: Path) -> None:
    profile = mine(tmp_path, f"    rules:\n      extend.title.short: {{{SHORT}}}\n")
    assert problems(profile) == []
    assert broken(profile, title="Night") == []
    assert broken(profile, title="Nights") == [("extend.title.short", f"extend.title.short: {{{SHORT}}}")]


def test_a_rule_takes_the_place_of_ours(tmp_path: Path) -> None:
    quote = "Will be displayed in player interfaces and filenames."
    profile = mine(tmp_path, f"    rules:\n      extend.title.length: {{{SHORT}, quote: {quote}}}\n")
    assert problems(profile) == []
    ((rule, line),) = broken(profile, title="Nights")
    assert rule == "extend.title.length"
    assert quote in line


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        pytest.param("extend.vocalGender.enum", {"vocalGender": "x"}, id="of the schema"),
        pytest.param("extend.style.custom", {"style": ...}, id="of the prose"),
        pytest.param("extend.model.required", {"model": ...}, id="of what is required"),
    ],
)
def test_null_takes_a_rule_away(rule: str, changes: dict[str, Any], tmp_path: Path) -> None:
    assert [each for each, _ in broken("apikley", **changes)] == [rule]
    assert broken(mine(tmp_path, f"    rules: {{{rule}: null}}\n"), **changes) == []


def test_when_alone_says_under_which_reading_one_of_ours_holds(tmp_path: Path) -> None:
    profile = mine(tmp_path, "    rules: {extend.vocalGender.enum: {when: {empty_text: refused}}}\n")
    assert problems(profile) == []
    assert [
        edition(profile, f"empty_text={reading}").contract("extend").violations(request() | {"vocalGender": "x"}) != []
        for reading in ("refused", "accepted")
    ] == [True, False]


def test_when_alone_says_so_of_a_rule_of_prose_too(tmp_path: Path) -> None:
    profile = mine(tmp_path, "    rules: {extend.style.custom: {when: {empty_text: refused}}}\n")
    assert problems(profile) == []
    body = {name: value for name, value in request().items() if name != "style"}
    contracts = [edition(profile, f"empty_text={each}").contract("extend") for each in ("refused", "accepted")]
    assert [[each.rule for each in one.violations(body)] for one in contracts] == [["extend.style.custom"], []]


def test_braces_of_an_enum_are_no_names(tmp_path: Path) -> None:
    profile = mine(tmp_path, "    properties: {kind: {type: string, enum: ['{x}']}}\n")
    assert problems(profile) == []
    (found,) = edition(profile).contract("extend").violations(request() | {"kind": "y"})
    assert "allowed: {x}" in found.message


def test_a_property_can_be_added_with_its_rules(tmp_path: Path) -> None:
    described = "{type: number, minimum: 0, maximum: 4, multipleOf: 1, description: How varied it is., example: 1}"
    profile = mine(tmp_path, f"    properties:\n      variety: {described}\n")
    assert problems(profile) == []
    known = [broken(profile, variety=value) for value in (0, 4, -1, 5, 0.5, "1")]
    ids = [[rule.removeprefix("extend.variety.") for rule, _ in each] for each in known]
    assert ids == [[], [], ["minimum"], ["maximum"], ["multipleOf"], ["type"]]
    assert known[2][0][1] == f"variety: {described}"
    strict = edition(profile, "extra_properties=refused").contract("extend")
    assert strict.violations(request() | {"variety": 1}) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        pytest.param(
            f"generate.title.short: {{{SHORT}}}",
            "generate.title.short is the id of another operation's rule. Allowed: extend.PROPERTY.NAME.",
            id="of another operation",
        ),
        pytest.param(
            f"extend.titel.short: {{{SHORT}}}",
            "extend.titel.short is about no property. Nearest: title. Allowed: defaultParamFlag, audioId, prompt,",
            id="of no property",
        ),
        pytest.param(
            f"extend.title.short: {{{SHORT}, quote: Titles are short.}}",
            "extend.title.short quotes what apikley.openapi.yaml does not say: 'Titles are short.'. Allowed: a line",
            id="quote",
        ),
        pytest.param(
            "extend.title.short: {}",
            "extend.title.short has no schema and no allowed. Allowed: schema and allowed, or the id of a rule of",
            id="nothing",
        ),
        pytest.param(
            "extend.title.short: {schema: {}}",
            "extend.title.short has no allowed. Allowed: schema and allowed, or the id of a rule of ours.",
            id="no words",
        ),
        pytest.param(
            f"extend.title.short: {{{SHORT}, breaks: {{title: Day}}}}",
            "extend.title.short is not broken by {\"title\": \"Day\"}, with the documented example for the rest.",
            id="unbroken",
        ),
        pytest.param(
            f"extend.title.short: {{{SHORT}, when: {{empty_txt: refused}}}}",
            "extend.title.short holds when empty_txt=refused, no reading. Nearest: empty_text. `suno-mock questions`",
            id="no question",
        ),
        pytest.param(
            "title.short: {schema: {}}",
            "operations.extend.rules.title.short is unknown. Allowed: OPERATION.PROPERTY.NAME, such as",
            id="no id",
        ),
        pytest.param(
            "extend.title.short: {schema: {}, allowed: 'a {thing}'}",
            "operations.extend.rules.extend.title.short.allowed is \"a {thing}\". Allowed: what is allowed, as in: a",
            id="a name in words",
        ),
        pytest.param(
            "extend.title.short: {schema: {$ref: 'http://127.0.0.1:9/x'}, allowed: a title}",
            "extend.title.short has $ref. Allowed: a JSON Schema without references.",
            id="a reference",
        ),
        pytest.param(
            "extend.title.short: {schema: {allOf: [{properties: {title: true}}]}, allowed: a title}",
            'extend.title.short has properties {"title": true}. Allowed: for each property a mapping, such as',
            id="no mapping",
        ),
        pytest.param(
            "extend.title.short: {schema: {if: {properties: {title: {}}}}, allowed: a title}",
            "extend.title.short has an if without a then. Allowed: a mapping for each, or neither.",
            id="no then",
        ),
        pytest.param(
            "extend.title.short: {schema: {type: strnig}, allowed: a title}",
            "the rules of extend cannot be read: ",
            id="no JSON Schema",
        ),
    ],
)  # fmt: skip
def test_a_rule_that_means_nothing_is_told_with_the_way_out(text: str, wrong: str, tmp_path: Path) -> None:
    profile = mine(tmp_path, f"    rules:\n      {text}\n")
    (found,) = problems(profile)
    assert wrong in found.said
    assert stated(f"{found.place.path}:{found.place.line}") in ("rules:", text)
