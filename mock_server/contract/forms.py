"""In what form a provider says things, as far as a profile says otherwise: answers, members of tracks, ids. Pure."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from mock_server.core import seeded
from mock_server.core.quantiles import Quantiles, interpolated, quantiles

ENDS: Final = b"}"
ID: Final = "{id}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AnswerForm:
    """What every answer of the API has beside what is documented: `ends` are its last bytes, with the further members
    of the envelope; `headers` come first, `statuses` are those of HTTP by the envelope's code, `success` that of
    code 200, and `latency` is how many seconds an answer takes, by likelihood; it is empty where it takes none."""

    ends: bytes = ENDS
    headers: Mapping[str, str]
    statuses: Mapping[int, int]
    success: int = 200
    latency: Quantiles = ()

    @classmethod
    def of(cls, tree: Mapping[str, Any]) -> "AnswerForm":
        """Of what a profile says under `answers`."""
        members = tree.get("members")
        latency = tree.get("latency")
        statuses = {int(code): status for code, status in tree.get("statuses", {}).items()}
        return cls(
            ends=b"," + orjson.dumps(members)[1:] if members else ENDS,
            headers=tree.get("headers", {}),
            statuses=statuses,
            success=statuses.get(200, 200),
            latency=() if latency is None else quantiles(latency),
        )

    def wait(self, *names: str | int) -> float:
        """The seconds that one answer takes."""
        return interpolated(self.latency, seeded.fraction(0, *names, "latency")) if self.latency else 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Members:
    """What is otherwise with the members of a track."""

    added: Mapping[str, Any]
    left_out: Collection[str]

    def of(self, track: Mapping[str, Any]) -> dict[str, Any]:
        """The track with them."""
        return {name: value for name, value in track.items() if name not in self.left_out} | dict(self.added)


class TrackForm:
    """What is otherwise with the tracks that callbacks and records list, by stage."""

    def __init__(self, tree: Mapping[str, Any]) -> None:
        self.callbacks = _by_stage(tree.get("callbacks", {}))
        self.records = _by_stage(tree.get("records", {}))


def _by_stage(tree: Mapping[str, Any]) -> Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]]:
    return {
        stage: Members(added=entry.get("members", {}), left_out=frozenset(entry.get("without", ()))).of
        for stage, entry in tree.items()
    }


def unchanged(track: dict[str, Any]) -> dict[str, Any]:
    """A track as it is where a profile says nothing of its members."""
    return track


@dataclass(frozen=True, slots=True, kw_only=True)
class IdForm:
    """What ids look like around the 32 digits of a task's and the UUID of a track's, which stand at `{id}`."""

    task: str = ID
    track: str = ID

    def task_id(self, seed: int, account: str, ordinal: int) -> str:
        """The id of a key's task."""
        id = seeded.task_id(seed, account, ordinal)
        return id if self.task == ID else self.task.replace(ID, id)

    def track_ids(self, seed: int, task: str, count: int) -> tuple[str, ...]:
        """The ids of a task's tracks."""
        ids = seeded.track_ids(seed, task, count)
        return ids if self.track == ID else tuple(self.track.replace(ID, each) for each in ids)
