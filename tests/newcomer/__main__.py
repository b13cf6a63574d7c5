"""`python -m tests.newcomer [TITLE...]`: how long a newcomer needs to the first callback in a receiver of their own.

Each stack begins with nothing but the files of the last commit: it does what the README says to install the mock, then
what docs/examples.md says, and ends with the first callback that the receiver prints. Without a title all stacks that
are here; one that is not is skipped with a word. Exit status 1: one took longer than the goal.
"""

import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Final

from tests.newcomer.needs import to_install
from tests.newcomer.page import PAGE, ROOT, Section, sections
from tests.newcomer.terminals import Terminal, free_port

GOAL: Final = 60.0
STACKS: Final = ("FastAPI", "Flask", "Express", "PHP", "Go", "Java")
INSTALL: Final = re.compile(r"^    (python3 -m venv .*) && \.venv/bin/suno-mock demo$", re.M)
SERVE: Final = re.compile(r"^    (\.venv/bin/suno-mock serve)$", re.M)
CALLBACK: Final = re.compile(r" text 200 ")


def main(titles: Sequence[str], say: Callable[[str], object] = print) -> int:
    """The exit status; 2 for a title that is no stack."""
    unknown = [title for title in titles if title not in STACKS]
    if unknown:
        say(f"{', '.join(unknown)}: no stack. There are: {', '.join(STACKS)}")
        return 2
    say(f"| {_commit()} | install the mock | set the stack up | first callback | together |")
    say("| --- | --- | --- | --- | --- |")
    return max([_timed(title, say) for title in titles or STACKS])


def _timed(title: str, say: Callable[[str], object]) -> int:
    if reason := to_install(title):
        say(f"{title} skipped: {reason}")
        return 0
    with TemporaryDirectory() as folder:
        parts = first_callback(sections()[title], Path(folder))
    say(f"| {title} | " + " | ".join(f"{seconds:.1f} s" for seconds in (*parts, sum(parts))) + " |")
    return int(sum(parts) > GOAL)


def first_callback(section: Section, folder: Path) -> tuple[float, float, float]:
    """Seconds to install the mock, to set the stack up, and from then on until its receiver prints a callback."""
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x"], cwd=folder, input=archive, check=True)
    terminal = _terminal(folder)
    begun = monotonic()
    terminal.run(INSTALL.findall((ROOT / "README.md").read_text("utf-8"))[0])
    installed = monotonic()
    if "set-up" in section.blocks:
        terminal.run(section.blocks["set-up"].commands)
    ready = monotonic()
    with ExitStack() as stack:
        served = stack.enter_context(terminal.staying(SERVE.findall(PAGE.read_text("utf-8"))[0]))
        received = stack.enter_context(terminal.staying(section.blocks["receiver"].commands))
        served.next()
        received.wait_for_port(int(terminal.environment["PORT"]))
        terminal.run(section.blocks["client"].commands)
        while not CALLBACK.search(received.next()):
            pass
        called = monotonic()
    return installed - begun, ready - installed, called - ready


def _terminal(folder: Path) -> Terminal:
    """Terminals of somebody at whose machine other ports are free than those of the page."""
    served, received = str(free_port()), str(free_port())
    url, receiver = f"http://127.0.0.1:{served}", f"127.0.0.1:{received}"
    environment = {
        "SUNO_MOCK_PORT": served,
        "SUNO_URL": url,
        "PORT": received,
        "CALLBACK_URL": f"http://{receiver}/callback",
    }
    places = {"http://127.0.0.1:4010": url, "127.0.0.1:3000": receiver, "--port 3000": f"--port {received}"}
    return Terminal(folder, environment, places)


def _commit() -> str:
    told = ["git", "show", "--no-patch", "--format=%h, %cs", "HEAD"]
    return subprocess.run(told, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
