"""`suno-mock trigger`: a scenario's callbacks without a request, by a running mock or one that is started for it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from click.core import ParameterSource

from mock_server.commands import fields
from mock_server.commands.delivered import deliver
from mock_server.commands.remote import Remote, Unreached
from mock_server.completing import scenario_names
from mock_server.errors import BadSetting
from mock_server.options import HTTP_URL, as_json, mock_options, settings_options, taken
from mock_server.scenarios import Scenarios
from mock_server.settings import Pace, Settings


@click.command(epilog="Example:  suno-mock trigger callback-501 --to http://127.0.0.1:3000/callback --set title=Night")
@click.argument("scenario", required=False, shell_complete=scenario_names)
@click.option("--to", type=HTTP_URL, metavar="URL", help="Your receiver.")
@click.option("--list", "as_list", is_flag=True, help="List what can be triggered.")
@click.option("--set", "pairs", multiple=True, metavar="FIELD=VALUE", help="Replace a field of the documented request.")
@click.option("--key", metavar="KEY", help="Whose task it is.  [default: the key that `serve` prints]")
@click.option("--no-wait", is_flag=True, help="Print the task's id, and leave the callbacks to the running mock.")
@as_json
@mock_options
@settings_options("profile", "seed", "pace", "allow_callbacks_to")
@click.pass_context
def command(ctx: click.Context, /, scenario: str | None, to: str | None, as_list: bool, **asked: Any) -> int:
    """Send a SCENARIO's callbacks to your receiver, without a request, and print each attempt.

    A running mock sends them; where none is named and none runs, one is started for it, with --profile, --seed, --pace
    and --allow-callbacks-to. Exit status 0: all were accepted.
    """
    if as_list:
        return _list(asked["as_json"])
    if scenario is None or to is None:
        raise BadSetting("give a SCENARIO and --to URL. `suno-mock trigger --list` lists the scenarios.")
    named = ctx.get_parameter_source("url") is not ParameterSource.DEFAULT
    fields_of = fields.pairs(asked["pairs"], fields.documented(asked["profile"]))
    wanted = {"scenario": scenario, "to": to, "request": fields_of}
    wanted |= {} if asked["key"] is None else {"key": asked["key"]}
    with _mock(named or asked["no_wait"], asked) as remote:
        task_id: str = remote.post("trigger", wanted)["task_id"]
        if asked["no_wait"]:
            click.echo(json.dumps({"task_id": task_id}) if asked["as_json"] else task_id)
            return 0
        show, move = _shown(asked["as_json"]), remote.command("clock advance")
        return 0 if deliver(remote, task_id, show, _warn, move) else 1


@contextmanager
def _mock(named: bool, asked: dict[str, Any]) -> Iterator[Remote]:
    """The running mock; where nobody named one and none runs, one that runs as long as it is needed."""
    with Remote(asked["url"], asked["admin_token"]) as remote:
        if named or _answers(remote):
            yield remote
            return
    from mock_server.server import MockServer

    with MockServer(_settings(asked)) as mock, Remote(mock.url) as own:
        _warn(f"no mock runs at {remote.url}; one was started for this")
        yield own


def _answers(remote: Remote) -> bool:
    try:
        remote.get("health")
    except Unreached:
        return False
    return True


def _settings(asked: dict[str, Any]) -> Settings:
    settings = taken({name: value for name, value in asked.items() if name != "admin_token"})
    if Pace.parse(settings.pace).manual:
        raise BadSetting("pace 'manual' would never move: the mock that is started here ends with this command.")
    return settings


def _list(as_json: bool) -> int:
    found = {each.name: each.summary for each in Scenarios.read() if each.steps()}
    width = max(map(len, found))
    for line in [json.dumps(found, indent=2)] if as_json else [f"{name:{width}}  {found[name]}" for name in found]:
        click.echo(line)
    return 0


def _shown(as_json: bool) -> Callable[[dict[str, Any]], None]:
    return lambda attempt: click.echo(json.dumps(attempt) if as_json else attempt["line"])


def _warn(text: str) -> None:
    click.echo(f"suno-mock: {text}", err=True)
