"""Whatever engine is behind the store: the API, the control plane and journeys with one that waits in each method.

All tests of what asks a store: `.ci/nightly store`.
"""

import subprocess
import sys
from pathlib import Path

TESTS = ("tests/mock_server/control/test_control.py", "tests/test_journeys.py")
IN_ONE_STEP = "tests/mock_server/control/test_control.py::test_a_reset_forgets_before_anything_can_come_between"
"""It looks at the first step of a coroutine, which a store that waits needs to begin."""


def test_nothing_changes_with_a_store_that_waits() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.slow_store"]
    ended = subprocess.run(
        [*command, *TESTS, "--deselect", IN_ONE_STEP],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-5000:] + ended.stderr[-2000:]
    assert " passed" in ended.stdout
