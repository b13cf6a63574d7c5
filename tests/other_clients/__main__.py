"""`python -m tests.other_clients [NAME...]`: sends each kind of request with clients that are not ours.

Without a name all of them: curl with HTTP/2, a JDK's HttpClient, Node's fetch, PHP's curl, Go's net/http. One that is
not here is skipped with a word. Exit status 1: a kind was not taken as a real server would.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from mock_server import MockServer
from tests.other_clients.clients import CLIENTS, problems


def main(names: Sequence[str], say: Callable[[str], object] = print) -> int:
    """The exit status; 2 for a client that nobody knows."""
    unknown = [name for name in names if name not in CLIENTS]
    if unknown:
        say(f"{', '.join(unknown)}: no client. There are: {', '.join(CLIENTS)}")
        return 2
    return max([_tried(name, say) for name in names or CLIENTS])


def _tried(name: str, say: Callable[[str], object]) -> int:
    if absent := CLIENTS[name].absent():
        say(f"{name:5} skipped: {absent}")
        return 0
    failed = 0
    with TemporaryDirectory() as folder, MockServer(pace="manual") as mock:
        for kind, problem in problems(name, mock, Path(folder)):
            say(f"{name:5} {kind:10} {problem or 'fine'}")
            failed |= bool(problem)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
