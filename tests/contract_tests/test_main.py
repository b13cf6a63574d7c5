"""The command `suno-contract` as it is installed: with its extra, and without."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest

from contract_tests.__main__ import EXTRA

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
MODULE, _, FUNCTION = PROJECT["scripts"]["suno-contract"].partition(":")
WAYS = {
    "suno-contract": f"from {MODULE} import {FUNCTION} as command; command()",
    "python -m contract_tests": "import runpy; runpy.run_module('contract_tests', run_name='__main__', alter_sys=True)",
}
WITHOUT = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
sys.argv = ["suno-contract", *{arguments!r}]
{way}
"""
each_way = pytest.mark.parametrize("way", WAYS)


def ran(way: str, names: AbstractSet[str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, where some modules are not installed."""
    code = WITHOUT.format(names=sorted(names), arguments=arguments, way=WAYS[way])
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=ROOT)


def test_the_modules_of_the_extra_are_those_that_it_installs() -> None:
    names = [re.split(r"[^a-z-]", line)[0] for line in PROJECT["optional-dependencies"]["contract"]]
    assert {name.replace("-", "_") for name in names} == EXTRA


@each_way
@pytest.mark.parametrize("arguments", [(), ("--help",), ("run",), ("plan",)])
def test_without_the_extra_one_line_says_how_to_install_it(way: str, arguments: tuple[str, ...]) -> None:
    ended = ran(way, EXTRA, *arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    missing, _, way = ended.stderr.removeprefix("suno-contract: ").partition(" ")
    assert missing in EXTRA
    assert way == 'is not installed. Install what the harness needs: pip install "suno-mock[contract]"\n'


@each_way
def test_a_run_needs_no_pytest(way: str) -> None:
    ended = ran(way, EXTRA - {"harfile", "openapi_core"}, "plan", "--only", "extend.method")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines()[-1] == "0 tasks at most"


@each_way
def test_another_module_that_is_missing_is_a_fault_of_its_own(way: str) -> None:
    ended = ran(way, {"click"}, "plan")
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == "ModuleNotFoundError: No module named 'click'"
