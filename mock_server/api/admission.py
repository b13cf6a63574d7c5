"""What every endpoint asks before it looks closer: whose the request is, whether it may come in, what it says."""

from dataclasses import dataclass
from math import ceil
from typing import Any, TypeGuard

from mock_server.contract.decode import Decoded, decode
from mock_server.contract.operations import Operation
from mock_server.contract.profile import Edition
from mock_server.contract.scenarios import MAGIC, Choice
from mock_server.core.errors import Forced, Invalid, Maintenance, RateLimited, Unauthorized
from mock_server.core.settings import RateLimit
from mock_server.domain.accounts import LONGEST_KEY, known_keys
from mock_server.domain.call import Call
from mock_server.domain.tasks import Task
from mock_server.runtime import Parts


@dataclass(slots=True, eq=False)
class Admitted:
    """A request that came through the gate: whose it is, its body decoded and as it came, and its scenario. `ordinal`
    counts the account's requests."""

    operation: Operation
    account: str
    ordinal: int
    edition: Edition
    choice: Choice
    request: dict[str, Any]
    body: bytes


class Gate:
    """The checks that do not depend on the endpoint; each raises its refusal."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._plain = Choice(scenario=parts.scenarios.named("200"))

    async def admit(self, operation: Operation, call: Call, ordinal: int, edition: Edition) -> Admitted:
        """A POST that satisfies its contract. Raises the first refusal."""
        account = self.identified(call.key)  # 401
        self.refuse_in_maintenance(account)  # 455
        decoded = decode(operation.name, call.content_type, call.body)
        choice = self._parts.scenarios.chosen(call.prefer, decoded.audio_id, account)
        if choice is None:
            choice = self._next(await self._parts.store.next_scenario(account))
        _unless_forced(choice)  # the scenario's code
        limit = self._parts.config.limit(account) if operation.limited else None
        if limit is not None:
            await self._take_slot(account, limit)  # 429
        request = _demanded(operation, decoded, edition)  # 422
        return Admitted(operation, account, ordinal, edition, choice, request, call.body or b"")

    def is_known(self, key: str | None) -> TypeGuard[str]:
        """Whether requests of this key are accepted."""
        if key is None or len(key) > LONGEST_KEY:
            return False
        if key.startswith(MAGIC):
            return self._parts.scenarios.is_magic(key)
        config = self._parts.config
        own = config.of(key)
        return not config.settings.strict_keys if own is None else not own.revoked

    def identified(self, key: str | None) -> str:
        """The account's key. Raises Unauthorized without one, for a magic key without a scenario, for a revoked key,
        and for an unknown key when keys are strict."""
        if self.is_known(key):
            return key
        if key is not None and len(key) > LONGEST_KEY:
            raise Unauthorized(f"the key has {len(key)} characters; allowed: at most {LONGEST_KEY}")
        if key is None:
            raise Unauthorized("send your key as 'Authorization: Bearer <key>'; any non-empty key works here")
        if key.startswith(MAGIC):
            raise self._parts.scenarios.unknown_key(key)
        if self._parts.config.of(key) is not None:
            raise Unauthorized("the key was revoked over /__admin/accounts; use another, or reset the mock")
        known = ", ".join(known_keys())
        raise Unauthorized(
            f"the key is none of fixtures/accounts.yaml ({known}) and none created over /__admin/accounts, "
            "and keys are strict"
        )

    def refuse_in_maintenance(self, account: str) -> None:
        """Raise Maintenance while the server, or this key, is being maintained."""
        if self._parts.config.in_maintenance(account):
            raise Maintenance("the mock was started with --maintenance, or told so over /__admin")

    def refuse_if_forced(self, prefer: str, account: str) -> None:
        """Raise Forced where a request without a body asks for a refusal."""
        choice = self._parts.scenarios.chosen(prefer, None, account)
        if choice is not None:
            _unless_forced(choice)

    async def wait_for_room(self, callback_url: str) -> None:
        """Hold the request up while so many callbacks are owed that more would be lost. Raises RateLimited where that
        does not end soon."""
        why = await self._parts.scheduler.room(callback_url)
        if why:
            way_out = "advance the clock, or reset the mock" if self._parts.clock.frozen else "try again soon"
            raise RateLimited(f"{why}; {way_out}", retry_after=1)

    async def take_poll(self, task: Task) -> None:
        """Count a query of a task, when limits are on. Raises RateLimited past the documented limit."""
        if self._parts.config.limit(task.account) is None:
            return
        limit = task.edition.family.poll_limit
        wait = await self._parts.store.take_poll(task.id, self._parts.clock.now(), limit)
        self._refuse_past(limit, wait, "the task")

    def _next(self, queued: str | None) -> Choice:
        """The scenario of a request that asks for none: the one that is queued for the key, else success."""
        return self._plain if queued is None else Choice(scenario=self._parts.scenarios.named(queued))

    async def _take_slot(self, account: str, limit: RateLimit) -> None:
        wait = await self._parts.store.take_slot(account, self._parts.clock.now(), limit)
        self._refuse_past(limit, wait, "the account")

    def _refuse_past(self, limit: RateLimit, wait: float | None, whose: str) -> None:
        if wait is None:
            return
        still = " of the mock's clock, which stands still until it is advanced" if self._parts.clock.frozen else ""
        raise RateLimited(
            f"{whose} had {limit.requests} requests within {limit.seconds:g} s; "
            f"the next is possible in {wait:.1f} s{still} (--rate-limit)",
            retry_after=ceil(wait),
        )


def _demanded(operation: Operation, decoded: Decoded, edition: Edition) -> dict[str, Any]:
    """The body, once it satisfies the contract. Raises Invalid with every broken rule."""
    if decoded.refusal is not None:
        raise decoded.refusal
    contract = edition.contract(operation.name)
    if not contract.accepts(decoded.value):
        raise Invalid(contract.violations(decoded.value))
    request: dict[str, Any] = decoded.value
    return request


def _unless_forced(choice: Choice) -> None:
    scenario = choice.scenario
    if scenario.answer is not None:
        raise Forced(scenario.answer, scenario.name, choice.applied)
