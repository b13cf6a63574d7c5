"""`suno-contract run` and the suites against targets that mean harm, and on a disk that is full."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from contract_tests.cli import main
from tests.hostile import BROKEN, ESCAPES, NO_ANSWER, TOO_LONG
from tests.scripted import REFUSED, http, scripted

resource = pytest.importorskip("resource", reason="there are no such limits here")
ROOT = Path(__file__).parents[2]
KEY = "sk-very-secret-key"
TRACK = ("--audio-id", "e231", "--audio-model", "V4", "--audio-duration", "100")
BRIEF = ("--callback-timeout", "0.1", "--budget", "99", *TRACK)
HARM = {**TOO_LONG, **BROKEN, **NO_ANSWER}
REPORTS = ("report.json", "report.html", "junit.xml")


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUNO_API_KEY", KEY)


@pytest.mark.parametrize("harm", HARM)
def test_a_run_against_harm_ends_with_its_reports(
    harm: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["run", "--only", "extend.example", "--report-dir", str(tmp_path), *BRIEF]
    with scripted(HARM[harm]) as target, pytest.raises(SystemExit) as ended:
        main([*asked, "--base-url", target.url])
    output, errors = capsys.readouterr()
    assert ended.value.code in (1, 2)
    assert (output + errors).replace("\n", "").isprintable()
    written = [path.read_text("utf-8") for path in tmp_path.iterdir()]
    assert all(text.replace("\n", "").isprintable() for text in written)
    assert KEY not in output + errors + "".join(written)


def process(*arguments: str, largest: int = -1) -> subprocess.CompletedProcess[str]:
    """A process of Python that writes no file of more than so many bytes; -1 is any."""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        # Where coverage is measured it would write into a file of the same limit, and say that it cannot.
        env={each: value for each, value in os.environ.items() if not each.startswith("COVERAGE_")}
        | {"SUNO_API_KEY": KEY},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY)),
        check=False,
    )


def test_a_full_disk_is_one_line_and_loses_nothing(tmp_path: Path) -> None:
    for name in REPORTS:
        (tmp_path / name).write_text("of an earlier run", "utf-8")
    with scripted(REFUSED) as target:
        asked = ("contract_tests", "run", "--base-url", target.url, "--only", "extend.title.*", *BRIEF)
        kept = ("--report-dir", str(tmp_path))
        ended = process(*asked, *kept, largest=3000)
        assert (ended.returncode, ended.stderr) == (
            2,
            "suno-contract: the journal cannot be written: File too large. The run ends here: make room, and go on "
            "with --resume, which takes what it holds, or start anew\n",
        )
        assert {(tmp_path / name).read_text("utf-8") for name in REPORTS} == {"of an earlier run"}
        sent = sum(each.startswith(b"POST") for each in target.heard)
        assert process(*asked, *kept, "--resume").returncode == 0
        resumed = sum(each.startswith(b"POST") for each in target.heard) - sent
        assert process(*asked).returncode == 0
        alone = sum(each.startswith(b"POST") for each in target.heard) - sent - resumed
    assert 0 < sent < alone
    assert alone <= sent + resumed <= alone + 1
    assert not {(tmp_path / name).read_text("utf-8") for name in REPORTS} & {"of an earlier run"}


def test_the_suites_end_on_a_full_disk(tmp_path: Path) -> None:
    with scripted(REFUSED) as target:
        asked = ("pytest", "-q", "-p", "no:cacheprovider", "contract_tests", "--target", target.url, "--examples", "1")
        ended = process(*asked, *BRIEF, "--only", "extend.title.*", "--report-dir", str(tmp_path), largest=3000)
    assert ended.returncode == 2
    assert "suno-contract: the journal cannot be written: File too large. The run ends here: " in ended.stdout
    assert "Traceback" not in ended.stdout + ended.stderr


def test_no_failure_of_the_suites_shows_a_key_or_is_obeyed() -> None:
    echo = http({"code": 200, "msg": f"{KEY} {ESCAPES}", "data": {"taskId": f"{KEY}{ESCAPES}"}})
    with scripted(echo) as target:
        shown = ("pytest", "-q", "-p", "no:cacheprovider", "--showlocals", "--full-trace", "contract_tests")
        asked = ("--target", target.url, "--examples", "1", "--only", "extend.example", "--bad-key", "sk-another-one")
        ended = process(*shown, *asked, *BRIEF)
    output = ended.stdout + ended.stderr
    assert ended.returncode == 1
    assert "very-secret" not in output
    assert "another-one" not in output
    assert [line for line in output.split("\n") if not line.isprintable()] == []


def test_a_run_leaves_no_core() -> None:
    least, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))
    try:
        with scripted(REFUSED) as target, pytest.raises(SystemExit):
            main(["run", "--base-url", target.url, "--only", "extend.example", *BRIEF])
        assert resource.getrlimit(resource.RLIMIT_CORE) == (0, most)
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (least, most))
