"""`suno-mock queue`: queues the scenarios that a key's next requests get."""

from collections.abc import Mapping
from typing import Any

import click

from mock_server.commands.client.admin_client import Remote
from mock_server.commands.client.api_client import given_key
from mock_server.commands.options import as_json, mock_options
from mock_server.commands.output import say
from mock_server.commands.shell_names import scenario_names
from mock_server.core.errors import BadSetting
from mock_server.core.text import in_json
from mock_server.domain.accounts import first_key
from mock_server.domain.masking import masked


@click.command(epilog="Example:  suno-mock queue 429 --times 2")
@click.argument("scenario", required=False, shell_complete=scenario_names)
@click.option("--times", type=click.IntRange(1, 1000), help="For so many requests.  [default: 1]")
@click.option("--always", is_flag=True, help="For every request that is not told otherwise, until it is cleared.")
@click.option("--clear", is_flag=True, help="Give the key's requests no scenario any more.")
@click.option("--key", metavar="KEY", help="Whose requests.  [default: the key that `serve` prints]")
@as_json
@mock_options
def command(url: str, admin_token: str, key: str | None, as_json: bool, **asked: Any) -> None:
    """Give a key's next POST requests a SCENARIO, after those that were queued before."""
    scenario, times = asked["scenario"], asked["times"]
    if misused := _misused(scenario, asked):
        raise BadSetting(misused)
    key = given_key(key) or first_key()
    with Remote(url, admin_token) as remote:
        if asked["clear"]:
            remote.post("scenarios/clear", {"key": key})
            said = f"nothing is queued for {masked(key)}"
        else:
            times = None if asked["always"] else times or 1
            remote.post("scenarios/queue", {"key": key, "scenario": scenario, "times": times})
            said = f"the next {_requests(times)} of {masked(key)}: {scenario}"
    say(in_json({"key": masked(key), "scenario": scenario, "times": times}) if as_json else said)


def _misused(scenario: str | None, asked: Mapping[str, Any]) -> str:
    """What is missing or too much; empty where nothing is."""
    if asked["clear"]:
        return "--clear stands alone: it takes no SCENARIO." if scenario is not None else ""
    if scenario is None:
        return "give a SCENARIO, or --clear. `suno-mock scenarios` lists them."
    return "--times and --always exclude each other." if asked["always"] and asked["times"] else ""


def _requests(times: int | None) -> str:
    return "POST requests" if times is None else "POST request" if times == 1 else f"{times} POST requests"
