"""What two processes claim at the same time: everything once, and nothing twice."""

import subprocess
import sys
from collections import Counter
from pathlib import Path
from subprocess import PIPE

import pytest

from mock_server.state.open_store import open_store
from tests.builders import task
from tests.mock_server.state.shared.claimant import sharing
from tests.mock_server.state.shared.engines import ENGINES, NUMBERS, server
from tests.proposals import started

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("untraced")]
ROOT = Path(__file__).parents[4]
TASKS = 60


async def claimed_by_two(state: str, prefix: str, number: int) -> None:
    """Two processes make that many claims each, all of which are other ones, and none was left out."""
    with open_store(sharing(state, prefix)) as store:
        for each in range(TASKS):
            await started(store, task(id=f"{each}", pace="immediate"))
        await store.close()
    both = claims_of_two(state, prefix, f"{number}")
    assert all(len(each) >= number for each in both)
    claims = Counter(claim for each in both for claim in each)
    assert [claim for claim, times in claims.items() if times > 1] == []
    last = Counter(claim.split()[0] for claim in claims)
    assert claims.keys() == {f"{id} {retries}" for id, times in last.items() for retries in range(times)}


def claims_of_two(*how: str) -> list[list[str]]:
    """What two processes claim that begin at the same time."""
    command = [sys.executable, "-m", "tests.mock_server.state.shared.claimant", *how]
    both = [subprocess.Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True) for _ in range(2)]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "there\n"
    for process in both:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    printed = [process.communicate()[0].splitlines() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    return printed


@pytest.fixture(params=ENGINES)
def state(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"{tmp_path}/state" if request.param == "file" else server(request.param).url


async def test_two_processes_claim_nothing_twice(state: str) -> None:
    await claimed_by_two(state, f"claims-{next(NUMBERS)}", 500)


@pytest.mark.nightly
async def test_two_processes_claim_nothing_twice_in_200_000_claims(state: str) -> None:
    await claimed_by_two(state, f"claims-{next(NUMBERS)}", 100_000)
