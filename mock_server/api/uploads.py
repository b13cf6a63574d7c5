"""The upload of files, another host's with the providers, and their download: `openapi/uploads.openapi.yaml`."""

import asyncio
import mimetypes
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, BinaryIO, Final
from urllib.parse import quote

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from mock_server.api.admission import Admission
from mock_server.api.endpoints import Undecided
from mock_server.api.uploaded_bodies import (
    Refused,
    Sent,
    file_name,
    limited,
    read_base64,
    read_form,
    read_url,
    text_of,
)
from mock_server.core.errors import NotFound
from mock_server.core.text import cut, shown
from mock_server.domain.answer import Answer
from mock_server.domain.call import Call
from mock_server.http.base_urls import BaseUrls
from mock_server.http.read_request import call_of
from mock_server.media.uploaded_files import UploadedFile, UploadedFiles
from mock_server.runtime import Runtime
from mock_server.state.store import Store

PATH: Final = "/uploads/{path:path}"
JSON: Final = "application/json"
PLAIN: Final = "application/octet-stream"
DAY: Final = 86400.0
LONGEST: Final = 500
"""Characters of a path and name."""
READING: Final[Mapping[str, Callable[[Request], Awaitable[Sent]]]] = {
    "stream": read_form,
    "base64": read_base64,
    "url": read_url,
}
"""By the name that profiles have for a way to upload."""


def upload_routes(runtime: Runtime) -> list[Route]:
    """A route for each way to upload that the profile has, and the one of downloads; none where it has none."""
    store, editions = runtime.store, runtime.editions
    form = editions.family.uploads
    if not form:
        return []
    admission, undecided = Admission(store, runtime.scenarios), Undecided(store, editions)
    uploads = Uploads(store, admission, undecided, runtime.base_urls, form["days"], UploadedFiles())
    taking = [Route(form[name], uploads.taking(read), methods=["POST"]) for name, read in READING.items()]
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

    def taking(self, read: Callable[[Request], Awaitable[Sent]]) -> Callable[[Request], Awaitable[Response]]:
        """What answers a POST whose body is read so."""

        async def take(request: Request) -> Response:
            call, sent = call_of(request.scope, b"", self._base_urls), limited(request)
            try:
                await self._admit(call)
                told = await self._take(await read(sent), call)
                answer = _answer(200, {"success": True, "code": 200, "msg": "File uploaded successfully", "data": told})
            except Refused as refused:
                answer = _answer(refused.code, {"success": False, "code": refused.code, "msg": refused.msg})
            finally:
                await sent.close()
            await self._undecided.write_down(call, answer)
            return Response(answer.body, answer.status, media_type=JSON)

        return take

    async def _admit(self, call: Call) -> None:
        if not self._admission.is_known(call.key, await self._store.terms(call.key)):
            raise Refused("Authentication failed: Invalid API Key", 401)

    async def _take(self, sent: Sent, call: Call) -> Mapping[str, Any]:
        """Keep the file, and tell of it. Raises Refused."""
        folder = text_of(sent.fields, "uploadPath").strip("/")
        name = await asyncio.to_thread(file_name, sent)
        path = f"{folder}/{name}" if folder else name
        if ".." in path.split("/") or "\\" in path or not path.isprintable() or len(path) > LONGEST:
            raise Refused(f"uploadPath and fileName are {shown(path)}; allowed: at most {LONGEST} characters, no '..'")
        kind = sent.kind or mimetypes.guess_type(name)[0] or PLAIN
        now = (await self._store.moment()).now
        if sent.elsewhere:
            file = self._files.note(path, kind, now, sent.elsewhere)
        else:
            file = await self._written(path, kind, now, sent.content or BytesIO())
        base_url = call.base_url or self._base_urls.own
        return {
            "fileName": name,
            "filePath": path,
            "downloadUrl": f"{base_url}/uploads/{quote(path)}",
            "fileSize": file.size,
            "mimeType": kind,
            "uploadedAt": datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }

    async def _written(self, path: str, kind: str, now: float, content: BinaryIO) -> UploadedFile:
        try:
            return await asyncio.to_thread(self._files.keep, path, kind, now, content)
        except OSError as error:
            raise Refused(f"the file cannot be kept: {error.strerror or error}", 500) from None

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
        return FileResponse(file.on_disk, media_type=file.kind)


def _answer(status: int, body: Mapping[str, Any]) -> Answer:
    return Answer(status, body["code"], body["msg"], orjson.dumps(body), JSON)
