"""The pages that list what a mock can be told: its scenarios, and its open questions."""

from typing import Any

from mock_server.control.control import Control
from mock_server.pages.codes import scenarios_listed
from mock_server.pages.inbox import Inbox
from mock_server.pages.questions import questions_shown
from mock_server.pages.visit import Visit


class Listed:
    """What these pages show of one mock."""

    def __init__(self, control: Control, inbox: Inbox) -> None:
        self._control = control
        self._inbox = inbox

    async def codes(self, visit: Visit) -> dict[str, Any]:
        """Every scenario, and the keys whose next request can get it."""
        return {
            "scenarios": await scenarios_listed(self._control),
            "keys": await self._inbox.keys(visit.kept),
            "kept": visit.kept,
        }

    async def questions(self, visit: Visit) -> dict[str, Any]:
        """Every question with what is known of its readings."""
        return await questions_shown(self._control)
