"""What the mocked API answers instead of success, and what a user of the mock can get wrong.

ApiError                  one refusal; `code` is the envelope code
├── Unauthorized          401
├── InsufficientCredits   402
├── RuleBroken            for one rule
│   ├── NotFound          404
│   └── Conflict          409
├── Invalid               422, holds every violation, not only the first
├── RateLimited           429
├── Maintenance           455
└── Forced                any code, because a scenario asked for it
BadSetting                an option, a reading or a file that cannot be used
NoSuch                    something that the control plane is asked for and does not find
ClockRuns                 a clock that is to be moved and follows real time
Stopped                   what the mock's stop has cut off
└── StateFailed           what the mock could not do, since what it keeps its state in cannot be written

Bugs of ours are ordinary exceptions. `Undecided.failed` in api/endpoints answers them with HTTP 500.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from itertools import islice
from typing import Self

from mock_server.core.credits import Credits
from mock_server.core.text import cut


class ApiError(Exception):
    """A refusal in the provider's words plus what to do about it here. A profile can answer its `kind` with another
    code."""

    code: int = 500
    kind: str = "failed"
    rules: tuple[str, ...] = ()

    def __init__(self, msg: str) -> None:
        super().__init__(msg)
        self.msg = msg


class Unauthorized(ApiError):
    code = 401
    kind = "unauthorized"


class InsufficientCredits(ApiError):
    code = 402
    kind = "no_credits"

    def __init__(self, balance: Credits, price: Credits) -> None:
        super().__init__(
            f"the account has {balance} credits and this costs {price}; "
            "use another key, or start the mock with more --credits"
        )


class RuleBroken(ApiError):
    """A refusal for one rule, `rule` its id, `values` what a profile's own words can name."""

    def __init__(self, msg: str, rule: str | None = None, values: Mapping[str, str] | None = None) -> None:
        super().__init__(msg)
        self.rules = (rule,) if rule else ()
        self.values: Mapping[str, str] = values or {}

    @classmethod
    def by(cls, violation: "Violation") -> Self:
        """The refusal for a broken rule."""
        return cls(f"{violation}", violation.rule, {**violation.values(), "field": violation.field})


class NotFound(RuleBroken):
    code = 404
    kind = "not_found"


class Conflict(RuleBroken):
    code = 409
    kind = "exists"


@dataclass(slots=True)
class Violation:
    """One broken rule: its id, the field, what came and what is allowed, and where the document says so.

    `questions` are the open ones that may decide it, `note` says so where they do; `values` gives what a profile's own
    words can name: the value, the limit and what is allowed. It is called where a profile has words of its own."""

    rule: str
    field: str
    message: str
    place: str | None = None
    questions: tuple[str, ...] = ()
    note: str = ""
    values: Callable[[], Mapping[str, str]] = dict

    def __str__(self) -> str:
        source = f"{self.rule}, {self.place}" if self.place else self.rule
        note = f"; {self.note}" if self.note else ""
        return f"{self.message} ({source}){note}"


class Invalid(ApiError):
    code = 422
    kind = "invalid"

    def __init__(self, violations: Sequence[Violation]) -> None:
        text = "; ".join([str(violation) for violation in violations])
        super().__init__(text if len(violations) == 1 else f"{len(violations)} rules are broken: {text}")
        self.violations = tuple(violations)
        self.rules = tuple([violation.rule for violation in violations])


class RateLimited(ApiError):
    code = 429
    kind = "rate"

    def __init__(self, msg: str, retry_after: int) -> None:
        super().__init__(msg)
        self.retry_after = retry_after


class Maintenance(ApiError):
    code = 455
    kind = "maintenance"


class Forced(ApiError):
    """`applied` is the preference that asked for it, empty when a magic value did."""

    def __init__(self, code: int, scenario: str, applied: str) -> None:
        super().__init__(f"scenario {scenario}")
        self.code = code
        self.scenario = scenario
        self.applied = applied


class BadSetting(ValueError):
    """Something the user of the mock configured. The text is one line and names a valid value."""


class NoSuch(LookupError):
    """The text says what is not there, and where to look."""


class ClockRuns(Exception):
    """The clock follows real time, so nobody can move it; the text says how it is frozen."""


class Stopped(RuntimeError):
    """The mock stopped before it had done what it was asked; the text says what it had."""


class StateFailed(Stopped):
    """What the mock keeps its state in cannot be written; the text names it, says why, and the way out."""


def unknown(kind: str, value: object, known: Iterable[str]) -> BadSetting:
    """The error for a name that does not exist: what came, the nearest valid one, and all of them."""
    names, came = sorted(known), str(value)
    return BadSetting(f"{kind} {cut(came)!r} is unknown.{nearest(came, names, alike=0)} Known: {', '.join(names)}.")


COMPARED = 100
"""Characters of a value, and known names, that are compared; comparing costs time that grows with their product."""


def alike(one: str, other: str) -> float:
    """How much alike the letters of two texts are, from 0 to 1."""
    return SequenceMatcher(None, one[:COMPARED], other[:COMPARED]).ratio()


def nearest(value: str, names: Iterable[str], alike: float = 0.6) -> str:
    """` Nearest: NAME.`, or nothing when no name is alike enough, from 0 (any is) to 1 (only the same)."""
    close = get_close_matches(value[:COMPARED], list(islice(names, COMPARED)), n=1, cutoff=alike)
    return f" Nearest: {close[0]}." if close else ""


def check_count(name: str, number: int, more: str = "") -> None:
    """Raise BadSetting for what is no whole number from 1 on."""
    if type(number) is not int or number < 1:
        raise BadSetting(f"{name} is {number!r}. Allowed: 1 or more{more}.")
