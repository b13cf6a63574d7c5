"""`suno-mock tasks`: lists the tasks of a running mock, or shows one with its timeline."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from mock_server.commands.client.admin_client import Refused, Remote
from mock_server.commands.client.api_client import given_key
from mock_server.commands.client.whole_id import whole_id
from mock_server.commands.on_terminal import SHORTEST, WIDE
from mock_server.commands.options import as_json, mock_options
from mock_server.commands.output import columns_of, tell
from mock_server.core.errors import BadSetting
from mock_server.core.text import cut
from mock_server.domain.kept_answer import lines_of_answer

Task = Mapping[str, Any]


@click.command(epilog="Example:  suno-mock tasks 1035b5204b2d407caeeace0fff7f1dcf")
@click.argument("task_id", required=False)
@click.option("--key", metavar="KEY", help="Only the tasks of this key.")
@click.option("--status", metavar="STATUS", help="Only tasks in this status, as polling says it.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="At most so many.")
@click.option("-v", "--verbose", is_flag=True, help="With every answer of its receiver, those without a body, too.")
@as_json
@mock_options
def command(url: str, admin_token: str, task_id: str | None, verbose: bool, as_json: bool, **filters: Any) -> None:
    """List the tasks, newest first, or show one with its timeline, in seconds after it was accepted.

    The beginning of a TASK_ID will do, where no other begins so.
    """
    filters["key"] = given_key(filters["key"])
    with Remote(url, admin_token) as remote:
        most = filters.pop("limit")
        found: Any = [*remote.listed("tasks", most, **filters)] if task_id is None else _one(remote, task_id)
    tell(listed(found, columns_of(sys.stdout)) if task_id is None else timeline(found, verbose=verbose), found, as_json)


def _one(remote: Remote, task_id: str) -> Any:
    """A task with its timeline. A name of dots alone would lead to another place of the control plane."""
    way = f"`{remote.command('tasks')}` lists those that are kept."
    if not task_id.strip("."):
        raise BadSetting(f"{cut(task_id, 60)!r} is no task id. {way}")
    try:
        return remote.task(task_id)
    except Refused as refused:
        if refused.status != 404:
            raise
        if whole := whole_id(remote, task_id):
            return remote.task(whole)
        raise BadSetting(f"there is no task {cut(task_id, 60)!r}. {way}") from None


def listed(tasks: Sequence[Task], columns: int | None = None) -> Iterator[str]:
    """One line per task, on a narrow terminal with as much of its id as tells it apart from the others."""
    ids, length = {task["task_id"] for task in tasks}, SHORTEST
    while len({each[:length] for each in ids}) < len(ids):
        length += 1
    for task in tasks:
        task_id = task["task_id"] if columns is None or columns >= WIDE else task["task_id"][:length]
        created = datetime.fromtimestamp(task["created"], UTC).isoformat(" ", "seconds").removesuffix("+00:00")
        yield f"{task_id}  {task['status']:21}  {task['operation']:8}  {task['scenario']:12}  {created}"
    if not tasks:
        yield "no tasks"


def timeline(task: Task, *, verbose: bool = False) -> Iterator[str]:
    """One task and its moments, with what its receiver answered, as far as that tells anything, or all of it."""
    yield f"{task['task_id']}  {task['status']}  {task['operation']}, scenario {task['scenario']}, key {task['key']}"
    yield f"calls back {task['callback_url']}"
    for moment in task["timeline"]:
        after = moment["at"] - task["created"]
        yield f"{after:+9.1f} s  {moment['what']:9}  {moment['stage'] or '':8}  {moment['detail']}"
        answer = moment["answer"]
        if answer and (verbose or _tells(answer)):
            yield from (f"{'':13}< {line}".rstrip() for line in lines_of_answer(answer))


def _tells(answer: Mapping[str, Any]) -> bool:
    """Whether an answer says more than that the callback was received."""
    return answer["size"] > 0 or not 200 <= answer["status"] <= 299
