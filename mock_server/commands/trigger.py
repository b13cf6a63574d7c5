"""`suno-mock trigger`: has a running mock, or one started for it, send a scenario's callbacks without a request."""

import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

import click
from click.core import ParameterSource

from mock_server.commands.client import extend_fields
from mock_server.commands.client.admin_client import Remote, Silent, Unreached
from mock_server.commands.client.api_client import given_key
from mock_server.commands.client.follow_callbacks import deliver
from mock_server.commands.options import HTTP_URL, as_json, mock_options, set_option, settings_options, taken
from mock_server.commands.output import say, tell, warn
from mock_server.commands.shell_names import scenario_names
from mock_server.commands.ticking import ticking
from mock_server.contract.examples import CALLBACKS
from mock_server.contract.scenarios import Scenarios
from mock_server.core.errors import BadSetting
from mock_server.core.settings import Pace, Settings
from mock_server.core.text import in_json

OWN: Final = ("profile", "seed", "pace", "allow_callbacks_to", "callback_ca", "insecure_callbacks")
"""Settings of a mock that is started here."""


@click.command(epilog="Example:  suno-mock trigger callback-501 --to http://127.0.0.1:3000/callback --set title=Night")
@click.argument("scenario", required=False, shell_complete=scenario_names)
@click.option("--to", type=HTTP_URL, metavar="URL", help="Your receiver.")
@click.option("--list", "as_list", is_flag=True, help="List what can be triggered.")
@set_option("Replace a field of the documented request")
@click.option("--key", metavar="KEY", help="Whose task it is.  [default: the key that `serve` prints]")
@click.option("--no-wait", is_flag=True, help="Print the task's id, and leave the callbacks to the running mock.")
@as_json
@mock_options
@settings_options(*OWN)
@click.pass_context
def command(ctx: click.Context, /, scenario: str | None, to: str | None, as_list: bool, **asked: Any) -> int:
    """Send a SCENARIO's callbacks to your receiver, without a request, and print each attempt.

    A running mock sends them; where none is named and none runs, one is started for it, with --profile, --seed, --pace
    and --allow-callbacks-to. Exit status 0: all were accepted.
    """
    if as_list:
        return _list(asked["as_json"])
    if scenario is None or to is None:
        raise BadSetting(_missing(scenario, to))
    key = given_key(asked["key"])
    named = asked["no_wait"] or ctx.get_parameter_source("url") is not ParameterSource.DEFAULT
    only_here = [name for name in OWN if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    with _mock(named, only_here, asked) as remote:
        wanted = {"scenario": scenario, "to": to, "request": _changes(asked["pairs"], remote.health()["profile"])}
        wanted |= {} if key is None else {"key": key}
        task_id: str = remote.post("trigger", wanted)["task_id"]
        if asked["no_wait"]:
            say(in_json({"task_id": task_id}) if asked["as_json"] else task_id)
            return 0
        show, move = _shown(asked["as_json"]), remote.command("clock advance")
        with ticking("the next callback") as line:
            above = (lambda attempt: line.above(partial(show, attempt)), lambda text: line.above(partial(warn, text)))
            return 0 if deliver(remote, task_id, *above, move) else 1


def _missing(scenario: str | None, to: str | None) -> str:
    """What is missing, and nothing else."""
    if scenario is None:
        what = "a SCENARIO" if to else "a SCENARIO and --to URL"
        return f"give {what}. `suno-mock trigger --list` lists the scenarios."
    return f"give --to URL, your receiver. Example: suno-mock trigger {shlex.quote(scenario)} --to {CALLBACKS}."


def _changes(pairs: Iterable[str], profile: str) -> dict[str, Any]:
    """The fields of the request that the user replaces."""
    changes = extend_fields.pairs(pairs, extend_fields.documented(profile))
    if "callBackUrl" in changes:
        raise BadSetting("--set callBackUrl is not where the callbacks go. Give the URL to --to.")
    return changes


@contextmanager
def _mock(named: bool, only_here: Sequence[str], asked: dict[str, Any]) -> Iterator[Remote]:
    """The running mock, if it is given no options that are `only_here`; where nobody named one and none runs, one that
    runs as long as it is needed."""
    with Remote(asked["url"], asked["admin_token"]) as remote:
        if named or _answers(remote):
            if only_here:
                raise BadSetting(_elsewhere(only_here, remote))
            yield remote
            return
    settings = _settings(asked)
    _changes(asked["pairs"], settings.profile)  # or a mock would be started for nothing
    from mock_server.testing.mock_server import MockServer

    with MockServer(settings) as mock, Remote(mock.url) as own:
        warn(f"no mock runs at {remote.url}; one was started for this")
        yield own


def _answers(remote: Remote) -> bool:
    try:
        remote.health()
    except Silent:
        raise
    except Unreached:
        return False
    return True


def _elsewhere(only_here: Sequence[str], remote: Remote) -> str:
    flags = [f"--{name.replace('_', '-')}" for name in only_here]
    serve = " ".join(f"{flag} ..." for flag in flags)
    return (
        f"{', '.join(flags)}: only a mock that is started here takes that, and the one at {remote.url} is asked. "
        f"Start that one with it: suno-mock serve {serve}"
    )


def _settings(asked: dict[str, Any]) -> Settings:
    settings = taken({name: value for name, value in asked.items() if name != "admin_token"})
    if Pace.parse(settings.pace).manual:
        raise BadSetting("pace 'manual' would never move: the mock that is started here ends with this command.")
    return settings


def _list(as_json: bool) -> int:
    found = {each.name: each.summary for each in Scenarios.read() if each.steps()}
    width = max(map(len, found))
    tell((f"{name:{width}}  {summary}" for name, summary in found.items()), found, as_json)
    return 0


def _shown(as_json: bool) -> Callable[[dict[str, Any]], None]:
    return lambda attempt: say(in_json(attempt) if as_json else attempt["line"])
