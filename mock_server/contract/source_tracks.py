"""The source tracks that every account can extend (`fixtures/tracks.yaml`)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mock_server.contract.documents import FIXTURES, packaged
from mock_server.core.errors import BadSetting

INSTRUMENTAL: Final = "[Instrumental]"
"""The lyrics of a track without vocals."""
LONGEST: Final = 86_400
"""Seconds of the longest track that can be added; its media are made as long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One audio item that can be extended. `duration` in seconds, `style` is `tags` on the wire."""

    id: str
    model: str
    duration: float
    title: str
    style: str
    prompt: str


def source_tracks(
    lineage: Sequence[str], models: Collection[str], own: Sequence[Mapping[str, Any]] | None = None
) -> Mapping[str, Track]:
    """The tracks of one profile by id, the one of the documents' example first. `lineage` are the names of the profile
    and of those that it extends; it can have tracks of its `own` in place of ours."""
    if own is not None:
        return {entry["id"]: added(**entry) for entry in own}
    tracks = {}
    for entry in packaged(FIXTURES / "tracks.yaml"):
        if set(lineage) & set(entry.get("profiles", lineage)) and entry["model"] in models:
            tracks[entry["id"]] = Track(**{name: value for name, value in entry.items() if name != "profiles"})
    return tracks


def adopted(audio_id: str, model: str, duration: float) -> Track:
    """A track that is taken as it comes: of the model that the request names, and as long as it makes them."""
    return Track(
        id=audio_id,
        model=model,
        duration=duration,
        title="Adopted track",
        style="unknown",
        prompt=INSTRUMENTAL,
    )


def uploaded(model: str, duration: float) -> Track:
    """A track that a client has uploaded, and that nobody has listened to. It has no id."""
    return Track(id="", model=model, duration=duration, title="Uploaded track", style="unknown", prompt=INSTRUMENTAL)


def added(
    id: str,
    model: str,
    duration: float,
    title: str = "Added track",
    style: str = "unknown",
    prompt: str = INSTRUMENTAL,
) -> Track:
    """A source track that a test adds. Raises BadSetting for an empty id, for a value that is not a text, and for
    a duration that no track has."""
    texts = {"id": id, "model": model, "title": title, "style": style, "prompt": prompt}
    for name, text in texts.items():
        if not isinstance(text, str) or not (text or name != "id"):
            raise BadSetting(f"{name} of the track is {text!r}. Allowed: a text.")
    if isinstance(duration, bool) or not isinstance(duration, int | float) or not 0 < duration <= LONGEST:
        raise BadSetting(f"duration of the track is {duration!r}. Allowed: seconds, above 0 and at most {LONGEST}.")
    return Track(id=id, model=model, duration=duration, title=title, style=style, prompt=prompt)


def personas() -> frozenset[str]:
    """The personas that exist before anyone makes one."""
    return frozenset(packaged(FIXTURES / "personas.yaml"))
