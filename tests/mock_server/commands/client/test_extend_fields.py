"""Fields of an extend request as a terminal takes them."""

import json
import shlex
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.commands.client import extend_fields
from mock_server.core.errors import BadSetting

DOCUMENTED = extend_fields.documented()


def test_every_field_has_an_option_and_a_help() -> None:
    options = {extend_fields.option(name) for name in DOCUMENTED}
    assert {"--audio-id", "--continue-at", "--callback-url", "--default-param-flag"} <= options
    assert all(extend_fields.summary(schema).endswith(".") for schema in DOCUMENTED.values())
    assert extend_fields.summary(DOCUMENTED["audioWeight"]) == "Balance weight for audio features vs. other factors."


def test_a_help_says_what_is_allowed_and_what_is_sent_without_it() -> None:
    said = {name: extend_fields.described(name, schema) for name, schema in DOCUMENTED.items()}
    assert said["vocalGender"].endswith(" Allowed: m, f.  [default: m]")
    assert said["styleWeight"].endswith(" Allowed: 0 or more, at most 1, a multiple of 0.01.  [default: 0.65]")
    assert said["defaultParamFlag"].endswith(".  [default: true]")
    assert said["callBackUrl"].endswith(".  [default: http://127.0.0.1:3000/callback]")
    assert max(map(len, said.values())) < 200


@pytest.mark.parametrize("profile", ["classic", "observed"])
def test_the_options_are_those_of_every_profile(profile: str) -> None:
    assert set(extend_fields.documented(profile)) <= set(DOCUMENTED)


TYPED = {("title", "42"): "42", ("continueAt", "42.5"): 42.5, ("defaultParamFlag", "false"): False}


@pytest.mark.parametrize(("name", "text"), TYPED)
def test_an_option_takes_the_type_of_its_field(name: str, text: str) -> None:
    assert extend_fields.typed(name, text, DOCUMENTED[name]) == TYPED[name, text]


NO_NUMBER = {
    "soon": """--set 'continueAt:="soon"'""",
    "true": "--set continueAt:=true",
    "null": "--set continueAt:=null",
    "NaN": """--set 'continueAt:="NaN"'""",
    "1e999": """--set 'continueAt:="1e999"'""",
}
"""What is no number, and how it is sent nevertheless."""


@pytest.mark.parametrize("text", NO_NUMBER)
def test_a_value_of_another_type_names_the_way_to_send_it(text: str) -> None:
    with pytest.raises(BadSetting) as refused:
        extend_fields.typed("continueAt", text, DOCUMENTED["continueAt"])
    said = f"{text!r} is not a number. To send it nevertheless: {NO_NUMBER[text]}."
    assert str(refused.value) == f"--continue-at {said}"
    with pytest.raises(BadSetting) as refused:
        extend_fields.pairs([f"continueAt={text}"], DOCUMENTED, further=True)
    assert str(refused.value) == f"--set continueAt {said}"


@pytest.mark.parametrize("text", NO_NUMBER)
def test_where_nothing_wrong_can_be_sent_no_way_is_named(text: str) -> None:
    with pytest.raises(BadSetting) as refused:
        extend_fields.pairs([f"continueAt={text}"], DOCUMENTED)
    way = "Callbacks are those of a request that was accepted."
    assert str(refused.value) == f"--set continueAt {text!r} is not a number. {way}"


def test_a_long_value_of_another_type_is_told_in_short() -> None:
    with pytest.raises(BadSetting) as refused:
        extend_fields.typed("continueAt", "[" * 100_000, DOCUMENTED["continueAt"])
    assert len(str(refused.value)) < 400


SET: dict[str, Any] = {
    "title=Night": "Night",
    "title=42": "42",
    'title="a"': "a",
    "title=null": "null",
    "title:=42": 42,
    "title:=null": None,
    'title:="42"': "42",
    "prompt=": "",
    "prompt=a=b": "a=b",
    "prompt=a:=b": "a:=b",
    "continueAt=42": 42,
    'continueAt:="soon"': "soon",
    "defaultParamFlag=false": False,
    "defaultParamFlag:=1": 1,
}


@pytest.mark.parametrize("pair", SET)
def test_a_value_has_the_documented_type_and_json_its_own(pair: str) -> None:
    name = pair.partition("=")[0].removesuffix(":")
    found = extend_fields.pairs([pair], DOCUMENTED)[name]
    assert (found, type(found)) == (SET[pair], type(SET[pair]))


@given(st.text())
def test_any_text_can_be_sent_in_a_field_of_text(text: str) -> None:
    quoted = json.dumps(text)
    assert extend_fields.pairs([f"title={quoted}"], DOCUMENTED) == {"title": text}
    assert extend_fields.pairs([f"title:={quoted}"], DOCUMENTED) == {"title": text}
    if not text.strip().startswith('"'):
        assert extend_fields.pairs([f"title={text}"], DOCUMENTED) == {"title": text}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.sampled_from([*DOCUMENTED, "extra"]), VALUES)
def test_any_json_can_be_sent_in_any_field(name: str, value: Any) -> None:
    assert extend_fields.pairs([f"{name}:={json.dumps(value)}"], DOCUMENTED, further=True) == {name: value}


@given(st.sampled_from(list(DOCUMENTED)), VALUES)
def test_a_value_of_the_documented_type_is_sent_as_it_is_and_another_refused_with_a_way_that_works(
    name: str, value: Any
) -> None:
    try:
        found = extend_fields.pairs([f"{name}={json.dumps(value)}"], DOCUMENTED, further=True)[name]
    except BadSetting as refused:
        way = shlex.split(str(refused).partition("To send it nevertheless: --set ")[2].removesuffix("."))
        assert len(json.dumps(value)) > 60 or extend_fields.pairs(way, DOCUMENTED) == {name: value}
        return
    expected = value if DOCUMENTED[name]["type"] != "string" or isinstance(value, str) else json.dumps(value)
    assert found == expected


def test_any_field_can_be_sent() -> None:
    sent = ['extra={"a": [1]}', "other=soon", "third:=1"]
    assert extend_fields.pairs(sent, DOCUMENTED, further=True) == {"extra": {"a": [1]}, "other": "soon", "third": 1}


@pytest.mark.parametrize("pair", ["title", "=x", ":=x", ""])
def test_what_is_no_pair_is_refused(pair: str) -> None:
    with pytest.raises(BadSetting) as refused:
        extend_fields.pairs([pair], DOCUMENTED)
    assert str(refused.value) == (f"--set {pair!r} is neither FIELD=VALUE nor FIELD:=JSON. Example: --set title=Night.")


def test_what_is_no_json_behind_the_sign_for_it_is_refused() -> None:
    with pytest.raises(BadSetting) as refused:
        extend_fields.pairs(["title:=Night"], DOCUMENTED)
    assert str(refused.value) == (
        "--set title:='Night' is no JSON, which has to follow `:=`. "
        """To send it as a text: --set 'title:="Night"'."""
    )


def test_a_field_that_is_not_documented_names_the_nearest() -> None:
    with pytest.raises(BadSetting, match=r"^field 'titel' is unknown\. Nearest: title\."):
        extend_fields.pairs(["titel=x"], DOCUMENTED)
