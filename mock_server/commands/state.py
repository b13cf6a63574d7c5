"""`suno-mock state`: looks at what a mock has kept, in a file or an engine, and copies it."""

import click

from mock_server.commands.options import as_json, environment, settings_options
from mock_server.commands.output import say, tell

of_engine = settings_options("state_prefix")
kept = click.option(
    "--state",
    required=True,
    metavar="FILE|URL",
    envvar=environment("state"),
    show_envvar=True,
    help="The state file of a mock, or the URL of an engine.",
)


@click.group(name="state", epilog="Example:  suno-mock state show --state mock.db")
def command() -> None:
    """Look at what a mock has kept, in a file or an engine, and copy it, also while it runs."""


@command.command(epilog="Example:  suno-mock state show --state mock.db --json")
@kept
@of_engine
@as_json
def show(state: str, state_prefix: str, as_json: bool) -> None:
    """Print what the state was made with, and how much it holds."""
    from mock_server.state.state_copy import shown

    found = shown(state, state_prefix)
    records = found["records"].items()
    lines = [f"{name}: {value}" for name, value in found.items() if name != "records"]
    tell([*lines, *(f"{name}: {number} records" for name, number in records)], found, as_json)


@command.command(epilog="Example:  suno-mock state check --state redis://127.0.0.1:6379")
@kept
@of_engine
def check(state: str, state_prefix: str) -> int:
    """Say what is wrong with the state. Exit status 1 where something is."""
    from mock_server.domain.masking import masked_place
    from mock_server.state.state_copy import problem

    found = problem(state, state_prefix)
    say(found or f"{masked_place(state)} is whole: a mock can go on with it.")
    return int(bool(found))


@command.command(epilog="Example:  suno-mock state save monday.db --state redis://127.0.0.1:6379")
@click.argument("copy")
@kept
@of_engine
def save(copy: str, state: str, state_prefix: str) -> None:
    """Copy the state to the file COPY."""
    from mock_server.domain.masking import masked_place
    from mock_server.state.state_copy import saved

    say(_holds(copy, masked_place(state), saved(copy, state, state_prefix)))


@command.command(epilog="Example:  suno-mock state load monday.db --state mock.db")
@click.argument("copy")
@kept
@settings_options("state_prefix", "state_ttl")
def load(copy: str, state: str, state_prefix: str, state_ttl: float) -> None:
    """Have the state hold what the file COPY does. What a file held is gone; an engine has to hold no such mock."""
    from mock_server.domain.masking import masked_place
    from mock_server.state.state_copy import loaded, must_be_file, problem

    must_be_file(copy)
    if found := problem(copy):
        raise click.ClickException(found)
    say(_holds(masked_place(state), copy, loaded(copy, state, state_prefix, state_ttl)))


def _holds(target: str, source: str, tasks: int) -> str:
    """What became of a copy."""
    return f"{target} holds what {source} does: {tasks} {'task' if tasks == 1 else 'tasks'}"
