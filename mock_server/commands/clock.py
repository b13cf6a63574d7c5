"""`suno-mock clock`: shows the clock of a running mock, moves it, freezes it, or lets it run."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import click

from mock_server.commands.client.admin_client import Refused, Remote
from mock_server.commands.durations import seconds, written
from mock_server.commands.options import as_json, mock_options
from mock_server.commands.output import say
from mock_server.commands.shell_names import among
from mock_server.core.errors import BadSetting, unknown
from mock_server.core.text import cut, in_json

LONGEST: Final = 31622400.0
"""Seconds that the control plane moves the clock at once."""
ADVANCING: Final = 86400.0
"""Seconds that moving it may take: every callback that falls due is attempted first."""
ACTIONS: Final[Mapping[str, Callable[[Remote, float], Any]]] = {
    "show": lambda remote, length: remote.get("clock"),
    "advance": lambda remote, length: remote.post("clock/advance", {"seconds": length}, patience=ADVANCING),
    "freeze": lambda remote, length: remote.post("clock/freeze"),
    "run": lambda remote, length: remote.post("clock/run"),
}


@click.command(epilog="Example:  suno-mock clock advance 1h30m")
@click.argument("action", default="show", metavar="[show|advance|freeze|run]", shell_complete=among(ACTIONS))
@click.argument("duration", required=False)
@as_json
@mock_options
def command(url: str, admin_token: str, action: str, duration: str | None, as_json: bool) -> None:
    """Show the mock's clock, move it by a DURATION such as 30, 90s, 2m or 14d, freeze it, or let it run.

    Moving it answers when every callback that fell due was attempted.
    """
    if action not in ACTIONS:
        raise unknown("action", action, ACTIONS)
    if (action == "advance") != (duration is not None):
        raise BadSetting(_misused(action, duration))
    length = 0 if duration is None else seconds(duration)
    if length > LONGEST:
        raise BadSetting(f"{cut(str(duration), 60)!r} is too long. Allowed: at most {written(LONGEST)} at once.")
    with Remote(url, admin_token) as remote:
        try:
            clock = ACTIONS[action](remote, length)
        except Refused as refused:
            if refused.status != 409:
                raise
            freeze = remote.command("clock freeze")
            raise BadSetting(f"the clock runs by itself. Freeze it first: {freeze}") from None
    say(in_json(clock) if as_json else told(clock, duration))


def told(clock: Mapping[str, Any], duration: str | None) -> str:
    """The clock on one line, and what moving it did."""
    state = "stands still" if clock["frozen"] else "runs"
    if duration is None:
        return f"{clock['iso']}  {state}"
    attempts = "1 callback was" if clock["attempts"] == 1 else f"{clock['attempts']} callbacks were"
    return f"{clock['iso']}  {state}, moved by {written(seconds(duration))}: {attempts} attempted"


def _misused(action: str, duration: str | None) -> str:
    if duration is None:
        return "advance needs a DURATION. Example: suno-mock clock advance 2m."
    return f"{action} takes no DURATION, and {duration!r} came. Example: suno-mock clock {action}."
