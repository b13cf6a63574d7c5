"""Which tasks of a run are under way at the server, by its journal. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import parse_qs, urlsplit

from contract_tests.documents.any_json import parsed
from contract_tests.documents.counted import counted
from contract_tests.documents.terms import Terms
from contract_tests.probes.request import STAGES
from contract_tests.receiver.receiver import Arrival
from contract_tests.target import journal
from contract_tests.target.exchange import Exchange
from contract_tests.verdicts.course import stage_of, task_of


def under_way(lines: Iterable[str], terms: Terms) -> list[str]:
    """The ids of the tasks that started, in their order, and of which neither a callback nor a poll told the end."""
    tasks: dict[str, None] = {}
    for entry in journal.entries(lines):
        if "run" in entry:
            tasks = {}
        elif (exchange := journal.exchange_of(entry)) is not None:
            if exchange.method == "POST" and exchange.task_id:
                tasks.setdefault(exchange.task_id)
            for task in _ended(exchange, terms):
                tasks.pop(task, None)
        elif (arrival := journal.arrival_of(entry)) is not None:
            tasks.pop(_told(arrival) or "", None)
    return [*tasks]


def told(tasks: Sequence[str], spent: int) -> str:
    """That they go on; empty where none do. `spent` is how many the run may have started."""
    if not tasks:
        return ""
    go = "goes on at the server, and is" if len(tasks) == 1 else "go on at the server, and are"
    return f"; of {counted(spent, 'task')} started at most, {len(tasks)} {go} paid for: {', '.join(tasks)}"


def _ended(exchange: Exchange, terms: Terms) -> Iterator[str]:
    """The task that an answer to a poll says to be over."""
    status = exchange.record.get("status") if isinstance(exchange.record, dict) else None
    if exchange.method == "GET" and isinstance(status, str) and status not in terms.statuses[:-1]:
        yield from parse_qs(urlsplit(exchange.url).query).get("taskId", [])


def _told(arrival: Arrival) -> str | None:
    """The task that a callback says to be over."""
    body = parsed(arrival.body)
    goes_on = stage_of(body) in STAGES[:-1] and body.get("code") == 200
    return None if goes_on else task_of(body)
