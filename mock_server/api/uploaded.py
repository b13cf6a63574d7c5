"""The requests about an uploaded track: any URL is taken as one, and none is fetched."""

from collections.abc import Mapping
from typing import Any, Final, cast

from mock_server.api.judgement import Check, Judgement
from mock_server.contract.source_tracks import INSTRUMENTAL, Track, uploaded
from mock_server.domain import state_rules
from mock_server.domain.tasks import TaskRequest

UPLOADED: Final = "uploaded"
"""In place of both checks that an uploaded track needs."""


class Uploaded:
    """Every upload lasts as long as the profile says."""

    def checks(self) -> Mapping[str, Check]:
        """The checks behind those of the body, by their names."""
        return {"track": self._track, "fit": self._fit}

    def _track(self, judgement: Judgement) -> None:
        models = judgement.operation.models or judgement.edition.profile.models
        judgement.source = uploaded(judgement.request.get("model", models[0]), judgement.edition.family.upload_seconds)

    def _fit(self, judgement: Judgement) -> None:
        """Raise Invalid for a request that begins behind the end of the upload."""
        state_rules.enforce_length(
            judgement.operation.name, judgement.request, cast(Track, judgement.source), judgement.edition
        )


def added_to(fields: Mapping[str, Any], source: Track | None) -> TaskRequest:
    """What is asked for by those that name style, or tags, and title, and have no mode."""
    return TaskRequest(
        fields=fields,
        model=cast(Track, source).model,
        title=fields["title"],
        style=fields.get("style") or fields.get("tags", ""),
        prompt=fields.get("prompt", INSTRUMENTAL),
    )
