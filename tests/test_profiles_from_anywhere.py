"""Journeys over real sockets on profiles that a test writes into a folder of its own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from mock_server import Settings, create_app
from mock_server.core.errors import BadSetting
from tests.journeys import Journey, journey

Written = Callable[..., Journey]
MODELS = 3
"""The first line that a test writes."""


@pytest.fixture
def on(tmp_path: Path) -> Iterator[Written]:
    """Start a journey on a profile of these lines, which extends apikley unless they say otherwise."""
    with ExitStack() as started:

        def start(text: str, extends: str = "apikley", **settings: object) -> Journey:
            path = tmp_path / "mine.yaml"
            path.write_text(f"format: 1\nextends: {extends}\n{text}\n", "utf-8")
            return started.enter_context(journey(str(path), **settings))

        yield start


def test_a_profile_of_three_lines_is_served(on: Written) -> None:
    mine = on("picks: {error_data: 'null', credits_number: float}")
    refused = mine.extend(prompt=...).json()
    assert (refused["code"], refused["data"]) == (422, None)
    assert isinstance(mine.credits(), float)
    assert mine.http.get("/__admin/health").json()["profile"].endswith("mine.yaml")


def test_a_model_is_added_in_one_line(on: Written) -> None:
    mine = on("models: {V5_5: {like: V5, name: chirp-fenix, longest: 100, limits: {generate: {title: 3}}}}")
    accepted = mine.generate(model="V5_5", title="abc", style="x" * 1001)
    assert accepted.json()["code"] == 200
    record = mine.finished(accepted)
    assert (record["type"], record["response"]["sunoData"][0]["duration"]) == ("chirp-fenix", 100)
    refused = mine.generate(model="V5_5", title="four").json()["msg"]
    assert "title has 4 characters; allowed: at most 3 characters for model V5_5 (generate.title.length, " in refused
    assert refused.endswith(f"{mine.profile}:{MODELS})")
    (source,) = {each["id"] for each in record["response"]["sunoData"][:1]}
    assert mine.extend(audioId=source, model="V5_5", continueAt=9).json()["code"] == 200


def test_a_model_is_taken_away(on: Written) -> None:
    mine = on("models: {V4: null}")
    refused = mine.extend(model="V4").json()["msg"]
    assert "allowed: V4_5, V4_5PLUS, V4_5ALL, V5" in refused
    assert refused.endswith(f"{mine.profile}:{MODELS})")


def test_an_unknown_model_is_accepted_as_another(on: Written) -> None:
    mine = on("unknown_model: V4")
    accepted = mine.extend(model="V9")
    assert mine.finished(accepted)["type"] == "chirp-v4"
    assert "allowed: at most 80 characters for model V4" in mine.extend(model="V9", title="x" * 81).json()["msg"]
    assert mine.generate(model="V5", title="x" * 80, style="x" * 1000).json()["code"] == 200


def test_a_limit_counts_in_its_own_unit(on: Written) -> None:
    mine = on("models: {V4: {limits: {extend: {prompt: {most: 2, unit: words}}}}}")
    assert mine.extend(prompt="two words").json()["code"] == 200
    refused = mine.extend(prompt="these are four words").json()["msg"]
    assert "prompt has 4 words; allowed: at most 2 words for model V4" in refused


def test_a_model_is_accepted_as_another_by_an_option() -> None:
    with journey("apikley", models="V5_5=V4") as mine:
        assert mine.finished(mine.extend(model="V5_5"))["type"] == "chirp-v4"
        assert mine.extend(model="V5_5", title="x" * 81).json()["code"] == 422
        refused = mine.extend(model="V6").json()["msg"]
    assert "allowed: V4, V4_5, V4_5PLUS, V4_5ALL, V5, V5_5, or another with --model NAME=V5 (" in refused


@pytest.mark.parametrize("models", ["V5_5=V7", "V5_5=V6 V6=V5"])
def test_a_model_that_nobody_has_stands_for_none(models: str) -> None:
    with pytest.raises(BadSetting, match=r"^model 'V[67]' is unknown\. Nearest: V[45]\S*\. Known: V4, V4_5, "):
        create_app(Settings(models=models))
