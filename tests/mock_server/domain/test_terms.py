"""What holds for a key: its own settings before those of the server."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.errors import BadSetting
from mock_server.core.settings import RateLimit, Settings
from mock_server.domain.terms import CHANGEABLE, KeySettings, Terms

DOCUMENTED = 14.0
"""Days that files are there by the documents."""
values: dict[str, st.SearchStrategy[Any]] = {
    "credits": st.integers(0, 100),
    "rate_limit": st.sampled_from(["", "1/10", "20/10"]),
    "maintenance": st.booleans(),
    "retention_days": st.floats(0, 100),
}
"""What the server and a key can both have."""


def terms(own: KeySettings | None = None, **settings: Any) -> Terms:
    return Terms(1, Settings(**settings), (), own)


def asked(of: Terms, name: str) -> Any:
    """What holds under one name of `values`."""
    return of.retention_days(DOCUMENTED) if name == "retention_days" else getattr(of, ASKED.get(name, name))


ASKED = {"rate_limit": "limit"}


def meant(name: str, value: Any) -> Any:
    return RateLimit.parse(value) if name == "rate_limit" else value


def test_the_changeable_settings_are_those_that_say_so() -> None:
    assert CHANGEABLE == (
        "rate_limit",
        "maintenance",
        "strict_keys",
        "adopt_unknown_tracks",
        "credits",
        "retention_days",
    )


def test_settings_are_read_once() -> None:
    held = terms(pace="10x", rate_limit="20/10")
    assert (held.pace.speed, held.limit) == (10, RateLimit(requests=20, seconds=10))
    assert terms().limit is None
    assert not terms().unlimited


def test_a_limit_is_taken_away_by_a_word() -> None:
    assert [terms(rate_limit="none").limit, terms(rate_limit="none").unlimited] == [None, True]
    assert terms(KeySettings(rate_limit="none"), rate_limit="20/10").unlimited
    assert not terms(KeySettings(rate_limit=""), rate_limit="none").unlimited


@given(st.sampled_from(sorted(values)), st.data())
def test_a_keys_own_setting_goes_before_the_servers(name: str, data: st.DataObject) -> None:
    servers, own = data.draw(values[name]), data.draw(values[name])
    assert asked(terms(KeySettings(**{name: own}), **{name: servers}), name) == meant(name, own)


@given(st.sampled_from(sorted(values)), st.sampled_from([None, KeySettings(), KeySettings(revoked=True)]), st.data())
def test_the_servers_setting_holds_where_a_key_has_none(
    name: str, own: KeySettings | None, data: st.DataObject
) -> None:
    servers = data.draw(values[name])
    assert asked(terms(own, **{name: servers}), name) == meant(name, servers)


@pytest.mark.parametrize("own", [None, KeySettings(), KeySettings(revoked=True)])
def test_files_stay_the_documented_time_where_nobody_says_otherwise(own: KeySettings | None) -> None:
    assert terms(own).retention_days(DOCUMENTED) == DOCUMENTED


def test_files_may_be_gone_at_once() -> None:
    assert terms(retention_days=0).retention_days(DOCUMENTED) == 0
    assert terms(KeySettings(retention_days=0)).retention_days(DOCUMENTED) == 0


@pytest.mark.parametrize(
    ("own", "said"),
    [
        (
            {"credits": -1},
            "credits is -1. Allowed: 0 to 10000000000000. Example: 1000000.",
        ),
        ({"credits": "5"}, "credits is '5'. Allowed: a whole number."),
        ({"rate_limit": "x"}, "rate limit 'x' is not REQUESTS/SECONDS, both above 0. Example: 20/10."),
        (
            {"retention_days": -1},
            "retention days is -1. Allowed: 0 to 36500 days. Leave it out for the documented time.",
        ),
        ({"revoked": "no"}, "revoked is 'no'. Allowed: True or False."),
        ({"maintenance": 1}, "maintenance is 1. Allowed: True or False."),
    ],
)
def test_a_key_has_no_impossible_settings(own: dict[str, Any], said: str) -> None:
    with pytest.raises(BadSetting) as refused:
        KeySettings(**own)
    assert str(refused.value) == said
