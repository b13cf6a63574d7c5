"""docs/live.md: its commands, in their order, with a server apart from the mock in place of the live API."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from contract_tests.receiver.receiver import Receiver
from contract_tests.targets.behaviour import KEY
from contract_tests.targets.edition import APIKLEY
from contract_tests.targets.plain_server import EXTEND, Plain
from tests.contract_tests.recording.ordinary import body, ordinary

pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]
ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "live.md").read_text("utf-8")
COMMANDS = re.findall(r"^    (suno-\w+ .+)$", PAGE, re.M)
MODULES = {"suno-contract": "contract_tests", "suno-mock": "mock_server"}


def command(name: str, *more: str, **places: str) -> list[str]:
    """The first command of the page that begins so, with other places."""
    line = next(each for each in COMMANDS if each.startswith(f"{name} "))
    program, *words = shlex.split(line)
    return [sys.executable, "-m", MODULES[program], *(places.get(word, word) for word in words), *more]


def source(number: int) -> tuple[str, str]:
    """The track that the client extends in its request of a number, and its model."""
    id, (model, _) = [*APIKLEY.sources.items()][number % len(APIKLEY.sources)]
    return id, model


@contextmanager
def started(words: list[str], folder: Path) -> Iterator[str]:
    """The first line that a command prints, while it runs."""
    with subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout
            yield process.stdout.readline().strip()
        finally:
            process.terminate()
            process.communicate(timeout=20)


def done(words: list[str], folder: Path) -> str:
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=120, check=True).stdout


def test_the_commands_of_the_page_work(tmp_path: Path) -> None:
    with Plain(pause=0.02) as plain, Receiver() as receiver:
        to = {"https://api.example.com": plain.url, "3": "12"}
        with started(command("suno-contract proxy", "--port", "0", **to), tmp_path) as url:
            ordinary(url, receiver, KEY, APIKLEY.sources)
        assert len(plain.tasks) == 12
    assert "0 rules violated" in done(command("suno-contract judge"), tmp_path)
    assert (tmp_path / "report" / "report.html").is_file()
    done(command("suno-contract convert live.jsonl"), tmp_path)
    again = command("suno-contract convert browser.har", **{"browser.har": "live.har", "live.jsonl": "again.jsonl"})
    assert done(again, tmp_path) == "again.jsonl: 66 messages\n"
    assert "Play it:  suno-mock serve --profile live.yaml" in done(command("suno-contract calibrate"), tmp_path)
    with started(command("suno-mock serve", "--port", "0"), tmp_path) as url:
        headers = {"Authorization": "Bearer any"}
        answer = httpx.post(url + EXTEND, json={"prompt": "x"}, headers=headers, trust_env=False).json()
        questions = httpx.get(f"{url}/__admin/pages/questions", trust_env=False).text
    assert "live.yaml: in all that came" in questions
    assert "live.yaml: nothing that was sent tells it" in questions
    assert ">once: request 2</span>" in questions
    assert "audioId is required." in answer["msg"]
    with started(command("suno-mock serve --replay", "--port", "0"), tmp_path) as url, Receiver() as receiver:
        asked = {**body(3, *source(3)), "callBackUrl": receiver.url("again")}
        played = httpx.post(url + EXTEND, json=asked, headers={"Authorization": "Bearer any"}, trust_env=False)
        assert played.headers["suno-mock-replay"].startswith("recorded; line ")
        receiver.settle({asked["callBackUrl"]: 3}, 20)
        assert len(receiver.arrived(asked["callBackUrl"])) == 3


def test_every_command_of_the_page_was_tried() -> None:
    assert len(COMMANDS) == 7
