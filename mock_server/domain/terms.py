"""The terms under which the requests of a key are judged: the settings in force, and what the key has of its own."""

from dataclasses import dataclass, fields
from typing import Final

from mock_server.core.errors import BadSetting
from mock_server.core.settings import NO_LIMIT, Pace, RateLimit, Settings

Overrides = tuple[tuple[str, str], ...]
"""Open questions that are answered otherwise than the profile does: pairs of question and reading."""
CHANGEABLE: Final = tuple(each.name for each in fields(Settings) if each.metadata.get("live"))
"""The settings that a running mock takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySettings:
    """What one key has of its own; None where the server's setting holds. `credits` is what its account opens with."""

    credits: int | None = None
    revoked: bool = False
    rate_limit: str | None = None
    maintenance: bool | None = None
    retention_days: float | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.revoked, bool):
            raise BadSetting(f"revoked is {self.revoked!r}. Allowed: True or False.")
        shared = {each.name for each in fields(Settings)} & {each.name for each in fields(self)}
        given = {name: getattr(self, name) for name in shared}
        Settings(**{name: value for name, value in given.items() if value is not None})


class Terms:
    """What holds for a key from the change number `generation` on. `own` is None for a key that nobody created."""

    __slots__ = ("credits", "generation", "limit", "maintenance", "overrides", "own", "pace", "settings", "unlimited")

    def __init__(self, generation: int, settings: Settings, overrides: Overrides, own: KeySettings | None) -> None:
        has = own or KeySettings()
        self.generation = generation
        self.settings = settings
        self.overrides = overrides
        self.own = own
        self.pace = Pace.parse(settings.pace)
        self.credits = settings.credits if has.credits is None else has.credits
        rate = settings.rate_limit if has.rate_limit is None else has.rate_limit
        self.limit, self.unlimited = RateLimit.parse(rate), rate == NO_LIMIT
        self.maintenance = settings.maintenance if has.maintenance is None else has.maintenance

    def retention_days(self, documented: float) -> float:
        """How long the key's files are there."""
        own = self.own.retention_days if self.own is not None else None
        days = self.settings.retention_days if own is None else own
        return documented if days is None else days
