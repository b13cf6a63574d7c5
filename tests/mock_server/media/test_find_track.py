"""Where a track comes from: listed, added, made by a task, or adopted as it comes."""

import pytest

from mock_server.contract.source_tracks import INSTRUMENTAL, Track, added
from mock_server.domain.tasks import TaskRecord
from mock_server.media.find_track import FindTrack
from mock_server.runtime import Runtime
from tests.builders import COMPLETE, FIRST, TEXT, edition
from tests.clients import OTHER, Mock, client, extend, finished, generate, refusal

pytestmark = pytest.mark.anyio


def finding(mock: Mock) -> FindTrack:
    runtime: Runtime = mock.app.state.runtime
    return FindTrack(mock.store, runtime.catalogue, runtime.track_maker, runtime.scenarios, runtime.tracks)


async def extendable(mock: Mock, audio_id: str, model: str = "V5", key: str = "key") -> Track | None:
    adopts = (await mock.store.terms(key)).settings.adopt_unknown_tracks
    return await finding(mock).extendable(key, audio_id, model, edition(), adopts=adopts)


async def track_of(mock: Mock, record: TaskRecord, index: int) -> Track:
    """A track of a task, as it will be once it is finished."""
    runtime: Runtime = mock.app.state.runtime
    task = runtime.catalogue.task(record)
    return runtime.track_maker.track(task, task.request, record.tracks[index])


async def test_an_own_finished_track_can_be_extended_again_and_again() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        answer = await generate(http)
        for _ in range(3):
            _, tracks = await finished(mock, http, answer)
            answer = await extend(http, audioId=tracks[1]["id"], continueAt=tracks[1]["duration"] - 1)
            assert answer.json()["code"] == 200


async def test_an_own_track_is_the_source_that_rules_are_judged_against() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        _, (track, _) = await finished(mock, http, await generate(http, model="V4_5"))
        msg = refusal(await extend(http, audioId=track["id"], model="V5", continueAt=track["duration"]), 422)
        assert 'model is "V5"; allowed: V4_5, the model of the source track' in msg
        assert f"allowed: less than {track['duration']}, the seconds that the source track lasts" in msg


async def test_the_extension_of_an_own_track_goes_on_from_it() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        _, (source, _) = await finished(mock, http, await generate(http, title="Harbour"))
        answer = await extend(http, audioId=source["id"], defaultParamFlag=False, personaId=...)
        _, (made, _) = await finished(mock, http, answer)
        assert made["title"] == "Harbour"
        assert made["duration"] > source["duration"]


async def test_a_track_of_another_key_is_404() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        _, (track, _) = await finished(mock, http, await generate(http))
        msg = refusal(await extend(http, OTHER, audioId=track["id"]), 404)
        assert (
            "allowed: a finished track of this key, or one that `suno-mock tracks` lists; "
            "--adopt-unknown-tracks accepts any."
        ) in msg


@pytest.mark.parametrize(("moment", "found"), [(0, False), (TEXT, False), (FIRST, True), (COMPLETE, True)])
async def test_a_track_can_be_extended_once_it_is_finished(moment: float, found: bool) -> None:
    mock = Mock(readings=("text_items=both",))
    async with client(mock.app) as http:
        await generate(http)
        (record,) = await mock.store.tasks("key")
        first = await track_of(mock, record, 0)
        await mock.advance(moment)
        assert await extendable(mock, first.id) == (first if found else None)


async def test_the_second_track_is_finished_at_complete() -> None:
    mock = Mock(readings=("first_items=both",))
    async with client(mock.app) as http:
        await generate(http)
        (record,) = await mock.store.tasks("key")
        second = await track_of(mock, record, 1)
        await mock.advance(FIRST)
        assert await extendable(mock, second.id) is None
        await mock.advance(COMPLETE)
        assert await extendable(mock, second.id) == second


async def test_the_tracks_of_a_task_that_is_forgotten_are_gone() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        _, (track, _) = await finished(mock, http, await generate(http))
        await mock.control.reset("key")
        assert await extendable(mock, track["id"]) is None


async def test_an_added_track_is_for_one_key_or_for_all() -> None:
    mock = Mock()
    mine, ours = added("mine", "V5", 60), added("ours", "V4", 90)
    await mock.control.add_track(mine, "key")
    await mock.control.add_track(ours)
    assert await extendable(mock, "mine") == mine
    assert await extendable(mock, "mine", key="other") is None
    assert await extendable(mock, "ours", key="other") == ours


async def test_an_added_track_is_extended_like_any_other() -> None:
    mock = Mock()
    await mock.control.add_track(added("mine", "V5", 60), "key")
    async with client(mock.app) as http:
        assert "less than 60" in refusal(await extend(http, audioId="mine", model="V5", continueAt=60), 422)
        assert (await extend(http, audioId="mine", model="V5", continueAt=59)).json()["code"] == 200
        assert "Nearest: mine." in refusal(await extend(http, audioId="mines"), 404)


async def test_an_adopted_track_is_as_long_as_its_model_makes_them() -> None:
    mock = Mock(adopt_unknown_tracks=True)
    track = await extendable(mock, "anything", "V4")
    assert track == Track(
        id="anything", model="V4", duration=240, title="Adopted track", style="unknown", prompt=INSTRUMENTAL
    )


async def test_what_is_known_is_not_adopted() -> None:
    mock = Mock(adopt_unknown_tracks=True)
    listed = (await mock.control.tracks())[0]
    assert await extendable(mock, listed.id, "V5") == listed


async def test_a_magic_track_is_adopted_if_it_names_a_scenario() -> None:
    mock = Mock()
    assert await extendable(mock, "mock-silent")
    assert await extendable(mock, "mock-silnt") is None


async def test_what_is_no_uuid_was_made_by_nobody() -> None:
    assert await finding(Mock()).made("e231****-****-****-****-****8cadc7dc") is None
