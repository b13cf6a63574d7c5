"""Which files are on network file systems."""

from pathlib import Path

import pytest

from mock_server.core.errors import BadSetting
from mock_server.state.network_disk import network_disk
from mock_server.state.state_file import StateFile

LINES = """/dev/sda / ext4 rw 0 0
server:/export /mnt nfs4 rw 0 0
/dev/sdb /mnt/local xfs rw 0 0
//server/share /mnt/a\\040b cifs rw 0 0
server:/old /twice nfs rw 0 0
/dev/sdc /twice ext4 rw 0 0
"""


@pytest.fixture
def mounts(tmp_path: Path) -> Path:
    (tmp_path / "mounts").write_text(LINES, "utf-8")
    return tmp_path / "mounts"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/mnt/state", "nfs4"),
        ("/mnt/deep/er/state", "nfs4"),
        ("/mnt/local/state", ""),
        ("/mnt/a b/state", "cifs"),
        ("/twice/state", ""),
        ("/home/state", ""),
        ("/mntx/state", ""),
    ],
)
def test_the_mount_nearest_above_a_file_tells(mounts: Path, path: str, kind: str) -> None:
    assert network_disk(path, mounts) == kind


@pytest.mark.parametrize("content", ["", "one line that is none\n", "a\n"])
def test_where_nothing_is_told_nothing_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "mounts").write_text(content, "utf-8")
    assert network_disk("/mnt/state", tmp_path / "mounts") == ""
    assert network_disk("/mnt/state", tmp_path / "none") == ""


def test_a_state_file_there_is_refused_and_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_server.state.state_file.network_disk", lambda path: "nfs4")
    with pytest.raises(BadSetting, match=r"is on a network file system \(nfs4\), which locks it badly\. Choose"):
        StateFile(f"{tmp_path}/state", {})
    assert not (tmp_path / "state").exists()
