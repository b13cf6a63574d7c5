"""The panel of what holds for requests: faults, what keys have of their own, and the settings that can be changed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import islice
from typing import Any, Final

from mock_server.control.control import Control
from mock_server.control.views import AccountView
from mock_server.core.errors import BadSetting, NoSuch
from mock_server.core.settings import Settings
from mock_server.domain.accounts import known_keys
from mock_server.domain.terms import CHANGEABLE, KeySettings
from mock_server.pages.shown_keys import handle_of, label
from mock_server.pages.visit import Action, Form, Visit
from mock_server.state.faults import LONGEST_DELAY, Broken, Fault
from mock_server.state.steps import Steps

LISTED: Final = 50
"""Keys and faults that the page has."""
WHOLE: Final = re.compile(r"-?[0-9]{1,18}")
FRACTION: Final = re.compile(r"-?[0-9]{1,18}\.[0-9]{1,18}")
SWITCH: Final[Mapping[str, bool]] = {"on": True, "off": False}
FILLED_IN: Final = ("fault", "account", "settings")
"""The forms that are filled in; what is wrong with one stands in it."""
OF_ITS_OWN: Final = ("rate_limit", "maintenance", "retention_days")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a form; a text, unless it is a number or one of `choices`. `empty` is what none of them is called."""

    name: str
    says: str
    number: bool = False
    choices: Sequence[str] = ()
    empty: str = "as it is"
    value: str = ""

    def read(self, form: Form) -> Any:
        """What came; a number that is none stays a text, which is refused where it is to hold."""
        text = form.get(self.name, "").strip()
        if set(self.choices) == set(SWITCH):
            return SWITCH.get(text)
        if self.number and WHOLE.fullmatch(text):
            return int(text)
        return float(text) if self.number and FRACTION.fullmatch(text) else text


FAULT: Final = (
    Field(name="delay", says=f"Seconds before the answer, 0 to {LONGEST_DELAY}.", number=True),
    Field(name="answer", says="What becomes of the answer.", choices=[*Broken], empty="it is as it would be"),
    Field(name="status", says="Of the answer “status”: 500 to 599, else 502.", number=True),
    Field(name="times", says="For so many requests; else until it is removed.", number=True),
)
KEY: Final = (
    Field(name="credits", says="What its account has from now on.", number=True),
    Field(name="rate_limit", says="Such as 20/10, per 10 seconds; “none” is no limit."),
    Field(name="maintenance", says="Answer 455 to its requests.", choices=[*SWITCH]),
    Field(name="retention_days", says="Days that its media are there.", number=True),
    Field(name="revoked", says="Refuse it with 401.", choices=[*SWITCH]),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFault:
    """A fault that is set, by the handle of its key, which is empty for all keys that have none of their own."""

    handle: str
    shown: str
    fault: Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A key by its handle, its account, and whether it has something of its own."""

    handle: str
    view: AccountView
    own: bool


class Steering:
    """What the panel of one mock shows, and what its forms do. Each raises BadSetting or NoSuch."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def actions(self) -> Mapping[str, Action]:
        """The forms by the name in their URL."""
        return {
            "fault": self._put_fault,
            "no-fault": self._remove_fault,
            "account": self._change_key,
            "no-account": self._take_away,
            "settings": self._change_settings,
        }

    async def page(self, visit: Visit) -> dict[str, Any]:
        """What the page shows; a form that was refused as it was filled in."""
        faults = await self._control.faults()
        in_force = await self._control.settings()
        keys = [*islice(await self._keys(), LISTED)]
        return {
            "faults": [
                SetFault(
                    handle=handle_of(key) if key else "", shown=label(key) if key else "every other key", fault=each
                )
                for key, each in faults[:LISTED]
            ],
            "more_faults": max(0, len(faults) - LISTED),
            "holders": [await self._holder(key) for key in keys],
            "fault_fields": FAULT,
            "key_fields": KEY,
            "server_fields": _server_fields(in_force),
            "filled": visit.form or {},
            "wrong": visit.button if visit.button in FILLED_IN else "",
        }

    async def _put_fault(self, form: Form) -> None:
        given = {each.name: each.read(form) for each in FAULT}
        wanted = {name: value for name, value in given.items() if value != ""}
        if not wanted:
            raise BadSetting("the fault does nothing. Allowed: with a delay or an answer.")
        await self._control.put_fault(await self._key(form), Fault.of(**wanted))

    async def _remove_fault(self, form: Form) -> None:
        await self._control.put_fault(await self._key(form), Fault())

    async def _change_key(self, form: Form) -> None:
        key = form.get("new", "").strip() or await self._key(form)
        if key is None:
            raise BadSetting("key is missing. Allowed: one that is listed, or a new one.")
        given = {each.name: each.read(form) for each in KEY}
        await self._control.change_account(key, {name: each for name, each in given.items() if each not in ("", None)})

    async def _take_away(self, form: Form) -> None:
        nothing: Mapping[str, Any] = {**dict.fromkeys(OF_ITS_OWN), "revoked": False}
        await self._control.change_account(await self._key(form), nothing)

    async def _change_settings(self, form: Form) -> None:
        in_force = await self._control.settings()
        given = {each.name: each.read(form) for each in _server_fields(in_force) if each.name in form}
        given = {name: None if value == "" and name == "retention_days" else value for name, value in given.items()}
        await self._control.change_settings(
            {name: value for name, value in given.items() if value != getattr(in_force, name)}
        )

    async def _holder(self, key: str) -> Holder:
        own = (await self._control.store.terms(key)).own or KeySettings()
        view = await self._control.account(key, shown_as=label(key))
        return Holder(handle=handle_of(key), view=view, own=replace(own, credits=None) != KeySettings())

    async def _keys(self) -> Mapping[str, None]:
        """Every key that has something of its own, a fault or an account, the newest accounts first."""
        store = self._control.store
        faulty = [key for key, _ in await self._control.faults() if key]
        used = reversed(await store.keys())
        return dict.fromkeys([*faulty, *await store.keys_of_their_own(), *used, *known_keys()])

    async def _key(self, form: Form) -> str | None:
        """The key of a form's handle; None where it has none."""
        handle, steps = form.get("key", ""), Steps()
        if not handle:
            return None
        for key in await self._keys():
            await steps.one()
            if handle_of(key) == handle:
                return key
        raise NoSuch("the mock does not know that key any more; reload the page")


def _server_fields(in_force: Settings) -> Sequence[Field]:
    """The settings that a running mock takes, with what is in force."""
    found = []
    for each in (each for each in fields(Settings) if each.name in CHANGEABLE):
        value = getattr(in_force, each.name)
        switch = isinstance(each.default, bool)
        shown = ("on" if value else "off") if switch else "" if value is None else f"{value}"
        number = not switch and not isinstance(each.default, str)
        choices = [*SWITCH] if switch else ()
        found.append(Field(name=each.name, says=each.metadata["help"], number=number, choices=choices, value=shown))
    return found
