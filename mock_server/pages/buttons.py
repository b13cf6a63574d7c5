"""The buttons of the pages: what each does with its form."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Final
from urllib.parse import parse_qsl

from mock_server.control.control import Control
from mock_server.core.errors import BadSetting, NoSuch, unknown
from mock_server.pages.inbox import Inbox
from mock_server.pages.redelivery import redeliver_failed
from mock_server.pages.rendering import MOST, Selection
from mock_server.pages.visit import Action, Form

KEEPS: Final = ("fail", "keep")
"""The buttons after which their key is the one that the next click is about."""

PATIENCE: Final = 1.0
"""Seconds of real time that a button is waited for."""


class Buttons:
    """The forms of the pages, by the name in their URL; `more` are those of others. Each raises BadSetting, NoSuch,
    ClockRuns or Stopped.

    A button that takes longer than PATIENCE, as one does while a receiver hangs, is not waited for and goes on.
    """

    def __init__(self, control: Control, inbox: Inbox, more: Mapping[str, Action] | None = None) -> None:
        self._control = control
        self._inbox = inbox
        self._pressed: set[asyncio.Task[object]] = set()
        self._actions: Mapping[str, Action] = {
            "redeliver": self._redeliver,
            "redeliver-failed": self._redeliver_failed,
            "advance": self._advance,
            "freeze": lambda form: control.freeze(),
            "run": lambda form: control.run(),
            "fail": self._fail,
            "unqueue": self._unqueue,
            "read": self._read,
            "keep": self._key,
            "reset": self._reset,
            **(more or {}),
        }

    async def press(self, name: str, form: Form) -> None:
        """Do what a form asks for, and return when that is done or takes long."""
        if name not in self._actions:
            raise unknown("button", name, self._actions)
        pressing = asyncio.get_running_loop().create_task(self._actions[name](form))
        self._pressed.add(pressing)
        pressing.add_done_callback(self._pressed.discard)
        done, _ = await asyncio.wait({pressing}, timeout=PATIENCE)
        if done:
            pressing.result()
        else:
            pressing.add_done_callback(self._end)

    @property
    def waiting(self) -> int:
        """How many buttons have not done yet what they do."""
        return len(self._pressed)

    def _end(self, pressing: "asyncio.Task[object]") -> None:
        """A button that was not waited for has ended. What it could not do any more is told to nobody."""
        with suppress(asyncio.CancelledError):
            pressing.exception()
        self._control.store.changes.note()

    async def _redeliver(self, form: Form) -> None:
        await self._control.redeliver(_field(form, "task"), _field(form, "stage"), to=form.get("to", ""))

    async def _redeliver_failed(self, form: Form) -> None:
        """Of the rows that the form's page shows."""
        query = dict(parse_qsl(_field(form, "back").partition("?")[2]))
        rows, _ = await self._inbox.rows(Selection.of(query).filter, MOST)
        await redeliver_failed(self._control, rows, form.get("to", ""))

    async def _advance(self, form: Form) -> None:
        text = _field(form, "seconds")
        try:
            seconds = float(text)
        except ValueError:
            raise BadSetting(f"seconds is {text[:60]!r}. Allowed: a number.") from None
        await self._control.advance(seconds)

    async def _fail(self, form: Form) -> None:
        await self._control.queue(await self._key(form), _field(form, "scenario"), 1)

    async def _unqueue(self, form: Form) -> None:
        await self._control.clear_queue(await self._key(form))

    async def _read(self, form: Form) -> None:
        await self._control.change_questions({_field(form, "question"): _field(form, "reading")})

    async def _reset(self, form: Form) -> None:
        _field(form, "all")  # a form that lost its fields resets nothing
        await self._control.reset(None)

    async def _key(self, form: Form) -> str:
        key = await self._inbox.key(_field(form, "key"))
        if key is None:
            raise NoSuch("the mock does not know that key any more; reload the page")
        return key


def _field(form: Form, name: str) -> str:
    if not form.get(name):
        raise BadSetting(f"{name} is missing. Allowed: any that the page offers.")
    return form[name]
