"""The upload of files, another host's with the providers, and their download: `openapi/uploads.openapi.yaml`."""

import asyncio
import mimetypes
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final
from urllib.parse import quote

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from mock_server.api.admission import Admission
from mock_server.api.endpoints import Undecided
from mock_server.api.uploaded_bodies import (
    LARGEST_FORM,
    LARGEST_TEXT,
    Refused,
    Sent,
    file_name,
    limited,
    read_base64,
    read_form,
    read_url,
    text_of,
)
from mock_server.contract.decode import BODY_LIMIT
from mock_server.core.errors import NotFound, StateFailed
from mock_server.core.text import cut, shown
from mock_server.domain.answer import Answer
from mock_server.domain.call import Call
from mock_server.http.base_urls import BaseUrls
from mock_server.http.read_request import Incomplete, call_of
from mock_server.media.files import DAY
from mock_server.runtime import Runtime
from mock_server.state.store import Store
from mock_server.state.uploaded_files import UploadedFiles

PATH: Final = "/uploads/{path:path}"
JSON: Final = "application/json"
PLAIN: Final = "application/octet-stream"
LONGEST: Final = 500
"""Characters of a path and name."""
PLAIN_PATH: Final = f"at most {LONGEST} characters, and no part that is empty, . or .."
READING: Final[Mapping[str, tuple[Callable[[Request], Awaitable[Sent]], int]]] = {
    "stream": (read_form, LARGEST_FORM),
    "base64": (read_base64, LARGEST_TEXT),
    "url": (read_url, BODY_LIMIT),
}
"""By the name that profiles have for a way to upload: what reads a body, and how many bytes it may have."""
FOREIGN: Final = {"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
"""Headers of a download: what a client uploaded runs nothing beside the mock's own pages."""
UNAVAILABLE: Final = 503


def upload_routes(runtime: Runtime) -> list[Route]:
    """A route for each way to upload that the profile has, and the one of downloads; none where it has none."""
    store, editions = runtime.store, runtime.editions
    form = editions.family.uploads
    if not form:
        return []
    admission, undecided = Admission(store, runtime.scenarios), Undecided(store, editions)
    uploads = Uploads(store, admission, undecided, runtime.base_urls, form["days"], runtime.uploads)
    taking = [Route(form[name], uploads.taking(*how), methods=["POST"]) for name, how in READING.items()]
    return [*taking, Route(PATH, uploads.serve)]


class Uploads:
    """Takes files, and hands them out for so many `days` of the mock's clock."""

    def __init__(
        self,
        store: Store,
        admission: Admission,
        undecided: Undecided,
        base_urls: BaseUrls,
        days: float,
        files: UploadedFiles,
    ) -> None:
        self._store = store
        self._admission = admission
        self._undecided = undecided
        self._base_urls = base_urls
        self._days = days
        self._files = files

    def taking(
        self, read: Callable[[Request], Awaitable[Sent]], largest: int
    ) -> Callable[[Request], Awaitable[Response]]:
        """What answers a POST whose body is read so."""

        async def take(request: Request) -> Response:
            call, sent = call_of(request.scope, b"", self._base_urls), limited(request, largest)
            try:
                await self._admit(call)
                told = await self._take(await read(sent), call)
                answer = _answer(200, {"success": True, "code": 200, "msg": "File uploaded successfully", "data": told})
            except Refused as refused:
                answer = _refusal(refused.code, refused.msg)
            except OSError as error:
                answer = _refusal(500, f"the file cannot be kept: {error.strerror or error}")
            except (Incomplete, StateFailed) as trouble:
                return _response(_refusal(UNAVAILABLE, str(trouble)))
            except ClientDisconnect:
                return Response(status_code=400)  # nobody reads it
            finally:
                await sent.close()
            await self._undecided.write_down(call, answer)
            return _response(answer)

        return take

    async def _admit(self, call: Call) -> None:
        if not self._admission.is_known(call.key, await self._store.terms(call.key)):
            raise Refused("Authentication failed: Invalid API Key", 401)

    async def _take(self, sent: Sent, call: Call) -> Mapping[str, Any]:
        """Keep the file, and tell of it. Raises Refused and OSError."""
        folder = text_of(sent.fields, "uploadPath").strip("/")
        name = await asyncio.to_thread(file_name, sent)
        path = f"{folder}/{name}" if folder else name
        if not {"", ".", ".."}.isdisjoint(path.split("/")) or not _is_plain(path):
            raise Refused(f"uploadPath and fileName are {shown(path)}; allowed: {PLAIN_PATH}")
        kind = sent.kind or mimetypes.guess_type(name)[0] or PLAIN
        now, key = (await self._store.moment()).now, call.key or ""
        if sent.elsewhere:
            file = await asyncio.to_thread(self._files.note, path, key, kind, now, sent.elsewhere)
        else:
            file = await asyncio.to_thread(self._files.keep, path, key, kind, now, sent.content or BytesIO())
        base_url = call.base_url or self._base_urls.own
        return {
            "fileName": name,
            "filePath": path,
            "downloadUrl": f"{base_url}/uploads/{quote(path)}",
            "fileSize": file.size,
            "mimeType": kind,
            "uploadedAt": datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }

    async def serve(self, request: Request) -> Response:
        """GET of a download: the file, or the way to where it stands. Raises NotFound, and HTTPException."""
        path = request.path_params["path"]
        file = self._files.find(path)
        if file is None:
            raise NotFound(
                f"no file {cut(path)!r} was uploaded here; a restart forgets them, and each worker has its own"
            )
        if (await self._store.moment()).now >= file.at + self._days * DAY:
            raise NotFound(f"the file {cut(path)!r} was kept for {self._days:g} days and is gone")
        if file.on_disk is None:
            return RedirectResponse(file.elsewhere)
        if not file.on_disk.is_file():
            raise HTTPException(404)
        return FileResponse(file.on_disk, media_type=file.kind, headers=FOREIGN)


def _is_plain(path: str) -> bool:
    return path.isprintable() and "\\" not in path and len(path) <= LONGEST


def _refusal(code: int, msg: str) -> Answer:
    return _answer(code, {"success": False, "code": code, "msg": msg})


def _answer(status: int, body: Mapping[str, Any]) -> Answer:
    return Answer(status, body["code"], body["msg"], orjson.dumps(body), JSON)


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, media_type=JSON)
