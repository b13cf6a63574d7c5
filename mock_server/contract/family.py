"""What a profile has in common with all others of the family, as far as it does not say otherwise. Pure.

Stage         when a stage of generation is reached, and what is told of it
CallbackForm  the headers and the signature of callbacks
Family        all of it
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from mock_server.contract.forms import AnswerForm, IdForm, TrackForm
from mock_server.contract.profile_files import resolved
from mock_server.core import seeded
from mock_server.core.quantiles import Quantiles, interpolated, quantiles
from mock_server.core.settings import RateLimit

SOME: Final = "some"
ALL: Final = "all"
"""The words of a profile for the failures that give the price back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of generation: seconds after the answer at real pace, message, status in polling. Where the seconds are
    drawn for each task, `at` is their median and `quantiles` are pairs of a likelihood and seconds; `skipped` is how
    likely it is that a task does not tell the stage."""

    at: float
    msg: str
    status: str
    quantiles: Quantiles = ()
    skipped: float = 0.0

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "Stage":
        """Of what a profile says: `at` is a number, a range, or seconds by likelihood."""
        at = entry["at"]
        if isinstance(at, int | float):
            return cls(**entry)
        known = quantiles(at)
        return cls(**{**entry, "at": interpolated(known, 0.5), "quantiles": known})

    def drawn(self, *names: str) -> float:
        """The seconds of what is named."""
        return interpolated(self.quantiles, seeded.fraction(0, *names)) if self.quantiles else self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """How callbacks are signed: the HMAC of a text, in a header; what it signs names `{task_id}`, `{timestamp}` (in
    Unix seconds, which a header of its own can tell) and `{body}`."""

    header: str
    signs: str
    key: str
    timestamp_header: str = ""
    algorithm: str = "sha256"
    encoding: str = "base64"
    prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackForm:
    """The headers that every callback has beside those of a POST, its signature, if it has one, and the members of its
    envelope beside code, msg and data."""

    headers: tuple[tuple[str, str], ...]
    signature: Signature | None
    members: Mapping[str, Any]

    @classmethod
    def of(cls, tree: Mapping[str, Any]) -> "CallbackForm":
        """Of what a profile says under `callbacks`."""
        signature = tree.get("signature")
        headers = tuple(tree.get("headers", {}).items())
        return cls(
            headers=headers,
            signature=Signature(**signature) if signature else None,
            members=tree.get("members", {}),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Family:
    """What all providers of the family share (`openapi/family.yaml`, with sources), unless their profile says
    otherwise."""

    stages: Mapping[str, Stage]
    pending: str
    lost: str
    model_names: Mapping[str, str]
    longest: Mapping[str, float]
    refusals: Mapping[str, int]
    texts: Mapping[str, str]
    tells: str
    order: tuple[str, ...]
    checks: tuple[str, ...]
    base_path: str
    media_path: str
    answers: AnswerForm
    callbacks: CallbackForm
    track_members: TrackForm
    ids: IdForm
    refunds: str
    callback_timeout: float
    tracks_per_task: int
    upload_seconds: float
    retention_days: float
    rate_limit: RateLimit | None
    poll_limit: RateLimit
    persona_window: tuple[float, float]
    section_window: Mapping[str, float]
    uploads: Mapping[str, Any]
    personas_exclude: tuple[str, ...]
    draws: bool

    def at(self, stage: str, task_id: str) -> float:
        """Seconds after the answer at real pace until a task reaches a stage, which is never before the one before."""
        if not self.draws:
            return self.stages[stage].at
        names = [*self.stages]
        until = names[: names.index(stage) + 1]
        return max(self.stages[name].drawn(task_id, name, "at") for name in until)

    def gives_back(self, refund: bool) -> bool:
        """Whether a task that fails costs nothing; `refund` says so of its scenario."""
        return refund if self.refunds == SOME else self.refunds == ALL

    def skips(self, stage: str, task_id: str) -> bool:
        """Whether a task does not tell a stage."""
        return seeded.fraction(0, task_id, stage, "skipped") < self.stages[stage].skipped

    @classmethod
    def read(cls, profile: str) -> "Family":
        """Of a profile by name, file or folder. Raises BadSetting."""
        return cls.of(resolved(profile))

    @classmethod
    def of(cls, tree: Mapping[str, Any]) -> "Family":
        """Of all that a profile says, what it takes over included. It `draws` where something differs from task to
        task."""
        stages = {name: Stage.of(stage) for name, stage in tree["stages"].items()}
        made: Mapping[str, Callable[[Any], Any]] = {
            "stages": lambda _: stages,
            "draws": lambda _: any(stage.quantiles or stage.skipped for stage in stages.values()),
            "answers": AnswerForm.of,
            "callbacks": CallbackForm.of,
            "track_members": TrackForm,
            "ids": lambda ids: IdForm(**ids),
            "rate_limit": lambda limit: RateLimit(**limit) if limit else None,
            "poll_limit": lambda limit: RateLimit(**limit),
            "persona_window": tuple,
            "order": tuple,
            "checks": tuple,
            "personas_exclude": tuple,
        }
        return cls(**{each.name: made.get(each.name, _as_it_is)(tree.get(each.name)) for each in fields(cls)})


def _as_it_is(value: Any) -> Any:
    return value
