"""Starts a task without a request, so that a receiver can be tried before there is a client."""

import json
from collections.abc import Mapping
from typing import Any, cast

from mock_server.callbacks.host_policy import HostPolicy
from mock_server.callbacks.scheduler import Scheduler
from mock_server.contract.decode import BODY_LIMIT, decode
from mock_server.contract.editions import Edition, Editions
from mock_server.contract.examples import documented_request
from mock_server.contract.open_questions import violations
from mock_server.contract.operations import EXTEND
from mock_server.contract.scenarios import Choice, Scenario, Scenarios
from mock_server.core.errors import BadSetting, Invalid
from mock_server.domain.answer import Answer, accepted
from mock_server.domain.opening import Draft
from mock_server.domain.proposal import Decision, Proposal
from mock_server.domain.tasks import TaskRecord
from mock_server.domain.terms import Terms
from mock_server.media.find_track import FindTrack
from mock_server.state.store import Store


class Trigger:
    """Starts tasks as the documented extend request would have, at no price."""

    def __init__(
        self,
        store: Store,
        scheduler: Scheduler,
        editions: Editions,
        scenarios: Scenarios,
        policy: HostPolicy,
        tracks: FindTrack,
    ) -> None:
        self._store = store
        self._scheduler = scheduler
        self._editions = editions
        self._scenarios = scenarios
        self._policy = policy
        self._tracks = tracks

    async def __call__(self, scenario: str, key: str, changes: Mapping[str, Any], base_url: str = "") -> str:
        """The id of the task that the documented request with `changes` starts; `base_url` is what its URLs begin with,
        empty for the mock's own.

        It counts as one of the key's requests. Raises BadSetting for a scenario that does not exist or has no
        callbacks, and for a request that breaks a rule.
        """
        chosen = self._sending(scenario)
        body = _written({**documented_request(self._store.settings.profile), **changes})
        ordinal = await self._store.count(key)
        while True:
            terms = await self._store.terms(key)
            draft = await self._draft(key, body, terms, ordinal, base_url)
            answer = await self._store.accept(self._proposal(key, terms, ordinal, draft, chosen))
            if answer is not None:
                break
        self._scheduler.owe(draft.due_after or 0.0)
        return cast(TaskRecord, answer.record).id

    async def _draft(self, key: str, body: bytes, terms: Terms, ordinal: int, base_url: str) -> Draft:
        edition = self._editions.under(terms.overrides).draw(key, ordinal)
        request = _judged(body, edition)
        url = request["callBackUrl"]
        if blocked := self._policy.refusal(url):
            raise BadSetting(f"to is no URL that a callback may go to: {blocked}.")
        source = await self._tracks.extendable(key, request["audioId"], request["model"], edition, adopts=True)
        operation, seed = self._editions.profile.every[EXTEND], self._store.settings.seed
        return Draft(seed, key, body, url, operation, source, edition, terms.pace.speed, base_url)

    def _proposal(self, key: str, terms: Terms, ordinal: int, draft: Draft, chosen: Scenario) -> Proposal:
        return Proposal(
            call=None,
            key=key,
            terms=terms,
            edition=draft.edition,
            succeeded=_started,
            scenarios=self._scenarios,
            ordinal=ordinal,
            choice=Choice(scenario=chosen),
            opens=draft.opened,
        )

    def _sending(self, scenario: str) -> Scenario:
        """The scenario of a name, which has callbacks."""
        chosen = self._scenarios.named(scenario)
        if not chosen.steps():
            sending = ", ".join(each.name for each in self._scenarios if each.steps())
            raise BadSetting(f"scenario {chosen.name!r} has no callbacks. Allowed: {sending}.")
        return chosen


def _started(proposal: Proposal, decision: Decision) -> Answer:
    return accepted(cast(TaskRecord, decision.record), proposal.edition, "")


def _written(request: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(request).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise BadSetting(f"request cannot be written as JSON: {error}.") from None


def _judged(body: bytes, edition: Edition) -> dict[str, Any]:
    """The request, once it breaks no rule."""
    decoded = decode(EXTEND, "application/json", body if len(body) <= BODY_LIMIT else None)
    if decoded.refusal is not None:
        raise BadSetting(f"request: {decoded.refusal.msg}")
    if not edition.contract(EXTEND).accepts(decoded.value):
        raise BadSetting(f"request: {Invalid(violations(edition, EXTEND, decoded.value)).msg}")
    request: dict[str, Any] = decoded.value
    return request
