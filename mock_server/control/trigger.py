"""A task without a request, so that a receiver can be tried before there is a client."""

import json
from collections.abc import Mapping
from typing import Any

from mock_server.contract.decode import BODY_LIMIT, decode
from mock_server.contract.examples import documented_request
from mock_server.contract.operations import EXTEND, operations
from mock_server.contract.profile import Edition
from mock_server.contract.scenarios import Scenario
from mock_server.core import seeded
from mock_server.core.errors import BadSetting, Invalid
from mock_server.domain.tasks import Task
from mock_server.media.find_track import Sources
from mock_server.runtime import Parts


async def triggered(parts: Parts, scenario: str, key: str, changes: Mapping[str, Any]) -> Task:
    """The task that the documented extend request with `changes` would have started, at no price.

    It counts as one of the key's requests. Raises BadSetting for a scenario that does not exist or has no callbacks,
    and for a request that breaks a rule.
    """
    chosen = _sending(parts, scenario)
    body = _written({**documented_request(parts.config.settings.profile), **changes})
    ordinal = await parts.store.next_ordinal(key)
    edition = parts.editions.draw(key, ordinal)
    request = _judged(body, edition)
    if blocked := parts.policy.refusal(request["callBackUrl"]):
        raise BadSetting(f"to is no URL that a callback may go to: {blocked}.")
    source = await Sources(parts).extendable(key, request["audioId"], request["model"], edition, adopt=True)
    task = Task(
        id=seeded.task_id(parts.config.settings.seed, key, ordinal),
        account=key,
        created=parts.clock.now(),
        body=body,
        callback_url=request["callBackUrl"],
        operation=operations()[EXTEND],
        source=source,
        edition=edition,
        scenario=chosen,
        pace=parts.config.pace,
    )
    await parts.store.open_task(task, 0, None)
    return task


def _sending(parts: Parts, scenario: str) -> Scenario:
    """The scenario of a name, which has callbacks."""
    chosen = parts.scenarios.named(scenario)
    if not chosen.steps():
        sending = ", ".join(each.name for each in parts.scenarios if each.steps())
        raise BadSetting(f"scenario {chosen.name!r} has no callbacks. Allowed: {sending}.")
    return chosen


def _written(request: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(request).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise BadSetting(f"request cannot be written as JSON: {error}.") from None


def _judged(body: bytes, edition: Edition) -> dict[str, Any]:
    """The request, once it breaks no rule."""
    decoded = decode(EXTEND, "application/json", body if len(body) <= BODY_LIMIT else None)
    contract = edition.contract(EXTEND)
    if decoded.refusal is not None:
        raise BadSetting(f"request: {decoded.refusal.msg}")
    if not contract.accepts(decoded.value):
        raise BadSetting(f"request: {Invalid(contract.violations(decoded.value)).msg}")
    request: dict[str, Any] = decoded.value
    return request
