"""`suno-mock completion`, also in real shells: where one is not there, its tests are skipped."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from mock_server.commands.completion import SHELLS
from tests.processes import Run
from tests.terminals import Terminal, in_terminal


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_gets_what_it_reads(shell: str, run: Run) -> None:
    status, output, _ = run("completion", shell)
    assert status == 0
    assert f"_SUNO_MOCK_COMPLETE={shell}_complete" in output


def shell(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"there is no {name} here: apt-get install {name}")
    return found


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """One that has `suno-mock`, and nothing of who runs the tests."""
    home = f"{tmp_path_factory.mktemp('home')}"
    return {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": home, "ZDOTDIR": home, "PS1": "> "}


TYPED = {
    "tri": "trigger",
    "trigger sil": "trigger silent",
    "trigger 200 --pro": "trigger 200 --profile",
    "explain extend.prompt.l": "explain extend.prompt.length",
    "explain FIRST_S": "explain FIRST_SUCCESS",
    "serve --profile cl": "serve --profile classic",
    "serve --set refusal_status=m": "serve --set refusal_status=mirror",
    "clock fr": "clock freeze",
}
"""What is typed before the tab key, and what stands there after it."""
STARTED = {
    "bash": (("--norc", "--noprofile", "-i"), "bind 'set enable-bracketed-paste off'"),
    "zsh": (("-f", "-i"), "unsetopt zle_bracketed_paste prompt_cr; autoload -U compinit; compinit -u -D"),
}


@pytest.fixture(scope="module", params=STARTED)
def interactive(request: pytest.FixtureRequest, environment: Mapping[str, str]) -> Iterator[Terminal]:
    """A shell that somebody sits before."""
    options, prepares = STARTED[request.param]
    with in_terminal([shell(request.param), *options], 200, {**environment, "TERM": "dumb"}) as screen:
        screen.type(f'{prepares}; eval "$(suno-mock completion {request.param})"; echo re""ady\n')
        screen.read_until("ready")
        yield screen


@pytest.mark.parametrize("typed", TYPED)
def test_the_tab_key_completes(interactive: Terminal, typed: str) -> None:
    interactive.type(f"suno-mock {typed}\t")
    interactive.read_until(f"suno-mock {TYPED[typed]}")
    interactive.type("\x15")


@pytest.mark.parametrize("typed", TYPED)
def test_fish_completes(environment: Mapping[str, str], typed: str) -> None:
    script = f"suno-mock completion fish | source; complete -C 'suno-mock {typed}'"
    fish = [shell("fish"), "--no-config", "-c", script]
    ended = subprocess.run(
        fish, capture_output=True, text=True, timeout=60, check=True, env={**os.environ, **environment}
    )
    offered = [line.split("\t")[0] for line in ended.stdout.splitlines()]
    assert offered == [TYPED[typed].split()[-1]]
