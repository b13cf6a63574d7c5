"""What a shell offers."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import Run, suno_mock


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("explain callback-5", {"callback-500", "callback-501", "callback-531"}),
        ("explain FIRST", {"FIRST_SUCCESS"}),
        ("explain extend.prompt.l", {"extend.prompt.length"}),
        ("trigger sil", {"silent"}),
        ("queue out", {"out-of-order"}),
        ("scenarios 45", {"451", "455"}),
        ("questions first", {"first_items"}),
        ("serve --set first_items=", {"first_items=both", "first_items=vary"}),
        ("serve --set all", {"all=vary"}),
        ("serve --profile cl", {"classic"}),
        ("clock fr", {"freeze"}),
        ("completion zs", {"zsh"}),
        ("tri", {"trigger"}),
    ],
)
def test_names_are_completed(typed: str, offered: set[str], run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["suno-mock", *typed.split()]
    monkeypatch.setenv("_SUNO_MOCK_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", " ".join(words))
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
    output = run()[1]
    found = {line.partition(",")[2] for line in output.split()}
    assert offered & found == offered if "first_items=" in typed else found == offered
    assert all(name.startswith(words[-1]) for name in found)


def test_a_process_completes_too() -> None:
    words = {"COMP_WORDS": "suno-mock ta", "COMP_CWORD": "1", "_SUNO_MOCK_COMPLETE": "bash_complete"}
    assert suno_mock(**words).stdout == f"plain,tail{os.linesep}plain,tasks{os.linesep}"


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("serve --set refusal_status = m", ["mirror"]),
        ("serve --set refusal_status =", ["envelope", "mirror", "vary"]),
        ("serve --profile = cl", ["classic"]),
        ("tasks --url http : //127.0.0.1 : 4010 --js", ["--json"]),
        ("explain callback-53", ["callback-531"]),
    ],
)
def test_a_real_bash_completes_what_it_cut(typed: str, offered: list[str]) -> None:
    words = f"suno-mock {typed}".split()
    script = (
        'eval "$(suno-mock completion bash)"; '
        f"COMP_WORDS=({shlex.join(words)}); COMP_CWORD={len(words) - 1}; "
        '_suno_mock_completion suno-mock; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ended = subprocess.run(
        ["bash", "--norc", "-c", script], env={**os.environ, "PATH": path}, capture_output=True, text=True, check=True
    )
    assert ended.stdout.split() == offered
