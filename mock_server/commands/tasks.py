"""`suno-mock tasks`: the tasks of a running mock, or one with all that happened to it and will."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import click

from mock_server.commands.remote import Remote
from mock_server.options import as_json, mock_options

Task = Mapping[str, Any]


@click.command(epilog="Example:  suno-mock tasks 1035b5204b2d407caeeace0fff7f1dcf")
@click.argument("task_id", required=False)
@click.option("--key", metavar="KEY", help="Only the tasks of this key.")
@click.option("--status", metavar="STATUS", help="Only tasks in this status, as polling says it.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="At most so many.")
@as_json
@mock_options
def command(url: str, admin_token: str, task_id: str | None, as_json: bool, **filters: Any) -> None:
    """List the tasks, newest first, or show one with its timeline, in seconds after it was accepted."""
    with Remote(url, admin_token) as remote:
        found: Any = remote.task(task_id) if task_id else remote.get("tasks", **filters)["tasks"]
    lines = timeline(found) if task_id else listed(found)
    for line in [json.dumps(found, indent=2)] if as_json else lines:
        click.echo(line)


def listed(tasks: Iterable[Task]) -> Iterator[str]:
    """One line per task."""
    none = True
    for task in tasks:
        none = False
        created = datetime.fromtimestamp(task["created"], UTC).isoformat(" ", "seconds").removesuffix("+00:00")
        yield f"{task['task_id']}  {task['status']:21}  {task['operation']:8}  {task['scenario']:12}  {created}"
    if none:
        yield "no tasks"


def timeline(task: Task) -> Iterator[str]:
    """One task and its moments."""
    yield f"{task['task_id']}  {task['status']}  {task['operation']}, scenario {task['scenario']}, key {task['key']}"
    yield f"calls back {task['callback_url']}"
    for moment in task["timeline"]:
        after = moment["at"] - task["created"]
        yield f"{after:+9.1f} s  {moment['what']:9}  {moment['stage'] or '':8}  {moment['detail']}"
