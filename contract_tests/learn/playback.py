"""Sends refusals of a run to the mock that plays what was learned of them, which costs nothing, and counts where it
answers as the target did."""

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx
import yaml

from contract_tests.documents.any_json import parsed
from contract_tests.documents.counted import counted
from contract_tests.learn.refusals import Refusal
from contract_tests.learn.shapes import TYPES
from contract_tests.target.exchange import Exchange
from contract_tests.target.mock import KEY, mock

UNREPEATABLE: Final = ("extend.auth.", "extend.method")
"""Rules of requests that no journal can repeat: their keys are masked, or they are of another method."""
WORDS: Final = "msg"
NUMBERS: Final = ("status", "code")
ASPECTS: Final = (*NUMBERS, WORDS, "members")


class Answered(NamedTuple):
    """An answer: its HTTP status, and its body as JSON."""

    status: int
    content: Any


class Mocked(NamedTuple):
    """An answer of the mock, without what else the client has of it: a recording may have a hundred thousand."""

    status: int
    body: bytes


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
            asked = counted(self.asked, "refusal")
            yield f"{aspect:8} {self.same(aspect)} of {asked}, {100 * self.share(aspect):.0f} %"

    def same(self, aspect: str) -> int:
        """How many answers are the same in this."""
        return self.asked - len(self.differing.get(aspect, ()))

    def share(self, aspect: str) -> float:
        """Of all, from 0 to 1; 1 where nothing was asked."""
        return self.same(aspect) / self.asked if self.asked else 1.0


def repeatable(refusals: Sequence[Refusal]) -> list[Refusal]:
    """Those that can be sent again."""
    return [each for each in refusals if not each.rule.startswith(UNREPEATABLE)]


@contextmanager
def playing(profile: Mapping[str | int, Any], *options: str) -> Iterator[str]:
    """The URL of a mock that plays a profile, with further options of `suno-mock serve`. Raises OSError when it
    does not start."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "learned.yaml"
        path.write_text(yaml.safe_dump(profile, allow_unicode=True), "utf-8")  # JSON would make texts of numbers
        with mock(os.fspath(path), *options) as url:
            yield url


def client_of_mocks() -> httpx.Client:
    """A client that keeps no connection: a mock closes those on which nothing came for a while, as on a busy machine,
    and a request that is sent in that moment gets no answer."""
    return httpx.Client(trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))


def answers(profile: Mapping[str | int, Any], refusals: Sequence[Refusal], path: str) -> dict[int, Mocked]:
    """What a mock that plays the profile answers to the same requests, by the number of the request."""
    if not refusals:
        return {}
    same: dict[Mocked, Mocked] = {}
    with playing(profile) as url, client_of_mocks() as client:
        found = ((each.exchange.number, _sent(client, url + path, each.exchange)) for each in refusals)
        return {number: same.setdefault(answer, answer) for number, answer in found}


def _sent(client: httpx.Client, url: str, exchange: Exchange) -> Mocked:
    kept = {name: value for name, value in exchange.headers.items() if name.lower() == "content-type"}
    headers = {**kept, "Authorization": f"Bearer {KEY}"}
    answer = client.post(url, content=exchange.sent, headers=headers)
    return Mocked(answer.status_code, answer.content)


def said(answer: Mocked) -> Any:
    """`msg` of an answer."""
    body = parsed(answer.body)
    return body.get("msg") if isinstance(body, dict) else None


def agreement(refusals: Sequence[Refusal], mocked: Mapping[int, Mocked]) -> Agreement:
    """How far the mock's answers are the target's."""
    return agreed(
        (
            each.rule,
            Answered(each.exchange.status, each.exchange.envelope),
            Answered(mine.status, parsed(mine.body)),
        )
        for each, mine in ((each, mocked[each.exchange.number]) for each in refusals)
    )


def agreed(asked: Iterable[tuple[str, Answered, Answered]]) -> Agreement:
    """How far answers are the same; each request by a name, with what a target and what a mock answered to it."""
    counted, differing = 0, dict[str, list[tuple[str, str, str]]]((aspect, []) for aspect in ASPECTS)
    for counted, (name, their_answer, our_answer) in enumerate(asked, 1):  # noqa: B007, the last one counts
        theirs, ours = _aspects(their_answer), _aspects(our_answer)
        for aspect in ASPECTS:
            if theirs[aspect] != ours[aspect]:
                differing[aspect].append((name, str(theirs[aspect]), str(ours[aspect])))
    return Agreement(counted, differing)


def _aspects(answer: Answered) -> dict[str, Any]:
    envelope = answer.content if isinstance(answer.content, dict) else {}
    members = (f"{name} {TYPES.get(type(value), 'null')}" for name, value in sorted(envelope.items()))
    return {
        "status": answer.status,
        "code": envelope.get("code"),
        "msg": envelope.get("msg"),
        "members": ", ".join(members),
    }
