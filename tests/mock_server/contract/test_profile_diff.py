"""What a client changes that moves from one profile to another."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from mock_server.contract.profile_check import problems
from mock_server.contract.profile_diff import OF_FILES, differences
from mock_server.contract.profile_files import resolved
from mock_server.contract.profile_schema import schema
from mock_server.contract.questions import Register
from tests.mock_server.contract.test_profile_files import written

REGISTER = Register.read()


def told(one: str, other: str) -> dict[str, list[str]]:
    """The lines by heading."""
    found: dict[str, list[str]] = {}
    for line in differences(one, other):
        if not line.startswith(" "):
            found[line.rpartition(" (")[0]] = lines = []
        else:
            lines.append(line.strip())
    return found


def test_the_differences_are_told_by_subject() -> None:
    found = told("apikley", "classic")
    assert {
        "persona: POST /api/v1/generate/generate-persona; classic has none",
        "chat-credit: GET /api/v1/chat/credit; classic has none",
        "lyrics: POST /api/v1/lyrics; classic has none",
        "generate-credit: new with classic: GET /api/v1/generate/credit",
    } <= {*found["Paths that you call"]}
    assert found["Models that you name"][0] == "V4_5ALL: chirp-auk-turbo, at most 480 s; classic has none"
    lengths = found["Longest texts that you send"]
    assert "prompt of extend with V5: at most 5000 characters -> at most 3000 characters" in lengths
    assert not any("V3_5" in line or "V4_5ALL" in line for line in lengths)
    assert not any(line.startswith("persona.") for line in found["Rules that your requests meet"])
    assert (
        "prompt_required: required in every request -> required only where the prose asks for it"
        in (found["What the documents leave open"])
    )


@pytest.mark.parametrize(
    ("text", "heading", "line"),
    [
        ("refusals: {rate: 409}", "Codes by which refusals are told apart", "rate: code 429 -> code 409"),
        ("codes: {402: Pay.}", "Texts of the codes of answers", "402: Insufficient Credits - "),
        ("callback_codes: {499: Gone.}", "Texts of the codes of callbacks", "499: new with mine: Gone."),
        (
            "stages: {text: {at: 3}}",
            "Stages",
            "text: 'Text generation completed.' after 30 s, TEXT_SUCCESS",
        ),
        ("callbacks: {headers: {X-A: b}}", "Headers of callbacks", "X-A: new with mine: b"),
        (
            "callbacks: {signature: {header: S, signs: '{body}', key: k}}",
            "Headers of callbacks",
            "signature: new with mine: S, HMAC-SHA256 of {body} in base64",
        ),
        ("rate_limit: {requests: 2, seconds: 3}", "Numbers", "new tasks of an account: any number -> 2 within 3 s"),
        ("operations: {extend: {price: 3}}", "Numbers", "price of extend: 12 credits -> 3 credits"),
    ],
)
def test_every_kind_of_difference_is_told(tmp_path: Path, text: str, heading: str, line: str) -> None:
    found = told("apikley", written(tmp_path, f"format: 1\nextends: apikley\n{text}"))
    assert list(found) == [heading]
    assert found[heading][0].startswith(line)


def test_the_same_profile_is_no_change() -> None:
    assert told("observed", "observed") == {}


@pytest.mark.parametrize(
    ("one", "other", "heading", "line"),
    [
        ("", "tells: first", "Codes by which refusals are told apart", "of several broken rules: each is told -> "),
        (
            "",
            "checks: [key, credits]",
            "Codes by which refusals are told apart",
            "what is looked at first: none before ",
        ),
        ("", "texts: {length: Long.}", "Words of refusals", "length: new with mine: Long."),
        ("", "lost: LOST", "Stages", "the last callback is lost: CALLBACK_EXCEPTION in polling -> LOST in polling"),
        ("", "pending: WAITS", "Stages", "before any stage: PENDING in polling -> WAITS in polling"),
        ("", "stages: {text: {at: [0, 60]}}", "Stages", "text: 'Text generation completed.' after 30 s, TEXT_"),
        ("", "persona_window: [10, 29]", "Numbers", "a persona is made of: 10 to 30 s -> 10 to 29 s"),
        ("", "personas_exclude: []", "Numbers", "no persona is made of: V3_5 -> no model"),
        ("", "unknown_model: V5", "Models that you name", "unknown_model (the model that one which is not offered"),
        ("", "models: {V4: {as: V5}}", "Models that you name", "models.V4.as (the model that it is accepted as): new"),
        ("", "personas: [me]", "What else holds", "personas (personaIds that exist from the start, in place of th"),
        ("{signs: a}", "{signs: b}", "Headers of callbacks", "signature: S, HMAC-SHA256 of a in base64 -> S, HMAC"),
        ("{}", "{prefix: v1=}", "Headers of callbacks", "signature: S, HMAC-SHA256 of {body} in base64 -> S, HMAC-"),
        ("{}", "{key: l}", "Headers of callbacks", "key of the signature: k -> l"),
        ("{}", "{timestamp_header: T}", "Headers of callbacks", "time of the signature: in no header -> T"),
    ],
)
def test_what_was_left_out_once_is_told(tmp_path: Path, one: str, other: str, heading: str, line: str) -> None:
    base = "callbacks: {signature: {header: S, signs: '{body}', key: k}}\nextends: apikley\nformat: 1"
    changed = [f"callbacks: {{signature: {each}}}" if each.startswith("{") else each for each in (one, other)]
    written(tmp_path, base, "base.yaml")
    files = [
        written(tmp_path, f"format: 1\nextends: base.yaml\n{text}", f"{name}.yaml")
        for name, text in zip(("before", "mine"), changed, strict=True)
    ]
    found = told(*files)
    assert [*found][-1] == heading
    assert found[heading][0].startswith(line)


def test_a_condition_of_a_limit_is_told_in_words(tmp_path: Path) -> None:
    conditions = ("{properties: {instrumental: {const: false}}}", "{required: [style]}", "{properties: {style: {}}}")
    limits = [f"{{models: [V4], if: {each}, characters: {{title: 9}}}}" for each in conditions]
    text = f"format: 1\nextends: apikley\nlimits: {{generate: [{', '.join(limits)}]}}"
    lines = told("apikley", written(tmp_path, text))["Longest texts that you send"]
    words = ("instrumental is false", '{"required": ["style"]}', '{"properties": {"style": {}}}')
    new = "; ".join(f"at most 9 characters where {each}" for each in words)
    assert f"title of generate with V4: at most 80 characters where customMode is true -> {new}" in lines
    assert any(each.startswith("limits.generate.V4.quote: - V4: prompt 3000 characters, ") for each in lines)


FULL = """
format: 1
extends: kie
unknown_model: V5
models: {V9: {like: V5, name: nine, longest: 9, limits: {extend: {title: {most: 3, unit: words}}}}, V3: {as: V4}}
limits: {wav: [{models: [V4], when: {empty_text: refused}, if: {required: [a]}, characters: {audioId: 9}}]}
readings: {create_time: {mine: {says: of mine, value: "%Y"}}, retry_spacing: {mine: {says: once, value: [3]}}}
picks: {create_time: mine}
texts: {length: Long.}
stages: {text: {at: [0, 60], skipped: 0.5}, first: {at: {0: 70, 1: 80}}}
callbacks: {headers: {X-A: b}, signature: {prefix: v1=}}
tracks: [{id: mine, model: V5, duration: 50}]
personas: [me]
"""
OTHERS = ("V4", "bytes", "first", "hex", "sha1", "apikley.openapi.yaml", "classic.openapi.yaml", "mine")
"""Texts that are allowed where only some are."""
EVERY = 120
"""Of the lines of a profile, one of so many is changed in every run, all in the nightly one."""
OF_FAMILY = ("model_names", "longest")
"""What a profile says of a model in its entry of `models`."""


def leaves(value: Any, *above: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict | list) and value:
        for key, below in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(below, *above, key)
    elif value is not None:
        yield above, value


def changes(tree: Any, key: tuple[Any, ...], value: Any) -> Iterator[Any]:
    """The profile with something else in the place of one value, and without it."""
    readings = [*REGISTER.questions[key[1]].readings] if key[0] == "picks" else OTHERS
    number = isinstance(value, int | float) and not isinstance(value, bool)
    for other in [value + 1, value - 1, value / 2] if number else [f"{value}x", *readings]:
        if other != value:
            changed = deepcopy(tree)
            below(changed, key[:-1])[key[-1]] = other
            yield changed
    changed = deepcopy(tree)
    del below(changed, key[:-1])[key[-1]]
    yield changed


def below(tree: Any, key: tuple[Any, ...]) -> Any:
    for step in key:
        tree = tree[step]
    return tree


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """A folder with a profile of one file that says everything, and what it says."""
    folder = tmp_path_factory.mktemp("full")
    tree = deepcopy(resolved(written(folder, FULL)))
    tree = {key: value for key, value in tree.items() if key not in (*OF_FILES, *OF_FAMILY)} | {"format": 1}
    tree["models"] |= {"V5_5": {**tree["models"]["V5_5"], "limits": {}}}
    allowed = schema()["properties"]["operations"]["additionalProperties"]["properties"]
    for entry in tree["operations"].values():
        for key in entry.keys() - allowed.keys():
            del entry[key]
    written(folder, yaml.safe_dump(tree), "full.yaml")
    return folder, tree


@pytest.mark.parametrize("step", [EVERY, pytest.param(1, marks=pytest.mark.nightly)])
def test_a_difference_in_any_line_is_told(full: tuple[Path, Any], step: int) -> None:
    folder, tree = full
    base, untold, tried = str(folder / "full.yaml"), [], 0
    for key, value in [*leaves(tree)][::step]:
        for changed in changes(tree, key, value):
            other = written(folder, yaml.safe_dump(changed), "other.yaml")
            if not problems(other) and resolved(other) != resolved(base):
                tried += 1
                untold += [] if told(base, other) else [key]
                break
    assert untold == []
    assert tried >= 120 // step
