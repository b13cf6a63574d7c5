"""The scenarios: their files, and the ways in which a request asks for one."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from mock_server.contract.course import Course
from mock_server.contract.documents import FIXTURES, load
from mock_server.core.errors import Invalid, Unauthorized, Violation, nearest, unknown
from mock_server.core.text import cut

STAGES: Final = ("text", "first", "complete")
"""Stages of generation, in the order in which they are reached (both documents, callBackUrl)."""
PLAIN: Final = "200"
"""The scenario of a request for which nobody asked for another."""
CALLBACK: Final = "callback-"
"""Begins the name of a scenario that is about the code of a callback."""
MAGIC: Final = "mock-"
"""An audioId or a key that begins with this names a scenario."""
NO_CODES: Final[Mapping[int, str]] = {}
ACCEPTED: Final = 200
ONLY_THERE: Final = "only the profile has the code"
FAILED: Final = "GENERATE_AUDIO_FAILED"
"""The status in polling of a task that ends with a code of which no file says more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One callback: the stage it tells, seconds (real pace) after that stage was reached, and whether it is cut."""

    stage: str
    delay: float = 0.0
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Where generation ends: the stage that is not reached, the callback's code, the status in polling."""

    instead_of: str
    code: int
    status: str
    refund: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scenario:
    """One named outcome. `answer` is the code of a refusal; without it the request is judged as any other.

    `natural` says what causes it without asking, `unreachable` why nothing does, `outside` what of it no document has;
    a `shape` is a course of callbacks that a client must survive. `lost`: polling says that the callbacks could not be
    delivered. `record_behind` is by how many seconds (real pace) polling lags, `record_urls` whether it tells URLs.
    `stages` are those that a task goes through. A `course` is one that was recorded: what it tells is told again.
    """

    name: str
    summary: str
    natural: str | None = None
    unreachable: str | None = None
    outside: str | None = None
    shape: bool = False
    lost: bool = False
    record_behind: float = 0.0
    record_urls: bool = True
    answer: int | None = None
    fails: Failure | None = None
    callbacks: tuple[Step, ...] | None = None
    stages: tuple[str, ...] = STAGES
    course: Course | None = None

    def on(self, stages: Iterable[str]) -> "Scenario":
        """The same of a task that goes through some of the stages: what would end it before one that it has not ends it
        before the next."""
        return _of_stages(self, tuple(stages))

    def reached(self) -> tuple[str, ...]:
        """The stages that generation reaches."""
        return self.stages if self.fails is None else self.stages[: self.stages.index(self.fails.instead_of)]

    def failure_at(self, stage: str) -> Failure | None:
        """The failure that comes in place of a stage, if one does."""
        return self.fails if self.fails is not None and self.fails.instead_of == stage else None

    def steps(self) -> tuple[Step, ...]:
        """The callbacks it owes, by default one per stage and one for the failure; a refusal owes none."""
        if self.answer is not None:
            return ()
        if self.callbacks is not None:
            return self.callbacks
        failure = (self.fails.instead_of,) if self.fails else ()
        return tuple(Step(stage=stage) for stage in (*self.reached(), *failure))

    def triggers(self) -> tuple[str, ...]:
        """What a client sends to get it, each on its own enough."""
        coded = self.name.removeprefix(CALLBACK).isdigit()
        code = (f"Prefer: code={self.name}",) if coded else ()
        return (*code, f"Prefer: scenario={self.name}", f"audioId {MAGIC}{self.name}", f"key {MAGIC}{self.name}")


@cache
def _of_stages(scenario: Scenario, stages: tuple[str, ...]) -> Scenario:
    if stages == scenario.stages:
        return scenario
    fails, callbacks = scenario.fails, scenario.callbacks
    if scenario.course is not None:
        return replace(scenario, stages=tuple(stage for stage in scenario.stages if stage in stages))
    if fails is not None:
        later = STAGES[STAGES.index(fails.instead_of) :]
        fails = replace(fails, instead_of=next(stage for stage in later if stage in stages))
    if callbacks is not None:
        callbacks = tuple(step for step in callbacks if step.stage in stages)
    return replace(scenario, stages=stages, fails=fails, callbacks=callbacks)


def cause(scenario: Scenario) -> str:
    """What makes a scenario happen without asking for it, or why nothing does."""
    if scenario.natural:
        return f"by itself: {scenario.natural}"
    if scenario.unreachable:
        return f"never by itself: {scenario.unreachable}"
    if scenario.outside:
        return f"never by itself, and in no document: {scenario.outside}"
    return "a course of callbacks to survive; never by itself"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The scenario of one request, and the preference that was applied (empty when a magic value chose it)."""

    scenario: Scenario
    applied: str = ""


class Scenarios:
    """All scenario files by name, and who asked for one; `plain` is the choice of nobody."""

    def __init__(self, scenarios: Mapping[str, Scenario]) -> None:
        self._by_name = scenarios
        self._recorded: Mapping[str, Scenario] = {}
        self._choices = {name: Choice(scenario=each) for name, each in scenarios.items()}
        self.plain = self._choices[PLAIN]

    @classmethod
    def read(cls, codes: Mapping[int, str] = NO_CODES, callback_codes: Mapping[int, str] = NO_CODES) -> "Scenarios":
        """Those of the files, and one for each code of a profile that none of them is about, with its text."""
        paths = sorted((FIXTURES / "scenarios").glob("*.yaml"), key=_answers_first)
        found = {path.stem: _scenario(path) for path in paths}
        for code, text in codes.items():
            found.setdefault(f"{code}", Scenario(name=f"{code}", summary=text, unreachable=ONLY_THERE, answer=code))
        for code, text in callback_codes.items():
            name, fails = f"{CALLBACK}{code}", Failure(instead_of=STAGES[-1], code=code, status=FAILED)
            if code != ACCEPTED:
                found.setdefault(name, Scenario(name=name, summary=text, unreachable=ONLY_THERE, fails=fails))
        return cls(found)

    def __iter__(self) -> Iterator[Scenario]:
        return iter(self._by_name.values())

    def know(self, recorded: Iterable[Scenario]) -> None:
        """Find recorded courses by their names, too, which nobody can ask for."""
        self._recorded = {each.name: each for each in recorded}

    def of_task(self, name: str) -> Scenario:
        """The scenario of a task. Raises as `named`."""
        return self._recorded.get(name) or self.named(name)

    def named(self, name: str) -> Scenario:
        """The scenario of a name, which may begin as a magic value does.

        Raises BadSetting, with the nearest name, for one that does not exist.
        """
        name = str(name).removeprefix(MAGIC)
        if name not in self._by_name:
            raise unknown("scenario", name, self._by_name)
        return self._by_name[name]

    def choice(self, name: str) -> Choice:
        """The choice of a scenario by its own name, which exists."""
        return self._choices[name]

    def chosen(self, prefer: str, audio_id: object, key: str) -> Choice | None:
        """What a request asks for, if it does: by its Prefer header, else by a magic audioId, else by a magic key.

        Raises Invalid for a preference that names no scenario: a typing error would otherwise pass as success, as it
        would for a key (`unknown_key`). A magic audioId without a scenario is an unknown track like any other.
        """
        for name, value in preferences(prefer) if prefer else ():
            if name in ("code", "scenario"):
                return Choice(scenario=self._preferred(name, value), applied=f"{name}={value}")
        for magic in (audio_id, key):
            if isinstance(magic, str) and magic.startswith(MAGIC) and self.is_magic(magic):
                return self._choices[magic.removeprefix(MAGIC)]
        return None

    def is_magic(self, value: str) -> bool:
        """Whether an audioId or a key names a scenario."""
        return value.startswith(MAGIC) and value.removeprefix(MAGIC) in self._by_name

    def _preferred(self, preference: str, value: str) -> Scenario:
        names = (value, f"{CALLBACK}{value}") if preference == "code" else (value,)
        for name in names:
            if name in self._by_name:
                return self._by_name[name]
        text = (
            f"Prefer: {preference}={cut(value)} names no scenario; allowed: the names that `suno-mock scenarios` lists."
            f"{nearest(value, self._by_name)}"
        )
        raise Invalid([Violation(rule="mock.prefer", field="Prefer", message=text)])

    def unknown_key(self, key: str) -> Unauthorized:
        """The refusal of a magic key that names no scenario."""
        name = key.removeprefix(MAGIC)
        return Unauthorized(
            f"the key begins with {MAGIC!r}, which names a scenario, and {cut(name)!r} is none."
            f"{nearest(name, self._by_name)} `suno-mock scenarios` lists them; any other non-empty key works."
        )


PREFERENCE: Final = re.compile(
    r"""(?:^|(?<=,))\s*+([^\s=,;"]++)\s*+(?:=\s*+("(?:[^"\\]|\\.)*+"|[^\s,;"]*+))?+(?:[^,"]|"(?:[^"\\]|\\.)*+"?+)*+"""
)


def preferences(header: str) -> list[tuple[str, str]]:
    """The preferences of a Prefer header in order, names in lower case, parameters left out (RFC 7240, section 2)."""
    return [(name.lower(), value.strip('"')) for name, value in PREFERENCE.findall(header)]


def _answers_first(path: Path) -> tuple[int, str]:
    kind = 0 if path.stem.isdigit() else 1 if path.stem.startswith(CALLBACK) else 2
    return kind, path.stem


@cache
def _scenario(path: Path) -> Scenario:
    entry: dict[str, Any] = load(path)
    fails = entry.get("fails")
    steps = entry.get("callbacks")
    return Scenario(
        **{
            **entry,
            "name": path.stem,
            "fails": Failure(**fails) if fails else None,
            "callbacks": None if steps is None else tuple(Step(**step) for step in steps),
        }
    )
