"""The media behind the URLs of tracks: whose are there, from which stage on, and for how long."""

from typing import Any

import httpx
import pytest

from mock_server.contract.source_tracks import added
from mock_server.core.seeded import media_name
from mock_server.state.journal_entries import line
from tests.builders import COMPLETE, FIRST, TEXT
from tests.clients import Mock, client, extend, finished, generate, poll

pytestmark = pytest.mark.anyio

DAY = 86400.0
SHOWING_ALL = ("text_items=both", "first_items=both")
KINDS = {"": "audio/mpeg", ".mp3": "audio/mpeg", ".jpeg": "image/jpeg"}


def url(track_id: str, ending: str = "") -> str:
    return f"/{media_name(track_id)}{ending}"


async def tracks_at(mock: Mock, http: httpx.AsyncClient, moment: float) -> list[dict[str, Any]]:
    """The tracks that polling shows of a new generation, so many seconds after the answer."""
    task_id = (await generate(http)).json()["data"]["taskId"]
    await mock.advance(moment)
    tracks: list[dict[str, Any]] = (await poll(http, task_id)).json()["data"]["response"]["sunoData"]
    return tracks


@pytest.mark.parametrize("name", ["audioUrl", "streamAudioUrl", "imageUrl", "sourceAudioUrl"])
async def test_every_url_of_a_finished_track_can_be_fetched(name: str) -> None:
    mock = Mock()
    async with client(mock.app) as http:
        for track in await tracks_at(mock, http, COMPLETE):
            assert track[name].startswith("http://127.0.0.1:4010/")
            fetched = await http.get(httpx.URL(track[name]).path)
            assert (fetched.status_code, len(fetched.content) > 1000) == (200, True)
            assert fetched.headers["content-type"] == ("image/jpeg" if name == "imageUrl" else "audio/mpeg")


@pytest.mark.parametrize("ending", KINDS)
async def test_the_media_of_a_listed_track_are_there_from_the_start(ending: str) -> None:
    mock = Mock()
    uuids = [track for track in mock.app.state.runtime.tracks if len(track) == 36]
    assert len(uuids) > 4
    async with client(mock.app) as http:
        for track in uuids:
            fetched = await http.head(url(track, ending))
            assert (fetched.status_code, fetched.headers["content-type"]) == (200, KINDS[ending])


@pytest.mark.parametrize("key", [None, "key"])
@pytest.mark.parametrize("ending", KINDS)
async def test_the_media_of_an_added_track_are_there(ending: str, key: str | None) -> None:
    mock, track = Mock(), "0" * 36
    async with client(mock.app) as http:
        assert (await http.get(url(track, ending))).status_code == 404
        await mock.control.add_track(added(track, "V5", 60), key)
        fetched = await http.get(url(track, ending))
        assert (fetched.status_code, fetched.headers["content-type"]) == (200, KINDS[ending])
        await mock.control.reset(key)
        assert (await http.get(url(track, ending))).status_code == 404


@pytest.mark.parametrize(("moment", "statuses"), [(TEXT, [404, 404]), (FIRST, [200, 404]), (COMPLETE, [200, 200])])
async def test_the_audio_is_there_once_it_is_finished(moment: float, statuses: list[int]) -> None:
    mock = Mock(readings=SHOWING_ALL)
    async with client(mock.app) as http:
        tracks = await tracks_at(mock, http, moment)
        assert [(await http.get(url(track["id"], ".mp3"))).status_code for track in tracks] == statuses


@pytest.mark.parametrize("ending", ["", ".jpeg"])
async def test_stream_and_cover_are_there_with_the_track(ending: str) -> None:
    mock = Mock(readings=SHOWING_ALL)
    async with client(mock.app) as http:
        tracks = await tracks_at(mock, http, TEXT)
        assert [(await http.get(url(track["id"], ending))).status_code for track in tracks] == [200, 200]


async def test_what_is_not_finished_says_that_its_stream_plays() -> None:
    mock = Mock(readings=SHOWING_ALL)
    async with client(mock.app) as http:
        track = (await tracks_at(mock, http, TEXT))[0]["id"]
        answer = (await http.get(url(track, ".mp3"))).json()
        assert answer == {
            "code": 404,
            "msg": "Not Found - The requested resource or endpoint does not exist: "
            f"track '{track}' is not finished yet; its stream URL plays already",
        }


@pytest.mark.parametrize("ending", KINDS)
async def test_a_track_that_is_not_shown_yet_is_not_there(ending: str) -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await generate(http)
        (task,) = await mock.store.tasks("key")
        track = task.tracks[0]
        answer = await http.get(url(track, ending))
        assert answer.status_code == 404
        assert f"no track '{track}' is there (yet); polling the task tells how far it is" in answer.json()["msg"]


@pytest.mark.parametrize(("days", "kept"), [(None, 14), (1, 1), (0.5, 0.5)])
async def test_media_are_kept_as_long_as_documented_or_set(days: float | None, kept: float) -> None:
    mock = Mock(retention_days=days)
    async with client(mock.app) as http:
        _, (track, _) = await finished(mock, http, await extend(http))
        await mock.advance(kept * DAY - COMPLETE - 1)
        assert (await http.get(url(track["id"], ".mp3"))).status_code == 200
        await mock.advance(1)
        for ending in KINDS:
            answer = await http.get(url(track["id"], ending))
            assert answer.status_code == 404
            assert f"the files of track '{track['id']}' were kept for {kept:g} days and are gone" in answer.text


async def test_a_key_has_its_own_retention() -> None:
    mock = Mock()
    await mock.control.change_account("key", {"retention_days": 0})
    async with client(mock.app) as http:
        _, (track, _) = await finished(mock, http, await extend(http))
        assert (await http.get(url(track["id"], ".mp3"))).status_code == 404
        await mock.control.change_account("key", {"retention_days": None})
        assert (await http.get(url(track["id"], ".mp3"))).status_code == 200


async def test_listed_tracks_are_kept_for_ever() -> None:
    mock = Mock(retention_days=0)
    async with client(mock.app) as http:
        assert (await http.get(url("1f7a2b90-64c3-4d1a-8e25-7b3c9d0f1a02", ".mp3"))).status_code == 200


async def test_media_need_no_key() -> None:
    async with client(Mock(strict_keys=True, maintenance=True).app) as http:
        path = url("1f7a2b90-64c3-4d1a-8e25-7b3c9d0f1a02")
        assert (await http.get(path, headers={"Authorization": ""})).status_code == 200


async def test_the_urls_begin_with_the_base_url_that_is_set() -> None:
    mock = Mock(base_url="https://media.example.com/suno/")
    async with client(mock.app) as http:
        track = (await tracks_at(mock, http, COMPLETE))[0]
        assert track["audioUrl"] == f"https://media.example.com/suno{url(track['id'], '.mp3')}"


@pytest.mark.parametrize(
    "path",
    [
        "/" + "_" * 48,  # base64 of what is no text
        "/" + "A" * 47,
        "/" + "A" * 49,
        url("1f7a2b90-64c3-4d1a-8e25-7b3c9d0f1a02", ".ogg"),
        url("1f7a2b90-64c3-4d1a-8e25-7b3c9d0f1a02", ".mp3/"),
    ],
)
async def test_any_other_path_is_as_unknown_as_all_others(path: str) -> None:
    async with client(Mock().app) as http:
        answer = await http.get(path)
        assert answer.status_code == 404
        assert f"nothing is served at {path[:40]}" in answer.json()["msg"]


async def test_the_path_of_a_name_is_the_one_that_is_served() -> None:
    track = "1f7a2b90-64c3-4d1a-8e25-7b3c9d0f1a02"
    app = Mock().app
    async with client(app) as http:
        await http.get("/another/path")  # routes other than the endpoints' are made when they are needed
    assert app.url_path_for("serve", name=f"{media_name(track)}.mp3") == url(track, ".mp3")


async def test_a_wrong_method_is_405() -> None:
    async with client(Mock().app) as http:
        answer = await http.post(url("1f7a2b90-64c3-4d1a-8e25-7b3c9d0f1a02", ".mp3"))
        assert answer.status_code == 405
        assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


async def test_a_part_can_be_asked_for() -> None:
    async with client(Mock().app) as http:
        path = url("1f7a2b90-64c3-4d1a-8e25-7b3c9d0f1a02", ".mp3")
        whole = (await http.get(path)).content
        part = await http.get(path, headers={"Range": "bytes=100-199"})
        assert (part.status_code, part.content) == (206, whole[100:200])


@pytest.mark.parametrize(("ending", "what"), [("", "stream"), (".mp3", "audio"), (".jpeg", "cover")])
async def test_a_download_is_in_the_journal(ending: str, what: str) -> None:
    mock = Mock()
    async with client(mock.app) as http:
        track = (await tracks_at(mock, http, COMPLETE))[0]["id"]
        await mock.control.clear_journal(None)
        await http.get(url(track, ending), headers={"Range": "bytes=0-9"})
        (entry,) = await mock.control.entries()
        assert line(entry) == f"--> GET {url(track, ending)}  HTTP 206, {what} of track {track}"
        assert (entry.code, entry.key) == (0, "key")
