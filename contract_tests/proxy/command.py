"""The command `suno-contract proxy`."""

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, TextIO

import click

from contract_tests.proxy.recorder import Recorder
from contract_tests.proxy.server import PATIENCE, Proxy
from contract_tests.recording.message import CALLBACK, Message, begun
from contract_tests.reports.rows import printable
from contract_tests.run.inputs import CannotRun, Seconds, check_base, check_listening
from contract_tests.verdicts.course import Finding


@click.command(
    name="proxy", epilog="Example:  suno-contract proxy --to https://api.example.com --record live.jsonl --budget 3"
)
@click.option("--to", required=True, help="The server that requests go on to.")
@click.option("--record", required=True, type=click.Path(path_type=Path), help="The file of the recording.")
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
@click.option("--budget", type=click.IntRange(0), metavar="N", help="Tasks that may start; what is more gets 429.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where your client finds the proxy.")
@click.option("--port", default=4020, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free port.")
@click.option("--receiver-host", default="127.0.0.1", show_default=True, help="Where callbacks are received.")
@click.option("--receiver-port", default=0, type=click.IntRange(0, 65535), help="0 takes a free port.")
@click.option("--callback-url", default="", help="How the server reaches that, such as a tunnel's URL.")
@click.option(
    "--timeout", default=PATIENCE, show_default=True, type=Seconds(), help="Seconds that a server may be silent."
)
def proxy_command(to: str, record: Path, force: bool, callback_url: str, **options: Any) -> None:
    """Stand between your client and a live server: hand everything on as it is, callbacks too, and record it.

    Give your client the printed URL where it has the server's. Keys, tokens, cookies and passwords are not recorded. It
    ends with Ctrl-C.
    """
    check_base("--to", to)
    if callback_url:
        check_base("--callback-url", callback_url)
    check_listening(options["receiver_host"], callback_url)
    with _file(record, force) as file:
        date = datetime.now(UTC).isoformat(timespec="seconds")
        file.write(begun({"target": to.rstrip("/"), "date": date, "by": f"suno-contract {version('suno-mock')}"}))
        recorder = Recorder(file, lambda message: (), _told)
        with recorder, _proxy(recorder, to, callback_url, options) as proxy:
            click.echo(proxy.url)
            click.echo(f"to {to}, recording to {record}; callbacks come by {proxy.public}", err=True)
            _wait()
        click.echo(f"{record}: {proxy.spending.spent} tasks started at most", err=True)
    if recorder.trouble:
        raise CannotRun(recorder.trouble)


def _proxy(recorder: Recorder, to: str, public: str, options: Mapping[str, Any]) -> Proxy:
    """Raises CannotRun where it cannot listen."""
    named = {name: options[name] for name in ("host", "port", "receiver_host", "receiver_port", "budget")}
    try:
        return Proxy(to, recorder.heard, recorder.learned, public=public, patience=options["timeout"], **named)
    except OSError as error:
        places = ", ".join(f"--{name.replace('_', '-')} {named[name]}" for name in [*named][:4])
        raise CannotRun(f"cannot listen on {places}: {error.strerror}. Give free ports, or 0 for any.") from None


def _wait() -> None:
    """Until the process is told to end."""
    try:
        threading.Event().wait()
    except (KeyboardInterrupt, SystemExit):
        return


@contextmanager
def _file(path: Path, force: bool) -> Iterator[TextIO]:
    """The file of the recording, for its owner alone. Raises CannotRun where there is one or it cannot be made."""
    flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if force else os.O_EXCL)
    try:
        file = os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8")
    except FileExistsError:
        raise CannotRun(f"--record {path} exists. Give another name, or --force, which replaces it.") from None
    except OSError as error:
        raise CannotRun(f"--record {path}: {error.strerror}. Give a file that can be written.") from None
    try:
        yield file
    finally:
        with suppress(OSError):  # what could not be written was told
            file.close()


def _told(message: Message, found: Sequence[Finding]) -> None:
    """Prints a line for a message, and one for each rule that it breaks."""
    what = "<--" if message.kind == CALLBACK else "-->"
    came = message.error or f"HTTP {message.status}" + _code(message)
    course = f" of {message.course}" if message.course not in (0, message.number) else ""
    click.echo(printable(f"{what} {message.number}{course} {message.method} {message.path[:120]}  {came}"))
    for each in found:
        click.echo(printable(f"NO  {each.rule}: expected {each.expected}; got {each.got}"[:300].replace("\n", " ")))


def _code(message: Message) -> str:
    code = message.exchange("").code
    return "" if code is None or message.kind == CALLBACK else f" code {code}"
