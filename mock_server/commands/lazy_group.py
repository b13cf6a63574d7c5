"""A click group that imports a command's module on first use."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Final

import click

WHOLE: Final = 1000
"""Characters of a summary, which the help does not cut."""


class LazyGroup(click.Group):
    """`later` maps the name of a command to the module that defines it as `command`; the help lists the commands in
    `groups`, by their headings."""

    def __init__(
        self, *, later: Mapping[str, str], groups: Mapping[str, Sequence[str]] | None = None, **options: object
    ) -> None:
        super().__init__(**options)  # type: ignore[arg-type]
        self._later = later
        self._groups = groups

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        groups = self._groups or {"Commands": self.list_commands(ctx)}
        for heading, names in groups.items():
            found = [(name, self.get_command(ctx, name)) for name in names]
            with formatter.section(heading):
                formatter.write_dl([(name, each.get_short_help_str(WHOLE)) for name, each in found if each])

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*self.commands, *self._later})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self._later and cmd_name not in self.commands:
            self.add_command(import_module(self._later[cmd_name]).command, cmd_name)
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None and not ctx.resilient_parsing:
            raise click.exceptions.NoSuchCommand(name, possibilities=self.list_commands(ctx), ctx=ctx)
        return super().resolve_command(ctx, args)
