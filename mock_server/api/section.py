"""The requests about a section of a track: of one that a finished task of the key made, or of an uploaded one."""

from collections.abc import Awaitable, Mapping
from typing import Any, Final, cast

from mock_server.api.finished_track import FinishedTrack
from mock_server.api.judgement import Check, Judgement
from mock_server.api.uploaded import Uploaded
from mock_server.contract.source_tracks import Track
from mock_server.domain import section_rules
from mock_server.domain.tasks import TaskRequest

SECTION: Final = "section"
"""In place of the checks of either source, and of whether the section fits it."""
UPLOAD: Final = "uploadUrl"


class Section:
    """Which source a request has, is told by its members: the rules of its body allow one."""

    def __init__(self, finished: FinishedTrack, uploaded: Uploaded) -> None:
        self._finished = finished
        self._uploaded = uploaded

    def checks(self) -> Mapping[str, Check]:
        """The checks behind those of the body, by their names."""
        of_task = {name: _where(False, check) for name, check in self._finished.checks().items()}
        return {**of_task, "track": _where(True, self._uploaded.checks()["track"]), "window": self._window}

    def _window(self, judgement: Judgement) -> None:
        """Raise Invalid for a section that does not fit its track."""
        source = cast(Track, judgement.source)
        section_rules.enforce(judgement.operation, judgement.request, source, judgement.edition)


def _where(uploaded: bool, check: Check) -> Check:
    """A check that is made of one kind of source alone."""

    def made(judgement: Judgement) -> Awaitable[None] | None:
        return check(judgement) if (UPLOAD in judgement.request) is uploaded else None

    return made


def replaced(fields: Mapping[str, Any], source: Track | None) -> TaskRequest:
    """What is asked for: a track as long as its source, with other words and another style."""
    track = cast(Track, source)
    return TaskRequest(
        fields=fields,
        model=track.model,
        title=fields["title"],
        style=fields["tags"],
        prompt=fields.get("fullLyrics") or fields["prompt"],
        parent=track.id,
        starts=track.duration,
    )
