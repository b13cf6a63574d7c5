"""Which request bodies are accepted, and what is said about those that are not."""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from jsonschema_rs import Draft202012Validator

from mock_server.contract import MEASURES, is_http_url, merged
from mock_server.profile import Edition, Editions, profile_names
from mock_server.questions import Register
from mock_server.settings import Settings
from tests.builders import edition, request

VARYING = [Editions(Settings(profile=name, readings=("all=vary",))) for name in profile_names()]
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


editions = st.builds(Editions.draw, st.sampled_from(VARYING), st.integers(0, 50))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=80),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


def messages(body: Any, profile: str = "apikley", *chosen: str) -> list[str]:
    return [str(violation) for violation in edition(profile, *chosen).contract.violations(body)]


def test_the_editions_hold_every_reading() -> None:
    for varying in VARYING:
        drawn = [varying.draw(number).names for number in range(51)]
        for question in Register.read().questions.values():
            assert {names[question.id] for names in drawn} == set(question.readings)


@settings(max_examples=250, deadline=None)
@given(editions, bodies())
def test_a_body_is_accepted_or_explained(judged: Edition, body: dict[str, Any]) -> None:
    assert judged.contract.accepts(body) == (judged.contract.violations(body) == [])


@settings(max_examples=60, deadline=None)
@given(editions, json_values)
def test_any_json_is_judged(judged: Edition, value: Any) -> None:
    assert not judged.contract.accepts(value)
    assert judged.contract.violations(value)


@settings(max_examples=60, deadline=None)
@given(editions, json_values.filter(lambda value: not isinstance(value, dict)))
def test_no_object_breaks_one_rule(judged: Edition, value: Any) -> None:
    assert [violation.rule for violation in judged.contract.violations(value)] == ["extend.body.type"]


@settings(max_examples=60, deadline=None)
@given(editions, bodies())
def test_a_violation_names_rule_and_place(judged: Edition, body: dict[str, Any]) -> None:
    found = judged.contract.violations(body)
    places = {(rule.id, rule.place) for rule in judged.profile.rules}
    assert all((violation.rule, violation.place) in places for violation in found)
    assert all(violation.message.startswith(f"{violation.field} ") for violation in found)
    assert len({violation.rule for violation in found}) == len(found)


@settings(max_examples=60, deadline=None)
@given(editions, bodies())
def test_a_wrong_type_silences_its_field(judged: Edition, body: dict[str, Any]) -> None:
    found = judged.contract.violations(body)
    for mistyped in (violation for violation in found if violation.rule.endswith(".type")):
        assert [violation.rule for violation in found if violation.field == mistyped.field] == [mistyped.rule]


@pytest.mark.parametrize("profile", profile_names())
def test_the_documented_example_is_accepted(profile: str) -> None:
    model = edition(profile).profile.models[0]
    assert messages(request(model=model), profile) == []


@pytest.mark.parametrize(("profile", "field"), [(name, field) for name in profile_names() for field in WEIGHTS])
def test_all_101_weights_are_accepted(profile: str, field: str) -> None:
    contract = edition(profile).contract
    assert all(contract.accepts(request(**{field: k / 100})) for k in range(101))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(profile_names()), st.sampled_from(WEIGHTS), st.integers(0, 1000).filter(lambda k: k % 10))
@example("apikley", "styleWeight", 5)
def test_three_decimals_are_refused(profile: str, field: str, thousandths: int) -> None:
    body = request(**{field: thousandths / 1000})
    assert not edition(profile).contract.accepts(body)
    rules = [violation.rule for violation in edition(profile).contract.violations(body)]
    assert rules == [f"extend.{field}.multipleOf"]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(WEIGHTS), st.integers(-1000, 1000).filter(lambda k: not 0 <= k <= 100))
def test_weights_have_their_range(field: str, hundredths: int) -> None:
    rules = [violation.rule for violation in edition().contract.violations(request(**{field: hundredths / 100}))]
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
    contract = edition(profile).contract
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
    size = {
        "code_points": len(title),
        "utf16": sum(2 if ord(char) > 0xFFFF else 1 for char in title),
        "bytes": len(title.encode()),
    }[unit]
    assert judged.contract.accepts(request(title=title)) == (size <= 80)


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
        f"title {said} for model V4 (extend.title.length, apikley.openapi.yaml:37)"
    ]
    assert messages(request(title="😀" * (longest + 1)), "classic", set_reading) == [
        f"title {said} (extend.title.length, classic.openapi.yaml:175)"
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param(
            {"audioId": ...},
            "audioId is missing; allowed: a string (extend.audioId.required, apikley.openapi.yaml:62)",
            id="a required property is missing",
        ),
        pytest.param(
            {"defaultParamFlag": False, "prompt": ..., "personaId": ...},
            "prompt is missing; allowed: a string (extend.prompt.required, apikley.openapi.yaml:65)",
            id="prompt is missing without custom parameters",
        ),
        pytest.param(
            {"style": ...},
            "style is missing; allowed: a string, because defaultParamFlag is true "
            "(extend.style.custom, apikley.openapi.yaml:107)",
            id="style is missing with custom parameters",
        ),
        pytest.param(
            {"continueAt": ...},
            "continueAt is missing; allowed: a number of seconds, because defaultParamFlag is true "
            "(extend.continueAt.custom, apikley.openapi.yaml:135)",
            id="continueAt is missing with custom parameters",
        ),
        pytest.param(
            {"defaultParamFlag": "true"},
            'defaultParamFlag is "true"; allowed: true or false '
            "(extend.defaultParamFlag.type, apikley.openapi.yaml:68)",
            id="a text in place of a boolean",
        ),
        pytest.param(
            {"continueAt": "60"},
            'continueAt is "60"; allowed: a number (extend.continueAt.type, apikley.openapi.yaml:130)',
            id="a text in place of a number",
        ),
        pytest.param(
            {"prompt": None},
            "prompt is null; allowed: a string (extend.prompt.type, apikley.openapi.yaml:86)",
            id="null in place of a text",
        ),
        pytest.param(
            {"model": "V6"},
            'model is "V6"; allowed: V4, V4_5, V4_5PLUS, V4_5ALL, V5 (extend.model.enum, apikley.openapi.yaml:154)',
            id="a model that does not exist",
        ),
        pytest.param(
            {"styleWeight": -0.01},
            "styleWeight is -0.01; allowed: 0 or more (extend.styleWeight.minimum, apikley.openapi.yaml:208)",
            id="a weight below the minimum",
        ),
        pytest.param(
            {"styleWeight": 1.01},
            "styleWeight is 1.01; allowed: at most 1 (extend.styleWeight.maximum, apikley.openapi.yaml:209)",
            id="a weight above the maximum",
        ),
        pytest.param(
            {"styleWeight": 0.655},
            "styleWeight is 0.655; allowed: a multiple of 0.01 "
            "(extend.styleWeight.multipleOf, apikley.openapi.yaml:210)",
            id="a weight with three decimals",
        ),
        pytest.param(
            {"continueAt": 0},
            "continueAt is 0; allowed: greater than 0 (extend.continueAt.start, apikley.openapi.yaml:137)",
            id="continueAt at the start",
        ),
        pytest.param(
            {"prompt": "x" * 3001},
            "prompt has 3001 characters; allowed: at most 3000 characters for model V4 "
            "(extend.prompt.length, apikley.openapi.yaml:37)",
            id="a prompt one character too long",
        ),
        pytest.param(
            {"callBackUrl": "no url"},
            'callBackUrl is "no url"; allowed: an absolute URI such as https://api.example.com/callback '
            "(extend.callBackUrl.format, apikley.openapi.yaml:163)",
            id="a callBackUrl that is none",
        ),
        pytest.param(
            {"callBackUrl": "ftp://host/"},
            'callBackUrl is "ftp://host/"; allowed: an absolute http:// or https:// URL with a host, '
            "such as http://127.0.0.1:3000/callback (extend.callBackUrl.http, apikley.openapi.yaml:168)",
            id="a callBackUrl that nothing can be posted to",
        ),
        pytest.param(
            {"defaultParamFlag": False},
            'personaId is "persona_123"; allowed: only with defaultParamFlag true '
            "(extend.personaId.custom, apikley.openapi.yaml:233)",
            id="a persona without custom parameters",
        ),
        pytest.param(
            {"vocalGender": "x" * 100},
            f'vocalGender is "{"x" * 59}... (102 characters); allowed: m, f '
            "(extend.vocalGender.enum, apikley.openapi.yaml:199)",
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
            "(extend.prompt.custom, apikley.openapi.yaml:90)",
            id="prompt is missing with custom parameters",
        ),
        pytest.param(
            "continue_at_min=at_least_1",
            {"continueAt": 0.5},
            "continueAt is 0.5; allowed: 1 or more (extend.continueAt.start, apikley.openapi.yaml:137)",
            id="continueAt below one second",
        ),
        pytest.param(
            "v4_5all_title=100",
            {"model": "V4_5ALL", "title": "x" * 101},
            "title has 101 characters; allowed: at most 100 characters for model V4_5ALL "
            "(extend.title.length, apikley.openapi.yaml:39)",
            id="a title too long for V4_5ALL",
        ),
        pytest.param(
            "extra_properties=refused",
            {"tempo": 90, "b\n": 1},
            'body has the unknown properties "b\\n", "tempo"; allowed: the properties that the document names '
            "(extend.body.properties, apikley.openapi.yaml:66)",
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


@pytest.mark.parametrize(
    ("profile", "place"),
    [
        pytest.param("apikley", "apikley.openapi.yaml:59", id="apikley"),
        pytest.param("classic", "classic.openapi.yaml:75", id="classic"),
    ],
)
def test_no_object_is_no_request(profile: str, place: str) -> None:
    assert messages([1], profile) == [f"body is [1]; allowed: a JSON object (extend.body.type, {place})"]


def test_rules_hold_under_their_readings() -> None:
    for judged in (edition(name) for name in profile_names()):
        for rule in judged.profile.rules:
            assert rule.holds(judged.names) == all(judged.names[key] == name for key, name in rule.when.items())


@settings(max_examples=100)
@given(st.text())
def test_measures_order_by_width(text: str) -> None:
    sizes = [count(text) for count, _ in MEASURES.values()]
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
    contract = edition().contract
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


def test_many_unknown_properties_are_told_in_a_line() -> None:
    contract = edition("apikley", "extra_properties=refused").contract
    (violation,) = contract.violations(request(**{f"x{number:05}": 1 for number in range(20_000)}))
    assert violation.rule == "extend.body.properties"
    assert '"x00009" and 19990 more; allowed: the properties that the document names' in str(violation)
