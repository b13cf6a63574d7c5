"""The mock as a target of the harness."""

import subprocess
from pathlib import Path
from typing import Any

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


def test_an_interrupt_ends_a_mock_that_still_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[str]] = []

    def interrupted() -> str:
        raise KeyboardInterrupt

    class Starting(subprocess.Popen[str]):
        def __init__(self, *command: Any, **how: Any) -> None:
            super().__init__(*command, **how)
            started.append(self)
            monkeypatch.setattr(self.stdout, "readline", interrupted)

    monkeypatch.setattr(subprocess, "Popen", Starting)
    with pytest.raises(KeyboardInterrupt), mock("apikley"):
        pass
    assert started[0].poll() is not None
