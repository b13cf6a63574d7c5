"""Keeps the files that clients upload, in a folder that ends with the process: the newest, as far as there is room."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from threading import Lock
from typing import BinaryIO, Final
from uuid import uuid4
from weakref import finalize

LARGEST: Final = 100 * 1024 * 1024
"""Bytes of the largest file."""
ROOM: Final = 1024 * 1024 * 1024
"""Bytes that all files take together."""
FILES_KEPT: Final = 10_000
CHUNK: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedFile:
    """One file by its `path`, `size` bytes of type `kind`, which a `key` uploaded `at` epoch seconds of the mock's
    clock. It is `on_disk`, or stands `elsewhere` at a URL, where nobody fetched it."""

    path: str
    key: str
    size: int
    kind: str
    at: float
    on_disk: Path | None = None
    elsewhere: str = ""


class UploadedFiles:
    """A file of the same path takes the place of the one before. Every method blocks: call it in a thread."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, UploadedFile] = OrderedDict()
        self._folder: Path | None = None
        self._size = 0
        self._lock = Lock()

    def keep(self, path: str, key: str, kind: str, at: float, content: BinaryIO) -> UploadedFile:
        """Write a file. Raises OSError where the disk takes it not; what was there before stays then."""
        on_disk = self._made() / f"{sha256(path.encode()).hexdigest()}-{uuid4().hex}"
        size = 0
        try:
            with on_disk.open("wb") as file:
                while chunk := content.read(CHUNK):
                    size += file.write(chunk)
        except OSError:
            on_disk.unlink(missing_ok=True)
            raise
        return self._kept(UploadedFile(path=path, key=key, size=size, kind=kind, at=at, on_disk=on_disk))

    def note(self, path: str, key: str, kind: str, at: float, elsewhere: str) -> UploadedFile:
        """Remember a file that stands elsewhere."""
        return self._kept(UploadedFile(path=path, key=key, size=0, kind=kind, at=at, elsewhere=elsewhere))

    def find(self, path: str) -> UploadedFile | None:
        """The newest file of a path; None where none is kept."""
        return self._files.get(path)

    def _made(self) -> Path:
        with self._lock:
            if self._folder is None:
                self._folder = Path(mkdtemp(prefix="suno-mock-uploads-"))
                finalize(self, rmtree, self._folder, ignore_errors=True)
            return self._folder

    def let_go(self, key: str | None) -> None:
        """Forget what one key uploaded, or all."""
        with self._lock:
            gone = [each for each in self._files.values() if key is None or each.key == key]
            for each in gone:
                del self._files[each.path]
                self._size -= each.size
        _delete(gone)

    def _kept(self, file: UploadedFile) -> UploadedFile:
        with self._lock:
            before = self._files.pop(file.path, None)
            gone = [] if before is None else [before]
            self._files[file.path] = file
            self._size += file.size - sum(each.size for each in gone)
            while self._size > ROOM or len(self._files) > FILES_KEPT:
                _, oldest = self._files.popitem(last=False)
                self._size -= oldest.size
                gone.append(oldest)
        _delete(gone)
        return file


def _delete(files: Iterable[UploadedFile]) -> None:
    for each in files:
        if each.on_disk is not None:
            each.on_disk.unlink(missing_ok=True)
