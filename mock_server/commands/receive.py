"""`suno-mock receive`: receives callbacks, answers them, and prints each with its answer."""

import itertools
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import click

from mock_server.commands.client.arrivals import Answered, line, record, refused, told
from mock_server.commands.options import DURATION, HTTP_URL, Port, as_json
from mock_server.commands.output import Printer
from mock_server.core.errors import BadSetting
from mock_server.core.text import in_json
from mock_server.testing.receiver import Receiver
from mock_server.testing.receiver_http import Received, Reply

GLANCE: Final = 0.5
"""Seconds after which the main thread looks for a signal: one that comes just before it waits does not wake it."""
Respond = Callable[[Received], tuple[Reply, Answered]]


class Answers(click.ParamType[list[int]]):
    """`500,500,200`: the HTTP statuses of the next answers."""

    name = "statuses"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> list[int]:
        texts = str(value).split(",")
        if not all(text.isascii() and text.isdigit() and len(text) == 3 and 200 <= int(text) <= 599 for text in texts):
            self.fail(f"{str(value)[:60]!r} is no HTTP status. Allowed: 200 to 599, or several: 500,500,200.")
        return [int(text) for text in texts]


def responding(statuses: Sequence[int]) -> Respond:
    """Answer with one status after the other, and then with the last one."""
    coming = itertools.chain(statuses, itertools.repeat(statuses[-1]))
    lock = threading.Lock()

    def respond(received: Received) -> tuple[Reply, Answered]:
        with lock:
            status = next(coming)
        return Reply(status=status), Answered(status=status)

    return respond


class Inbox:
    """Prints every callback with what it was answered, after `delay` seconds."""

    def __init__(self, respond: Respond, say: Callable[[str], object], *, delay: float, as_json: bool) -> None:
        self._respond, self._say = respond, say
        self._delay, self._as_json = delay, as_json
        self._ended = threading.Event()

    def __call__(self, received: Received) -> Reply:
        """Answer one callback."""
        self._ended.wait(self._delay)
        reply, answered = self._respond(received)
        return replace(reply, sent=lambda there: self._tell(received, replace(answered, late=not there)))

    def _tell(self, received: Received, answered: Answered) -> None:
        request, found = f"{received.method} {received.path}", told(received.body)
        as_json = self._as_json
        self._say(record(request, received.body, found, answered) if as_json else line(request, found, answered))

    def refused(self, request: str, status: int, why: str) -> None:
        """Print what is no callback."""
        entry = {"request": request, "problem": why, "status": status}
        self._say(in_json(entry) if self._as_json else refused(request, status, why))


@click.command(epilog="Example:  suno-mock receive --port 3000 --answer 500,500,200")
@click.option("--port", type=Port(), default=3000, show_default=True, help="0 takes a free port.")
@click.option(
    "--answer",
    type=Answers(),
    metavar="STATUS[,STATUS...]",
    help="The HTTP status of each answer, one after the other; the last one holds on.  [default: 200]",
)
@click.option("--delay", type=DURATION, default="0", help="Wait before each answer, such as 20s.")
@click.option("--forward-to", type=HTTP_URL, metavar="URL", help="Hand callbacks on to your server; its answer counts.")
@as_json
def command(port: int, answer: list[int] | None, delay: float, forward_to: str | None, as_json: bool) -> None:
    """Receive callbacks until interrupted: print each one and what it was answered, by default 200."""
    if answer and forward_to:
        raise BadSetting("--answer and --forward-to exclude each other: with --forward-to the target answers.")
    say = Printer(sys.stdout)
    inbox = Inbox(_respond(answer, forward_to), say, delay=delay, as_json=as_json)
    try:
        with Receiver(inbox, port=port, refused=inbox.refused, kept=0) as receiver:
            say(in_json({"url": receiver.url}) if as_json else receiver.url)
            while True:
                threading.Event().wait(GLANCE)
    finally:
        say.close()


def _respond(answer: list[int] | None, forward_to: str | None) -> Respond:
    if forward_to is None:
        return responding(answer or [200])
    from mock_server.commands.client.forward import Forwarding

    return Forwarding(forward_to)
