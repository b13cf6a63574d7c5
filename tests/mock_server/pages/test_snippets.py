"""The snippets do in each language, as far as it is here, what they are there for."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mock_server.pages.snippets import LANGUAGES, snippets
from mock_server.testing.receiver import Receiver

BODY = {"title": 'It\'s "$50" \\ é `x`', "flag": True, "none": None, "lines": "one\ntwo"}
RUN = {
    "curl": ("sh", "request.sh"),
    "Python": (sys.executable, "request.py"),
    "Node": ("node", "request.mjs"),
    "PHP": ("php", "request.php"),
    "Go": ("go", "run", "request.go"),
    "Java": ("java", "Extend.java"),
}
"""The command that runs the file of a snippet."""


def test_every_language_is_run() -> None:
    assert RUN.keys() == LANGUAGES.keys()


@pytest.mark.parametrize("language", RUN)
def test_a_snippet_sends_the_request(language: str, tmp_path: Path) -> None:
    command = RUN[language]
    if shutil.which(command[0]) is None:
        pytest.skip(f"no {command[0]} here")
    with Receiver() as receiver:
        text = snippets(receiver.url, "it's-a-key", BODY)[language]
        (tmp_path / command[-1]).write_text(text, "utf-8")
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        (came,) = receiver.received
    assert json.loads(came.body) == BODY
    assert {name.lower(): value for name, value in came.headers.items()}["authorization"] == "Bearer it's-a-key"
