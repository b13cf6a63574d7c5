"""Answers downloads: the whole file, a range of its bytes, or not modified (RFC 9110, sections 13 and 14)."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from mock_server.contract.documents import FIXTURES
from mock_server.media.cover import cover
from mock_server.media.sound import TITLE_LIMIT, Sound
from mock_server.media.wave import Wave

RANGE: Final = re.compile(r"bytes=([0-9]{0,100})-([0-9]{0,100})", re.IGNORECASE)
"""One range of bytes. Numbers of more digits are left alone: Python refuses to read very long ones."""

COVERS_KEPT: Final = 64
"""Covers in memory, about 15 kB each (ours)."""

CROSS_ORIGIN: Final = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "accept-ranges, content-range, etag",
}
"""Every page may read a file, as of the real servers of media."""
SHARED: Final = {"accept-ranges": "bytes", **CROSS_ORIGIN}


class Unsatisfiable(Exception):
    """The range asked for has no byte of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """Something to download; `part` gives the bytes from its first to before its second argument."""

    content_type: str
    etag: str
    size: int
    part: Callable[[int, int], Iterator[bytes]]


def sound_response(request: Request, sound: Sound) -> Response:
    """The MP3 of a track, computed while it is sent."""
    file = File(content_type="audio/mpeg", etag=_etag(sound.head), size=sound.size, part=sound.part)
    return _response(request, file)


def wave_response(request: Request, wave: Wave) -> Response:
    """The WAV of a track, computed while it is sent."""
    file = File(content_type="audio/wav", etag=_etag(wave.identity), size=wave.size, part=wave.part)
    return _response(request, file)


def video_response(request: Request) -> Response:
    """The MP4, which is the same for every track."""
    return _response(request, _held(_video(), "video/mp4"))


async def cover_response(request: Request, track: str, title: str) -> Response:
    """The JPEG of a track, drawn in a thread."""
    image = await asyncio.to_thread(_cover, track, title[:TITLE_LIMIT])
    return _response(request, _held(image, "image/jpeg"))


def _held(content: bytes, content_type: str) -> File:
    """A file that is in memory."""
    return File(
        content_type=content_type,
        etag=_etag(content),
        size=len(content),
        part=lambda start, stop: iter((content[start:stop],)),
    )


@cache
def _video() -> bytes:
    return (FIXTURES / "media" / "picture.mp4").read_bytes()


_cover = lru_cache(COVERS_KEPT)(cover)


def _etag(content: bytes) -> str:
    return f'"{blake2b(content, digest_size=16).hexdigest()}"'


def _response(request: Request, file: File) -> Response:
    headers = {**SHARED, "etag": file.etag}
    if _known(request, file.etag):
        return Response(status_code=304, headers=headers)
    try:
        asked = _range(request, file)
    except Unsatisfiable:
        return Response(status_code=416, headers={**headers, "content-range": f"bytes */{file.size}"})
    start, stop = asked or (0, file.size)
    headers["content-length"] = str(stop - start)
    if asked:
        headers["content-range"] = f"bytes {start}-{stop - 1}/{file.size}"
    if request.method == "HEAD":
        return Response(headers=headers, media_type=file.content_type)
    return StreamingResponse(_chunks(file.part(start, stop)), 206 if asked else 200, headers, file.content_type)


async def _chunks(part: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Starlette would take every chunk of a plain iterator from a thread, which costs more than computing it."""
    for chunk in part:
        yield chunk


def _known(request: Request, etag: str) -> bool:
    """Whether If-None-Match names what would be sent, by the weak comparison."""
    named = {each.strip().removeprefix("W/") for each in _header(request, "if-none-match").split(",")}
    return bool(named & {etag, "*"})


def _range(request: Request, file: File) -> tuple[int, int] | None:
    """Where the part asked for starts and stops; None for the whole file. Raises Unsatisfiable.

    A Range that is not one range of bytes, is for another version of the file, or is not of a GET is ignored, as
    RFC 9110, 14.2 and 13.1.5, allows or demands.
    """
    matched = RANGE.fullmatch(_header(request, "range"))
    if request.method != "GET" or not matched or _header(request, "if-range") not in ("", file.etag):
        return None
    first, last = matched.groups()
    return _positions(first, last, file.size) if first or last else None


def _positions(first: str, last: str, size: int) -> tuple[int, int] | None:
    """The positions of `first-last`, of which one may be missing; None when they are in the wrong order."""
    if not first:
        start, stop = max(0, size - int(last)), size
    elif last and int(last) < int(first):
        return None
    else:
        start, stop = int(first), int(last) + 1 if last else size
    if start >= size:
        raise Unsatisfiable
    return start, min(stop, size)


def _header(request: Request, name: str) -> str:
    """A header's value, that of all its lines."""
    return ", ".join(request.headers.getlist(name))
