"""The checks common to every request: key (401), maintenance (455), forced scenario, rate (429), body (422)."""

from collections.abc import Awaitable, Mapping
from typing import TypeGuard

from mock_server.api.judgement import Check, Judgement
from mock_server.contract.decode import decode
from mock_server.contract.open_questions import violations
from mock_server.contract.scenarios import MAGIC, Scenarios
from mock_server.core.errors import Forced, Invalid, Maintenance, Unauthorized
from mock_server.domain.accounts import LONGEST_KEY, known_keys
from mock_server.domain.terms import Terms
from mock_server.state.store import Store


class Admission:
    """Each check raises its refusal, or leaves it to the store."""

    def __init__(self, store: Store, scenarios: Scenarios) -> None:
        self._store = store
        self._scenarios = scenarios

    def of_post(self) -> Mapping[str, Check]:
        """The checks of a request with a body, by their names."""
        return {
            "key": self._counted,
            "maintenance": self._maintenance,
            "scenario": self._scenario,
            "rate": self._rate,
            "body": self._body,
        }

    def of_get(self) -> Mapping[str, Check]:
        """Those of one without, which counts as none of the key's requests."""
        return {"key": self._key, "maintenance": self._maintenance, "scenario": self._preferred_refusal}

    def _key(self, judgement: Judgement) -> None:
        """Raise Unauthorized without a key, for a magic key without a scenario, for a revoked key, and for an unknown
        key when keys are strict."""
        if not self.is_known(judgement.call.key, judgement.terms):
            raise self._unauthorized(judgement.call.key, judgement.terms)

    def _counted(self, judgement: Judgement) -> Awaitable[None] | None:
        """Check the key, then count the request. Where a question varies, its number chooses the readings."""
        self._key(judgement)
        if judgement.in_force.varies:
            return self._numbered(judgement)
        judgement.ordinal = judgement.ordinal or None
        return None

    async def _numbered(self, judgement: Judgement) -> None:
        judgement.ordinal = judgement.ordinal or await self._store.count(judgement.account)
        judgement.edition = judgement.in_force.draw(judgement.account, judgement.ordinal)

    def _maintenance(self, judgement: Judgement) -> None:
        if judgement.terms.maintenance:
            raise Maintenance("the mock was started with --maintenance, or told so over /__admin")

    def _scenario(self, judgement: Judgement) -> None:
        """The scenario that is asked for; else the store takes the one that is queued."""
        call = judgement.call
        judgement.decoded = decode(
            judgement.operation.name, call.content_type, call.body, call.content_encoding, call.lost
        )
        judgement.choice = self._scenarios.chosen(call.prefer, judgement.decoded.audio_id, judgement.account)
        if judgement.choice is None:
            judgement.leave("scenario")
        else:
            _refuse_if_forced(judgement)

    def _preferred_refusal(self, judgement: Judgement) -> None:
        judgement.choice = self._scenarios.chosen(judgement.call.prefer, None, judgement.account)
        _refuse_if_forced(judgement)

    def _rate(self, judgement: Judgement) -> None:
        limit = judgement.rate
        if judgement.operation.limited and limit is not None:
            judgement.limit = limit
            judgement.leave("rate")

    def _body(self, judgement: Judgement) -> None:
        """Raise Invalid with every rule of the contract that the body breaks."""
        decoded = judgement.decoded
        if decoded.refusal is not None:
            raise decoded.refusal
        contract = judgement.edition.contract(judgement.operation.name)
        if not contract.accepts(decoded.value):
            raise Invalid(violations(judgement.edition, judgement.operation.name, decoded.value))
        judgement.request = decoded.value

    def is_known(self, key: str | None, terms: Terms) -> TypeGuard[str]:
        """Whether requests of this key are accepted."""
        if key is None or len(key) > LONGEST_KEY:
            return False
        if key.startswith(MAGIC):
            return self._scenarios.is_magic(key)
        return not terms.settings.strict_keys if terms.own is None else not terms.own.revoked

    def _unauthorized(self, key: str | None, terms: Terms) -> Unauthorized:
        if key is None:
            return Unauthorized("send your key as 'Authorization: Bearer <key>'; any non-empty key works here")
        if len(key) > LONGEST_KEY:
            return Unauthorized(f"the key has {len(key)} characters; allowed: at most {LONGEST_KEY}")
        if key.startswith(MAGIC):
            return self._scenarios.unknown_key(key)
        if terms.own is not None:
            return Unauthorized("the key was revoked over /__admin/accounts; use another, or reset the mock")
        known = ", ".join(known_keys())
        return Unauthorized(
            f"the key is none of fixtures/accounts.yaml ({known}) and none created over /__admin/accounts, "
            "and keys are strict"
        )


def _refuse_if_forced(judgement: Judgement) -> None:
    if judgement.choice is not None and judgement.choice.scenario.answer is not None:
        raise Forced(judgement.choice.scenario.answer, judgement.choice.scenario.name, judgement.choice.applied)
