"""What is answered at once: the words of a track with their times, a style."""

from typing import Any

import pytest

from tests.journeys import Journey, journey


def of_track(started: Journey, **changes: Any) -> dict[str, str]:
    """The task and the first track of a finished song."""
    made = started.finished(started.generate(**changes))
    return {"taskId": made["taskId"], "audioId": made["response"]["sunoData"][0]["id"]}


@pytest.mark.parametrize("profile", ["kie", "sunoapi"])
def test_the_words_of_a_song_have_their_times(profile: str) -> None:
    with journey(profile) as started:
        about = of_track(started, instrumental=False, prompt="[Verse]\nLa la\nlu")
        before = started.http.get("/__admin/tasks").json()
        told = started.post("timestamped-lyrics", **about).json()
        assert started.http.get("/__admin/tasks").json() == before
        without = started.post("timestamped-lyrics", **of_track(started)).json()
        foreign = started.post("timestamped-lyrics", **{**about, "audioId": "other"})
    assert (told["code"], told["msg"]) == (200, "success")
    assert set(told["data"]) == {"alignedWords", "waveformData", "hootCer", "isStreamed"}
    words = told["data"]["alignedWords"]
    assert [each["word"] for each in words] == ["[Verse]\n", "La ", "la\n", "lu"]
    assert all(0 <= each["startS"] < each["endS"] < 240 for each in words)
    assert [each["startS"] for each in words] == sorted(each["startS"] for each in words)
    assert without["data"]["alignedWords"] == []
    assert foreign.headers["suno-mock-rules"] == "timestamped-lyrics.audioId.known"


@pytest.mark.parametrize("profile", ["apikley", "kie", "sunoapi", "observed"])
def test_a_style_is_written_of_a_few_words(profile: str) -> None:
    with journey(profile, credits=7) as started:
        told = started.post("style", content="Pop").json()
        refused = started.post("style")
    data = told["data"]
    assert told["code"] == 200
    assert data["result"].startswith("Pop, ")
    assert (data["successFlag"], data["creditsConsumed"], data["creditsRemaining"]) == ("1", 0, 7)
    assert (data["param"], len(data["taskId"])) == ('{"content":"Pop"}', 32)
    assert refused.headers["suno-mock-rules"] == "style.content.required"
