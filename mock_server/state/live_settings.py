"""The settings in force, which can be changed while the mock runs, and what each key has of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from mock_server.core.errors import BadSetting, unknown
from mock_server.core.settings import Pace, RateLimit, Settings
from mock_server.domain.accounts import known_keys

KEYS_KEPT: Final = 10_000
"""Keys that have something of their own."""
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


class Config:
    """The settings in force. `started_with` are those that a reset goes back to."""

    def __init__(self, settings: Settings) -> None:
        self.started_with = settings
        self.reset()

    def reset(self) -> None:
        """Go back to the start, for all keys."""
        self._use(self.started_with)
        self._keys: dict[str, KeySettings] = {
            key: KeySettings(credits=entry.credits) for key, entry in known_keys().items()
        }

    def change(self, changes: Mapping[str, Any]) -> None:
        """Raises BadSetting for a setting that does not exist, cannot be changed now, or has no such value."""
        for name in changes:
            if name not in CHANGEABLE:
                raise unknown("changeable setting", name, CHANGEABLE)
        self._use(replace(self.settings, **changes))

    def change_key(self, key: str, changes: Mapping[str, Any]) -> KeySettings:
        """Create a key or change what it has of its own. Raises BadSetting."""
        own = [each.name for each in fields(KeySettings)]
        for name in changes:
            if name not in own:
                raise unknown("setting of a key", name, own)
        if key not in self._keys and len(self._keys) >= KEYS_KEPT:
            raise BadSetting(f"{KEYS_KEPT} keys have settings of their own; reset the mock to forget them.")
        self._keys[key] = replace(self._keys.get(key, KeySettings()), **changes)
        return self._keys[key]

    def of(self, key: str) -> KeySettings | None:
        """What the key has of its own, if anything."""
        return self._keys.get(key)

    @property
    def keys(self) -> Mapping[str, KeySettings]:
        """The keys that have something of their own, those of `fixtures/accounts.yaml` first."""
        return self._keys

    def credits(self, key: str) -> int:
        """What the key's account opens with."""
        own = self._keys.get(key)
        return self.settings.credits if own is None or own.credits is None else own.credits

    def limit(self, key: str) -> RateLimit | None:
        """How many tasks the key may start."""
        own = self._keys.get(key)
        if own is None or own.rate_limit is None:
            return self.rate_limit
        return RateLimit.parse(own.rate_limit)

    def in_maintenance(self, key: str) -> bool:
        """Whether the key's requests are answered with 455."""
        own = self._keys.get(key)
        return self.settings.maintenance if own is None or own.maintenance is None else own.maintenance

    def retention_days(self, key: str, documented: float) -> float:
        """How long the key's files are there."""
        own = self._keys.get(key)
        days = self.settings.retention_days if own is None or own.retention_days is None else own.retention_days
        return documented if days is None else days

    def _use(self, settings: Settings) -> None:
        self.settings = settings
        self.pace = Pace.parse(settings.pace)
        self.rate_limit = RateLimit.parse(settings.rate_limit)
