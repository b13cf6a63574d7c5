"""Music that is made of an uploaded track, which nobody fetches."""

from typing import Any

import pytest

from tests.journeys import Journey, journey

NOWHERE = "https://nowhere.invalid/track.mp3"


def cover(started: Journey, **changes: Any) -> dict[str, Any]:
    whole = {
        "uploadUrl": NOWHERE,
        "customMode": True,
        "instrumental": False,
        "prompt": "La la",
        "style": "polka",
        "title": "Mine",
        "model": "V4_5",
        "callBackUrl": started.receiver.url,
    }
    return whole | changes


def longer(started: Journey, **changes: Any) -> dict[str, Any]:
    whole = {
        "uploadUrl": NOWHERE,
        "defaultParamFlag": True,
        "continueAt": 60,
        "prompt": "La la",
        "style": "polka",
        "title": "Mine",
        "model": "V5",
        "callBackUrl": started.receiver.url,
    }
    return whole | changes


@pytest.mark.parametrize(("profile", "has_source"), [("apikley", True), ("kie", True), ("sunoapi", True)])
def test_an_upload_is_covered_in_three_stages(profile: str, has_source: bool) -> None:
    with journey(profile) as started:
        record = started.finished(started.post("upload-cover", **cover(started)))
        told = [each.json() for each in started.callbacks(record["taskId"])]
    assert [each["data"]["callbackType"] for each in told] == ["text", "first", "complete"]
    assert (record["status"], record["operationType"], record["parentMusicId"]) == ("SUCCESS", "upload_cover", "")
    (track, _) = told[-1]["data"]["data"]
    assert (track["title"], track["tags"], track["prompt"]) == ("Mine", "polka", "La la")
    assert ("source_audio_url" in track) == has_source
    assert track["duration"] >= 120


@pytest.mark.parametrize("profile", ["kie", "sunoapi"])
def test_an_upload_is_extended_from_where_the_client_says(profile: str) -> None:
    with journey(profile) as started:
        record = started.finished(started.post("upload-extend", **longer(started)))
        plain = {"defaultParamFlag": False, "prompt": ..., "style": ..., "title": ..., "continueAt": ...}
        whole = started.finished(started.post("upload-extend", **longer(started, **plain)))
    assert (record["status"], record["operationType"]) == ("SUCCESS", "upload_extend")
    assert 90 <= record["response"]["sunoData"][0]["duration"] <= 180
    assert 210 <= whole["response"]["sunoData"][0]["duration"] <= 300
    assert whole["response"]["sunoData"][0]["title"] == "Uploaded track"


@pytest.mark.parametrize(
    ("operation", "changes", "rule"),
    [
        ("upload-cover", {"uploadUrl": "no url"}, "upload-cover.uploadUrl.format"),
        ("upload-cover", {"uploadUrl": "ftp://host/a"}, "upload-cover.uploadUrl.http"),
        ("upload-cover", {"title": "x" * 101}, "upload-cover.title.length"),
        ("upload-cover", {"customMode": False, "prompt": "x" * 501}, "upload-cover.prompt.description"),
        ("upload-cover", {"style": ...}, "upload-cover.style.custom"),
        ("upload-cover", {"personaId": "nobody"}, "upload-cover.personaId.known"),
        ("upload-extend", {"continueAt": 180}, "upload-extend.continueAt.end"),
        ("upload-extend", {"continueAt": 0.5}, "upload-extend.continueAt.start"),
        ("upload-extend", {"prompt": ...}, "upload-extend.prompt.custom"),
        ("upload-extend", {"prompt": ..., "instrumental": True}, ""),
        ("upload-extend", {"model": "V4", "style": "x" * 201}, "upload-extend.style.length"),
        ("upload-extend", {"personaId": "nobody"}, "upload-extend.personaId.known"),
    ],
)
def test_a_rule_that_is_broken_is_named(operation: str, changes: dict[str, Any], rule: str, on_kie: Journey) -> None:
    whole = cover(on_kie, **changes) if operation == "upload-cover" else longer(on_kie, **changes)
    answer = on_kie.post(operation, key=f"{operation}-{rule}", **whole)
    assert answer.headers.get("suno-mock-rules", "") == rule, answer.text


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        pytest.param("add-vocals", {"prompt": "La la", "style": "polka"}, id="vocals"),
        pytest.param("add-instrumental", {"tags": "polka"}, id="instruments"),
    ],
)
def test_something_is_added_to_an_upload(operation: str, members: dict[str, str], on_kie: Journey) -> None:
    common = {"uploadUrl": NOWHERE, "title": "Mine", "negativeTags": "metal", "callBackUrl": on_kie.receiver.url}
    record = on_kie.finished(on_kie.post(operation, key=operation, **common, **members), operation)
    told = [each.json() for each in on_kie.callbacks(record["taskId"])]
    assert [each["data"]["callbackType"] for each in told] == ["text", "first", "complete"]
    assert told[0]["msg"] == "Text generation completed successfully."
    assert (record["type"], record["operationType"]) == ("chirp-bluejay", operation.replace("-", "_"))
    assert {each["tags"] for each in record["response"]["sunoData"]} == {"polka"}
    assert on_kie.post(operation, **common, **members, model="V5_5").json()["code"] == 200
    refused = on_kie.post(operation, **common, **members, model="V4")
    assert refused.headers["suno-mock-rules"] == f"{operation}.model.enum"
    assert "allowed: V4_5PLUS, V5, V5_5, or another" in refused.json()["msg"]


@pytest.fixture(scope="module")
def on_kie() -> Any:
    """A journey that tests share; each uses a key of its own."""
    with journey("kie") as started:
        yield started
