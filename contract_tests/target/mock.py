"""Starts the mock as a target, in a process of its own."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from contract_tests.documents.files import load
from contract_tests.documents.published import Published
from contract_tests.probes.request import Track

KEY = "test-key"
BAD_KEY = "a-key-that-was-never-given-out"

PACE = "600x"
"""How fast the mock is: its callbacks come after 0.05, 0.17 and 0.3 s, so that the stages can be told apart."""
CALLBACK_TIMEOUT = "2"
"""Seconds that the mock waits for the receiver's answer, in place of the documented 15."""


@contextmanager
def mock(profile: str, *options: str) -> Iterator[str]:
    """The base URL of a mock that calls back soon, takes known keys only, and is never asked too often, also where its
    profile has a rate: a run would wait it out. It ends with this process, however that ends: by the pipe that is its
    standard input.

    Raises OSError when it does not start.
    """
    # -P: a mock_server of somebody's own in the current folder is not taken for the mock.
    command = [sys.executable, "-P", "-m", "mock_server", "serve", "--port", "0", "--quiet", "--strict-keys"]
    command += ["--profile", profile, "--pace", PACE, "--callback-timeout", CALLBACK_TIMEOUT]
    command += ["--rate-limit", "none", "--until-stdin-ends", *options]
    with subprocess.Popen(  # noqa: S603, our own command
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:  # also while it starts: nobody else would end it
            url = process.stdout.readline().strip() if process.stdout else ""
            if not url:
                raise OSError("the mock did not start; its message is above")
            yield url
        finally:
            process.terminate()
            process.communicate()  # its last lines have a reader, or it would complain


def mock_tracks(published: Published) -> tuple[Track, ...]:
    """The mock's source tracks, from `fixtures/tracks.yaml`."""
    entries: list[dict[str, Any]] = published.tracks or load("fixtures/tracks.yaml")
    return tuple(
        Track(id=each["id"], model=each["model"], duration=each["duration"])
        for each in entries
        if each["model"] in published.models and {*published.lineage} & {*each.get("profiles", published.lineage)}
    )
