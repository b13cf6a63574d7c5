"""A user's file under `mypy --strict`, against the installed wheel."""

import sys
from pathlib import Path
from subprocess import CompletedProcess

from tests.packaging.environment import Environment, ended

RIGHT = """
from typing import assert_type

import pytest
from starlette.applications import Starlette

from mock_server import KeyView, MockServer, Receiver, Settings, create_app

app: Starlette = create_app(Settings(pace="manual", seed=7))


def served() -> None:
    with MockServer(seed=7, pace="manual") as mock, Receiver() as receiver:
        assert_type(mock, MockServer)
        assert_type(mock.clock.advance(60), int)
        assert_type(mock.account("mine"), KeyView)
        assert_type([each.code for each in mock.requests], list[int])
        assert_type(receiver.url, str)


@pytest.mark.suno(profile="observed")
def test_a_song(suno_mock: KeyView, suno_receiver: Receiver) -> None:
    suno_mock.queue("429", times=2)
    assert_type(suno_mock.headers, dict[str, str])
    assert_type([each.body for each in suno_receiver.wait_for(3)], list[bytes])
"""


def mypy(users: Environment, folder: Path, text: str) -> CompletedProcess[str]:
    (folder / "song.py").write_text(text, "utf-8")
    options = ["--strict", "--python-executable", str(users.python), "--cache-dir", str(folder / "cache")]
    return ended([sys.executable, "-m", "mypy", *options, "song.py"], folder)


def test_a_right_file_passes(users: Environment, tmp_path: Path) -> None:
    checked = mypy(users, tmp_path, RIGHT)
    assert checked.returncode == 0, checked.stdout


def test_a_wrong_file_is_told_every_mistake(users: Environment, tmp_path: Path) -> None:
    wrong = """\
from mock_server import MockServer, Settings, creat_app
Settings(sed=7)
MockServer().clock.advance("a minute")
MockServer().requests[0].coed
"""
    told = [line.partition(" error: ")[2] for line in mypy(users, tmp_path, wrong).stdout.splitlines()[:-1]]
    assert told == [
        'Module "mock_server" has no attribute "creat_app"; maybe "create_app"?  [attr-defined]',
        'Unexpected keyword argument "sed" for "Settings"; did you mean "seed"?  [call-arg]',
        'Argument 1 to "advance" of "MovableClock" has incompatible type "str"; expected "float"  [arg-type]',
        '"Requested" has no attribute "coed"  [attr-defined]',
    ]
