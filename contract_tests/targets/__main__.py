"""Serves a drawn server until Ctrl-C, to try the harness on: `python -m contract_tests.targets --seed 7`."""

import argparse
import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Final

from contract_tests.targets.behaviour import KEY
from contract_tests.targets.drawn import Hidden, drawn
from contract_tests.targets.plain_server import Plain

PAUSE: Final = 0.3
"""Seconds between the stages of a task."""
BAD_KEY: Final = "a-key-that-nobody-has"


def main() -> None:
    """Prints the server's URL, and the commands that learn of it. `--show` prints what there is to be learned."""
    parser = argparse.ArgumentParser(prog="python -m contract_tests.targets", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="which server: each reads and says in its own way")
    parser.add_argument("--port", type=int, default=0, help="0, which is the default, takes a free one")
    parser.add_argument("--pause", type=float, default=PAUSE, help="seconds between the stages of a task")
    parser.add_argument("--show", action="store_true", help="print what is drawn, which calibrate has to find")
    options = parser.parse_args()
    hidden, ended = drawn(options.seed), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with Plain(pause=options.pause, behaviour=hidden.behaviour, port=options.port) as server:
        with contextlib.suppress(BrokenPipeError):
            print(server.url)
            print(_command(server), flush=True)
            for line in _shown(hidden) if options.show else ():
                print(line, flush=True)
        ended.wait()


def _command(server: Plain) -> str:
    """How to learn of it. All that it needs to be given stands there: its key is no secret."""
    id, (model, seconds) = next(iter(server.sources.items()))
    track = f"--audio-id {id} --audio-model {model} --audio-duration {seconds:g}"
    return (
        f"SUNO_API_KEY={KEY} suno-contract calibrate --base-url {server.url} {track} --bad-key {BAD_KEY} --budget 6 "
        "--report-dir run --output live.yaml"
    )


def _shown(hidden: Hidden) -> Iterator[str]:
    yield from (f"picks.{question}: {reading}" for question, reading in hidden.readings.items())
    yield from (f"models.{model}.limits.extend.{field}: {most}" for (model, field), most in hidden.limits.items())
    yield f"models: {', '.join(hidden.behaviour.edition.models)}"
    yield f"price: {hidden.behaviour.price:g}"
    yield f"refunds: {hidden.refunds}"
    yield from (f"{'.'.join(map(str, path))}: {value}" for path, value in hidden.forms.items())


if __name__ == "__main__":
    main()
