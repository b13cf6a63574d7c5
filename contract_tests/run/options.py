"""The options of `suno-contract run`, and those that say what is tried, which other commands share."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import click

from contract_tests.run.inputs import SHORTEST_TRACK, Seconds
from contract_tests.target.target import PATIENCE

DOCUMENTS: Final = (
    click.option(
        "--profile",
        default="apikley",
        show_default=True,
        help="Which reading of the documents: one of ours, a file or a folder.",
    ),
    click.option("--audio-id", multiple=True, help="A source track of the target; may be given several times."),
    click.option("--audio-model", multiple=True, help="Its model."),
    click.option("--audio-duration", multiple=True, type=Seconds(SHORTEST_TRACK), help="Its length in seconds."),
)
"""What is judged by, and the source tracks that the target has."""
TARGET: Final = (
    click.option("--base-url", help="The server to check; without it the mock is started."),
    click.option("--api-key-env", default="SUNO_API_KEY", show_default=True, help="Where the key is read from."),
    *DOCUMENTS,
    click.option("--bad-key", default="", help="A key that the target must refuse."),
    click.option("--only", default="*", show_default=True, metavar="GLOB", help="Only rules of these ids."),
    click.option(
        "--operations",
        default="",
        metavar="NAMES",
        help="Other operations that are tried, too, such as lyrics,wav; or all. Each costs a task.",
    ),
    click.option("--upload-url", default="", help="A file of sound that the server can load, for those that upload."),
    click.option("--seed", type=int, metavar="N", help="What is drawn follows it; the mock's too.  [default: 0]"),
    click.option("--receiver-host", default="127.0.0.1", show_default=True, help="Where callbacks are received."),
    click.option("--callback-url", help="How the target reaches the receiver, if not by its address."),
    click.option(
        "--callback-timeout",
        default=300.0,
        show_default=True,
        type=Seconds(),
        help="Seconds to wait for the last callback; a real server takes minutes.",
    ),
    click.option("--trigger", multiple=True, metavar="CODE=KIND:VALUE", help="How the target is brought to a code."),
)
"""What is tried, and where."""
RUN: Final = (
    click.option(
        "--budget",
        type=click.IntRange(0),
        metavar="N",
        help="Tasks that may be started, and never more. Without it none is on the server of --base-url, wherever that "
        "is, and any number on the mock. At 0 only what must be refused is sent, one request at a time; the first that "
        "the server accepts starts one task, the only exception, and nothing follows that could be accepted the same "
        "way.",
    ),
    click.option(
        "--timeout",
        default=PATIENCE,
        show_default=True,
        type=Seconds(),
        help="Seconds that an answer may take in all.",
    ),
    click.option("--receiver-port", default=0, type=click.IntRange(0, 65535), help="0 takes a free port."),
    click.option(
        "--report-dir", type=click.Path(path_type=Path), help="Where the reports and the journal are written."
    ),
    click.option("--strict", is_flag=True, help="Deviations count as violations."),
    click.option("--resume", is_flag=True, help="Go on with the run in --report-dir: what it sent is not sent again."),
)
"""What a run may cost, and where it is told."""


def document_options(command: Any) -> Any:
    """Adds the options that say what is judged by."""
    return _with(command, DOCUMENTS)


def target_options(command: Any) -> Any:
    """Adds the options that say what is tried."""
    return _with(command, TARGET)


def run_options(command: Any) -> Any:
    """Adds those, and the options of a run."""
    return target_options(_with(command, RUN))


def _with(command: Any, options: Sequence[Callable[[Any], Any]]) -> Any:
    for option in reversed(options):
        command = option(command)
    return command
