"""The command's options for `Settings`: one per field, with its help, default and environment variable."""

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

import click

from mock_server.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])

ENVIRONMENT = "SUNO_MOCK_"
"""What the environment variables of options begin with."""


def environment(flag: str) -> str:
    """`--rate-limit` as `SUNO_MOCK_RATE_LIMIT`."""
    return ENVIRONMENT + flag.removeprefix("--").replace("-", "_").upper()


def settings_options(*names: str) -> Callable[[Command], Command]:
    """Give a command the named settings as options, or all; `taken` turns them into Settings."""

    def decorate(command: Command) -> Command:
        for field in reversed(dataclasses.fields(Settings)):
            if not names or field.name in names:
                command = _option(field)(command)
        return command

    return decorate


def taken(options: dict[str, Any]) -> Settings:
    """The settings among a command's options. Raises BadSetting."""
    names = {field.name for field in dataclasses.fields(Settings)}
    return Settings(**{name: value for name, value in options.items() if name in names})


def _option(field: dataclasses.Field[Any]) -> Callable[[Command], Command]:
    flag = field.metadata.get("flag", f"--{field.name.replace('_', '-')}")
    switch = isinstance(field.default, bool)
    return click.option(
        flag,
        field.name,
        default=field.default,
        help=field.metadata["help"],
        metavar=field.metadata.get("metavar"),
        envvar=environment(flag),
        show_envvar=True,
        show_default=not switch and field.default not in ("", None, ()),
        is_flag=switch,
        multiple=isinstance(field.default, tuple),
        type=None if switch else _kind(field.default),
    )


def _kind(default: Any) -> type:
    if isinstance(default, int):
        return int
    return float if default is None else str
