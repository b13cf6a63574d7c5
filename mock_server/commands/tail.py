"""`suno-mock tail`: prints the journal of a running mock as it grows."""

import itertools
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

import click

from mock_server.commands.client.admin_client import Remote
from mock_server.commands.client.api_client import given_key
from mock_server.commands.client.follow_journal import follow, newest
from mock_server.commands.client.whole_id import whole_id
from mock_server.commands.on_terminal import OnTerminal, Told, tone_of
from mock_server.commands.options import as_colour, as_json, mock_options
from mock_server.commands.output import say, warn
from mock_server.core.text import in_json, printable
from mock_server.domain.kept_answer import lines_of_answer, lines_of_headers, readable
from mock_server.state.journal_match import VALUES


@click.command(epilog="Example:  suno-mock tail --last 20 --code 422")
@click.option(
    "--last", type=click.IntRange(0, 10_000), default=10, show_default=True, help="Begin with so many entries."
)
@click.option("--no-follow", is_flag=True, help="End after them.")
@click.option("--key", metavar="KEY", help="Only what this key did.")
@click.option("--task", "task_id", metavar="TASK_ID", help="Only what a task did; the beginning of its id will do.")
@click.option("--code", type=int, metavar="N", help="Only entries with this envelope code.")
@click.option("--kind", type=click.Choice(VALUES["kind"]), help="Only requests, or only callback attempts.")
@click.option("-v", "--verbose", is_flag=True, help="With the headers and bodies of request (>) and answer (<).")
@as_colour
@as_json
@mock_options
def command(
    url: str, admin_token: str, last: int, no_follow: bool, verbose: bool, colour: str, as_json: bool, **filters: Any
) -> None:
    """Follow the journal: requests and callback attempts, one line each, until interrupted."""
    filters["key"] = given_key(filters["key"])
    with Remote(url, admin_token) as remote:
        if filters["task_id"]:
            filters["task_id"] = whole_id(remote, filters["task_id"]) or filters["task_id"]
        on_terminal = None if as_json or verbose else OnTerminal.of(sys.stdout, colour)
        entries, place = newest(remote, filters, last)
        coming = () if no_follow else follow(remote, filters, place, warn, time.sleep)
        for entry in itertools.chain(entries, coming):
            if on_terminal is not None:
                for line in on_terminal.lines(_told(entry)):
                    click.echo(line, color=True)
                continue
            told = remote.entry(entry) if verbose else entry
            for line in [in_json(told)] if as_json else _lines(told, verbose=verbose and "headers" in told):
                say(line)
        for line in on_terminal.rest() if on_terminal is not None else ():
            click.echo(line, color=True)


def _told(entry: Mapping[str, Any]) -> Told:
    """An entry as a terminal shows it. What a client or a receiver put into its line is written out there."""
    is_poll = entry["kind"] == "request" and entry["method"] == "GET"
    return Told(
        line=printable(entry["line"]),
        at=entry["at"],
        tone=tone_of(entry["kind"], entry["code"], entry.get("outcome", "")),
        polls=f"{entry['path']} {entry['line']}" if is_poll else "",
        task_id=entry["task_id"] or "",
    )


def _lines(entry: Mapping[str, Any], *, verbose: bool) -> Iterator[str]:
    """An entry in one line, or with what went over the wire, as curl shows it."""
    yield entry["line"]
    if verbose:
        yield from (f"> {line}".rstrip() for line in _sent(entry))
        answer = lines_of_answer(entry["answer"]) if entry["answer"] else ()
        yield from (f"< {line}".rstrip() for line in answer)


def _sent(entry: Mapping[str, Any]) -> Iterator[str]:
    yield f"POST {entry['url']}" if entry["kind"] == "attempt" else f"{entry['method']} {entry['path']}"
    yield from lines_of_headers(entry["headers"])
    body = readable(entry)
    if body:
        yield ""
        yield from body.splitlines()
