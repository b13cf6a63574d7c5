"""The requests that start a task: what is checked of all of them, and the answer."""

from collections.abc import Awaitable, Collection, Mapping
from typing import cast

from mock_server.api.judgement import Check, Judgement
from mock_server.callbacks.host_policy import HostPolicy
from mock_server.contract.operations import PERSONA
from mock_server.domain import state_rules
from mock_server.domain.answer import Answer, accepted
from mock_server.domain.opening import Draft
from mock_server.domain.owed import receiver_of
from mock_server.domain.proposal import Decision
from mock_server.domain.tasks import TaskRecord
from mock_server.state.store import Store


class TaskOpening:
    """`personas` are those that every key has from the start."""

    def __init__(self, store: Store, seed: int, personas: Collection[str], policy: HostPolicy) -> None:
        self._store = store
        self._seed = seed
        self._personas = personas
        self._policy = policy

    def checks(self) -> Mapping[str, Check]:
        """The checks behind those of the body, by their names."""
        return {"persona": self._persona, "room": self._room, "credits": self._credits}

    def _persona(self, it: Judgement) -> Awaitable[None] | None:
        """Raise NotFound for a persona that is neither listed nor made by the key."""
        persona = it.request.get("personaId")
        return None if persona is None or persona in self._personas else self._own_persona(it)

    async def _own_persona(self, it: Judgement) -> None:
        known = {*self._personas, *await self._store.made(it.account, PERSONA)}
        state_rules.enforce_persona(it.operation.name, it.request, known, it.edition)

    def _room(self, it: Judgement) -> None:
        it.receiver = receiver_of(it.request["callBackUrl"])
        it.leave("room")

    def _credits(self, it: Judgement) -> None:
        it.leave("credits")

    def draft(self, it: Judgement) -> None:
        """Have the store start the task, unless it refuses."""
        url, body, speed = it.request["callBackUrl"], it.call.body or b"", it.terms.pace.speed
        it.draft = Draft(
            self._seed, it.account, body, url, it.operation, it.source, it.edition, speed, it.call.base_url
        )
        it.opens = it.draft.opened

    def answer(self, it: Judgement, decision: Decision) -> Answer:
        """The answer that starts a task."""
        record = cast(TaskRecord, decision.record)
        return accepted(record, it.edition, decision.choice.applied, self._policy.refusal(record.callback_url))
