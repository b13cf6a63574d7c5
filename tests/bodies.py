"""Generated request bodies: the documented example with other values in any property, legal ones and wrong ones."""

import json
from typing import Any

from hypothesis import strategies as st

from mock_server.contract.examples import documented_request
from tests.builders import edition

CALLBACK_URLS = ["http://127.0.0.1:3000", "HTTPS://user@host:8443/a%20b?c=d#e", "https://[::1]/callback"]
AUDIO_IDS = ["mock-200", "mock-callback-501"]
"""Tracks of any model and length."""
WRONG: list[Any] = [..., None, "", "V9", "0.65", "/path", True, 0, -1, 1.01, 0.655, 10**40, 1e-9, 1e308, [], ["m"], {}]
"""What a property may hold instead, `...` for nothing; some of it is legal in some properties."""
LIMITS = {"prompt": (3000, 5000), "style": (200, 1000), "title": (80, 100)}
"""Characters of the longest texts, over both documents and all models."""

words = st.text(max_size=20)
weights = st.integers(0, 100).map(lambda percent: percent / 100)
legal: dict[str, st.SearchStrategy[Any]] = {
    "defaultParamFlag": st.booleans(),
    "audioId": st.sampled_from(AUDIO_IDS),
    "prompt": words,
    "style": words,
    "title": words,
    "continueAt": st.integers(1, 198) | st.floats(0, 198, exclude_min=True),
    "callBackUrl": st.sampled_from(CALLBACK_URLS),
    "negativeTags": words,
    "vocalGender": st.sampled_from("mf"),
    "styleWeight": weights,
    "weirdnessConstraint": weights,
    "audioWeight": weights,
    "personaId": st.sampled_from([..., "unknown"]),
}


def long(*limits: int) -> st.SearchStrategy[str]:
    """Texts of exactly a limit, or of one character more."""
    lengths = st.sampled_from([limit + past for limit in limits for past in (0, 1)])
    return st.builds(str.__mul__, st.sampled_from("xé漢🎵"), lengths)


def bodies(profile: str) -> st.SearchStrategy[str]:
    """JSON texts: a third has legal values only, a third long texts, a third up to three faults. The simplest is the
    documented example."""
    example = documented_request(profile)
    values = {**legal, "model": st.sampled_from(edition(profile).profile.models)}
    other = st.fixed_dictionaries({name: st.just(value) | values[name] for name, value in example.items()})
    texts = st.fixed_dictionaries({}, optional={name: long(*limits) for name, limits in LIMITS.items()})
    faults = st.dictionaries(st.sampled_from([*example, "customMode"]), st.sampled_from(WRONG), min_size=1, max_size=3)
    whole = st.builds(changed, other, st.just({}) | texts | faults)
    return st.builds(json.dumps, whole, ensure_ascii=st.booleans())


def changed(body: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """A body with other values, and without those that are `...`."""
    return {name: value for name, value in (body | changes).items() if value is not ...}
