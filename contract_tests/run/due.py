"""Says when the callbacks of a task have all come, and words a request anew whose task failed. Pure."""

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import cycle, islice
from typing import Final

from contract_tests.probes.request import Probe
from contract_tests.receiver.receiver import Arrival
from contract_tests.verdicts.course import parsed

WORDS: Final = ("quiet", "river", "under", "silver", "light", "where", "the", "morning", "turns", "to", "gold")


def all_came(probe: Probe, failures: Collection[int], arrivals: Sequence[Arrival]) -> bool:
    """Whether a server owes nothing more: each stage came, or a failure. What comes twice counts once, unless the
    receiver is to see it again."""
    codes = [body.get("code") for body in map(parsed, (each.body for each in arrivals)) if isinstance(body, dict)]
    if any(code in codes for code in failures):
        return True
    came = len(arrivals) if probe.disturbs else len({arrival.body for arrival in arrivals})
    return came >= probe.owed


def worded_anew(probe: Probe) -> Probe:
    """The same request with another prompt of the same length, where it has one, under an id of its own."""
    body = json.loads(probe.body)
    if isinstance(prompt := body.get("prompt"), str):
        words = " ".join(islice(cycle(WORDS), len(prompt)))
        body["prompt"] = words[: len(prompt)].rstrip().ljust(len(prompt), ".")
    sent = json.dumps(body, ensure_ascii=False).encode()
    return replace(probe, id=f"{probe.id}, with other text", says=f"{probe.says}, with other text", body=sent)
