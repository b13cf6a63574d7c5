"""Which rows of the inbox are wanted. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from mock_server.domain.polling_body import status
from mock_server.domain.tasks import Task
from mock_server.domain.timeline import polled
from mock_server.pages.delivered import BAD, FAILING, GOOD, Stages, trouble_of
from mock_server.pages.search import Found, search_of
from mock_server.pages.shown_keys import handle_of, label
from mock_server.state.faults import FAULT
from mock_server.state.journal_entries import Requested

REFUSED: Final = "refused"
EVERYTHING: Final = "every request"
"""In place of a task's status: requests that were refused, and all that came, polls and downloads too."""
FORGOTTEN: Final = "forgotten"
"""The status of a task of which nothing but the journal is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """The rows to show. `q` is what is searched for, `key` a handle, `status` one of a task or of those above; empty is
    any."""

    q: str = ""
    key: str = ""
    code: str = ""
    status: str = ""


class Facts(NamedTuple):
    """The fields of a row that a Filter looks at."""

    key: str | None
    code: int
    status: str


def is_wanted(item: Task | Requested, facts: Facts, stages: Stages, wanted: Filter, now: float) -> bool:
    """Whether a row is wanted at a time of the mock's clock. Raises BadSetting as `search_of`."""
    return (
        (trouble_of(stages) != "" if wanted.status == FAILING else wanted.status in ("", EVERYTHING, facts.status))
        and wanted.code in ("", str(facts.code))
        and wanted.key in ("", facts.key and handle_of(facts.key))
        and (not wanted.q or search_of(wanted.q).wants(_found(item, facts, stages), now))
    )


def _found(item: Task | Requested, facts: Facts, stages: Stages) -> Found:
    """What a search looks at."""
    tone = tone_of(item, facts) if isinstance(item, Task) else BAD if facts.status == REFUSED else GOOD
    return Found(
        status=facts.status,
        code=facts.code,
        keys=[] if facts.key is None else [facts.key, label(facts.key)],
        at=item.created if isinstance(item, Task) else item.at,
        bad=BAD in (tone, *(each.tone for each in stages.values())),
        stages=stages,
        texts=lambda: _texts_of_task(item) if isinstance(item, Task) else _texts_of_entry(item),
    )


def _texts_of_task(task: Task) -> Sequence[bytes]:
    title = task.request.title or ""
    return [task.id.encode(), title.encode(errors="replace"), task.record.body, task.callback_url.encode()]


def _texts_of_entry(entry: Requested) -> Sequence[bytes]:
    return [str(entry.id).encode(), entry.call.target.encode(), entry.msg.encode(), entry.call.body or b""]


def tone_of(task: Task, facts: Facts) -> str:
    """Whether a task came to a good end, as far as it is."""
    return BAD if facts.code != 200 or facts.status == task.edition.family.lost else GOOD


def facts_of(item: Task | Requested, now: float) -> Facts:
    """What is known of a row before it is made."""
    if isinstance(item, Task):
        state = polled(item, now)
        return Facts(item.key, 200 if state.failure is None else state.failure.code, status(item, state))
    stands = FORGOTTEN if item.task_id else REFUSED if counts(item) else ""
    return Facts(item.call.key, item.code, stands)


def counts(entry: Requested) -> bool:
    """Whether a request started a task, was refused, or ran into a fault."""
    return entry.task_id is not None or entry.code not in (0, 200) or entry.msg.startswith(FAULT)
