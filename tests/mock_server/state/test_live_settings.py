"""The settings in force, for all and for one key, and that every change is told from the one before."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.errors import BadSetting
from mock_server.core.settings import RateLimit, Settings
from mock_server.domain.terms import KeySettings
from mock_server.state.live_settings import KEYS_KEPT, LiveSettings

KNOWN = ["test-key", "empty-key"]


def live(**settings: Any) -> LiveSettings:
    return LiveSettings(Settings(**settings))


def test_what_it_started_with_is_in_force() -> None:
    started = Settings(pace="10x", rate_limit="20/10", readings="first_items=both")
    fresh = LiveSettings(started)
    assert (fresh.settings, fresh.started_with) == (started, started)
    assert fresh.overrides == (("first_items", "both"),)


@pytest.mark.parametrize("key", [None, "key", *KNOWN])
def test_what_is_in_force_holds_for_every_key(key: str | None) -> None:
    changed = live(pace="10x")
    changed.change({"rate_limit": "1/60"})
    changed.override({"first_items": "both"})
    terms = changed.terms(key)
    assert (terms.pace.speed, terms.limit) == (10, RateLimit(requests=1, seconds=60))
    assert (terms.settings, terms.overrides) == (changed.settings, changed.overrides)


def test_a_change_is_in_force_until_a_reset() -> None:
    changed = live(seed=7)
    changed.change({"rate_limit": "1/60", "maintenance": True})
    assert changed.settings == Settings(seed=7, rate_limit="1/60", maintenance=True)
    changed.reset()
    assert changed.settings == Settings(seed=7)
    assert changed.terms("key").limit is None


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
    kept = live()
    before = kept.terms("key")
    with pytest.raises(BadSetting) as refused:
        kept.change({"maintenance": True, **changes})
    assert str(refused.value).startswith(said)
    assert kept.terms("key") is before


def test_questions_are_answered_otherwise_until_a_reset() -> None:
    changed = live(readings=("first_items=both", "retry_spacing=at_once"))
    changed.override({"retry_spacing": "minutes"})
    changed.override({"callback_order": "overtaking"})
    assert dict(changed.overrides) == {
        "first_items": "both",
        "retry_spacing": "minutes",
        "callback_order": "overtaking",
    }
    changed.reset()
    assert dict(changed.overrides) == {"first_items": "both", "retry_spacing": "at_once"}


def test_the_known_keys_are_there() -> None:
    assert live().keys == {"test-key": KeySettings(), "empty-key": KeySettings(credits=0)}


def test_the_empty_key_opens_without_credits() -> None:
    assert [live(credits=5).terms(key).credits for key in KNOWN] == [5, 0]


def test_a_key_has_nothing_of_its_own_at_first() -> None:
    assert live().terms("key").own is None


def test_a_change_of_a_key_adds_to_what_it_has() -> None:
    changed = live()
    changed.change_key("key", {"credits": 5})
    assert changed.terms("key").own == KeySettings(credits=5)
    changed.change_key("key", {"revoked": True})
    assert changed.terms("key").own == KeySettings(credits=5, revoked=True)
    assert list(changed.keys) == [*KNOWN, "key"]


def test_the_servers_setting_holds_again() -> None:
    changed = live(credits=3)
    changed.change_key("key", {"credits": 5, "revoked": True})
    changed.change_key("key", {"credits": None})
    assert changed.terms("key").credits == 3


def test_what_a_key_has_is_nobody_elses() -> None:
    changed = live()
    changed.change_key("key", {"credits": 5, "revoked": True})
    for key in ("other", None):
        assert (changed.terms(key).own, changed.terms(key).credits) == (None, Settings().credits)


def test_what_a_key_has_outlives_a_change_for_all() -> None:
    changed = live()
    changed.change_key("key", {"credits": 5})
    changed.change({"maintenance": True})
    assert (changed.terms("key").credits, changed.terms("key").maintenance) == (5, True)


def test_a_reset_forgets_what_keys_have() -> None:
    changed = live()
    changed.change_key("key", {"credits": 5})
    changed.change_key("empty-key", {"credits": 5})
    changed.reset()
    assert changed.keys == live().keys
    assert (changed.terms("key").own, changed.terms("empty-key").credits) == (None, 0)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"credits": -1}, "credits is -1. Allowed: 0 to", id="no such value"),
        pytest.param(
            {"credit": 5},
            "setting of a key 'credit' is unknown. Nearest: credits. "
            "Known: credits, maintenance, rate_limit, retention_days, revoked.",
            id="a slip",
        ),
    ],
)
def test_a_wrong_change_of_a_key_changes_nothing(changes: dict[str, Any], said: str) -> None:
    kept = live()
    before = kept.terms("key")
    with pytest.raises(BadSetting) as refused:
        kept.change_key("key", changes)
    assert str(refused.value).startswith(said)
    assert kept.terms("key") is before
    assert list(kept.keys) == KNOWN


def test_keys_with_settings_are_bounded() -> None:
    full = live()
    for number in range(KEYS_KEPT - len(KNOWN)):
        full.change_key(str(number), {})
    full.change_key("0", {"credits": 1})
    with pytest.raises(BadSetting) as refused:
        full.change_key("one more", {})
    assert str(refused.value) == "10000 keys have settings of their own; reset the mock to forget them."


KEYS = (None, "a", "b", "test-key")
steps: st.SearchStrategy[tuple[str, dict[str, Any]]] = (
    st.tuples(st.just("change"), st.fixed_dictionaries({"credits": st.integers(0, 9)}))
    | st.tuples(st.just("override"), st.fixed_dictionaries({"first_items": st.sampled_from(["both", "finished"])}))
    | st.tuples(st.sampled_from("ab"), st.fixed_dictionaries({"credits": st.integers(0, 9)}))
    | st.just(("reset", {}))
)


def take_step(changed: LiveSettings, name: str, changes: Mapping[str, Any]) -> None:
    match name:
        case "change":
            changed.change(changes)
        case "override":
            changed.override(changes)
        case "reset":
            changed.reset()
        case key:
            changed.change_key(key, changes)


@given(st.lists(steps, max_size=8))
def test_terms_of_one_number_never_change(course: list[tuple[str, dict[str, Any]]]) -> None:
    """Whoever judged under terms can tell by their number that they still hold, also after a reset."""
    changed, seen = live(), dict[tuple[str | None, int], tuple[Any, ...]]()
    for name, changes in [("change", {}), *course]:
        take_step(changed, name, changes)
        for key in KEYS:
            terms = changed.terms(key)
            meant = (terms.settings, terms.overrides, terms.own)
            assert seen.setdefault((key, terms.generation), meant) == meant
