"""`suno-mock completion`: prints the script with which a shell completes commands, options and names."""

import click
from click.shell_completion import get_completion_class

from mock_server.commands.shell_names import among
from mock_server.core.errors import unknown

SHELLS = ("bash", "zsh", "fish")


@click.command(epilog='Example:  eval "$(suno-mock completion bash)"')
@click.argument("shell", metavar="[bash|zsh|fish]", shell_complete=among(SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print what makes a shell complete commands, options, scenarios, questions and profiles.

    For good, put it where the shell reads it: ~/.bashrc, ~/.zshrc, ~/.config/fish/completions/suno-mock.fish.
    """
    kind = get_completion_class(shell) if shell in SHELLS else None
    if kind is None:
        raise unknown("shell", shell, SHELLS)
    click.echo(kind(ctx.find_root().command, {}, "suno-mock", "_SUNO_MOCK_COMPLETE").source())
