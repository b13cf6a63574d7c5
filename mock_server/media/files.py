"""Serves the files of tracks: audio, stream, video and cover."""

from collections.abc import Mapping
from typing import Final

from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from mock_server.contract.source_tracks import Track
from mock_server.core import seeded
from mock_server.core.errors import NotFound
from mock_server.domain.tasks import Task
from mock_server.http.base_urls import BaseUrls
from mock_server.http.read_request import call_of
from mock_server.media.byte_ranges import (
    CROSS_ORIGIN,
    cover_response,
    sound_response,
    video_response,
    wave_response,
)
from mock_server.media.find_track import FindTrack
from mock_server.media.sound import Sound
from mock_server.media.wave import Wave
from mock_server.state.journal_entries import Requested
from mock_server.state.store import Store

AUDIO: Final = "mp3"
WAV: Final = "wav"
VIDEO: Final = "mp4"
COVER: Final = "jpeg"
KINDS: Final = {"": "stream", AUDIO: "audio", WAV: "WAV", VIDEO: "video", COVER: "cover"}
DAY: Final = 86400.0


class MediaName(Convertor[str]):
    """The last part of a media URL: the base64 of a track id, the name of a stem, if it is one, and an ending. An id is
    36 characters long, and has at most 80 more where a profile says so."""

    regex = r"[A-Za-z0-9_-]{48,155}(?:\.[A-Z][A-Za-z_]{0,30}(?=\.mp3))?(?:\.mp3|\.wav|\.mp4|\.jpeg)?"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("media", MediaName())
PATH: Final = "/{name:media}"


class Files:
    """Serves the media of every track that is listed, was added or was made by a task, while they are kept."""

    def __init__(self, store: Store, tracks: FindTrack, listed: Mapping[str, Track], base_urls: BaseUrls) -> None:
        self._store = store
        self._tracks = tracks
        self._listed = listed
        self._base_urls = base_urls

    async def serve(self, request: Request) -> Response:
        """Without an ending the stream, which plays from the text stage on; with .mp3, .wav and .mp4 audio and
        video, once it is finished. A download is written down.

        Raises HTTPException and NotFound.
        """
        track, ending = await self._asked(request)
        response = await _response(request, track, ending)
        download = f"{KINDS[ending]} of track {track.id}"
        call = call_of(request.scope, b"", self._base_urls)
        now = (await self._store.moment()).now
        await self._store.journal.append(
            Requested.downloaded(now, call, response.status_code, download, dict(response.headers))
        )
        return response

    async def show(self, request: Request) -> Response:
        """The same for our own pages, which look and leave no trace, and for those of no other origin."""
        response = await _response(request, *await self._asked(request))
        for name in CROSS_ORIGIN:
            del response.headers[name]
        return response

    async def _asked(self, request: Request) -> tuple[Track, str]:
        """The track that a name means, and the ending that says as what."""
        name: str = request.path_params["name"]
        stem, _, rest = name.partition(".")
        ending = rest.rpartition(".")[2]
        return await self._track(seeded.named_media(stem), needs_audio=ending in (AUDIO, WAV, VIDEO)), ending

    async def _track(self, track_id: str | None, *, needs_audio: bool) -> Track:
        if track_id is None:
            raise HTTPException(404)
        listed = self._listed.get(track_id) or await self._store.added_track(track_id)
        if listed is not None:
            return listed
        made = await self._tracks.made(track_id)
        if made is None:
            raise NotFound(f"no track {track_id!r} is there (yet); polling the task tells how far it is")
        task, result = made
        days = await gone_after(self._store, task)
        if days is not None:
            raise NotFound(f"the files of track {track_id!r} were kept for {days:g} days and are gone")
        if needs_audio and not result.finished:
            raise NotFound(f"track {track_id!r} is not finished yet; its stream URL plays already")
        return result.track


async def _response(request: Request, track: Track, ending: str) -> Response:
    if ending == COVER:
        return await cover_response(request, track.id, track.title)
    if ending == VIDEO:
        return video_response(request)
    if ending == WAV:
        return wave_response(request, Wave(track.id, track.duration))
    return sound_response(request, Sound(track.id, track.title, track.duration))


async def gone_after(store: Store, task: Task) -> float | None:
    """The days for which the files of a task's tracks were kept, once they are gone."""
    days = (await store.terms(task.key)).retention_days(task.edition.family.retention_days)
    return days if (await store.moment()).now >= task.created + days * DAY else None
