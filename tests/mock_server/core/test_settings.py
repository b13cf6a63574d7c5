"""What a user can set, and what is said about a value that cannot be used."""

from collections.abc import Callable
from contextlib import suppress
from math import inf, isclose, nan
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.core.epoch import parse_epoch
from mock_server.core.errors import BadSetting
from mock_server.core.setting_kinds import option, parse_models
from mock_server.core.settings import (
    PACES,
    Pace,
    RateLimit,
    Settings,
    parse_readings,
)

finite = st.floats(0.001, 1e6)


@pytest.mark.parametrize(
    ("text", "pace"),
    [
        pytest.param("immediate", Pace(speed=inf), id="at once"),
        pytest.param("time", Pace(speed=60), id="a minute in a second"),
        pytest.param("realtime", Pace(speed=1), id="as the real thing"),
        pytest.param("manual", Pace(speed=1, manual=True), id="by hand"),
        pytest.param("60x", Pace(speed=60), id="a whole factor"),
        pytest.param("0.5x", Pace(speed=0.5), id="a slower one"),
    ],
)
def test_paces_are_parsed(text: str, pace: Pace) -> None:
    assert Pace.parse(text) == pace


@settings(max_examples=60)
@given(st.decimals("0.001", 10_000, places=3).map(str))
def test_a_factor_is_a_speed(factor: str) -> None:
    assert Pace.parse(f"{factor}x") == Pace(speed=float(factor))


@given(finite, finite)
def test_a_pace_divides_delays(speed: float, seconds: float) -> None:
    assert isclose(Pace(speed=speed).scale(seconds) * speed, seconds)


@given(st.floats(0, 1e6))
def test_immediate_takes_no_time(seconds: float) -> None:
    assert PACES["immediate"].scale(seconds) == 0
    assert PACES["manual"].scale(seconds) == PACES["realtime"].scale(seconds) == seconds


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        pytest.param("", None, id="none"),
        pytest.param("20/10", RateLimit(requests=20, seconds=10), id="whole seconds"),
        pytest.param("1/0.5", RateLimit(requests=1, seconds=0.5), id="half a second"),
    ],
)
def test_rate_limits_are_parsed(text: str, limit: RateLimit | None) -> None:
    assert RateLimit.parse(text) == limit


def test_readings_are_pairs() -> None:
    assert parse_readings(("first_items=both", "all=vary")) == {"first_items": "both", "all": "vary"}
    assert parse_readings(()) == {}


def test_the_last_reading_wins() -> None:
    assert parse_readings(("first_items=both", "first_items=one")) == {"first_items": "one"}


@given(st.dictionaries(st.text(min_size=1).filter(lambda name: "=" not in name), st.text(min_size=1)))
def test_pairs_say_what_a_mapping_says(readings: dict[str, str]) -> None:
    pairs = [f"{question}={reading}" for question, reading in readings.items()]
    assert parse_readings(pairs) == parse_readings(readings) == readings


def test_a_text_is_taken_apart_at_blanks() -> None:
    assert parse_readings("a=b c=d") == {"a": "b", "c": "d"}


def test_a_mapping_is_copied() -> None:
    given = {"first_items": "both"}
    assert parse_readings(given) is not given


KNOWN_PACES = "Allowed: immediate, time, realtime, manual, or a factor such as 10x."
NO_LIMIT = "is not REQUESTS/SECONDS, both above 0. Example: 20/10."
NO_DATE = "is neither a date nor a number of seconds. Example: 2025-01-01T00:00:00Z."
NO_YEAR = "is outside the years 1970 to 9998. Example: 2025-01-01T00:00:00Z."
NO_URL = "is no URL. Example: http://suno-mock:4010."
NO_PAIR = "is not QUESTION=READING. Example: --set refusal_status=mirror."


@pytest.mark.parametrize(
    ("parse", "text", "said"),
    [
        pytest.param(Pace.parse, "imediate", f"pace 'imediate' is unknown. {KNOWN_PACES}", id="a slip"),
        pytest.param(Pace.parse, "10", f"pace '10' is unknown. {KNOWN_PACES}", id="a pace without x"),
        pytest.param(
            Pace.parse,
            "0.0x",
            "pace '0.0x' would never move. Allowed: a factor above 0, such as 60x.",
            id="a pace of nothing",
        ),
        pytest.param(RateLimit.parse, "20", f"rate limit '20' {NO_LIMIT}", id="a limit without seconds"),
        pytest.param(RateLimit.parse, "0/10", f"rate limit '0/10' {NO_LIMIT}", id="a limit of nothing"),
        pytest.param(RateLimit.parse, "5/0.0", f"rate limit '5/0.0' {NO_LIMIT}", id="a limit per nothing"),
        pytest.param(parse_epoch, "tomorrow", f"epoch 'tomorrow' {NO_DATE}", id="no date"),
        pytest.param(parse_epoch, "2025-02-30", f"epoch '2025-02-30' {NO_DATE}", id="a day that never was"),
        pytest.param(parse_epoch, "-1", f"epoch '-1' {NO_YEAR}", id="before 1970"),
        pytest.param(parse_epoch, "1969-12-31", f"epoch '1969-12-31' {NO_YEAR}", id="a date before 1970"),
        pytest.param(parse_epoch, "1e15", f"epoch '1e15' {NO_YEAR}", id="after 9999"),
        pytest.param(parse_epoch, "inf", f"epoch 'inf' {NO_YEAR}", id="infinity"),
        pytest.param(parse_epoch, "nan", f"epoch 'nan' {NO_YEAR}", id="no number"),
    ],
)
def test_wrong_texts_show_right_ones(parse: Callable[[str], object], text: str, said: str) -> None:
    with pytest.raises(BadSetting) as refused:
        parse(text)
    assert str(refused.value) == said


@pytest.mark.parametrize("pair", ["first_items", "=both", "first_items=", "=", ""])
def test_half_a_pair_is_refused(pair: str) -> None:
    with pytest.raises(BadSetting) as refused:
        parse_readings([pair])
    assert str(refused.value) == f"--set {pair!r} {NO_PAIR}"


@settings(max_examples=60)
@given(st.sampled_from([Pace.parse, RateLimit.parse, parse_epoch]), st.text("0123456789./-:TZx ", max_size=12))
def test_any_text_is_judged(parse: Callable[[str], object], text: str) -> None:
    with suppress(BadSetting):
        parse(text)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        pytest.param({"pace": "slow"}, f"pace 'slow' is unknown. {KNOWN_PACES}", id="pace"),
        pytest.param({"rate_limit": "x"}, f"rate limit 'x' {NO_LIMIT}", id="rate limit"),
        pytest.param({"epoch": "x"}, f"epoch 'x' {NO_DATE}", id="epoch"),
        pytest.param({"readings": ("x",)}, f"--set 'x' {NO_PAIR}", id="readings"),
        pytest.param(
            {"credits": -1},
            "credits is -1. Allowed: 0 to 10000000000000. Example: 1000000.",
            id="credits",
        ),
        pytest.param(
            {"retention_days": -0.5},
            "retention days is -0.5. Allowed: 0 to 36500 days. Leave it out for the documented time.",
            id="gone before they come",
        ),
        pytest.param(
            {"retention_days": 36501},
            "retention days is 36501. Allowed: 0 to 36500 days. Leave it out for the documented time.",
            id="too many days",
        ),
        pytest.param(
            {"retention_days": nan},
            "retention days is nan. Allowed: 0 to 36500 days. Leave it out for the documented time.",
            id="no number of days",
        ),
        pytest.param({"base_url": "suno-mock:4010"}, f"base URL 'suno-mock:4010' {NO_URL}", id="no scheme"),
        pytest.param({"base_url": "http://"}, f"base URL 'http://' {NO_URL}", id="no host"),
        pytest.param({"base_url": "http://[x"}, f"base URL 'http://[x' {NO_URL}", id="half an address"),
        pytest.param({"base_url": "http://a:99999"}, f"base URL 'http://a:99999' {NO_URL}", id="no port"),
        pytest.param(
            {"base_url": "http://a/?x"},
            "base URL 'http://a/?x' holds a query or a fragment, behind which no path can follow. "
            "Example: http://suno-mock:4010.",
            id="a query",
        ),
        pytest.param(
            {"base_url": "http://user:secret@a"},
            "base URL 'a' holds a user, who would stand in every URL that the mock sends. Example: http://suno-mock:4010.",
            id="a password, which is not told",
        ),
        pytest.param({"base_url": "http://a b"}, f"base URL 'http://a b' {NO_URL}", id="a blank"),
        pytest.param({"base_url": "http://a\n"}, f"base URL 'http://a\\n' {NO_URL}", id="a line feed"),
        pytest.param(
            {"callback_timeout": 0.0},
            "callback timeout is 0. Allowed: more than 0 to 3600 seconds. Leave it out for the documented time.",
            id="no time to answer",
        ),
        pytest.param(
            {"callback_timeout": 3601.5},
            "callback timeout is 3601.5. Allowed: more than 0 to 3600 seconds. Leave it out for the documented time.",
            id="too long to answer",
        ),
        pytest.param(
            {"unfinished_bodies": 1048575},
            "unfinished bodies is 1048575. Allowed: 1048576 bytes or more. That is one body; 0 is no limit.",
            id="less than a body",
        ),
        pytest.param(
            {"request_timeout": -0.1},
            "request timeout is -0.1. Allowed: 0 to 3600 seconds. 0 is no limit.",
            id="no time to ask",
        ),
        pytest.param(
            {"request_timeout": nan},
            "request timeout is nan. Allowed: 0 to 3600 seconds. 0 is no limit.",
            id="not a time to ask",
        ),
        pytest.param(
            {"callback_timeout": nan},
            "callback timeout is nan. Allowed: more than 0 to 3600 seconds. Leave it out for the documented time.",
            id="no time at all",
        ),
    ],
)
def test_a_wrong_setting_fails_at_once(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(BadSetting) as refused:
        Settings(**wrong)
    assert str(refused.value) == said


@pytest.mark.parametrize(
    "fine",
    [
        pytest.param({"credits": 0}, id="no credits"),
        pytest.param({"callback_timeout": 3600}, id="an hour to answer"),
        pytest.param({"request_timeout": 0}, id="no limit to a request"),
        pytest.param({"unfinished_bodies": 0}, id="no limit to bodies"),
        pytest.param({"unfinished_bodies": 1048576}, id="one body"),
        pytest.param({"request_timeout": 3600}, id="an hour for a request"),
        pytest.param({"callback_timeout": 0.001}, id="hardly time to answer"),
        pytest.param({"readings": {"first_items": "both"}}, id="a mapping"),
        pytest.param({"retention_days": 0}, id="no days"),
        pytest.param({"retention_days": 36500}, id="a hundred years"),
        pytest.param({"base_url": "HTTPS://Example.com/suno"}, id="a URL in capitals"),
    ],
)
def test_a_limit_itself_is_allowed(fine: dict[str, Any]) -> None:
    Settings(**fine)


def test_an_option_carries_its_help() -> None:
    field = option(7, "How many.", flag="--many", metavar="N", live=True)
    assert field.default == 7
    assert dict(field.metadata) == {"help": "How many.", "flag": "--many", "metavar": "N", "live": True}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seed": "abc"}, "seed is 'abc'. Allowed: a whole number."),
        ({"seed": True}, "seed is True. Allowed: a whole number."),
        ({"credits": "5"}, "credits is '5'. Allowed: a whole number."),
        ({"request_timeout": None}, "request timeout is None. Allowed: a number."),
        ({"callback_timeout": "5"}, "callback timeout is '5'. Allowed: a number."),
        ({"callback_timeout": True}, "callback timeout is True. Allowed: a number."),
        ({"pace": None}, "pace is None. Allowed: a text."),
        ({"maintenance": 1}, "maintenance is 1. Allowed: True or False."),
        ({"retention_days": "5"}, "retention days is '5'. Allowed: a number."),
        ({"base_url": None}, "base url is None. Allowed: a text."),
        ({"allow_callbacks_to": 5}, "allow callbacks to is 5. Allowed: a text or several."),
    ],
)
def test_a_setting_of_another_kind_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(BadSetting) as refused:
        Settings(**changes)
    assert str(refused.value) == said


def test_models_are_accepted_as_others() -> None:
    assert parse_models("V5_5=V5 V6=V5") == parse_models(("V5_5=V5", "V6=V5")) == {"V5_5": "V5", "V6": "V5"}
    assert parse_models({"V5_5": "V5"}) == {"V5_5": "V5"}
    with pytest.raises(BadSetting) as refused:
        Settings(models="V5_5")
    assert str(refused.value) == "--model 'V5_5' is not NAME=MODEL. Example: --model V5_5=V5."


def test_what_no_model_can_be_called_is_no_stand_in() -> None:
    with pytest.raises(BadSetting) as refused:
        parse_models({"{a}": "V5"})
    allowed = "letters, digits, dots, _ and -, at most 64, a letter or digit first"
    assert str(refused.value) == f"--model: '{{a}}' is no name of a model. Allowed: {allowed}."


def test_an_unknown_setting_shows_the_nearest() -> None:
    with pytest.raises(BadSetting, match=r"^setting 'profil' is unknown\. Nearest: profile\. Known: admin_token, "):
        Settings.of(profil="classic")
    assert Settings.of(profile="classic") == Settings(profile="classic")


@pytest.mark.parametrize("token", ["two words", "é", "a\r\nb", "x" * 1001])
def test_a_token_that_no_header_can_carry_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(BadSetting) as refused:
        Settings(admin_token=token)
    assert str(refused.value) == (
        "the admin token is no token. Allowed: up to 1000 letters, digits and signs of ASCII."
    )


def test_a_secret_is_in_no_representation() -> None:
    assert "s3cret" not in repr(Settings(admin_token="s3cret"))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"workers": 0}, "workers is 0. Allowed: 1 to 64. Several machines can share a --state in Redis or Valkey."),
        (
            {"workers": 65, "state": "a"},
            "workers is 65. Allowed: 1 to 64. Several machines can share a --state in Redis or Valkey.",
        ),
        ({"workers": 2}, "2 workers know of each other by what they share: give a --state, too."),
        (
            {"state_ttl": 0.0001},
            "state ttl 0.0001 is too short. Allowed: 0.00023 (twice the lease) to 36500 days; 0 is for ever.",
        ),
        (
            {"state_ttl": 40_000.0},
            "state ttl 40000 is too long. Allowed: 0.00023 (twice the lease) to 36500 days; 0 is for ever.",
        ),
        ({"lease": 0.1}, "lease is 0.1. Allowed: 0.5 to 3600 seconds. Leave it out for 10 seconds."),
    ],
)
def test_what_workers_need_is_told(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(BadSetting) as caught:
        Settings(**changes)
    assert str(caught.value) == told
