"""The settings in force, which can change while the mock runs, and the settings of single keys."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, Final

from mock_server.core.errors import BadSetting, unknown
from mock_server.core.settings import Settings, parse_readings
from mock_server.domain.accounts import known_keys
from mock_server.domain.terms import CHANGEABLE, KeySettings, Overrides, Terms
from mock_server.state.ledger import Ledger, Table, Unkept

KEYS_KEPT: Final = 10_000
"""Keys that have something of their own."""


class LiveSettings:
    """`started_with` are the settings that a reset goes back to. Each change gets the next number, so that a request
    can be told that it was judged under terms that do not hold any more."""

    def __init__(self, settings: Settings, ledger: Ledger | None = None) -> None:
        self.started_with = settings
        self._ledger = Unkept() if ledger is None else ledger
        self._generation = 0
        self._keys: dict[str, KeySettings] = {}
        self._terms: dict[str, Terms] = {}
        self._others = Terms(0, settings, (), None)
        self.reset()

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self._others.settings

    @property
    def overrides(self) -> Overrides:
        """The questions that are answered otherwise than the profile does."""
        return self._others.overrides

    @property
    def keys(self) -> Mapping[str, KeySettings]:
        """The keys that have something of their own, those of `fixtures/accounts.yaml` first."""
        return self._keys

    def terms(self, key: str | None) -> Terms:
        """What holds for a key."""
        return self._terms.get(key, self._others) if key is not None else self._others

    def reset(self) -> None:
        """Go back to the start, for all keys."""
        self._ledger.emptied(Table.KEY)
        self.forget_keys()
        self._use(self.started_with, tuple(parse_readings(self.started_with.readings).items()))

    def change(self, changes: Mapping[str, Any]) -> None:
        """Raises BadSetting for a setting that does not exist, cannot be changed now, or has no such value."""
        for name in changes:
            if name not in CHANGEABLE:
                raise unknown("changeable setting", name, CHANGEABLE)
        self._use(replace(self.settings, **changes), self.overrides)

    def override(self, readings: Mapping[str, str]) -> None:
        """Answer questions otherwise."""
        self._use(self.settings, tuple((dict(self.overrides) | dict(readings)).items()))

    def change_key(self, key: str, changes: Mapping[str, Any]) -> None:
        """Create a key or change what it has of its own. Raises BadSetting."""
        own = [each.name for each in fields(KeySettings)]
        for name in changes:
            if name not in own:
                raise unknown("setting of a key", name, own)
        if key not in self._keys and len(self._keys) >= KEYS_KEPT:
            raise BadSetting(f"{KEYS_KEPT} keys have settings of their own; reset the mock to forget them.")
        self._keys[key] = replace(self._keys.get(key, KeySettings()), **changes)
        self._ledger.note(Table.KEY, key)
        self._generation += 1
        self._terms[key] = self._of(key)

    def restore(self, settings: Mapping[str, Any], readings: Mapping[str, str]) -> None:
        """Keep what an engine has written: in what the settings and the questions differ from the start."""
        started = parse_readings(self.started_with.readings) | dict(readings)
        self._use(replace(self.started_with, **settings), tuple(started.items()))

    def forget_keys(self) -> None:
        """Go back to the keys of the start."""
        self._keys = {key: KeySettings(credits=entry.credits) for key, entry in known_keys().items()}
        self._use(self.settings, self.overrides)

    def changes(self) -> tuple[dict[str, Any], dict[str, str]]:
        """In what the settings and the questions differ from the start."""
        started = self.started_with
        settings = {name: getattr(self.settings, name) for name in CHANGEABLE}
        readings = parse_readings(started.readings)
        return (
            {name: value for name, value in settings.items() if value != getattr(started, name)},
            {question: name for question, name in self.overrides if readings.get(question) != name},
        )

    def _use(self, settings: Settings, overrides: Overrides) -> None:
        self._ledger.note(Table.SETTINGS, "")
        self._generation += 1
        self._others = Terms(self._generation, settings, overrides, None)
        self._terms = {key: self._of(key) for key in self._keys}

    def _of(self, key: str) -> Terms:
        return Terms(self._generation, self.settings, self.overrides, self._keys[key])
