"""POST /api/v1/generate/extend: a task that goes on from a track (both documents)."""

from collections.abc import Awaitable, Mapping
from typing import Any, cast

from mock_server.api.judgement import Check, Judgement, by_number
from mock_server.api.open_task import TaskOpening
from mock_server.contract.operations import EXTEND
from mock_server.contract.source_tracks import Track
from mock_server.domain import state_rules
from mock_server.domain.answer import Answer
from mock_server.domain.proposal import Decision
from mock_server.domain.tasks import TaskRequest
from mock_server.media.find_track import FindTrack


def asked(fields: Mapping[str, Any], source: Track | None) -> TaskRequest:
    """With defaultParamFlag false everything is the source track's (both documents, Parameter Details)."""
    parent = cast(Track, source)
    custom = fields["defaultParamFlag"]
    return TaskRequest(
        fields=fields,
        model=fields["model"],
        title=fields["title"] if custom else parent.title,
        style=fields["style"] if custom else parent.style,
        prompt=fields.get("prompt", "") if custom else parent.prompt,
        parent=parent.id,
        starts=fields["continueAt"] if custom else parent.duration,
    )


class Extend:
    """What is checked of an extension alone: its source track, and whether the request fits it."""

    name = EXTEND
    drawn_by = staticmethod(by_number)

    def __init__(self, opening: TaskOpening, tracks: FindTrack) -> None:
        self._tracks = tracks
        self.own_checks: Mapping[str, Check] = {"track": self._track, "fit": self._fit, **opening.checks()}
        self._opening = opening

    def _track(self, it: Judgement) -> Awaitable[None] | None:
        """Raise the refusal that the edition has for a track that is unknown."""
        # A listed track needs no store, so that this check waits for nothing.
        it.source = self._tracks.listed.get(it.request["audioId"])
        return self._own_track(it) if it.source is None else None

    async def _own_track(self, it: Judgement) -> None:
        request = it.request
        adopts = it.terms.settings.adopt_unknown_tracks
        it.source = await self._tracks.extendable(
            it.account, request["audioId"], request["model"], it.edition, adopts=adopts
        )
        if it.source is None:
            raise state_rules.unknown_audio(request, await self._tracks.known(it.account), it.edition)

    def _fit(self, it: Judgement) -> None:
        """Raise Invalid for a request that does not fit its track."""
        state_rules.enforce_source(it.request, cast(Track, it.source), it.edition)

    def accepted(self, it: Judgement) -> None:
        """A task is to be started."""
        self._opening.draft(it)

    def succeeded(self, it: Judgement, decision: Decision) -> Answer:
        """POST /api/v1/generate/extend is answered with the task that starts."""
        return self._opening.answer(it, decision)
