"""The structure of the code in figures: `python -m tests.structure`.

Rooms, arrows between them, arrows that run back in the order that ARCHITECTURE.md lists, and the files of the mock that
an accepted extend enters, from the bytes of the request to those of the answer.
"""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import httpx

from mock_server.app import create_app
from mock_server.contract.operations import EXTEND, path
from mock_server.core.settings import Settings
from tests.builders import RecordingDelivery, request
from tests.clients import KEY
from tests.test_architecture import PACKAGES, ROOT, dotted, own, room
from tests.test_architecture_page import rooms


def arrows(package: str) -> set[tuple[str, str]]:
    """Which room imports from which."""
    modules = [(room(dotted(path)), path) for path in (ROOT / package).rglob("*.py")]
    return {(here, room(name)) for here, path in modules for name in own(path) if room(name) != here}


def back(package: str) -> Iterator[tuple[str, str]]:
    """The arrows from a room to one that the page lists below it."""
    listed = rooms(package)
    for here, there in arrows(package):
        if here in listed and there in listed and listed.index(there) > listed.index(here):
            yield here, there


async def entered() -> list[str]:
    """The files that an accepted extend enters, in the order in which it does."""
    app = create_app(Settings(pace="manual"), delivery=RecordingDelivery())
    files: dict[str, None] = {}

    def note(frame: FrameType, event: str, argument: Any) -> None:
        file = Path(frame.f_code.co_filename)
        if event == "call" and file.is_relative_to(ROOT / "mock_server"):
            files[file.relative_to(ROOT).as_posix()] = None

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mock", headers=KEY) as http:
        url, body = path(EXTEND), request()
        await http.post(url, json=body)  # what is read once is not of every request
        sys.setprofile(note)
        try:
            await http.post(url, json=body)
        finally:
            sys.setprofile(None)
    return list(files)


def main() -> None:
    for package in PACKAGES:
        modules = len(list((ROOT / package).rglob("*.py")))
        count, against = len(rooms(package)), list(back(package))
        print(f"{package}: {modules} files, {count} rooms, {len(arrows(package))} arrows, {len(against)} of them back")
    files = asyncio.run(entered())
    print(f"an accepted extend enters {len(files)} files: {', '.join(files)}")


if __name__ == "__main__":
    main()
