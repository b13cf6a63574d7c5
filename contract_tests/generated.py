"""Requests that Schemathesis makes of a document, and what the document itself says of each."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import schemathesis
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from schemathesis.core import NotSet
from schemathesis.generation.modes import GenerationMode

from contract_tests.oracle import Oracle
from contract_tests.published import EXTEND, Published
from contract_tests.requests import JSON, Expected, Probe, Track, probe

HEADERS = {"Authorization": "Bearer key", "Content-Type": JSON}
"""What every generated request is sent with; the key of the target goes in later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One body as Schemathesis made it, and the track that it is to be about, if any."""

    body: Any
    track: Track | None


def made(published: Published, tracks: tuple[Track, ...], mode: GenerationMode) -> SearchStrategy[Made]:
    """Bodies by the document: legal ones, or such with a fault. Half of them are about a track that the target has."""
    operation = schemathesis.openapi.from_path(published.document)[EXTEND]["POST"]
    cases = operation.as_strategy(generation_mode=mode)
    return st.builds(lambda case, track: Made(body=case.body, track=track), cases, st.none() | st.sampled_from(tracks))


def probed(one: Made, published: Published, oracle: Oracle) -> Probe:
    """The request, and what a conforming server answers: what breaks the document's schema is refused, what does not
    is answered with any documented code, since the prose may forbid it."""
    body = _raw(one)
    problems = [problem for problem in oracle.request(body, HEADERS) if not _open(problem, published)]
    codes = frozenset(published.codes)
    if not problems:
        return probe("document.positive", "the request breaks no schema", body, Expected(codes=codes))
    says = f"the request breaks the schema: {problems[0]}"[:200]
    return probe("document.negative", says, body, Expected(codes=codes - {200}))


def _raw(one: Made) -> bytes:
    """The bytes of a body. No generated URL is ever sent: a live server would call it."""
    body = one.body
    if isinstance(body, NotSet):
        return b""
    if isinstance(body, bytes):
        return body
    if isinstance(body, dict):
        body = {**body, **_own(body, one.track)}
    return json.dumps(body).encode()


def _own(body: Mapping[str, Any], track: Track | None) -> dict[str, Any]:
    """What is put in place of generated values, where they are of the right kind."""
    own: dict[str, Any] = {}
    if str(body.get("callBackUrl")).lower().startswith(("http:", "https:")):
        own["callBackUrl"] = "$URL"
    if track is not None and isinstance(body.get("audioId"), str):
        own["audioId"] = track.id
    if track is not None and isinstance(body.get("model"), str):
        own["model"] = track.model
    return own


def _open(problem: str, published: Published) -> bool:
    """Whether a question decides about it."""
    return published.picks["prompt_required"] == "custom_only" and problem == "$: 'prompt' is a required property"
