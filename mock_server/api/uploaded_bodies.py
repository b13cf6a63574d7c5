"""Reads what a client uploads: a form with a file in it, a file as text, or where one stands."""

import asyncio
import json
import mimetypes
import re
from base64 import b64decode
from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO
from posixpath import basename, splitext
from typing import Any, BinaryIO, Final, NamedTuple

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from mock_server.contract.body_validator import is_http_url
from mock_server.contract.decode import BODY_LIMIT
from mock_server.core.text import shown
from mock_server.state.uploaded_files import LARGEST

DATA_URL: Final = "data:"
LARGEST_FORM: Final = LARGEST + BODY_LIMIT
LARGEST_TEXT: Final = 14 * 1024 * 1024
"""Bytes of a body that has a file of 10 MB as text (D, kie: what is larger is uploaded as a form)."""
LARGE: Final = asyncio.Semaphore(4)
"""How many files as text are held at once: they stand in memory."""
KIND: Final = re.compile(r"[A-Za-z0-9.+_-]{1,100}/[A-Za-z0-9.+_-]{1,100}")


class Refused(Exception):
    """What an upload is refused for, with its code, which is the HTTP status, too."""

    def __init__(self, msg: str, code: int = 400) -> None:
        super().__init__(msg)
        self.msg = msg
        self.code = code


class Sent(NamedTuple):
    """What a client sent: the fields, and the file, its own name and type as far as they are told."""

    fields: Mapping[str, Any]
    content: BinaryIO | None
    name: str = ""
    kind: str = ""
    elsewhere: str = ""


def limited(request: Request, largest: int) -> Request:
    """The request, whose body ends with Refused behind so many bytes."""
    came = 0

    async def receive() -> Message:
        nonlocal came
        message = await request.receive()
        came += len(message.get("body", b""))
        if came > largest:
            raise Refused(f"the body is too large; allowed: at most {largest} bytes")
        return message

    return Request(request.scope, receive)


async def read_form(request: Request) -> Sent:
    """A form with the file in it. Raises Refused."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Refused("Content-Type is not multipart/form-data")
    try:
        form = await request.form(max_files=1, max_fields=20)
    except HTTPException as error:
        raise Refused(f"the form cannot be read: {error.detail}") from None
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise Refused("Missing required parameter: file")
    if (file.size or 0) > LARGEST:
        raise Refused(f"the file has {file.size} bytes; allowed: at most {LARGEST}")
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    return Sent(fields, file.file, file.filename or "", _kind(file.content_type or ""))


async def read_base64(request: Request) -> Sent:
    """JSON with the file as text, or as a data URL. Raises Refused."""
    async with LARGE:
        return await asyncio.to_thread(_of_text, await request.body())


def _of_text(body: bytes) -> Sent:
    fields = _json(body)
    text, kind = text_of(fields, "base64Data"), ""
    if text.startswith(DATA_URL):
        head, _, text = text.partition(",")
        kind = _kind(head.removeprefix(DATA_URL))
    try:
        content = b64decode("".join(text.split()), validate=True)
    except ValueError:
        raise Refused("Base64 decoding failed: Invalid Base64 format") from None
    return Sent(fields, BytesIO(content), kind=kind)


async def read_url(request: Request) -> Sent:
    """JSON with where the file stands. Raises Refused."""
    fields = _json(await request.body())
    url = text_of(fields, "fileUrl")
    if not (url.isprintable() and is_http_url(url)):
        raise Refused(f"fileUrl is {shown(url)}; allowed: an absolute http:// or https:// URL with a host")
    return Sent(fields, None, basename(url.partition("?")[0].partition("#")[0]), elsewhere=url)


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused("the body is not JSON") from None
    if not isinstance(value, dict):
        raise Refused("the body is not a JSON object")
    return value


def _kind(text: str) -> str:
    """The type that a client says, as far as it is one."""
    said = text.partition(";")[0].strip()
    return said if KIND.fullmatch(said) else ""


def text_of(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise Refused(f"Missing required parameter: {name}")
    return value


def file_name(sent: Sent) -> str:
    """What a file is called: as the client says, else by its content with the ending of its own name."""
    name = sent.fields.get("fileName")
    if isinstance(name, str) and basename(name):
        return basename(name)
    digest = sha256(sent.elsewhere.encode())
    if sent.content is not None:
        while chunk := sent.content.read(1024 * 1024):
            digest.update(chunk)
        sent.content.seek(0)
    ending = splitext(sent.name)[1] or mimetypes.guess_extension(sent.kind) or ""
    return f"{digest.hexdigest()[:32]}{ending}"
