"""Everything that a user can set: the library's keyword arguments, the command's options, the environment variables."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from math import inf
from typing import Any, Final

from mock_server.core.epoch import parse_epoch
from mock_server.core.errors import BadSetting, unknown
from mock_server.core.hosts import wrong_with
from mock_server.core.origins import parse_origins
from mock_server.core.setting_kinds import KINDS, check_word, option, pairs_of, parse_models
from mock_server.core.setting_limits import DAY, LIMITS, LONGEST_RETENTION, check_limits
from mock_server.core.text import cut

PORT: Final = 4010
BASE_URL: Final = f"http://127.0.0.1:{PORT}"
"""Where the mock is taken to be when nobody says."""

STATE_SCHEMES: Final = ("redis", "rediss", "valkey", "valkeys")


def is_engine(state: str) -> bool:
    """Whether a `--state` is meant to be a URL, also where it is written as none: it may hold a password."""
    return "://" in state or state.partition(":")[0].lower() in STATE_SCHEMES


DURABILITIES: Final = ("normal", "full")
CATCH_UP, SHIFT = "catch-up", "shift"
AFTER_RESTART: Final = (CATCH_UP, SHIFT)
"""What becomes of the time between two runs on one file, by a clock that follows real time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How stages advance. `speed` divides every delay of the real thing; `manual` waits for the clock to be moved."""

    speed: float
    manual: bool = False

    @classmethod
    def parse(cls, text: str) -> "Pace":
        """`immediate`, `time` (60x), `realtime` (1x), `manual`, or a factor such as `60x`."""
        named = PACES.get(text)
        if named is not None:
            return named
        factor = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)x", text)
        if factor is None:
            names = ", ".join(PACES)
            raise BadSetting(f"pace {cut(text)!r} is unknown. Allowed: {names}, or a factor such as 10x.")
        if not (speed := float(factor[1])) > 0:
            raise BadSetting(f"pace {text!r} would never move. Allowed: a factor above 0, such as 60x.")
        return cls(speed=speed)

    def scale(self, seconds: float) -> float:
        """How long `seconds` of the real thing take here."""
        return seconds / self.speed


NO_LIMIT: Final = "none"
PACES: Final[Mapping[str, Pace]] = {
    "immediate": Pace(speed=inf),
    "time": Pace(speed=60),
    "realtime": Pace(speed=1),
    "manual": Pace(speed=1, manual=True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """At most `requests` within any `seconds`: of an account those that would start a task, those counted that come to
    be judged; of a task those that poll it."""

    requests: int
    seconds: float

    @classmethod
    def parse(cls, text: str) -> "RateLimit | None":
        """`20/10` is 20 requests per 10 seconds; an empty text sets no limit, and `none` takes a profile's away."""
        if text in ("", NO_LIMIT):
            return None
        parts = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9}(?:\.[0-9]{1,9})?)", text)
        if parts is None or not int(parts[1]) or not float(parts[2]):
            raise BadSetting(f"rate limit {cut(text)!r} is not REQUESTS/SECONDS, both above 0. Example: 20/10.")
        return cls(requests=int(parts[1]), seconds=float(parts[2]))


def parse_readings(pairs: Mapping[str, str] | Iterable[str]) -> dict[str, str]:
    """`("first_items=both",)` or `"first_items=both"` as `{"first_items": "both"}`; a mapping as it is."""
    return pairs_of(pairs, "--set", "QUESTION=READING", "refusal_status=mirror")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One mock's configuration. Raises BadSetting at once for a value that cannot be used."""

    profile: str = option("apikley", "Which reading of the documents to serve: a name, file or folder.", metavar="NAME")
    seed: int = option(0, "Same seed, same ids, durations and bodies.", metavar="N")
    pace: str = option("time", "immediate, time (60x), realtime, manual, or a factor such as 10x.", metavar="PACE")
    epoch: str = option("", "Where the clock starts, such as 2025-01-01T00:00:00Z.", metavar="TIME")
    readings: Mapping[str, str] | str | tuple[str, ...] = option(
        (), "Answer an open question otherwise; all=vary draws per request.", flag="--set", metavar="QUESTION=READING"
    )
    models: Mapping[str, str] | str | tuple[str, ...] = option(
        (), "Accept a model as another, such as V5_5=V5.", flag="--model", metavar="NAME=MODEL"
    )
    replay: str = option("", "Answer as this recording of `suno-contract proxy` does, where it can.", metavar="FILE")
    rate_limit: str = option(
        "",
        "Answer 429 past this, such as 20/10 (per 10 seconds); none is no limit, whatever the profile has.",
        metavar="N/SECONDS",
        live=True,
    )
    maintenance: bool = option(False, "Answer 455 to every request.", live=True)
    strict_keys: bool = option(False, "Accept only known keys: fixtures/accounts.yaml, and those created.", live=True)
    adopt_unknown_tracks: bool = option(False, "Accept any audioId in place of answering 404.", live=True)
    credits: int = option(1_000_000, "What a new account starts with.", metavar="N", live=True)
    retention_days: float | None = option(
        None, "Days that media are there, in place of the documented time.", metavar="DAYS", live=True
    )
    base_url: str = option(
        "",
        "What the mock's URLs begin with, in place of the address that it listens on, or of a request's Host.",
        metavar="URL",
    )
    callback_timeout: float | None = option(
        None, "Seconds a receiver has to answer a callback, in place of the documented time.", metavar="SECONDS"
    )
    allow_callbacks_to: str | tuple[str, ...] = option(
        (), "A public host that callbacks may go to, such as *.example.com.", metavar="HOST"
    )
    callback_ca: str = option(
        "", "A file of certificates in PEM that receivers may have, beside those of the system.", metavar="FILE"
    )
    insecure_callbacks: bool = option(False, "Call receivers whatever certificate they have.")
    request_timeout: float = option(
        60.0, "Seconds for the head and the body of a request; 0 is no limit.", metavar="SECONDS"
    )
    unfinished_bodies: int = option(
        64 * 1024 * 1024, "Bytes that bodies hold together which are not whole yet; 0 is no limit.", metavar="BYTES"
    )
    state: str = option(
        "",
        "Keep the mock's state in this file, or in Redis or Valkey (redis://HOST).",
        metavar="FILE|URL",
        secret=True,
    )
    state_prefix: str = option("suno-mock", "What the mock's keys in Redis or Valkey begin with.", metavar="NAME")
    state_ttl: float = option(
        14.0, "Days that Redis or Valkey keeps the state of a mock that nobody runs; 0 is for ever.", metavar="DAYS"
    )
    workers: int = option(1, "Processes that serve the same state; one that dies is replaced.", metavar="N")
    lease: float = option(
        10.0,
        "Seconds after which a worker that is not heard of counts as dead; others do what it left.",
        metavar="SECONDS",
    )
    durability: str = option(
        "normal", "normal: what was answered outlives the mock; full: the machine too, more slowly.", metavar="WORD"
    )
    after_restart: str = option(
        "catch-up",
        "What fell due meanwhile: catch-up sends it at once, shift as if no time had passed.",
        metavar="WORD",
    )
    cors_origin: str | tuple[str, ...] = option(
        (), "Whose pages may use the API, such as http://localhost:3000; * for all.", metavar="ORIGIN"
    )
    admin_token: str = option(
        "",
        "What the control plane asks for; made up and printed where others than this machine can reach the mock.",
        metavar="TOKEN",
        secret=True,
    )

    @classmethod
    def of(cls, **settings: Any) -> "Settings":
        """Settings by name. Raises BadSetting, with the nearest, for one that does not exist."""
        names = [each.name for each in fields(cls)]
        for name in settings:
            if name not in names:
                raise unknown("setting", name, names)
        return cls(**settings)

    def __post_init__(self) -> None:
        for each in fields(self):
            types, allowed = KINDS[type(each.default)]
            value = getattr(self, each.name)
            if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
                raise BadSetting(f"{each.name.replace('_', ' ')} is {value!r}. Allowed: {allowed}.")
        Pace.parse(self.pace)
        RateLimit.parse(self.rate_limit)
        parse_epoch(self.epoch)
        parse_readings(self.readings)
        parse_models(self.models)
        parse_origins(self.cors_origin)
        check_limits({name: getattr(self, name) for name in LIMITS})
        self._check_workers()
        check_word("durability", self.durability, DURABILITIES)
        check_word("after restart", self.after_restart, AFTER_RESTART)
        if self.base_url and (wrong := wrong_with(self.base_url)):
            shown_url = self.base_url.rpartition("@")[2] if "@" in self.base_url else self.base_url
            raise BadSetting(f"base URL {shown_url!r} {wrong}. Example: http://suno-mock:4010.")
        if not re.fullmatch(r"[!-~]{0,1000}", self.admin_token):
            raise BadSetting("the admin token is no token. Allowed: up to 1000 letters, digits and signs of ASCII.")

    @property
    def shared(self) -> bool:
        """Whether other processes may have the same state."""
        return self.workers > 1 or self.in_engine

    @property
    def in_engine(self) -> bool:
        """Whether the state is in Redis or Valkey."""
        return is_engine(self.state)

    def _check_workers(self) -> None:
        scheme = self.state.partition(":")[0]
        if self.in_engine and scheme not in STATE_SCHEMES:
            raise BadSetting(f"state begins with {cut(scheme)!r}. Allowed: a file, or {', '.join(STATE_SCHEMES)} URLs.")
        if not re.fullmatch("[A-Za-z0-9._-]{1,64}", self.state_prefix):
            allowed = "1 to 64 letters, digits, dots, _ and -"
            raise BadSetting(f"state prefix is {cut(self.state_prefix)!r}. Allowed: {allowed}. Example: suno-mock.")
        least, most = 2 * self.lease / DAY, LONGEST_RETENTION
        if self.state_ttl and not least <= self.state_ttl <= most:
            told = f"Allowed: {least:.2g} (twice the lease) to {most} days; 0 is for ever."
            raise BadSetting(
                f"state ttl {self.state_ttl:g} is too {'long' if self.state_ttl > most else 'short'}. {told}"
            )
        if self.workers > 1 and not self.state:
            raise BadSetting(f"{self.workers} workers know of each other by what they share: give a --state, too.")
        if self.replay and self.state:
            raise BadSetting("what is replayed is kept in memory alone: give --replay or --state, not both.")
