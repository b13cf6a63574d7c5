"""The mock as a target of the harness."""

from pathlib import Path

import httpx
import pytest

from contract_tests.target.mock import mock


def test_a_module_of_that_name_in_the_current_folder_is_not_the_mock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mock_server.py").write_text("raise SystemExit('another')\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    with mock("apikley") as url:
        assert httpx.get(f"{url}/__admin/health").status_code == 200
