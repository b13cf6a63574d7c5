"""The provider's endpoints. `_extend` is the order of the checks, top to bottom, as the README's table gives it."""

from collections.abc import Awaitable
from dataclasses import replace
from math import ceil
from typing import Any, Final, TypeGuard
from urllib.parse import parse_qs

from mock_server import answers, rules
from mock_server.answers import Answer
from mock_server.calls import Call
from mock_server.decode import Decoded, decode
from mock_server.entries import Requested
from mock_server.errors import ApiError, Forced, Invalid, Maintenance, NotFound, RateLimited, Unauthorized, Violation
from mock_server.parts import Parts
from mock_server.profile import Edition
from mock_server.records import record
from mock_server.rulebook import EXTEND
from mock_server.scenarios import MAGIC, Choice
from mock_server.seeding import task_id
from mock_server.tasks import Task
from mock_server.timeline import reached_at
from mock_server.tracks import Track, adopted

RECORD_INFO: Final = "/api/v1/generate/record-info"
ENDPOINTS: Final = {EXTEND: "POST", RECORD_INFO: "GET"}
"""The provider's endpoints that the mock serves, and the method of each."""


class Api:
    """The endpoints of one mock. A method per endpoint: a call in, an answer out."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._plain = Choice(scenario=parts.scenarios.named("200"))

    async def extend(self, call: Call) -> Answer:
        """POST /api/v1/generate/extend (both documents)."""
        ordinal = await self._parts.store.next_ordinal(call.key) if self._is_known(call.key) else 0
        edition = self._parts.editions.draw(call.key or "", ordinal)
        return await _answered(self._extend(call, ordinal, edition), edition)

    async def record_info(self, call: Call) -> Answer:
        """GET /api/v1/generate/record-info (documented by siblings as Get Music Details)."""
        wanted = parse_qs(call.query.decode("latin-1")).get("taskId", [""])[0]
        edition = self._parts.editions.draw(call.key or "", wanted)
        return await _answered(self._record_info(call, wanted, edition), edition)

    def failed(self) -> Answer:
        """What a bug of the mock looks like from outside."""
        problem = ApiError("the mock itself failed; its standard error has the traceback")
        return replace(answers.refused(problem, self._parts.editions.default), status=500)

    def follow(self, call: Call, answer: Answer) -> None:
        """Once the answer is out: owe the callbacks, write the journal. Only a task keeps its request's body."""
        call.body = None
        if answer.task is not None:
            self._parts.scheduler.schedule(answer.task)
        self._parts.journal.record(Requested(self._parts.clock.now(), call, answer))

    async def _extend(self, call: Call, ordinal: int, edition: Edition) -> Answer:
        parts = self._parts
        account = self._identified(call.key)  # 401
        self._refuse_in_maintenance()  # 455
        decoded = decode(call.content_type, call.body)
        choice = await self._chosen(call, decoded, account)
        _refuse_if_forced(choice)  # the scenario's code
        await self._take_slot(account)  # 429
        request = _request(decoded, edition)  # 422
        source = self._source(request, edition)  # 404
        rules.enforce_source(request, source, edition)  # 422
        rules.enforce_persona(request, parts.personas, edition)  # 404
        task = Task(
            task_id(parts.settings.seed, account, ordinal),
            account,
            parts.clock.now(),
            call.body or b"",
            source,
            edition,
            choice.scenario,
            parts.pace,
        )
        await parts.store.open_task(task, edition.family.extension_price, _refund_at(task))  # 402
        return answers.accepted(task, choice.applied)  # 200

    async def _record_info(self, call: Call, wanted: str, edition: Edition) -> Answer:
        parts = self._parts
        account = self._identified(call.key)
        self._refuse_in_maintenance()
        _refuse_if_forced(parts.scenarios.chosen(call.prefer, None, account))
        if not wanted:
            raise Invalid([_task_violation("taskId is missing; allowed: the taskId that extend answered, as a query")])
        task = await parts.store.task(account, wanted)
        if task is not None:
            return answers.succeeded(record(task, parts.clock.now(), parts.settings.seed), task.edition)
        return _unknown_task(wanted, edition)

    def _is_known(self, key: str | None) -> TypeGuard[str]:
        """Whether requests of this key are accepted."""
        if key is None:
            return False
        if key.startswith(MAGIC):
            return self._parts.scenarios.is_magic(key)
        return key in self._parts.known_keys or not self._parts.settings.strict_keys

    def _identified(self, key: str | None) -> str:
        """The account's key. Raises Unauthorized without one, for a magic key without a scenario, and for an unknown
        key when keys are strict."""
        if self._is_known(key):
            return key
        if key is None:
            raise Unauthorized("send your key as 'Authorization: Bearer <key>'; any non-empty key works here")
        if key.startswith(MAGIC):
            raise self._parts.scenarios.unknown_key(key)
        known = ", ".join(self._parts.known_keys)
        raise Unauthorized(f"the key is none of fixtures/accounts.yaml ({known}), and keys are strict")

    def _refuse_in_maintenance(self) -> None:
        if self._parts.settings.maintenance:
            raise Maintenance("the mock was started with --maintenance")

    async def _chosen(self, call: Call, decoded: Decoded, account: str) -> Choice:
        """The scenario that the request asks for, else the one that is queued for the key, else success."""
        choice = self._parts.scenarios.chosen(call.prefer, decoded.audio_id, account)
        if choice is not None:
            return choice
        queued = await self._parts.store.next_scenario(account)
        return self._plain if queued is None else Choice(scenario=self._parts.scenarios.named(queued))

    async def _take_slot(self, account: str) -> None:
        limit = self._parts.rate_limit
        if limit is None:
            return
        wait = await self._parts.store.take_slot(account, self._parts.clock.now(), limit)
        if wait is not None:
            raise RateLimited(
                f"the account had {limit.requests} requests within {limit.seconds:g} s; "
                f"the next is possible in {wait:.1f} s (--rate-limit)",
                retry_after=ceil(wait),
            )

    def _source(self, request: dict[str, Any], edition: Edition) -> Track:
        """The track to extend. Raises the refusal that the edition has for an unknown one."""
        audio_id: str = request["audioId"]
        source = self._parts.tracks.get(audio_id)
        if source is not None:
            return source
        if self._parts.settings.adopt_unknown_tracks or self._parts.scenarios.is_magic(audio_id):
            return adopted(audio_id, request["model"], edition.family.longest[request["model"]])
        raise rules.unknown_audio(request, self._parts.tracks, edition)


async def _answered(decision: Awaitable[Answer], edition: Edition) -> Answer:
    """The one place where a refusal becomes an answer."""
    try:
        return await decision
    except ApiError as error:
        return answers.refused(error, edition)


def _request(decoded: Decoded, edition: Edition) -> dict[str, Any]:
    """The body, once it satisfies the contract. Raises Invalid with every broken rule."""
    if decoded.refusal is not None:
        raise decoded.refusal
    if not edition.contract.accepts(decoded.value):
        raise Invalid(edition.contract.violations(decoded.value))
    request: dict[str, Any] = decoded.value
    return request


def _refuse_if_forced(choice: Choice | None) -> None:
    if choice is not None and choice.scenario.answer is not None:
        raise Forced(choice.scenario.answer, choice.scenario.name, choice.applied)


def _refund_at(task: Task) -> float | None:
    failure = task.scenario.fails
    if failure is None or not failure.refund:
        return None
    return reached_at(task, failure.instead_of)


def _unknown_task(wanted: str, edition: Edition) -> Answer:
    """Three readings: code 200 without data, 404, or 422."""
    match edition.readings.unknown_task:
        case 200:
            return answers.succeeded(None, edition)
        case 404:
            raise NotFound(f"no task {wanted!r} under this key")
        case _:
            raise Invalid([_task_violation(f"recordInfo is null: no task {wanted!r} under this key")])


def _task_violation(message: str) -> Violation:
    return Violation(rule="record-info.taskId", field="taskId", message=message)
