"""`suno-mock completion`."""

import pytest

from mock_server.commands.completion import SHELLS
from tests.processes import Run


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_gets_what_it_reads(shell: str, run: Run) -> None:
    status, output, _ = run("completion", shell)
    assert status == 0
    assert f"_SUNO_MOCK_COMPLETE={shell}_complete" in output
