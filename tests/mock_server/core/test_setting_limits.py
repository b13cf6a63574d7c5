"""Between what the numbers lie that can be set."""

from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.errors import BadSetting
from mock_server.core.setting_limits import LIMITS
from mock_server.core.settings import Settings

NUMBERS = st.integers(-(10**16), 10**16) | st.floats()


@given(st.sampled_from(sorted(LIMITS)), NUMBERS)
def test_a_number_is_taken_or_refused_with_its_name_what_is_allowed_and_the_way_out(name: str, number: float) -> None:
    limit = LIMITS[name]
    settings: dict[str, Any] = {"state": "a", "state_ttl": 0.0, name: number}
    try:
        Settings(**settings)
    except BadSetting as refused:
        said = str(refused)
        whole = "Allowed: a whole number." in said and isinstance(number, float)
        assert said.startswith(f"{name.replace('_', ' ')} is ")
        assert whole or (f"Allowed: {limit}. {limit.way}" in said and not limit.allows(number))
    else:
        assert limit.allows(number)


@pytest.mark.parametrize("number", [nan, inf, -inf])
@pytest.mark.parametrize("name", sorted(LIMITS.keys() - {"unfinished_bodies", "credits", "workers"}))
def test_what_is_no_number_of_a_clock_is_not_allowed(name: str, number: float) -> None:
    settings: dict[str, Any] = {name: number}
    with pytest.raises(BadSetting):
        Settings(**settings)


def test_a_limit_says_what_it_allows() -> None:
    assert {name: str(limit) for name, limit in LIMITS.items()} == {
        "credits": "0 to 10000000000000",
        "retention_days": "0 to 36500 days",
        "callback_timeout": "more than 0 to 3600 seconds",
        "request_timeout": "0 to 3600 seconds",
        "unfinished_bodies": "1048576 bytes or more",
        "workers": "1 to 64",
        "lease": "0.5 to 3600 seconds",
    }
