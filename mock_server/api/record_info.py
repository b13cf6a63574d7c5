"""The requests that tell how far a task is: GET /api/v1/generate/record-info and its like."""

from collections.abc import Mapping
from urllib.parse import parse_qs

from mock_server.api.judgement import Check, Judgement
from mock_server.contract.open_questions import resting_on
from mock_server.contract.operations import Operation
from mock_server.contract.profile import Profile
from mock_server.core.errors import Invalid, NotFound, Violation
from mock_server.core.text import either
from mock_server.domain.answer import Answer, succeeded
from mock_server.domain.call import Call
from mock_server.domain.catalogue import Catalogue
from mock_server.domain.generated_tracks import TrackMaker
from mock_server.domain.polling_body import record
from mock_server.domain.proposal import Decision
from mock_server.state.store import Store


def wanted(call: Call) -> str:
    """The task that is asked about; empty where none is."""
    return parse_qs(call.query.decode("latin-1")).get("taskId", [""])[0]


class RecordInfo:
    """What is checked of a poll: whether it names a task of the key that it tells of, and how often that was polled."""

    def __init__(
        self,
        operation: Operation,
        profile: Profile,
        store: Store,
        catalogue: Catalogue,
        track_maker: TrackMaker,
    ) -> None:
        self.name = operation.name
        self._of = [each.name for each in profile.every.values() if each.polled_by == operation.name]
        self._served = [name for name in self._of if name in profile.operations]
        self._store = store
        self._catalogue = catalogue
        self._track_maker = track_maker
        limited: Mapping[str, Check] = {"poll": self._poll} if "poll" in operation.checks else {}
        self.own_checks: Mapping[str, Check] = {"body": self._named, "task": self._task, **limited}

    def drawn_by(self, call: Call) -> str:
        """What names the request where readings are drawn."""
        return wanted(call)

    def _named(self, judgement: Judgement) -> None:
        if not wanted(judgement.call):
            text = f"taskId is missing; allowed: the taskId that {either(self._served)} answered, as a query"
            raise Invalid([self._violation(text)])

    async def _task(self, judgement: Judgement) -> None:
        """Of a task that is unknown there are three readings: code 200 without data, 404, or 422."""
        task_id = wanted(judgement.call)
        found = await self._store.task(task_id)
        if found is not None and found.key == judgement.account and found.operation in self._of:
            judgement.task = self._catalogue.task(found)
            judgement.polled = found.id
        elif judgement.edition.readings.unknown_task == 404:
            raise NotFound(f"no task {task_id!r} under this key; {resting_on(judgement.edition, 'unknown_task')}")
        elif judgement.edition.readings.unknown_task != 200:
            text = f"recordInfo is null: no task {task_id!r} under this key"
            raise Invalid([self._violation(text, resting_on(judgement.edition, "unknown_task"))])

    def _poll(self, judgement: Judgement) -> None:
        if judgement.task is not None and judgement.rate:
            judgement.limit = judgement.task.edition.family.poll_limit
            judgement.leave("poll")

    def propose(self, judgement: Judgement) -> None:
        """Nothing is to be done."""

    def succeeded(self, judgement: Judgement, decision: Decision) -> Answer:
        """Every request of kind poll is answered with the record, or nothing of a task that is unknown."""
        if judgement.task is None:
            return succeeded(None, judgement.edition)
        return succeeded(record(judgement.task, decision.at, self._track_maker), judgement.task.edition)

    def _violation(self, message: str, note: str = "") -> Violation:
        return Violation(rule=f"{self.name}.taskId", field="taskId", message=message, note=note)
