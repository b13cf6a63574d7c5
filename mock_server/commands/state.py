"""`suno-mock state`: looks at a state file, and copies it, while no mock uses it."""

import click

from mock_server.commands.options import as_json, environment
from mock_server.commands.output import say, tell

state_file = click.option(
    "--state",
    "path",
    required=True,
    metavar="FILE",
    envvar=environment("state"),
    show_envvar=True,
    help="The state file of a mock that does not run.",
)


@click.group(name="state", epilog="Example:  suno-mock state show --state mock.db")
def command() -> None:
    """Look at a state file, and copy it, while no mock uses it."""


@command.command(epilog="Example:  suno-mock state show --state mock.db --json")
@state_file
@as_json
def show(path: str, as_json: bool) -> None:
    """Print what the file was made with, and how much it holds."""
    from mock_server.state.state_copy import shown

    found = shown(path)
    records = found["records"].items()
    lines = [f"{name}: {value}" for name, value in found.items() if name != "records"]
    tell([*lines, *(f"{name}: {number} records" for name, number in records)], found, as_json)


@command.command(epilog="Example:  suno-mock state check --state mock.db")
@state_file
def check(path: str) -> int:
    """Say what is wrong with the file. Exit status 1 where something is."""
    from mock_server.state.state_copy import problem

    found = problem(path)
    say(found or f"{path} is whole: a mock can go on with it.")
    return int(bool(found))


@command.command(epilog="Example:  suno-mock state save monday.db --state mock.db")
@click.argument("copy")
@state_file
def save(copy: str, path: str) -> None:
    """Copy the state file to COPY."""
    from mock_server.state.state_copy import copied

    copied(path, copy)


@command.command(epilog="Example:  suno-mock state load monday.db --state mock.db")
@click.argument("copy")
@state_file
def load(copy: str, path: str) -> None:
    """Have the state file hold what COPY does; what it held is gone."""
    from mock_server.state.state_copy import copied, problem

    if found := problem(copy):
        raise click.ClickException(found)
    copied(copy, path)
