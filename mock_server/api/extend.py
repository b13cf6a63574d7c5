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


def task_request(fields: Mapping[str, Any], source: Track | None) -> TaskRequest:
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

    def _track(self, judgement: Judgement) -> Awaitable[None] | None:
        """Raise the refusal that the edition has for a track that is unknown."""
        # A listed track needs no store, so that this check waits for nothing.
        judgement.source = self._tracks.listed.get(judgement.request["audioId"])
        return self._own_track(judgement) if judgement.source is None else None

    async def _own_track(self, judgement: Judgement) -> None:
        request = judgement.request
        adopts = judgement.terms.settings.adopt_unknown_tracks
        judgement.source = await self._tracks.extendable(
            judgement.account, request["audioId"], request["model"], judgement.edition, adopts=adopts
        )
        if judgement.source is None:
            raise state_rules.unknown_audio(request, await self._tracks.known(judgement.account), judgement.edition)

    def _fit(self, judgement: Judgement) -> None:
        """Raise Invalid for a request that does not fit its track."""
        state_rules.enforce_source(judgement.request, cast(Track, judgement.source), judgement.edition)

    def propose(self, judgement: Judgement) -> None:
        """A task is to be started."""
        self._opening.draft(judgement)

    def succeeded(self, judgement: Judgement, decision: Decision) -> Answer:
        """POST /api/v1/generate/extend is answered with the task that starts."""
        return self._opening.answer(judgement, decision)
