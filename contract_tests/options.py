"""The options of `suno-contract run` for pytest: a plugin, which `contract_tests/conftest.py` brings along.

`pytest contract_tests` needs nothing else; `pytest --pyargs contract_tests` reads the conftest too late for options, so
it takes them with `-p contract_tests.options`.
"""

from collections.abc import Mapping
from typing import Any, Final

import click
import pytest

from contract_tests.run.command import run_command
from contract_tests.run.inputs import CannotRun, command_of

NAMES: Final = {"base_url": "--target", "strict": "--strict-contract", "timeout": "--answer-timeout"}
"""Options that have another name here, two of them since other plugins have theirs."""
OWN: Final[tuple[tuple[str, int, str], ...]] = (
    ("examples", 100, "Requests that each suite of generated requests sends, at most."),
)
"""Options that `suno-contract run` does not have: name, default, help."""
PREFIX: Final = "suno_contract_"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("suno-contract", "the server that contract_tests checks; without --target, the mock")
    for option in run_command.params:
        group.addoption(
            NAMES.get(option.name or "", option.opts[0]),
            dest=f"{PREFIX}{option.name}",
            action="store_true" if _flag(option) else "append" if option.multiple else "store",
            help=option.help if isinstance(option, click.Option) else "",
        )
    for name, default, text in OWN:
        group.addoption(
            f"--{name}", dest=f"{PREFIX}{name}", type=int, default=default, help=f"{text} Default: {default}."
        )


def given(config: pytest.Config) -> Mapping[str, Any]:
    """The options of `suno-contract run` and those of OWN, with their values. Raises CannotRun for a wrong one."""
    arguments: list[str] = []
    spread = hasattr(config, "workerinput") or config.getoption("numprocesses", default=None)
    if config.getoption(f"{PREFIX}base_url", default=None) and spread:
        raise CannotRun("--target and -n do not go together: each worker would spend the budget anew.")
    if config.getoption(f"{PREFIX}report_dir", default=None) and spread:
        raise CannotRun(
            "--report-dir and -n do not go together: a folder holds one run, and each worker makes its own."
        )
    for option in run_command.params:
        values = config.getoption(f"{PREFIX}{option.name}", default=None)
        if _flag(option):
            arguments += option.opts if values else ()
            continue
        values = [] if values is None else values
        for value in [values] if isinstance(values, str) else values:
            arguments += [option.opts[0], value]
    try:
        context = run_command.make_context("pytest contract_tests", arguments)
    except click.ClickException as error:
        raise CannotRun(error.format_message()) from None
    own = {name: config.getoption(f"{PREFIX}{name}", default=default) for name, default, _ in OWN}
    for name, value in own.items():
        if value < 1:
            raise CannotRun(f"--{name} {value} is too few: give 1 or more.")
    command = worded(command_of(context))
    more = [f" --{name} {own[name]}" for name, default, _ in OWN if own[name] != default]
    return {**context.params, **own, "command": "".join([command, *more])}


def worded(text: str) -> str:
    """A message of a run, with its options under the names that they have here."""
    for name, option in NAMES.items():
        text = text.replace(f"--{name.replace('_', '-')}", option)
    return text


def _flag(option: click.Parameter) -> bool:
    """Whether it takes no value."""
    return isinstance(option, click.Option) and option.is_flag
