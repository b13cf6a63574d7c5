"""The requests that start a task: what is checked of all of them, and the answer."""

from collections.abc import Awaitable, Collection, Mapping
from typing import cast

from mock_server.api.judgement import Check, Judgement, pays
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
        return {"persona": self._persona, "room": self._room, "credits": pays}

    def _persona(self, judgement: Judgement) -> Awaitable[None] | None:
        """Raise NotFound for a persona that is neither listed nor made by the key. What is no text is none: a profile
        whose document does not name the property takes any value of it."""
        persona = judgement.request.get("personaId")
        known = not isinstance(persona, str) or persona in self._personas
        return None if known else self._own_persona(judgement)

    async def _own_persona(self, judgement: Judgement) -> None:
        known = {*self._personas, *await self._store.made(judgement.account, PERSONA)}
        state_rules.enforce_persona(judgement.operation.name, judgement.request, known, judgement.edition)

    def _room(self, judgement: Judgement) -> None:
        if url := judgement.request.get("callBackUrl"):
            judgement.receiver = receiver_of(url)
            judgement.leave("room")

    def draft(self, judgement: Judgement) -> None:
        """Have the store start the task, unless it refuses."""
        url = judgement.request.get("callBackUrl") or ""
        body, speed = judgement.call.body or b"", judgement.terms.pace.speed
        judgement.draft = Draft(
            self._seed,
            judgement.account,
            body,
            url,
            judgement.operation,
            judgement.source,
            judgement.edition,
            speed,
            judgement.call.base_url,
        )
        judgement.opens = judgement.draft.opened

    def answer(self, judgement: Judgement, decision: Decision) -> Answer:
        """The answer that starts a task."""
        record = cast(TaskRecord, decision.record)
        blocked = self._policy.refusal(record.callback_url) if record.callback_url else ""
        return accepted(record, judgement.edition, decision.choice.applied, blocked)
