"""Probes made of the bodies that Schemathesis generates from a document."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import schemathesis
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from schemathesis import GenerationMode
from schemathesis.core import NotSet

from contract_tests.documents.extend import EXTEND
from contract_tests.documents.published import Published
from contract_tests.probes.request import JSON, Expected, Probe, Track, probe

HEADERS = {"Authorization": "Bearer key", "Content-Type": JSON}
"""What every generated request is sent with; the key of the target goes in later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One body as Schemathesis made it, and the track of the target that it shall be about, if any."""

    body: Any
    track: Track | None


def made(published: Published, tracks: tuple[Track, ...], mode: GenerationMode) -> SearchStrategy[Made]:
    """Bodies that the document allows, or that it forbids. Half of them are about a track that the target has."""
    operation = schemathesis.openapi.from_path(published.document)[EXTEND]["POST"]
    cases = operation.as_strategy(generation_mode=mode)
    return st.builds(lambda case, track: Made(body=case.body, track=track), cases, st.none() | st.sampled_from(tracks))


def probed(one: Made, published: Published) -> Probe:
    """The probe of a body. A body that breaks the schema must be refused; any other may get any documented code, since
    the prose may forbid it."""
    body = _raw(one, published.models)
    problems = [problem for problem in published.oracle.request(body, HEADERS) if not _open(problem, published)]
    codes = frozenset(published.codes)
    if not problems:
        return probe("document.positive", "the request breaks no schema", body, Expected(codes=codes))
    says = f"the request breaks the schema: {problems[0]}"[:200]
    return probe("document.negative", says, body, Expected(codes=codes - {200}))


def _raw(one: Made, models: Collection[str]) -> bytes:
    """The bytes of a body, with the receiver's URL in place of a generated one: a live server would call that."""
    body = one.body
    if isinstance(body, NotSet):
        return b""
    if isinstance(body, bytes):
        return body
    return json.dumps(_own(body, one.track, models) if isinstance(body, dict) else body).encode()


def _own(body: Mapping[str, Any], track: Track | None, models: Collection[str]) -> dict[str, Any]:
    """The body with the track and the URL that the target knows, in place of generated values of the same kind."""
    own = dict(body)
    if "://" in str(body.get("callBackUrl")):
        own["callBackUrl"] = "$URL"
    if track is None:
        return own
    if isinstance(body.get("audioId"), str):
        own["audioId"] = track.id
    if isinstance(body.get("model"), str) and body["model"] in models:
        own["model"] = track.model
    if isinstance(body.get("personaId"), str):
        del own["personaId"]
    if isinstance(at := body.get("continueAt"), int | float) and not isinstance(at, bool):
        own["continueAt"] = round(1 + abs(at) % (track.duration - 2), 2)
    return own


def _open(problem: str, published: Published) -> bool:
    """Whether a question leaves open that this is a problem, whatever the profile takes for its answer, or the profile
    takes a model that no document lists."""
    listed = published.takes_any_model and problem.startswith("$.model: ") and "is not one of" in problem
    return listed or problem == "$: 'prompt' is a required property"
