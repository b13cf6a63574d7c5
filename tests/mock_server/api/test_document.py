"""GET /openapi.json, as it is and as other tools read it."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from mock_server.api.document import PATH
from mock_server.commands.demo import EXTEND, RECORD_INFO
from mock_server.testing.mock_server import MockServer
from tests.builders import request
from tests.clients import Mock, client

pytestmark = pytest.mark.anyio

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
"""What holds of an API whose refusals are HTTP 200 with a code in the body."""


async def test_it_names_the_address_by_which_it_was_reached() -> None:
    async with client(Mock(base_url="https://mock.example.com/suno", admin_token="t").app) as http:
        described = (await http.get(f"/suno{PATH}")).json()
    assert described["servers"][0]["url"] == "https://mock.example.com/suno"
    assert EXTEND in described["paths"]


async def test_it_asks_for_no_key_and_leaves_no_trace() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        answer = await http.get(PATH)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert await mock.control.entries() == []


@pytest.mark.parametrize("profile", ["apikley", "classic"])
def test_schemathesis_takes_it_as_it_is_and_finds_nothing(profile: str, tmp_path: Path) -> None:
    with MockServer(profile=profile, pace="manual") as mock:
        command = [sys.executable, "-m", "schemathesis.cli", "run", f"{mock.url}{PATH}", "--no-color"]
        options = ["--checks", CHECKS, "--max-examples", "10", "--seed", "7", "-H", "Authorization: Bearer test-key"]
        run = subprocess.run(
            [*command, *options], capture_output=True, text=True, timeout=120, cwd=tmp_path, check=False
        )
        described = httpx.get(f"{mock.url}{PATH}").json()["paths"]
        came = {entry.call.path for entry in mock.requests}
    assert run.returncode == 0, run.stdout + run.stderr
    assert f"Tested: {len(described)}\n" in run.stdout
    assert set(described) <= came


@pytest.mark.skipif(not shutil.which("prism"), reason="Prism is installed from npm, by .ci/nightly")
@pytest.mark.parametrize("profile", ["apikley", "classic"])
def test_prism_takes_it_as_it_is_and_lets_through_what_the_mock_says(profile: str) -> None:
    """With `--errors` it answers 500 in place of what the document does not have."""
    with MockServer(profile=profile, pace="manual") as mock, proxied(mock.url) as url:
        answer = httpx.post(f"{url}{EXTEND}", json=request(audioId="mock-200"), headers=mock.headers)
        task_id = answer.json()["data"]["taskId"]
        record = httpx.get(f"{url}{RECORD_INFO}?taskId={task_id}", headers=mock.headers)
    assert (answer.status_code, record.status_code) == (200, 200)
    assert record.json()["data"]["taskId"] == task_id


@contextmanager
def proxied(mock: str) -> Iterator[str]:
    """Prism before a mock, with the mock's document; its URL."""
    command = ["prism", "proxy", f"{mock}{PATH}", mock, "--port", "0", "--errors"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as prism:
        try:
            assert prism.stdout is not None
            listening = (re.search(r"listening on (http://[\d.:]+)", line) for line in prism.stdout)
            yield next(found[1] for found in listening if found)
        finally:
            prism.terminate()
