"""The buttons of the pages: what each does with its form."""

from collections.abc import Awaitable, Callable, Mapping

from mock_server.control.control import Control
from mock_server.core.errors import BadSetting, NoSuch, unknown
from mock_server.pages.inbox import Inbox

Form = Mapping[str, str]


class Buttons:
    """The forms of the page, by the name in their URL. Each raises BadSetting, NoSuch or ClockRuns."""

    def __init__(self, control: Control, inbox: Inbox) -> None:
        self._control = control
        self._inbox = inbox
        self._actions: Mapping[str, Callable[[Form], Awaitable[object]]] = {
            "redeliver": self._redeliver,
            "advance": self._advance,
            "freeze": lambda form: control.freeze(),
            "run": lambda form: control.run(),
            "fail": self._fail,
            "unqueue": self._unqueue,
            "read": self._read,
            "reset": self._reset,
        }

    async def press(self, name: str, form: Form) -> None:
        """Do what a form asks for."""
        if name not in self._actions:
            raise unknown("button", name, self._actions)
        await self._actions[name](form)

    async def _redeliver(self, form: Form) -> None:
        await self._control.redeliver(_field(form, "task"), _field(form, "stage"))

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
