"""The settings in force, for all and for one key."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.errors import BadSetting
from mock_server.core.settings import RateLimit, Settings
from mock_server.state.live_settings import CHANGEABLE, KEYS_KEPT, Config, KeySettings

KNOWN = ["test-key", "empty-key"]


def config(**settings: Any) -> Config:
    return Config(Settings(**settings))


def test_what_it_started_with_is_in_force() -> None:
    started = Settings(pace="10x", rate_limit="20/10")
    fresh = Config(started)
    assert (fresh.settings, fresh.started_with) == (started, started)
    assert fresh.pace.speed == 10
    assert fresh.rate_limit == RateLimit(requests=20, seconds=10)


def test_the_changeable_settings_are_those_that_say_so() -> None:
    assert CHANGEABLE == (
        "rate_limit",
        "maintenance",
        "strict_keys",
        "adopt_unknown_tracks",
        "credits",
        "retention_days",
    )


def test_a_change_is_in_force_until_a_reset() -> None:
    changed = config(seed=7)
    changed.change({"rate_limit": "1/60", "maintenance": True})
    assert changed.settings == Settings(seed=7, rate_limit="1/60", maintenance=True)
    assert changed.limit("key") == RateLimit(requests=1, seconds=60)
    changed.reset()
    assert changed.settings == Settings(seed=7)
    assert changed.limit("key") is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"rate_limit": "20"}, "rate limit '20' is not REQUESTS/SECONDS", id="no such value"),
        pytest.param({"credits": "5"}, "credits is '5'. Allowed: a whole number.", id="another kind"),
        pytest.param({"pace": "10x"}, "changeable setting 'pace' is unknown. Nearest: ", id="not while it runs"),
        pytest.param(
            {"maintenence": True},
            "changeable setting 'maintenence' is unknown. Nearest: maintenance. Known: adopt_unknown_tracks, "
            "credits, maintenance, rate_limit, retention_days, strict_keys.",
            id="a slip",
        ),
    ],
)
def test_a_wrong_change_changes_nothing(changes: dict[str, Any], said: str) -> None:
    kept = config()
    with pytest.raises(BadSetting) as refused:
        kept.change({"maintenance": True, **changes})
    assert str(refused.value).startswith(said)
    assert kept.settings == Settings()


def test_the_known_keys_are_there() -> None:
    assert config().keys == {"test-key": KeySettings(), "empty-key": KeySettings(credits=0)}


def test_a_key_has_nothing_of_its_own_at_first() -> None:
    assert config().of("key") is None


def test_a_change_of_a_key_adds_to_what_it_has() -> None:
    changed = config()
    assert changed.change_key("key", {"credits": 5}) == KeySettings(credits=5)
    assert changed.change_key("key", {"revoked": True}) == KeySettings(credits=5, revoked=True)
    assert changed.of("key") == KeySettings(credits=5, revoked=True)
    assert list(changed.keys) == [*KNOWN, "key"]


def test_a_reset_forgets_what_keys_have() -> None:
    changed = config()
    changed.change_key("key", {"credits": 5})
    changed.change_key("empty-key", {"credits": 5})
    changed.reset()
    assert changed.keys == config().keys


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"credits": -1}, "credits -1 is not between 0 and 1000000000000000."),
        ({"credits": "5"}, "credits is '5'. Allowed: a whole number."),
        ({"rate_limit": "x"}, "rate limit 'x' is not REQUESTS/SECONDS, both above 0. Example: 20/10."),
        ({"retention_days": -1}, "retention -1 is not between 0 and 36500 days."),
        ({"revoked": "no"}, "revoked is 'no'. Allowed: True or False."),
        ({"maintenance": 1}, "maintenance is 1. Allowed: True or False."),
    ],
)
def test_a_key_has_no_impossible_settings(changes: dict[str, Any], said: str) -> None:
    kept = config()
    with pytest.raises(BadSetting) as refused:
        kept.change_key("key", changes)
    assert str(refused.value) == said
    assert kept.of("key") is None


def test_keys_with_settings_are_bounded() -> None:
    full = config()
    for number in range(KEYS_KEPT - len(KNOWN)):
        full.change_key(str(number), {})
    full.change_key("0", {"credits": 1})
    with pytest.raises(BadSetting) as refused:
        full.change_key("one more", {})
    assert str(refused.value) == "10000 keys have settings of their own; reset the mock to forget them."


def documented(asked: Config, key: str) -> float:
    return asked.retention_days(key, documented=14)


values: dict[str, st.SearchStrategy[Any]] = {
    "credits": st.integers(0, 100),
    "rate_limit": st.sampled_from(["", "1/10", "20/10"]),
    "maintenance": st.booleans(),
    "retention_days": st.floats(0, 100),
}
"""What the server and a key can both have."""


def asked(of: Config, name: str, key: str) -> Any:
    match name:
        case "credits":
            return of.credits(key)
        case "rate_limit":
            return of.limit(key)
        case "maintenance":
            return of.in_maintenance(key)
        case _:
            return documented(of, key)


def meant(name: str, value: Any) -> Any:
    return RateLimit.parse(value) if name == "rate_limit" else value


@given(st.sampled_from(sorted(values)), st.data())
def test_a_keys_own_setting_goes_before_the_servers(name: str, data: st.DataObject) -> None:
    servers, own = data.draw(values[name]), data.draw(values[name])
    both = config(**{name: servers})
    both.change_key("key", {name: own})
    assert asked(both, name, "key") == meant(name, own)
    assert asked(both, name, "other") == meant(name, servers)


@given(st.sampled_from(sorted(values)), st.data())
def test_the_servers_setting_holds_again(name: str, data: st.DataObject) -> None:
    servers, own = data.draw(values[name]), data.draw(values[name])
    both = config(**{name: servers})
    both.change_key("key", {name: own, "revoked": True})
    both.change_key("key", {name: None})
    assert asked(both, name, "key") == meant(name, servers)


def test_files_stay_the_documented_time() -> None:
    assert documented(config(), "key") == 14
    assert documented(config(retention_days=0), "key") == 0


def test_the_empty_key_opens_without_credits() -> None:
    assert [config(credits=5).credits(key) for key in KNOWN] == [5, 0]
