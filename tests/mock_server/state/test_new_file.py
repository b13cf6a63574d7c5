"""Where the file of a state is made."""

from pathlib import Path

import pytest

from mock_server.core.errors import BadSetting
from mock_server.state.state_file import StateFile


@pytest.mark.parametrize("target", ["nothing", "no-folder/nothing"])
def test_a_link_to_nothing_is_told(tmp_path: Path, target: str) -> None:
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(BadSetting) as told:
        StateFile(f"{tmp_path}/link", {})
    assert str(told.value) == (
        f"the state file {tmp_path}/link cannot be used: it is a link to {target}, where there is nothing. "
        "Choose another --state."
    )
    assert [each.name for each in tmp_path.iterdir()] == ["link"]
