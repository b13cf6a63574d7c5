"""What does not hold where a server has several processes of an application, as far as it can be told."""

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Final

SERVERS: Final[Mapping[str, tuple[str, str]]] = {
    "uvicorn": ("WEB_CONCURRENCY", ""),
    "fastapi": ("WEB_CONCURRENCY", ""),
    "gunicorn": ("WEB_CONCURRENCY", "GUNICORN_CMD_ARGS"),
    "hypercorn": ("", ""),
    "granian": ("GRANIAN_WORKERS", ""),
}
"""The variables by which a server is told how many, and given further options, by the name of its program."""
OPTION: Final = re.compile(r"(?<!\S)(-w ?|--workers[ =])([0-9]{1,6})(?!\S)")


def several_workers(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """What does not hold with the workers that a server was told to start, and the way out; empty where it is one.

    `command` is that of the process. Nothing tells of a configuration file, or of a program that calls a server.
    """
    program = PurePath(command[0]) if command else PurePath()
    server = program.parent.name if program.stem == "__main__" else program.stem
    variable, more = SERVERS.get(server, ("", ""))
    given = OPTION.findall(" ".join([environment.get(more, ""), *command[1:]])) if server in SERVERS else []
    name, number = given[-1] if given else (f"{variable}=", environment.get(variable, ""))
    if not number.isdecimal() or int(number) < 2:
        return ""
    told = f"{name}{number}" if name.endswith("=") else f"{name.strip()} {number}"
    return (
        f"{int(number)} workers ({told}) are {int(number)} mocks, each with a memory of its own: two tasks get one id, "
        "and what one has accepted, the others do not know, in polling, in the journal and on the control plane. "
        "Way out: one worker, or Settings(workers=N, state=...) with a file or an engine for all."
    )


def divided(process: int) -> str:
    """What does not hold in a process that was divided from the one that opened the state, and the way out."""
    return (
        f"the state was opened by process {process}, before this one was divided from it: both would write it as one, "
        "and two tasks would get one id. Way out: have each process make the application, as gunicorn does without "
        "--preload."
    )
