"""Requests that no probe sends, drawn for a server and for the mock that plays what was learned of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from typing import Any, Final

from contract_tests.documents.any_json import parsed
from contract_tests.documents.published import Published
from contract_tests.learn.playback import Agreement, Answered, agreed, client_of_mocks, playing
from contract_tests.probes.request import Track
from contract_tests.receiver.receiver import Receiver
from contract_tests.target.mock import KEY as MOCK_KEY

Body = dict[str, Any]
Change = Callable[[Random, Body, Track], None]
LETTERS: Final = ("abc", "äöü", "歌詞", "🎵🎸")
"""What texts are drawn of: units of UTF-16 and bytes differ from characters in all but the first."""
LONGEST: Final = 6000
TEXTS: Final = ("prompt", "style", "title")
WEIGHTS: Final = ("styleWeight", "weirdnessConstraint", "audioWeight")
MODELS: Final = ("V3_5", "V4", "V4_5", "V4_5PLUS", "V4_5ALL", "V5", "V5_5", "v5", "")
VALUES: Final[Sequence[Any]] = (None, True, 0, -1, 1.5, "", "a", [], {}, [1], {"a": 1})


def _text(chance: Random, body: Body, track: Track) -> None:
    length = int(chance.choice([0, 1, 90, 210, 450, 1100, 3100, 5200, LONGEST]) * chance.uniform(0.8, 1.0))
    body[chance.choice(TEXTS)] = chance.choice(LETTERS) * (length // 2)


def _where(chance: Random, body: Body, track: Track) -> None:
    body["continueAt"] = round(chance.uniform(-5, track.duration * 1.2), chance.randrange(4))


def _weight(chance: Random, body: Body, track: Track) -> None:
    body[chance.choice(WEIGHTS)] = round(chance.uniform(-0.3, 1.3), chance.randrange(5))


def _missing(chance: Random, body: Body, track: Track) -> None:
    body.pop(chance.choice([*body]), None)


def _other(chance: Random, body: Body, track: Track) -> None:
    body[chance.choice([*body])] = chance.choice(VALUES)


def _model(chance: Random, body: Body, track: Track) -> None:
    body["model"] = chance.choice(MODELS)


def _unknown_track(chance: Random, body: Body, track: Track) -> None:
    body["audioId"] = f"held-out-{chance.randrange(10**9)}"


def _more(chance: Random, body: Body, track: Track) -> None:
    body[f"member{chance.randrange(100)}"] = chance.choice(VALUES)


def _gender(chance: Random, body: Body, track: Track) -> None:
    body["vocalGender"] = chance.choice(["m", "f", "x", "M", ""])


def _original(chance: Random, body: Body, track: Track) -> None:
    body["defaultParamFlag"] = False


CHANGES: Final[Sequence[Change]] = (
    *(_text, _where, _weight, _missing, _other, _model, _unknown_track, _more, _gender, _original),
)
"""What makes a request differ from one that is accepted."""


def bodies(seed: int, number: int, track: Track, callback_url: str) -> Iterator[Body]:
    """So many bodies with none, one or two changes each."""
    chance = Random(seed)  # noqa: S311, no secret hangs on it
    for _ in range(number):
        body: Body = {
            "defaultParamFlag": True,
            "audioId": track.id,
            "model": track.model,
            "prompt": "a prompt",
            "style": "Jazz",
            "title": "A title",
            "continueAt": 10,
            "callBackUrl": callback_url,
        }
        for change in chance.choices(CHANGES, k=chance.randrange(3)):
            if body:
                change(chance, body, track)
        yield body


def agreement(
    url: str, key: str, profile: Mapping[str | int, Any], published: Published, track: Track, *, seed: int, number: int
) -> Agreement:
    """How far a server and the mock that plays a profile agree on the answers to requests that nobody learned of.

    Raises OSError when the mock does not start."""
    path = published.terms.extend
    with Receiver() as receiver, playing(profile) as mocked, client_of_mocks() as client:

        def answer(to: str, as_key: str, body: Body) -> Answered:
            came = client.post(to + path, json=body, headers={"Authorization": f"Bearer {as_key}"})
            return Answered(came.status_code, parsed(came.content))

        return agreed(
            (str(body)[:200], answer(url, key, body), answer(mocked, MOCK_KEY, body))
            for body in bodies(seed, number, track, receiver.url("held-out"))
        )
