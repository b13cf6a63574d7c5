"""Source tracks and personas."""

import re
from math import inf, nan
from typing import Any

import pytest

from mock_server.contract.documents import FIXTURES, load
from mock_server.contract.examples import documented_request
from mock_server.contract.profile_files import profile_names
from mock_server.contract.source_tracks import Track, added, adopted, personas, source_tracks
from mock_server.core.errors import BadSetting
from tests.builders import edition

EXAMPLE = "e231****-****-****-****-****8cadc7dc"


@pytest.mark.parametrize("profile", profile_names())
def test_every_model_has_a_track(profile: str) -> None:
    models = edition(profile).profile.models
    assert {track.model for track in source_tracks(edition(profile).profile.lineage, models).values()} == set(models)


@pytest.mark.parametrize("profile", profile_names())
def test_the_example_track_is_first(profile: str) -> None:
    tracks = source_tracks(edition(profile).profile.lineage, edition(profile).profile.models)
    example = documented_request(profile)
    first = next(iter(tracks.values()))
    assert (first.id, first.model) == (example["audioId"], example["model"])
    assert first.duration > example["continueAt"]


@pytest.mark.parametrize("profile", profile_names())
def test_tracks_are_found_by_id(profile: str) -> None:
    tracks = source_tracks([profile], edition(profile).profile.models)
    assert all(id == track.id for id, track in tracks.items())


@pytest.mark.parametrize(
    ("profile", "models"),
    [pytest.param("apikley", ["V4"], id="another model"), pytest.param("classic", ["V3_5"], id="another profile")],
)
def test_the_example_track_varies(profile: str, models: list[str]) -> None:
    assert source_tracks([profile], models)[EXAMPLE].model == models[0]


def test_no_models_no_tracks() -> None:
    assert source_tracks(["apikley"], []) == {}


def test_every_entry_is_a_track_somewhere() -> None:
    entries = [(entry["id"], entry["model"]) for entry in load(FIXTURES / "tracks.yaml")]
    assert len(entries) == len(set(entries))
    assert set(entries) == {
        (track.id, track.model)
        for profile in profile_names()
        for track in source_tracks([profile], edition(profile).profile.models).values()
    }


def test_an_adopted_track_fits_any_request() -> None:
    assert adopted("mine", "V5", 480.0) == Track(
        id="mine", model="V5", duration=480.0, title="Adopted track", style="unknown", prompt="[Instrumental]"
    )
    longest = {**edition().family.longest, **edition("kie").family.longest}
    assert all(entry["duration"] <= longest[entry["model"]] for entry in load(FIXTURES / "tracks.yaml"))


def test_the_example_persona_exists() -> None:
    assert personas() == {documented_request("apikley")["personaId"]}


def test_an_added_track_needs_little() -> None:
    assert added("mine", "V5", 60.5) == Track(
        id="mine", model="V5", duration=60.5, title="Added track", style="unknown", prompt="[Instrumental]"
    )


def test_an_added_track_may_say_more() -> None:
    track = added("mine", "V5", 60.5, title="Mine", style="polka", prompt="[Verse] La")
    assert (track.title, track.style, track.prompt) == ("Mine", "polka", "[Verse] La")


@pytest.mark.parametrize("duration", [0, -1, inf, nan, True, "60", 86_401])
def test_an_added_track_lasts_as_long_as_one_can(duration: Any) -> None:
    text = f"duration of the track is {duration!r}. Allowed: seconds, above 0 and at most 86400."
    with pytest.raises(BadSetting, match=f"^{re.escape(text)}$"):
        added("mine", "V4", duration)


@pytest.mark.parametrize("texts", [{"id": ""}, {"id": 5}, {"title": None}, {"prompt": 5}])
def test_an_added_track_has_texts(texts: dict[str, Any]) -> None:
    ((name, value),) = texts.items()
    with pytest.raises(BadSetting, match=rf"^{name} of the track is {value!r}\. Allowed: a text\.$"):
        added(**{"id": "mine", "model": "V4", "duration": 60.0, **texts})
