"""Fields of an extend request as a terminal takes them."""

from typing import Any

import pytest

from mock_server.commands.client import extend_fields
from mock_server.core.errors import BadSetting

DOCUMENTED = extend_fields.documented()


def test_every_field_has_an_option_and_a_help() -> None:
    options = {extend_fields.option(name) for name in DOCUMENTED}
    assert {"--audio-id", "--continue-at", "--callback-url", "--default-param-flag"} <= options
    assert all(extend_fields.summary(schema).endswith(".") for schema in DOCUMENTED.values())
    assert extend_fields.summary(DOCUMENTED["audioWeight"]) == "Balance weight for audio features vs. other factors."


@pytest.mark.parametrize("profile", ["classic", "observed"])
def test_the_options_are_those_of_every_profile(profile: str) -> None:
    assert set(extend_fields.documented(profile)) <= set(DOCUMENTED)


TYPED = {("title", "42"): "42", ("continueAt", "42.5"): 42.5, ("defaultParamFlag", "false"): False}


@pytest.mark.parametrize(("name", "text"), TYPED)
def test_an_option_takes_the_type_of_its_field(name: str, text: str) -> None:
    assert extend_fields.typed(name, text, DOCUMENTED[name]) == TYPED[name, text]


@pytest.mark.parametrize("text", ["soon", "true", "NaN", "[" * 100_000], ids=lambda text: text[:9])
def test_an_option_of_another_type_names_the_way_to_send_it(text: str) -> None:
    with pytest.raises(BadSetting) as refused:
        extend_fields.typed("continueAt", text, DOCUMENTED["continueAt"])
    assert "is not a number. To send it nevertheless: --set 'continueAt=\"" in str(refused.value)


SET: dict[str, tuple[Any, Any]] = {
    "title=Night": ("Night", "Night"),
    "title=42": ("42", 42),
    'title="a"': ("a", "a"),
    "continueAt=42": (42, 42),
    "continueAt=soon": ("soon", "soon"),
    "defaultParamFlag=1": ("1", 1),
    "title=null": ("null", None),
    "prompt=": ("", ""),
    "prompt=a=b": ("a=b", "a=b"),
}
"""What a pair says of a documented field, and of any."""


@pytest.mark.parametrize("pair", SET)
def test_a_pair_is_json_where_it_fits(pair: str) -> None:
    name = pair.partition("=")[0]
    assert (extend_fields.pairs([pair], DOCUMENTED)[name], extend_fields.pairs([pair], None)[name]) == SET[pair]


def test_any_field_can_be_sent() -> None:
    assert extend_fields.pairs(['extra={"a": [1]}'], None) == {"extra": {"a": [1]}}


@pytest.mark.parametrize("pair", ["title", "=x", ""])
def test_what_is_no_pair_is_refused(pair: str) -> None:
    with pytest.raises(BadSetting) as refused:
        extend_fields.pairs([pair], None)
    assert str(refused.value) == f"--set {pair!r} is not FIELD=VALUE. Example: --set title=Night."


def test_a_field_that_is_not_documented_names_the_nearest() -> None:
    with pytest.raises(BadSetting, match=r"^field 'titel' is unknown\. Nearest: title\."):
        extend_fields.pairs(["titel=x"], DOCUMENTED)
