"""Three hundred requests, the same ones for every profile, and how each is answered."""

from collections.abc import Iterator
from random import Random
from typing import Any, Final, NamedTuple

from mock_server.contract.operations import EXTEND, GENERATE
from tests.builders import request
from tests.journeys import journey

NUMBER: Final = 300
LONG: Final = (80, 81, 100, 101, 200, 201, 1000, 1001, 3000, 3001, 5001)
CHANGES: Final[dict[str, tuple[Any, ...]]] = {
    "model": ("V3_5", "V4", "V4_5", "V4_5PLUS", "V4_5ALL", "V5", "V5_5", "V6", ...),
    "title": (*("t" * length for length in LONG), "", ...),
    "style": (*("s" * length for length in LONG), "", ...),
    "prompt": (*("p" * length for length in LONG), "", ...),
    "continueAt": (..., 0, 0.5, 1, 60, 1e6, "60"),
    "audioId": (..., "nothing", 5),
    "personaId": (..., "nobody"),
    "defaultParamFlag": (True, False, ...),
    "customMode": (True, False, ...),
    "instrumental": (True, False, ...),
    "styleWeight": (0.65, 0.655, 2),
    "callBackUrl": (..., "", "nowhere"),
    "extra": (1,),
    "key": ("empty-key", "key"),
}
"""What a request can have in the place of the documented value; `...` leaves a member out."""


class Asked(NamedTuple):
    """A request: its operation, its key and its body."""

    operation: str
    key: str
    body: dict[str, Any]


class Told(NamedTuple):
    """The code of an answer, and the rules that the request breaks."""

    code: int
    rules: frozenset[str]


def requests() -> Iterator[Asked]:
    """Three hundred of them, with one to three members that are not as documented."""
    drawn = Random(300)
    for number in range(NUMBER):
        named = drawn.sample(sorted(CHANGES), drawn.randint(1, 3))
        changes = {name: drawn.choice(CHANGES[name]) for name in named}
        key = changes.pop("key", "key")
        generating = {"customMode": True, "instrumental": False} if number % 2 else {}
        yield Asked(GENERATE if number % 2 else EXTEND, key, {**generating, **changes})


def answers(profile: str) -> list[Told]:
    """How a mock on a profile answers each of them."""
    found = []
    with journey(profile, rate_limit="none") as started:
        for each in requests():
            body = request(**{"callBackUrl": started.receiver.url, **each.body})
            answer = started.post(each.operation, key=each.key, **body)
            rules = answer.headers.get("suno-mock-rules", "")
            found.append(Told(answer.json()["code"], frozenset(filter(None, rules.split(", ")))))
    return found
