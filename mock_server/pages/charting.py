"""The page of charts: numbers of what the inbox finds."""

from typing import Any

from mock_server.control.control import Control
from mock_server.core.errors import BadSetting
from mock_server.pages.charts import charts
from mock_server.pages.filters import EVERYTHING, Filter, counts
from mock_server.pages.inbox import Inbox
from mock_server.pages.rendering import NO_FILTER, Selection
from mock_server.pages.visit import Visit
from mock_server.state.journal_entries import Attempted, Requested
from mock_server.state.steps import Steps


class Charting:
    """Draws what one mock's journal has."""

    def __init__(self, control: Control, inbox: Inbox) -> None:
        self._control = control
        self._inbox = inbox

    async def page(self, visit: Visit) -> dict[str, Any]:
        """What the page shows of the rows that the query's filters find."""
        selection = Selection.of(visit.query, visit.prefix)
        refused = {}
        requests, attempts = list[Requested](), list[Attempted]()
        try:
            requests, attempts = await self._found(selection.filter)
        except BadSetting as error:
            refused = {"problem": str(error), "status": 400}
        return {
            "selection": selection,
            "keys": await self._inbox.keys(selection.filter.key, visit.kept),
            "statuses": self._control.statuses(),
            "charts": charts(requests, attempts),
            **refused,
        }

    async def _found(self, wanted: Filter) -> tuple[list[Requested], list[Attempted]]:
        """The requests and attempts of the journal that the inbox has rows of. Raises BadSetting as `search_of`."""
        everything = wanted == Filter(status=EVERYTHING)
        found = None if everything or wanted == NO_FILTER else await self._inbox.ids(wanted)
        requests, attempts, steps = list[Requested](), list[Attempted](), Steps()
        for entry in await self._control.entries():
            await steps.one()
            if found is not None and entry.task_id not in found.tasks and entry.id not in found.entries:
                continue
            if isinstance(entry, Attempted):
                attempts.append(entry)
            elif found is not None or everything or counts(entry):
                requests.append(entry)
        return requests, attempts
