"""The provider's endpoints. `Gate.admit`, then `_extend`, are the order of the checks, as the README's table has it."""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

from mock_server.api.admission import Admitted, Gate
from mock_server.api.persona_and_wav import Derived
from mock_server.contract.operations import EXTEND, GENERATE, PERSONA, RECORD_INFO, WAV, operations
from mock_server.contract.profile import Edition
from mock_server.contract.source_tracks import Track
from mock_server.core.errors import ApiError, Invalid, NotFound, Violation
from mock_server.core.seeded import task_id
from mock_server.domain import state_rules
from mock_server.domain.answer import Answer, accepted, refused, succeeded
from mock_server.domain.call import Call
from mock_server.domain.polling_body import record
from mock_server.domain.tasks import Task
from mock_server.domain.timeline import reached_at
from mock_server.media.find_track import Sources
from mock_server.runtime import Parts
from mock_server.state.journal_entries import Requested

Decide = Callable[[Call], Coroutine[Any, Any, Answer]]
Judge = Callable[[Call, int, Edition], Awaitable[Answer]]


class Api:
    """The endpoints of one mock: a call in, an answer out."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._gate = Gate(parts)
        self._sources = Sources(parts)
        self._derived = Derived(parts, self._gate, self._sources)
        self._extends = operations()[EXTEND]
        self._generates = operations()[GENERATE]

    def endpoints(self) -> dict[str, Decide]:
        """What decides on a call, by the operation's name."""
        return {
            EXTEND: self._judging(self._extend),
            GENERATE: self._judging(self._generate),
            PERSONA: self._judging(self._derived.persona),
            WAV: self._judging(self._derived.wav),
            RECORD_INFO: self._record_info,
            "chat-credit": self._credit,
            "generate-credit": self._credit,
        }

    def failed(self) -> Answer:
        """What a bug of the mock looks like from outside."""
        problem = ApiError("the mock itself failed; its standard error has the traceback")
        return replace(refused(problem, self._parts.editions.default), status=500)

    def follow(self, call: Call, answer: Answer) -> None:
        """Once the answer is out: owe the callbacks, write the journal."""
        if answer.task is not None:
            self._parts.scheduler.schedule(answer.task)
        self._parts.journal.record(Requested.answered(self._parts.clock.now(), call, answer))

    def _judging(self, judge: Judge) -> Decide:
        """Counts a request, draws the edition that judges it, and has it judged."""

        async def decide(call: Call) -> Answer:
            ordinal = await self._parts.store.next_ordinal(call.key) if self._gate.is_known(call.key) else 0
            edition = self._parts.editions.draw(call.key or "", ordinal)
            return await _answered(judge(call, ordinal, edition), edition)

        return decide

    async def _extend(self, call: Call, ordinal: int, edition: Edition) -> Answer:
        """POST /api/v1/generate/extend (both documents)."""
        admitted = await self._gate.admit(self._extends, call, ordinal, edition)  # 401, 455, forced, 429, 422
        source = await self._source(admitted)  # 404
        state_rules.enforce_source(admitted.request, source, edition)  # 422
        await self._enforce_persona(admitted)  # 404
        return await self._opened(admitted, source)  # 402, 200

    async def _generate(self, call: Call, ordinal: int, edition: Edition) -> Answer:
        """POST /api/v1/generate (`openapi/family.openapi.yaml`, Generate Music)."""
        admitted = await self._gate.admit(self._generates, call, ordinal, edition)
        await self._enforce_persona(admitted)
        return await self._opened(admitted, None)

    async def _record_info(self, call: Call) -> Answer:
        """GET /api/v1/generate/record-info (`openapi/family.openapi.yaml`, Get Music Details)."""
        wanted = parse_qs(call.query.decode("latin-1")).get("taskId", [""])[0]
        edition = self._parts.editions.draw(call.key or "", wanted)
        return await _answered(self._polled(call, wanted, edition), edition)

    async def _polled(self, call: Call, wanted: str, edition: Edition) -> Answer:
        account = self._looked_up_by(call)
        if not wanted:
            text = "taskId is missing; allowed: the taskId that extend or generate answered, as a query"
            raise Invalid([_task_violation(text)])
        task = await self._parts.store.task(wanted)
        if task is None or task.account != account:
            return _unknown_task(wanted, edition)
        await self._gate.take_poll(task)  # 429
        return succeeded(record(task, self._parts.clock.now(), self._parts.studio), task.edition)

    async def _credit(self, call: Call) -> Answer:
        """GET /api/v1/chat/credit and /api/v1/generate/credit (`openapi/family.openapi.yaml`)."""
        edition = self._parts.editions.draw(call.key or "", call.path)
        return await _answered(self._counted(call, edition), edition)

    async def _counted(self, call: Call, edition: Edition) -> Answer:
        balance = await self._parts.store.balance(self._looked_up_by(call), self._parts.clock.now())
        return succeeded(float(balance) if edition.readings.credits_number else balance, edition)

    def _looked_up_by(self, call: Call) -> str:
        """The account of a GET. Raises its refusals: 401, 455, and the scenario's code."""
        account = self._gate.identified(call.key)
        self._gate.refuse_in_maintenance(account)
        self._gate.refuse_if_forced(call.prefer, account)
        return account

    async def _source(self, admitted: Admitted) -> Track:
        """The track to extend. Raises the refusal that the edition has for an unknown one."""
        request, account = admitted.request, admitted.account
        source = await self._sources.extendable(account, request["audioId"], request["model"], admitted.edition)
        if source is None:
            raise state_rules.unknown_audio(request, await self._sources.known(account), admitted.edition)
        return source

    async def _enforce_persona(self, admitted: Admitted) -> None:
        """Raise NotFound for a persona that is neither listed nor made by the account."""
        persona = admitted.request.get("personaId")
        if persona is not None and persona not in self._parts.personas:
            known = {*self._parts.personas, *await self._parts.store.made(admitted.account, PERSONA)}
            state_rules.enforce_persona(admitted.operation.name, admitted.request, known, admitted.edition)

    async def _opened(self, admitted: Admitted, source: Track | None) -> Answer:
        """The answer that starts a task. Raises RateLimited when no more callbacks can be owed, InsufficientCredits."""
        await self._gate.wait_for_room(admitted.request["callBackUrl"])
        parts, account, choice = self._parts, admitted.account, admitted.choice
        task = Task(
            task_id(parts.config.settings.seed, account, admitted.ordinal),
            account,
            parts.clock.now(),
            admitted.body,
            admitted.request["callBackUrl"],
            admitted.operation,
            source,
            admitted.edition,
            choice.scenario,
            parts.config.pace,
        )
        await parts.store.open_task(task, task.operation.price, _refund_at(task))
        return accepted(task, choice.applied, parts.policy.refusal(task.callback_url))


async def _answered(decision: Awaitable[Answer], edition: Edition) -> Answer:
    """The one place where a refusal becomes an answer."""
    try:
        return await decision
    except ApiError as error:
        return refused(error, edition)


def _refund_at(task: Task) -> float | None:
    failure = task.scenario.fails
    if failure is None or not failure.refund:
        return None
    return reached_at(task, failure.instead_of)


def _unknown_task(wanted: str, edition: Edition) -> Answer:
    """Three readings: code 200 without data, 404, or 422."""
    match edition.readings.unknown_task:
        case 200:
            return succeeded(None, edition)
        case 404:
            raise NotFound(f"no task {wanted!r} under this key")
        case _:
            raise Invalid([_task_violation(f"recordInfo is null: no task {wanted!r} under this key")])


def _task_violation(message: str) -> Violation:
    return Violation(rule="record-info.taskId", field="taskId", message=message)
