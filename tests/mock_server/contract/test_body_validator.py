"""Which request bodies are accepted, and what is said about those that are not."""

import json
from collections.abc import Callable, Mapping, Sequence
from math import inf
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from jsonschema_rs import Draft202012Validator

from mock_server.contract.body_validator import HTTP_URL, MEASURES, Rule, is_http_url
from mock_server.contract.documents import OPENAPI, Document, load
from mock_server.contract.editions import Edition, InForce
from mock_server.contract.operations import operations
from mock_server.contract.profile_files import profile_names
from mock_server.contract.questions import Register
from mock_server.contract.rule_source import request_pointer
from mock_server.contract.schema_merge import merged
from tests.bodies import WRONG, changed
from tests.bodies import bodies as whole_bodies
from tests.builders import edition, generation, request
from tests.builders import editions as all_editions
from tests.places import APIKLEY, CLASSIC, field_place, place

VARYING = [all_editions(name).under((("all", "vary"),)) for name in profile_names()]
"""Each profile under every reading: a number draws one edition."""

MODELS = ("V3_5", "V4", "V4_5", "V4_5PLUS", "V4_5ALL", "V5")
LIMITS = {
    "apikley": {
        "V4": {"prompt": 3000, "style": 200, "title": 80},
        "V4_5": {"prompt": 5000, "style": 1000, "title": 100},
        "V4_5PLUS": {"prompt": 5000, "style": 1000, "title": 100},
        "V4_5ALL": {"prompt": 5000, "style": 1000, "title": 80},
        "V5": {"prompt": 5000, "style": 1000, "title": 100},
    },
    "classic": {
        model: {"prompt": 3000, "style": 200, "title": 80} for model in ("V3_5", "V4", "V4_5", "V4_5PLUS", "V5")
    },
}
WEIGHTS = ("styleWeight", "weirdnessConstraint", "audioWeight")
DOCUMENTED = ["apikley", "classic"]
REQUIRED = "requestBody: > required:"
SIZES: Mapping[str, Callable[[str], int]] = {
    "code_points": len,
    "utf16": lambda text: sum(2 if ord(char) > 0xFFFF else 1 for char in text),
    "bytes": lambda text: len(text.encode()),
}


def texts(*limits: int) -> SearchStrategy[str]:
    """Strings around each limit, in each unit that a reading counts."""
    return st.builds(
        lambda char, limit, width, over: char * (limit // width + over),
        st.sampled_from("aé€😀"),
        st.sampled_from(limits),
        st.integers(1, 4),
        st.integers(-1, 1),
    )


weights = st.one_of(
    st.integers(-1, 102).map(lambda k: k / 100),
    st.integers(-20, 1020).map(lambda k: k / 1000),
    st.floats(-0.1, 1.1),
    st.sampled_from([True, "0.5", None, inf, 10**30]),
)
FIELDS: Mapping[str, SearchStrategy[Any]] = {
    "defaultParamFlag": st.sampled_from([True, False, "true", 1, None]),
    "audioId": st.sampled_from(["", "mock-200", 5, None]),
    "callBackUrl": st.sampled_from(
        ["http://h:3000/x", "HTTPS://[::1]", "ftp://h/", "http://", "no url", "", "http://h:99999/", "http://ä/", 7]
    ),
    "model": st.sampled_from([*MODELS, "V6", "v4", "", 4]),
    "prompt": texts(3000, 5000) | st.none(),
    "style": texts(200, 1000) | st.just(7),
    "title": texts(80, 100) | st.just([]),
    "continueAt": st.sampled_from([0, 1, 0.5, 60, -1, 0.999, 5e-324, -0.0, 10**30, "60", True, inf]),
    "negativeTags": st.sampled_from(["", "drums", 1]),
    "vocalGender": st.sampled_from(["m", "f", "x", "M", None]),
    "styleWeight": weights,
    "weirdnessConstraint": weights,
    "audioWeight": weights,
    "personaId": st.sampled_from(["persona_123", "", 7]),
    "unknown": st.just(None),
}


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    """The documented example with a few properties changed, added or left out."""
    names = draw(st.lists(st.sampled_from(list(FIELDS)), max_size=4, unique=True))
    return request(**{name: draw(FIELDS[name] | st.just(...)) for name in names})


editions = st.builds(InForce.draw, st.sampled_from(VARYING), st.integers(0, 50))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=80),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


def messages(body: Any, profile: str = "apikley", *chosen: str) -> list[str]:
    return [str(violation) for violation in edition(profile, *chosen).contract("extend").violations(body)]


def test_the_editions_hold_every_reading() -> None:
    for varying in VARYING:
        drawn = [varying.draw(number).names for number in range(51)]
        for question in Register.read().questions.values():
            assert {names[question.id] for names in drawn} == set(question.readings)


@settings(max_examples=250, deadline=None)
@given(editions, bodies())
def test_a_body_is_accepted_or_explained(judged: Edition, body: dict[str, Any]) -> None:
    assert judged.contract("extend").accepts(body) == (judged.contract("extend").violations(body) == [])


@settings(max_examples=60, deadline=None)
@given(editions, json_values)
def test_any_json_is_judged(judged: Edition, value: Any) -> None:
    assert not judged.contract("extend").accepts(value)
    assert judged.contract("extend").violations(value)


@settings(max_examples=60, deadline=None)
@given(editions, json_values.filter(lambda value: not isinstance(value, dict)))
def test_no_object_breaks_one_rule(judged: Edition, value: Any) -> None:
    assert [violation.rule for violation in judged.contract("extend").violations(value)] == ["extend.body.type"]


@settings(max_examples=60, deadline=None)
@given(editions, bodies())
def test_a_violation_names_rule_and_place(judged: Edition, body: dict[str, Any]) -> None:
    found = judged.contract("extend").violations(body)
    places = {(rule.id, rule.place) for rule in judged.profile.rules("extend")}
    assert all((violation.rule, violation.place) in places for violation in found)
    assert all(violation.message.startswith(f"{violation.field} ") for violation in found)
    assert len({violation.rule for violation in found}) == len(found)


@settings(max_examples=60, deadline=None)
@given(editions, bodies())
def test_a_wrong_type_silences_its_field(judged: Edition, body: dict[str, Any]) -> None:
    found = judged.contract("extend").violations(body)
    for mistyped in (violation for violation in found if violation.rule.endswith(".type")):
        assert [violation.rule for violation in found if violation.field == mistyped.field] == [mistyped.rule]


@pytest.mark.parametrize("profile", profile_names())
def test_the_documented_example_is_accepted(profile: str) -> None:
    model = edition(profile).profile.models[0]
    assert messages(request(model=model), profile) == []


@pytest.mark.parametrize(("profile", "field"), [(name, field) for name in profile_names() for field in WEIGHTS])
def test_all_101_weights_are_accepted(profile: str, field: str) -> None:
    contract = edition(profile).contract("extend")
    assert all(contract.accepts(request(**{field: k / 100})) for k in range(101))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(profile_names()), st.sampled_from(WEIGHTS), st.integers(0, 1000).filter(lambda k: k % 10))
@example("apikley", "styleWeight", 5)
def test_three_decimals_are_refused(profile: str, field: str, thousandths: int) -> None:
    body = request(**{field: thousandths / 1000})
    assert not edition(profile).contract("extend").accepts(body)
    rules = [violation.rule for violation in edition(profile).contract("extend").violations(body)]
    assert rules == [f"extend.{field}.multipleOf"]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(WEIGHTS), st.integers(-1000, 1000).filter(lambda k: not 0 <= k <= 100))
def test_weights_have_their_range(field: str, hundredths: int) -> None:
    rules = [
        violation.rule for violation in edition().contract("extend").violations(request(**{field: hundredths / 100}))
    ]
    assert rules == [f"extend.{field}.{'minimum' if hundredths < 0 else 'maximum'}"]


@pytest.mark.parametrize(
    ("profile", "model", "field", "limit"),
    [
        pytest.param(profile, model, field, limit, id=f"{profile} {model} {field}")
        for profile, models in LIMITS.items()
        for model, fields in models.items()
        for field, limit in fields.items()
    ],
)
def test_each_limit_is_exact(profile: str, model: str, field: str, limit: int) -> None:
    contract = edition(profile).contract("extend")
    body = [request(model=model, **{field: "x" * length}) for length in (limit - 1, limit, limit + 1)]
    assert [contract.accepts(each) for each in body] == [True, True, False]
    assert [[violation.rule for violation in contract.violations(each)] for each in body] == [
        [],
        [],
        [f"extend.{field}.length"],
    ]


def test_every_model_has_limits() -> None:
    assert {name: tuple(limits) for name, limits in LIMITS.items()} == {
        name: edition(name).profile.models for name in DOCUMENTED
    }


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["code_points", "utf16", "bytes"]), st.sampled_from(DOCUMENTED), texts(80))
def test_each_unit_is_counted(unit: str, profile: str, title: str) -> None:
    judged = edition(profile, f"string_length={unit}")
    assert judged.contract("extend").accepts(request(title=title)) == (SIZES[unit](title) <= 80)


@pytest.mark.parametrize(
    ("reading", "longest", "said"),
    [
        pytest.param("code_points", 80, "has 81 characters; allowed: at most 80 characters", id="characters"),
        pytest.param("utf16", 40, "has 82 UTF-16 units; allowed: at most 80 UTF-16 units", id="UTF-16 units"),
        pytest.param("bytes", 20, "has 84 bytes of UTF-8; allowed: at most 80 bytes of UTF-8", id="bytes"),
    ],
)
def test_lengths_are_told_in_units(reading: str, longest: int, said: str) -> None:
    set_reading = f"string_length={reading}"
    assert messages(request(title="😀" * longest), "apikley", set_reading) == []
    assert messages(request(title="😀" * (longest + 1)), "apikley", set_reading) == [
        f"title {said} for model V4 (extend.title.length, {place(APIKLEY, '- **V4**: prompt')})"
    ]
    assert messages(request(title="😀" * (longest + 1)), "classic", set_reading) == [
        f"title {said} (extend.title.length, {field_place('title', 'maxLength:', file=CLASSIC)})"
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param(
            {"audioId": ...},
            "audioId is missing; allowed: a string "
            f"(extend.audioId.required, {place(APIKLEY, '- audioId', under=REQUIRED)})",
            id="a required property is missing",
        ),
        pytest.param(
            {"defaultParamFlag": False, "prompt": ..., "personaId": ...},
            "prompt is missing; allowed: a string "
            f"(extend.prompt.required, {place(APIKLEY, '- prompt', under=REQUIRED)})",
            id="prompt is missing without custom parameters",
        ),
        pytest.param(
            {"style": ...},
            "style is missing; allowed: a string, because defaultParamFlag is true "
            f"(extend.style.custom, {field_place('style', '- Required when')})",
            id="style is missing with custom parameters",
        ),
        pytest.param(
            {"continueAt": ...},
            "continueAt is missing; allowed: a number of seconds, because defaultParamFlag is true "
            f"(extend.continueAt.custom, {field_place('continueAt', '- Required when')})",
            id="continueAt is missing with custom parameters",
        ),
        pytest.param(
            {"defaultParamFlag": "true"},
            'defaultParamFlag is "true"; allowed: true or false '
            f"(extend.defaultParamFlag.type, {field_place('defaultParamFlag', 'type:')})",
            id="a text in place of a boolean",
        ),
        pytest.param(
            {"continueAt": "60"},
            f'continueAt is "60"; allowed: a number (extend.continueAt.type, {field_place("continueAt", "type:")})',
            id="a text in place of a number",
        ),
        pytest.param(
            {"prompt": None},
            f"prompt is null; allowed: a string (extend.prompt.type, {field_place('prompt', 'type:')})",
            id="null in place of a text",
        ),
        pytest.param(
            {"model": "V6"},
            'model is "V6"; allowed: V4, V4_5, V4_5PLUS, V4_5ALL, V5, or another with --model NAME=V5 '
            f"(extend.model.enum, {field_place('model', 'enum:')})",
            id="a model that does not exist",
        ),
        pytest.param(
            {"styleWeight": -0.01},
            "styleWeight is -0.01; allowed: 0 or more "
            f"(extend.styleWeight.minimum, {field_place('styleWeight', 'minimum:')})",
            id="a weight below the minimum",
        ),
        pytest.param(
            {"styleWeight": 1.01},
            "styleWeight is 1.01; allowed: at most 1 "
            f"(extend.styleWeight.maximum, {field_place('styleWeight', 'maximum:')})",
            id="a weight above the maximum",
        ),
        pytest.param(
            {"styleWeight": 0.655},
            "styleWeight is 0.655; allowed: a multiple of 0.01 "
            f"(extend.styleWeight.multipleOf, {field_place('styleWeight', 'multipleOf:')})",
            id="a weight with three decimals",
        ),
        pytest.param(
            {"continueAt": 0},
            "continueAt is 0; allowed: greater than 0 "
            f"(extend.continueAt.start, {field_place('continueAt', '- Value range:')})",
            id="continueAt at the start",
        ),
        pytest.param(
            {"prompt": "x" * 3001},
            "prompt has 3001 characters; allowed: at most 3000 characters for model V4 "
            f"(extend.prompt.length, {place(APIKLEY, '- **V4**: prompt')})",
            id="a prompt one character too long",
        ),
        pytest.param(
            {"callBackUrl": "no url"},
            'callBackUrl is "no url"; allowed: an absolute URI such as https://api.example.com/callback '
            f"(extend.callBackUrl.format, {field_place('callBackUrl', 'format:')})",
            id="a callBackUrl that is none",
        ),
        pytest.param(
            {"callBackUrl": "ftp://host/"},
            'callBackUrl is "ftp://host/"; allowed: an absolute http:// or https:// URL with a host, '
            "such as http://127.0.0.1:3000/callback "
            f"(extend.callBackUrl.http, {field_place('callBackUrl', '- System will POST')})",
            id="a callBackUrl that nothing can be posted to",
        ),
        pytest.param(
            {"defaultParamFlag": False},
            'personaId is "persona_123"; allowed: only with defaultParamFlag true '
            f"(extend.personaId.custom, {field_place('personaId', 'Only available when')})",
            id="a persona without custom parameters",
        ),
        pytest.param(
            {"vocalGender": "x" * 100},
            f'vocalGender is "{"x" * 59}... (102 characters); allowed: m, f '
            f"(extend.vocalGender.enum, {field_place('vocalGender', 'enum:')})",
            id="a long value is cut",
        ),
    ],
)
def test_a_broken_rule_is_explained(changes: dict[str, Any], message: str) -> None:
    assert messages(request(**changes)) == [message]


@pytest.mark.parametrize(
    ("reading", "changes", "message"),
    [
        pytest.param(
            "prompt_required=custom_only",
            {"prompt": ...},
            "prompt is missing; allowed: a string, because defaultParamFlag is true "
            f"(extend.prompt.custom, {field_place('prompt', '- Required when')})",
            id="prompt is missing with custom parameters",
        ),
        pytest.param(
            "continue_at_min=at_least_1",
            {"continueAt": 0.5},
            "continueAt is 0.5; allowed: 1 or more "
            f"(extend.continueAt.start, {field_place('continueAt', '- Value range:')})",
            id="continueAt below one second",
        ),
        pytest.param(
            "empty_text=refused",
            {"style": ""},
            'style is ""; allowed: a string that is not empty, because defaultParamFlag is true '
            f"(extend.style.empty, {field_place('style', '- Required when')})",
            id="an empty style",
        ),
        pytest.param(
            "v4_5all_title=100",
            {"model": "V4_5ALL", "title": "x" * 101},
            "title has 101 characters; allowed: at most 100 characters for model V4_5ALL "
            f"(extend.title.length, {place(APIKLEY, '- **V4_5ALL**: prompt')})",
            id="a title too long for V4_5ALL",
        ),
        pytest.param(
            "extra_properties=refused",
            {"tempo": 90, "b\n": 1},
            'body has the unknown properties "b\\n", "tempo"; allowed: the properties that the document names '
            f"(extend.body.properties, {place(APIKLEY, 'properties:', under='requestBody:')})",
            id="unknown properties",
        ),
    ],
)
def test_a_reading_brings_its_rule(reading: str, changes: dict[str, Any], message: str) -> None:
    assert messages(request(**changes), "apikley", reading) == [message]


def test_all_broken_rules_are_told() -> None:
    body = request(model="V6", styleWeight=2, title=..., prompt=5)
    assert [text.partition(";")[0] for text in messages(body)] == [
        "prompt is 5",
        'model is "V6"',
        "styleWeight is 2",
        "title is missing",
    ]


def test_a_profile_can_name_the_properties_that_nobody_knows() -> None:
    judged = edition("apikley", "extra_properties=refused")
    (violation,) = judged.contract("extend").violations(request(tempo=1, b=2))
    assert violation.values()["value"] == "b, tempo"


@pytest.mark.parametrize(("unit", "length"), [("code_points", "81"), ("utf16", "81"), ("bytes", "243")])
def test_a_profile_can_name_how_long_a_text_is_as_it_is_counted(unit: str, length: str) -> None:
    judged = edition("apikley", f"string_length={unit}")
    (violation,) = judged.contract("extend").violations(request(title="漢" * 81))
    assert violation.values()["length"] == length
    (violation,) = judged.contract("extend").violations(request(title=7))
    assert violation.values()["length"] == ""


@pytest.mark.parametrize(
    ("profile", "where"),
    [
        pytest.param("apikley", place(APIKLEY, "type: object", under="requestBody:"), id="apikley"),
        pytest.param("classic", place(CLASSIC, "type: object", under="requestBody:"), id="classic"),
    ],
)
def test_no_object_is_no_request(profile: str, where: str) -> None:
    assert messages([1], profile) == [f"body is [1]; allowed: a JSON object (extend.body.type, {where})"]


def test_rules_hold_under_their_readings() -> None:
    for judged in (edition(name) for name in profile_names()):
        for rule in judged.profile.every_rule():
            assert rule.holds(judged.names) == all(judged.names[key] == name for key, name in rule.when.items())


@settings(max_examples=100)
@given(st.text())
def test_measures_order_by_width(text: str) -> None:
    sizes = [MEASURES[each][0](text) for each in ("maxWords", "maxLength", "maxUtf16Length", "maxUtf8Length")]
    assert sizes == sorted(sizes)


@pytest.mark.parametrize(
    ("url", "legal"),
    [
        pytest.param("http://127.0.0.1:3000/callback", True, id="an address with a port"),
        pytest.param("https://api.example.com", True, id="no path"),
        pytest.param("HTTP://HOST/", True, id="upper case"),
        pytest.param("http://[::1]:80/", True, id="IPv6"),
        pytest.param("http://host:65535/", True, id="the last port"),
        pytest.param("http://host:65536/", False, id="a port too high"),
        pytest.param("http://host:x/", False, id="a port that is no number"),
        pytest.param("http://[::1", False, id="a bracket that stays open"),
        pytest.param("http:///path", False, id="no host"),
        pytest.param("//host/path", False, id="no scheme"),
        pytest.param("ftp://host/", False, id="another scheme"),
    ],
)
def test_callbacks_need_an_http_url(url: str, legal: bool) -> None:
    assert is_http_url(url) == legal


@settings(max_examples=60, deadline=None)
@given(st.text("[]:@.%#?/\\ 0aé", max_size=12).map("http://".__add__))
@example("http://[]@")
@example("http://host:65536/")
def test_any_callback_url_is_judged(url: str) -> None:
    contract = edition().contract("extend")
    assert contract.accepts(request(callBackUrl=url)) == (contract.violations(request(callBackUrl=url)) == [])


IS_A = {"properties": {"a": {"const": 1}}, "required": ["a"]}
FRAGMENTS: Sequence[dict[str, Any]] = (
    {"type": "object"},
    {"type": ["object", "null"]},
    {"required": ["a"]},
    {"required": ["b"]},
    {"properties": {"a": {"minimum": 1}}},
    {"properties": {"a": {"minimum": 2}}},
    {"properties": {"a": {"maximum": 3}, "b": {"type": "integer"}}},
    {"properties": {"b": {"if": {"type": "integer"}, "then": {"minimum": 1}}}},
    {"properties": {"b": {"if": {"type": "string"}, "then": {"maxLength": 0}}}},
    {"propertyNames": {"enum": ["a", "b"]}},
    {"if": IS_A, "then": {"required": ["b"]}},
    {"if": IS_A, "then": {"properties": {"b": {"maximum": 2}}}},
    {"if": {"required": ["b"]}, "then": {"properties": {"a": {"type": "integer"}}}},
)
small_objects = st.dictionaries(st.sampled_from("abc"), st.sampled_from([0, 1, 2, 3, 4, "x", None]), max_size=3)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), unique_by=str), small_objects | st.none() | st.integers(0, 1))
@example([FRAGMENTS[0], FRAGMENTS[1]], {"a": 1})
@example([FRAGMENTS[4], FRAGMENTS[5]], {"a": 1})
@example([FRAGMENTS[7], FRAGMENTS[8]], {"b": "x"})
def test_merged_accepts_what_all_accept(schemas: list[dict[str, Any]], value: Any) -> None:
    whole = Draft202012Validator(merged(schemas))
    assert whole.is_valid(value) == all(Draft202012Validator(schema).is_valid(value) for schema in schemas)


def alone(judged: Edition, operation: str, body: Any) -> list[str]:
    """The rules that a body breaks, each validated by itself; of a field with a wrong type nothing but that."""
    rules = [rule for rule in judged.profile.rules(operation) if rule.schema and rule.holds(judged.names)]
    broken = [rule for rule in rules if not fits(rule, body, SIZES[judged.names["string_length"]])]
    mistyped = {rule.field for rule in broken if rule.id.endswith(".type")}
    return [rule.id for rule in broken if rule.id.endswith(".type") or not mistyped & {rule.field, "body"}]


def fits(rule: Rule, body: Any, size: Callable[[str], int]) -> bool:
    """Whether a body satisfies one rule, as JSON Schema has it; a text that is measured is as long as its size."""
    if "maxLength" in json.dumps(rule.schema) and isinstance(body, dict) and isinstance(body.get(rule.field), str):
        body = body | {rule.field: "x" * size(body[rule.field])}
    judge = Draft202012Validator(dict(rule.schema or {}), validate_formats=True, formats={HTTP_URL: is_http_url})
    return judge.is_valid(body)


def together(judged: Edition, operation: str, body: Any) -> list[str]:
    """The rules that a body breaks, once the fast path agrees."""
    contract = judged.contract(operation)
    broken = [violation.rule for violation in contract.violations(body)]
    assert contract.accepts(body) is (broken == [])
    return broken


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(VARYING), st.integers(0, 1000), st.data())
def test_together_rules_are_broken_as_each_alone(editions: InForce, number: int, data: st.DataObject) -> None:
    judged = editions.draw("key", number)
    body = json.loads(data.draw(whole_bodies(judged.profile.name)))
    assert together(judged, "extend", body) == alone(judged, "extend", body)


@pytest.mark.parametrize(
    "wrong", [5, "", "http://", "https:///x", "http://h:99999/", "nope", "ftp://host/", "http://h"]
)
@pytest.mark.parametrize("operation", ["extend", "generate"])
def test_a_url_is_judged_together_as_alone(operation: str, wrong: object) -> None:
    body = {**(request() if operation == "extend" else generation()), "callBackUrl": wrong}
    assert together(edition(), operation, body) == alone(edition(), operation, body)


@pytest.mark.parametrize("wrong", [*WRONG, 0.1 + 0.2, 7.001, 1e22, 123456789.123, -0.0, 5e-324, 2.675])
def test_a_number_is_judged_together_as_alone(wrong: Any) -> None:
    body = changed(request(), {"styleWeight": wrong})
    assert together(edition(), "extend", body) == alone(edition(), "extend", body)


def test_many_unknown_properties_are_told_in_a_line() -> None:
    contract = edition("apikley", "extra_properties=refused").contract("extend")
    (violation,) = contract.violations(request(**{f"x{number:05}": 1 for number in range(20_000)}))
    assert violation.rule == "extend.body.properties"
    assert '"x00009" and 19990 more; allowed: the properties that the document names' in str(violation)


POSTED = ("extend", "generate", "persona", "wav")
FAMILY = load(OPENAPI / "family.openapi.yaml")
GENERATE_LIMITS = {
    "apikley": {
        "V4": {"prompt": 3000, "style": 200, "title": 80},
        **{model: {"prompt": 5000, "style": 1000, "title": 80} for model in ("V4_5", "V4_5PLUS", "V4_5ALL", "V5")},
    },
    "classic": LIMITS["classic"],
}


def documented(operation: str) -> dict[str, Any]:
    """A request of the examples that a document has for its properties."""
    if operation == "extend":
        return request()
    file = operations()[operation].file
    schema: Any = Document.read(Path(file)).tree if file else FAMILY
    for step in request_pointer(operations()[operation]):
        schema = schema[step]
    return {name: keywords["example"] for name, keywords in schema["properties"].items() if "example" in keywords}


EXAMPLES = {operation: documented(operation) for operation in POSTED}


@st.composite
def faulty(draw: st.DrawFn, operation: str) -> dict[str, Any]:
    """The documented example of an operation in any mode, with up to three other values, legal ones and wrong ones."""
    flags = [name for name in ("defaultParamFlag", "customMode", "instrumental") if name in EXAMPLES[operation]]
    mode = {name: draw(st.booleans()) for name in flags}
    values = st.sampled_from(WRONG) | st.booleans() | texts(80, 200, 500, 1000, 3000, 5000) | st.sampled_from(MODELS)
    names = st.sampled_from([*EXAMPLES[operation], "unknown"])
    return changed(EXAMPLES[operation] | mode, draw(st.dictionaries(names, values, max_size=3)))


def broken(body: Any, operation: str, profile: str = "apikley", *chosen: str) -> list[str]:
    return together(edition(profile, *chosen), operation, body)


@pytest.mark.parametrize("operation", POSTED)
def test_the_examples_of_the_documents_are_accepted(operation: str) -> None:
    for profile in profile_names():
        if operation in edition(profile).profile.operations:
            example_of_it = EXAMPLES[operation] | ({"personaId": "persona_123"} if operation == "generate" else {})
            assert broken(example_of_it, operation, profile) == []


@pytest.mark.parametrize("operation", POSTED)
def test_a_body_of_any_operation_is_accepted_or_explained(operation: str) -> None:
    judging = [varying for varying in VARYING if operation in varying.default.profile.operations]

    @settings(max_examples=250, deadline=None)
    @given(st.builds(InForce.draw, st.sampled_from(judging), st.integers(0, 50)), faulty(operation))
    def explained(judged: Edition, body: dict[str, Any]) -> None:
        contract = judged.contract(operation)
        found = contract.violations(body)
        assert contract.accepts(body) == (found == [])
        assert {violation.rule for violation in found} <= {rule.id for rule in judged.profile.rules(operation)}
        assert len({violation.rule for violation in found}) == len(found)

    explained()


@pytest.mark.parametrize("operation", POSTED)
@settings(max_examples=40, deadline=None)
@given(value=json_values)
def test_any_json_is_judged_by_any_operation(operation: str, value: Any) -> None:
    assert broken(value, operation) != []


@pytest.mark.parametrize("operation", POSTED)
def test_unknown_properties_may_be_refused(operation: str) -> None:
    body = EXAMPLES[operation] | {"tempo": 90}
    assert broken(body, operation) == []
    assert broken(body, operation, "apikley", "extra_properties=refused") == [f"{operation}.body.properties"]


@pytest.mark.parametrize("operation", ["persona", "wav"])
def test_every_required_property_is_demanded(operation: str) -> None:
    optional = {"vocalStart", "vocalEnd", "style"}
    for name in EXAMPLES[operation]:
        expected = [] if name in optional else [f"{operation}.{name}.required"]
        assert broken(changed(EXAMPLES[operation], {name: ...}), operation) == expected


@pytest.mark.parametrize(
    ("custom", "instrumental", "field", "always", "custom_only"),
    [
        pytest.param(True, True, "prompt", "required", None, id="custom instrumental, no prompt"),
        pytest.param(True, True, "style", "custom", "custom", id="custom instrumental, no style"),
        pytest.param(True, True, "title", "custom", "custom", id="custom instrumental, no title"),
        pytest.param(True, False, "prompt", "required", "sung", id="custom with vocals, no prompt"),
        pytest.param(True, False, "style", "custom", "custom", id="custom with vocals, no style"),
        pytest.param(True, False, "title", "custom", "custom", id="custom with vocals, no title"),
        pytest.param(False, True, "prompt", "required", "simple", id="simple instrumental, no prompt"),
        pytest.param(False, True, "style", None, None, id="simple instrumental, no style"),
        pytest.param(False, True, "title", None, None, id="simple instrumental, no title"),
        pytest.param(False, False, "prompt", "required", "simple", id="simple with vocals, no prompt"),
        pytest.param(False, False, "style", None, None, id="simple with vocals, no style"),
        pytest.param(False, False, "title", None, None, id="simple with vocals, no title"),
    ],
)
def test_the_mode_tells_what_generate_requires(
    custom: bool, instrumental: bool, field: str, always: str | None, custom_only: str | None
) -> None:
    modes = {"customMode": custom, "instrumental": instrumental}
    for reading, rule in (("always", always), ("custom_only", custom_only)):
        chosen = f"prompt_required={reading}"
        assert broken(generation(**modes), "generate", "apikley", chosen) == []
        expected = [f"generate.{field}.{rule}"] if rule else []
        assert broken(generation(**modes, **{field: ...}), "generate", "apikley", chosen) == expected


@pytest.mark.parametrize("profile", profile_names())
@pytest.mark.parametrize("field", ["customMode", "instrumental", "model", "callBackUrl"])
def test_generate_requires_its_flags(field: str, profile: str) -> None:
    assert broken(generation(**{field: ...}), "generate", profile) == [f"generate.{field}.required"]


@pytest.mark.parametrize(
    ("profile", "model", "field", "limit"),
    [
        pytest.param(profile, model, field, limit, id=f"{profile} {model} {field}")
        for profile, models in GENERATE_LIMITS.items()
        for model, fields in models.items()
        for field, limit in fields.items()
    ],
)
def test_each_limit_of_custom_mode_is_exact(profile: str, model: str, field: str, limit: int) -> None:
    body = [generation(model=model, **{field: "x" * length}) for length in (limit, limit + 1)]
    assert [broken(each, "generate", profile) for each in body] == [[], [f"generate.{field}.length"]]


@pytest.mark.parametrize("profile", profile_names())
def test_every_model_generates(profile: str) -> None:
    models = edition(profile).profile.models
    limits = GENERATE_LIMITS["classic" if profile == "classic" else "apikley"]
    assert tuple(limits) == tuple(model for model in models if model != "V5_5")
    assert ("V5_5" in models) == (profile in {"kie", "sunoapi"})
    assert [broken(generation(model=model), "generate", profile) for model in models] == [[]] * len(models)
    assert broken(generation(model="V6"), "generate", profile) == ["generate.model.enum"]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(profile_names()), st.sampled_from(MODELS), st.integers(498, 503), st.booleans())
def test_a_description_has_500_characters(profile: str, model: str, length: int, instrumental: bool) -> None:
    assume(model in edition(profile).profile.models)
    limit = 3000 if profile == "kie" else 500
    length += limit - 500
    body = generation(customMode=False, instrumental=instrumental, model=model, prompt="x" * length)
    assert broken(body, "generate", profile) == (["generate.prompt.description"] if length > limit else [])


@pytest.mark.parametrize(("field", "longest"), [("style", 1001), ("title", 81)])
def test_without_custom_mode_other_texts_have_no_limit(field: str, longest: int) -> None:
    assert broken(generation(customMode=False, **{field: "x" * longest}), "generate") == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param(
            {"customMode": False, "prompt": "x" * 501},
            "prompt has 501 characters; allowed: at most 500 characters, because customMode is false "
            "(generate.prompt.description)",
            id="a long description",
        ),
        pytest.param(
            {"prompt": "x" * 3001},
            "prompt has 3001 characters; allowed: at most 3000 characters for model V4 (generate.prompt.length)",
            id="long lyrics",
        ),
        pytest.param(
            {"style": ...},
            "style is missing; allowed: a string, because customMode is true (generate.style.custom)",
            id="style is missing",
        ),
        pytest.param(
            {"instrumental": "no"},
            'instrumental is "no"; allowed: true or false (generate.instrumental.type)',
            id="a text in place of a boolean",
        ),
        pytest.param(
            {"model": "V3_5"},
            'model is "V3_5"; allowed: V4, V4_5, V4_5PLUS, V4_5ALL, V5, or another with --model NAME=V5 '
            "(generate.model.enum)",
            id="a model of another profile",
        ),
        pytest.param(
            {"customMode": False, "personaId": "persona_123"},
            'personaId is "persona_123"; allowed: only with customMode true (generate.personaId.custom)',
            id="a persona without custom mode",
        ),
    ],
)
def test_a_broken_rule_of_generate_is_explained(changes: dict[str, Any], message: str) -> None:
    found = edition().contract("generate").violations(generation(**changes))
    assert [f"{violation.message} ({violation.rule})" for violation in found] == [message]
    assert all(str(violation.place).startswith("family.openapi.yaml:") for violation in found)


@pytest.mark.parametrize(
    ("operation", "whole", "custom", "rules"),
    [
        pytest.param("extend", request, {"defaultParamFlag": True}, 3, id="extend"),
        pytest.param("generate", generation, {"customMode": True, "instrumental": False}, 3, id="generate, sung"),
        pytest.param(
            "generate", generation, {"customMode": True, "instrumental": True}, 2, id="generate, instrumental"
        ),
        pytest.param("extend", request, {"defaultParamFlag": False, "personaId": ...}, 0, id="original parameters"),
    ],
)
def test_empty_texts_may_be_refused_in_custom_mode(
    operation: str, whole: Callable[..., dict[str, Any]], custom: dict[str, Any], rules: int
) -> None:
    body = whole(**custom, prompt="", style="", title="")
    for profile in profile_names():
        assert broken(body, operation, profile) == []
        named = broken(body, operation, profile, "empty_text=refused")
        assert named == [f"{operation}.{name}.empty" for name in ("prompt", "style", "title")][3 - rules :]
