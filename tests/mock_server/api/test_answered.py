"""What is answered at once: the words of a track with their times, a style."""

from pathlib import Path
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
    cost, left = (0.4, 6.6) if profile == "kie" else (0, 7)
    assert (data["successFlag"], data["creditsConsumed"], data["creditsRemaining"]) == ("1", cost, left)
    assert (data["param"], len(data["taskId"])) == ('{"content":"Pop"}', 32)
    assert refused.headers["suno-mock-rules"] == "style.content.required"


def test_what_is_answered_at_once_is_paid_to_the_tenth() -> None:
    with journey("kie", credits=1) as started:
        told = [started.post("style", content="Pop").json() for _ in range(3)]
        assert started.credits() == 0.2
    left = [(each["data"]["creditsConsumed"], each["data"]["creditsRemaining"]) for each in told[:2]]
    assert left == [(0.4, 0.6), (0.4, 0.2)]
    assert (told[2]["code"], told[2]["data"]) == (402, None)
    assert "the account has 0.2 credits and this costs 0.4" in told[2]["msg"]


def test_a_wav_costs_its_price_of_kie_and_nothing_elsewhere() -> None:
    for profile, price in (("kie", 0.4), ("apikley", 0)):
        with journey(profile) as started:
            about = of_track(started)
            before = started.credits()
            assert started.post("wav", **about, callBackUrl=started.receiver.url).json()["code"] == 200
            assert round(before - started.credits(), 2) == price


def test_a_whole_number_of_credits_is_told_rounded_down() -> None:
    with journey("kie", credits=1, readings=("credits_number=integer",)) as started:
        started.post("style", content="Pop")
        told = started.credits()
    assert (told, type(told)) == (0, int)


def test_a_profile_may_price_a_persona(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("format: 1\nextends: apikley\noperations: {persona: {price: 2.5}, generate: {price: 0}}\n", "utf-8")
    with journey(str(mine), credits=4) as started:
        made = [{**of_track(started), "name": "N", "description": "D"} for _ in range(2)]
        codes = [started.post("persona", **each).json()["code"] for each in made]
        assert (codes, started.credits()) == ([200, 402], 1)
