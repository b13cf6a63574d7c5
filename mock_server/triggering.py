"""A task without a request, so that a receiver can be tried before there is a client."""

from collections.abc import Mapping
from typing import Any

import orjson

from mock_server import seeding
from mock_server.errors import BadSetting, Invalid
from mock_server.examples import documented_request
from mock_server.operations import EXTEND, operations
from mock_server.parts import Parts
from mock_server.sources import Sources
from mock_server.tasks import Task
from mock_server.tracks import adopted


async def triggered(parts: Parts, scenario: str, key: str, changes: Mapping[str, Any]) -> Task:
    """The task that the documented extend request with `changes` would have started, at no price.

    Raises BadSetting for a scenario that does not exist or has no callbacks, and for a request that breaks a rule.
    """
    request = {**documented_request(parts.config.settings.profile), **changes}
    chosen = parts.scenarios.named(scenario)
    if chosen.answer is not None:
        sending = [each.name for each in parts.scenarios if each.answer is None]
        raise BadSetting(f"scenario {chosen.name!r} is a refusal and has no callbacks. Allowed: {', '.join(sending)}.")
    ordinal = await parts.store.next_ordinal(key)
    edition = parts.editions.draw(key, ordinal)
    contract = edition.contract(EXTEND)
    if not contract.accepts(request):
        raise BadSetting(f"request: {Invalid(contract.violations(request)).msg}")
    audio_id, model = request["audioId"], request["model"]
    source = await Sources(parts).extendable(key, audio_id, model, edition)
    task = Task(
        seeding.task_id(parts.config.settings.seed, key, ordinal),
        key,
        parts.clock.now(),
        orjson.dumps(request),
        request["callBackUrl"],
        operations()[EXTEND],
        source or adopted(audio_id, model, edition.family.longest[model]),
        edition,
        chosen,
        parts.config.pace,
    )
    await parts.store.open_task(task, 0, None)
    return task
