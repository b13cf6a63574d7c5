"""Downloads of media over HTTP: whole files, parts, and what is already there."""

import io
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from mock_server.media.byte_ranges import cover_response, sound_response
from mock_server.media.cover import cover
from mock_server.media.sound import Sound

pytestmark = pytest.mark.anyio

SOUND = Sound("track", "Road", 20.0)
WHOLE = b"".join(SOUND.part(0, SOUND.size))
SIZE = len(WHOLE)
COVER = cover("track", "Road")
URL = "http://mock/track"


async def _sound(request: Request) -> Response:
    return sound_response(request, SOUND)


async def _cover(request: Request) -> Response:
    return await cover_response(request, "track", "Road")


APP = Starlette(routes=[Route("/track.mp3", _sound), Route("/track.jpg", _cover)])


async def ask(method: str = "GET", file: str = "mp3", **headers: str) -> httpx.Response:
    """Ask for a file, with headers such as if_range."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(APP)) as http:
        return await http.request(method, f"{URL}.{file}", headers=named)


@pytest.fixture
async def etag() -> str:
    return str((await ask()).headers["etag"])


def assert_whole(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.content == WHOLE) == (200, True)
    assert "content-range" not in answer.headers


@pytest.mark.parametrize(("file", "kind", "body"), [("mp3", "audio/mpeg", WHOLE), ("jpg", "image/jpeg", COVER)])
async def test_a_file_is_sent_whole(file: str, kind: str, body: bytes) -> None:
    answer = await ask(file=file)
    assert (answer.status_code, answer.content == body) == (200, True)
    assert answer.headers["content-type"] == kind
    assert answer.headers["content-length"] == str(len(body))
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("file", ["mp3", "jpg"])
async def test_head_answers_the_headers_of_get(file: str) -> None:
    head, get = await ask("HEAD", file), await ask("GET", file)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == get.headers


async def test_head_has_no_parts() -> None:
    answer = await ask("HEAD", range="bytes=0-1")
    assert (answer.status_code, answer.headers["content-length"]) == (200, str(SIZE))


@given(st.integers(0, SIZE - 1), st.integers(0, 2 * SIZE))
async def test_a_range_is_that_part(first: int, more: int) -> None:
    last = min(first + more, SIZE - 1)
    answer = await ask(range=f"bytes={first}-{first + more}")
    assert (answer.status_code, answer.content == WHOLE[first : last + 1]) == (206, True)
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.headers["content-length"] == str(last + 1 - first)


@given(st.integers(0, SIZE - 1))
async def test_an_open_range_goes_to_the_end(first: int) -> None:
    answer = await ask(range=f"bytes={first}-")
    assert (answer.status_code, answer.content == WHOLE[first:]) == (206, True)
    assert answer.headers["content-range"] == f"bytes {first}-{SIZE - 1}/{SIZE}"


@given(st.integers(1, 2 * SIZE))
async def test_a_suffix_is_the_last_bytes(length: int) -> None:
    answer = await ask(range=f"bytes=-{length}")
    assert (answer.status_code, answer.content == WHOLE[-length:]) == (206, True)
    assert answer.headers["content-range"] == f"bytes {max(0, SIZE - length)}-{SIZE - 1}/{SIZE}"


async def test_a_cover_has_parts() -> None:
    answer = await ask(file="jpg", range="bytes=100-199")
    assert (answer.status_code, answer.content) == (206, COVER[100:200])
    assert answer.headers["content-type"] == "image/jpeg"


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 9}", "bytes=-0", f"bytes={'9' * 100}-"])
async def test_a_range_past_the_end_is_refused(asked: str) -> None:
    answer = await ask(range=asked)
    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["content-range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize(
    "asked",
    [
        *("", "0-1", "bytes=", "bytes=-", "bytes=a-b", "bytes=1", "bytes=5-4", "bytes=0-1,3-4", "lines=0-1"),
        *("bytes=-1-2", f"bytes={'9' * 5000}-", f"bytes={SIZE + 9}-{SIZE + 8}", "bytes=\u0663-\u0664"),
    ],
)
async def test_another_range_is_ignored(asked: str) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(APP)) as http:
        assert_whole(await http.get(f"{URL}.mp3", headers={b"range": asked.encode()}))


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
async def test_no_range_is_a_failure(asked: str) -> None:
    assert (await ask(range=f"bytes={asked}")).status_code in (200, 206, 416)


async def test_ranges_on_two_lines_are_ignored() -> None:
    lines = [("range", "bytes=0-1"), ("range", "bytes=3-4")]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(APP)) as http:
        assert_whole(await http.get(f"{URL}.mp3", headers=lines))


async def test_the_unit_is_read_in_any_case() -> None:
    assert (await ask(range="Bytes=0-1")).content == WHOLE[:2]


async def test_a_download_is_resumed(etag: str) -> None:
    answer = await ask(range="bytes=1000-", if_range=etag)
    assert (answer.status_code, answer.content == WHOLE[1000:]) == (206, True)


@pytest.mark.parametrize("version", ['"another"', "Wed, 21 Oct 2015 07:28:00 GMT"])
async def test_another_version_is_sent_whole(version: str) -> None:
    assert_whole(await ask(range="bytes=1000-", if_range=version))


async def test_a_weak_tag_resumes_nothing(etag: str) -> None:
    assert_whole(await ask(range="bytes=1000-", if_range=f"W/{etag}"))


@pytest.mark.parametrize("form", ["{}", "W/{}", '"another", {}', "*"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_known_file_is_not_sent_again(etag: str, form: str, method: str) -> None:
    answer = await ask(method, if_none_match=form.format(etag), range="bytes=0-1")
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == etag
    assert "content-length" not in answer.headers


async def test_an_unknown_file_is_sent() -> None:
    assert_whole(await ask(if_none_match='"another"'))


async def test_files_have_tags_of_their_own(etag: str) -> None:
    assert etag == (await ask(range="bytes=0-1")).headers["etag"] != (await ask(file="jpg")).headers["etag"]


def test_any_change_of_a_sound_changes_its_tag() -> None:
    request = Request({"type": "http", "method": "HEAD", "headers": []})
    changes: list[dict[str, Any]] = [{}, {"track": "b"}, {"title": "b"}, {"duration": 2.0}]
    sounds = [Sound(**{"track": "a", "title": "a", "duration": 1.0, **change}) for change in changes]
    assert len({sound_response(request, sound).headers["etag"] for sound in sounds}) == 4


async def test_a_cover_opens_for_any_title() -> None:
    request = Request({"type": "http", "method": "GET", "headers": []})
    answer = await cover_response(request, "track", "\ud800夜" * 1_000_000)
    assert isinstance(answer, StreamingResponse)
    body = b"".join([bytes(chunk) async for chunk in answer.body_iterator if not isinstance(chunk, str)])
    assert Image.open(io.BytesIO(body)).size == (512, 512)
