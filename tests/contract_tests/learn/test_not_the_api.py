"""`suno-contract drift` at an address where something else answers."""

from pathlib import Path

import pytest

from contract_tests.targets.plain_server import Plain
from tests.scripted import http, scripted
from tests.suno_contract import status

pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]
PROFILE = "format: 1\nextends: apikley\npicks:\n  unknown_task: not_found # once: request 1\n"
TRACK = ("--audio-id", "e231", "--audio-model", "V4", "--audio-duration", "198.44")


@pytest.fixture
def drift(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    monkeypatch.setenv("SUNO_API_KEY", "of-somebody")
    (profile := tmp_path / "live.yaml").write_text(PROFILE, "utf-8")
    run = ("--profile", str(profile), "--report-dir", str(tmp_path / "now"), *TRACK)
    return ("drift", *run, "--budget", "2", "--callback-timeout", "2")


def told(drift: tuple[str, ...], url: str, capsys: pytest.CaptureFixture[str]) -> str:
    """The last line on standard error of a comparison that could not be made."""
    assert status(*drift, "--base-url", url) == 2
    assert not (Path(drift[4]) / "drift.json").exists()
    return capsys.readouterr().err.splitlines()[-1]


def test_a_web_server_is_told(drift: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with scripted(http(b"<html>not here</html>", 404, kind="text/html")) as server:
        said = told(drift, server.url, capsys)
    assert said.startswith("suno-contract: this is not the API: ")
    assert said.endswith(
        " and no answer was JSON with a code. The first was HTTP 404 text/html '<html>not here</html>'. Give as "
        "--base-url what stands before /api/v1/generate/extend."
    )


def test_a_server_that_redirects_is_told(drift: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with scripted(http(b"", 301, "Location: https://elsewhere.test/")) as server:
        why = "redirects with HTTP 301, which is not followed. Give as --base-url where it leads to."
        assert told(drift, server.url, capsys) == f"suno-contract: {server.url} {why}"


def test_tls_at_a_port_without_it_is_told(drift: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with Plain() as server:
        url = server.url.replace("http:", "https:")
        why = "ConnectError: TLS fails: it speaks http, without TLS; write http://."
        assert told(drift, url, capsys) == f"suno-contract: {url}: {why}"
    assert server.tasks == {}
