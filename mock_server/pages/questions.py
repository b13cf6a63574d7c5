"""What the page of questions shows: the readings in force, who picks which, and what the profile's file says of it."""

from typing import Any

from mock_server.contract.evidence import evidence
from mock_server.contract.profile_files import picked
from mock_server.control.control import Control


async def questions_shown(control: Control) -> dict[str, Any]:
    """What the template takes."""
    register = control.editions.register.questions
    return {
        "questions": list(register.values()),
        "in_force": await control.questions(),
        "picked": {name: picked(name) for name in register},
        "known": evidence(control.store.settings.profile),
    }
