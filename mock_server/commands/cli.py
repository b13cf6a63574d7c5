"""The command `suno-mock`. Each command imports its dependencies when it runs, so that no other pays for them."""

import dataclasses
import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NoReturn

import click

from mock_server import __version__
from mock_server.commands import shell_names
from mock_server.commands.lazy_group import LazyGroup
from mock_server.commands.options import Port, as_colour, as_json, environment, mistyped, settings_options, taken
from mock_server.commands.output import tell, warn
from mock_server.commands.signals import INTERRUPTED, Terminated, ended_by_signals
from mock_server.core.errors import BadSetting
from mock_server.core.settings import PORT
from mock_server.core.text import printable


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command, by default with the process's arguments.

    What the user got wrong is one line on standard error, and exit status 2. SIGTERM ends it with 143, SIGINT with 130.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        with ended_by_signals():
            status = cli.main(arguments, prog_name="suno-mock", standalone_mode=False)
        sys.exit(status or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        _fail(error.format_message().replace("\n", " "), error.exit_code)
    except BadSetting as error:
        _fail(str(error), 2)
    except Terminated:
        _let_go_of_output()
        raise
    except (click.Abort, KeyboardInterrupt):
        _let_go_of_output()
        sys.exit(INTERRUPTED)
    except OSError as error:
        _let_go_of_output()
        _fail(f"cannot go on: {error}", 1)


def _let_go_of_output() -> None:
    """What is buffered would be written at the end, and fail again."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _fail(message: str, status: int) -> NoReturn:
    print(f"suno-mock: {printable(message)}", file=sys.stderr)
    sys.exit(status)


DESK = (
    "clock",
    "completion",
    "explain",
    "extend",
    "profiles",
    "queue",
    "receive",
    "reset",
    "state",
    "tail",
    "tasks",
    "trigger",
    "worker",
)
"""Commands with a module of their own, `commands.<name>`."""


GROUPS: dict[str, tuple[str, ...]] = {
    "Serve": ("serve", "worker", "demo", "receive"),
    "Ask": ("extend", "trigger", "queue"),
    "See and steer a running mock": ("tail", "tasks", "clock", "reset", "state"),
    "Read what is documented": ("explain", "scenarios", "questions", "profiles", "tracks"),
    "Your shell": ("completion",),
}
"""The commands as the help lists them."""


@click.group(
    cls=LazyGroup,
    later={name: f"mock_server.commands.{name}" for name in DESK},
    groups=GROUPS,
    context_settings={"max_content_width": 120},
)
@click.version_option(__version__, prog_name="suno-mock")
def cli() -> None:
    """A mock of the Suno API's music-extension endpoint: offline, deterministic, with its callbacks and its errors."""


@cli.command(epilog="Example:  suno-mock serve --port 0 --pace immediate --seed 7")
@click.option("--host", default="127.0.0.1", show_default=True, envvar=environment("host"), show_envvar=True)
@click.option(
    "--port",
    type=Port(),
    default=PORT,
    show_default=True,
    envvar=environment("port"),
    show_envvar=True,
    help="0 takes a free port.",
)
@click.option("--quiet", is_flag=True, envvar=environment("quiet"), show_envvar=True, help="Print no requests.")
@as_colour
@click.option(
    "--until-stdin-ends",
    "until_input_ends",
    is_flag=True,
    help="End when standard input does: a program that holds its other end as a pipe leaves no mock behind.",
)
@settings_options()
@click.pass_context
def serve(
    context: click.Context, /, host: str, port: int, quiet: bool, colour: str, until_input_ends: bool, **options: Any
) -> None:
    """Serve until interrupted; print each request and each callback attempt."""
    settings = taken(options)
    for told in mistyped(os.environ, context.command.params):
        warn(told)
    gc.disable()  # what a start makes stays; to look through it again and again takes a twentieth of it
    try:
        from mock_server.commands import serve

        serve.run(host, port, settings, quiet=quiet, colour=colour, until_input_ends=until_input_ends)
    finally:
        gc.enable()


@cli.command(name="demo", epilog="Example:  suno-mock demo --profile classic")
@settings_options("profile", "seed", "pace", "readings")
def demo_command(**options: Any) -> None:
    """Start a mock and a receiver, send one documented request, show all that follows, and exit."""
    from mock_server.commands import demo

    demo.run(taken(options), click.echo)


@cli.command(epilog="Example:  suno-mock tracks --json")
@settings_options("profile")
@as_json
def tracks(profile: str, as_json: bool) -> None:
    """List the source tracks: id, model, duration, title."""
    from mock_server.commands import listings
    from mock_server.contract.own_profile import check_own
    from mock_server.contract.profile import Profile
    from mock_server.contract.source_tracks import source_tracks

    check_own(profile)
    read = Profile.read(profile)
    found = list(source_tracks(read.lineage, read.models, read.tracks).values())
    tell(listings.tracks(found), [dataclasses.asdict(track) for track in found], as_json)


@cli.command(epilog="Example:  suno-mock scenarios callback-501")
@click.argument("name", required=False, shell_complete=shell_names.scenario_names)
@as_json
def scenarios(name: str | None, as_json: bool) -> None:
    """List every scenario, or one, with what causes it and how to ask for it."""
    from mock_server.commands import listings
    from mock_server.contract.scenarios import Scenarios

    every = Scenarios.read()
    found = [every.named(name)] if name else list(every)
    values = [{**dataclasses.asdict(each), "triggers": each.triggers()} for each in found]
    tell(listings.scenarios(found), values, as_json)


@cli.command(epilog="Example:  suno-mock questions refusal_status")
@click.argument("question", required=False, shell_complete=shell_names.question_names)
@as_json
def questions(question: str | None, as_json: bool) -> None:
    """List every open question, or one, with its readings, its sources, and what each profile picks."""
    from mock_server.commands import listings
    from mock_server.contract.profile_files import picked
    from mock_server.contract.questions import Register

    register = Register.read()
    found = [register.named(question)] if question else list(register.questions.values())
    values = [{**dataclasses.asdict(each), "picks": picked(each.id)} for each in found]
    tell(listings.questions((each, picked(each.id)) for each in found), values, as_json)
