"""Whether a file is on a network file system, as Linux tells; elsewhere nobody does."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

MOUNTS: Final = Path("/proc/self/mounts")
NETWORK: Final = frozenset(
    [
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "gpfs",
        "lustre",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
        "fuse.ceph-fuse",
        "fuse.davfs2",
        "fuse.glusterfs",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.sshfs",
    ]
)
"""Their types, as proc(5) has them. Not 9p, which is also how a sandbox sees its own disk."""


def network_disk(path: str, mounts: Path = MOUNTS) -> str:
    """The type of the network file system that a file would be on; empty where it is on none."""
    with suppress(OSError, ValueError):
        place = Path(path).resolve()
        _, kind = max(_above(place, mounts.read_text("utf-8", "replace")), key=lambda found: found[0], default=(0, ""))
        return kind if kind in NETWORK else ""
    return ""


def _above(place: Path, mounts: str) -> Iterator[tuple[tuple[int, int], str]]:
    """What is mounted above a place: how far down, and of several there which came last, and its type."""
    for number, line in enumerate(mounts.splitlines()):
        _, point, kind, *_ = line.split(" ")
        mounted = Path(point.replace("\\040", " ").replace("\\134", "\\"))
        if place.is_relative_to(mounted):
            yield (len(mounted.parts), number), kind
