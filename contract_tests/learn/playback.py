"""Sends refusals of a run to the mock that plays what was learned of them, which costs nothing, and counts where it
answers as the target did."""

import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx

from contract_tests.documents.any_json import parsed
from contract_tests.learn.refusals import Refusal
from contract_tests.target.exchange import Exchange
from contract_tests.target.mock import KEY, mock

UNREPEATABLE: Final = ("extend.auth.", "extend.method")
"""Rules of requests that no journal can repeat: their keys are masked, or they are of another method."""
ASPECTS: Final = ("status", "code", "msg", "members")


@dataclass(frozen=True, slots=True)
class Agreement:
    """`asked` counts the refusals that were sent to the mock; `differing` has, by aspect, the rules at which it answers
    otherwise, each with what the target said and what the mock says."""

    asked: int
    differing: Mapping[str, Sequence[tuple[str, str, str]]] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        """The agreement in words."""
        if not self.asked:
            yield "no refusal could be sent to the mock"
        for aspect in ASPECTS if self.asked else ():
            same = self.asked - len(self.differing.get(aspect, ()))
            yield f"{aspect:8} {same} of {self.asked} refusals, {100 * same / self.asked:.0f} %"


def repeatable(refusals: Sequence[Refusal]) -> list[Refusal]:
    """Those that can be sent again."""
    return [each for each in refusals if not each.rule.startswith(UNREPEATABLE)]


@contextmanager
def playing(profile: Mapping[str | int, Any]) -> Iterator[str]:
    """The URL of a mock that plays a profile. Raises OSError when it does not start."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "learned.yaml"
        path.write_text(json.dumps(profile), "utf-8")  # JSON is YAML
        with mock(os.fspath(path)) as url:
            yield url


def answers(profile: Mapping[str | int, Any], refusals: Sequence[Refusal], path: str) -> dict[int, httpx.Response]:
    """What a mock that plays the profile answers to the same requests, by the number of the request."""
    if not refusals:
        return {}
    with playing(profile) as url, httpx.Client(trust_env=False) as client:
        return {each.exchange.number: _sent(client, url + path, each.exchange) for each in refusals}


def _sent(client: httpx.Client, url: str, exchange: Exchange) -> httpx.Response:
    kept = {name: value for name, value in exchange.headers.items() if name.lower() == "content-type"}
    headers = {**kept, "Authorization": f"Bearer {KEY}"}
    return client.post(url, content=exchange.sent, headers=headers)


def said(answer: httpx.Response) -> Any:
    """`msg` of an answer."""
    body = parsed(answer.content)
    return body.get("msg") if isinstance(body, dict) else None


def agreement(refusals: Sequence[Refusal], mocked: Mapping[int, httpx.Response]) -> Agreement:
    """How far the mock's answers are the target's."""
    differing: dict[str, list[tuple[str, str, str]]] = {aspect: [] for aspect in ASPECTS}
    for each in refusals:
        mine = mocked[each.exchange.number]
        ours = _aspects(mine.status_code, parsed(mine.content))
        theirs = _aspects(each.exchange.status, each.exchange.envelope)
        for aspect in ASPECTS:
            if theirs[aspect] != ours[aspect]:
                differing[aspect].append((each.rule, str(theirs[aspect]), str(ours[aspect])))
    return Agreement(len(refusals), differing)


def _aspects(status: int, body: Any) -> dict[str, Any]:
    envelope = body if isinstance(body, dict) else {}
    members = {name: type(value).__name__ for name, value in envelope.items()}
    return {
        "status": status,
        "code": envelope.get("code"),
        "msg": envelope.get("msg"),
        "members": sorted(members.items()),
    }
