"""The whole id of a task of which only the beginning was typed, as a narrow terminal shows it."""

from typing import Final

from mock_server.commands.client.admin_client import Refused, Remote
from mock_server.core.errors import BadSetting
from mock_server.core.text import cut

LOOKED_AT: Final = 10_000
"""Tasks, the newest first."""
SHORTEST: Final = 4
"""Characters that name a task at least."""
LISTED: Final = 5
"""Ids that are named of several that begin alike."""


def whole_id(remote: Remote, begun: str) -> str | None:
    """The id of the task that has it, or else begins so; None where there is none. Raises BadSetting for several."""
    if len(begun) < SHORTEST:
        return None
    if _is_whole(remote, begun):
        return begun
    every = (str(task["task_id"]) for task in remote.listed("tasks", LOOKED_AT))
    found = [each for each in every if each.startswith(begun)]
    if len(found) > 1:
        more = f", and {len(found) - LISTED} more" if len(found) > LISTED else ""
        raise BadSetting(
            f"{cut(begun, 60)!r} begins the ids of {len(found)} tasks: {', '.join(found[:LISTED])}{more}. "
            "Give more of the one that you mean."
        )
    return found[0] if found else None


def _is_whole(remote: Remote, task_id: str) -> bool:
    try:
        remote.task(task_id)
    except Refused as refused:
        if refused.status != 404:
            raise
        return False
    return True
