"""The rules that need the source track and the personas."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.errors import Invalid, NotFound
from mock_server.profile import Edition
from mock_server.rules import enforce_persona, enforce_source, unknown_audio
from tests.builders import SOURCE, edition, request

PERSONAS = frozenset({"persona_123", "narrator"})
TRACKS = ("source", "other-track")


def complaint(judged: Edition, **changes: Any) -> str:
    with pytest.raises(Invalid) as refused:
        enforce_source(request(**changes), SOURCE, judged)
    return refused.value.msg


def test_the_documented_request_fits() -> None:
    enforce_source(request(), SOURCE, edition())
    enforce_persona(request(), PERSONAS, edition())


def test_another_model_is_refused() -> None:
    assert complaint(edition(), model="V5") == (
        'model is "V5"; allowed: V4, the model of the source track (extend.model.source, apikley.openapi.yaml:49)'
    )


def test_another_model_can_be_accepted() -> None:
    enforce_source(request(model="V5"), SOURCE, edition("apikley", "model_mismatch=accepted"))


def test_the_source_end_is_refused() -> None:
    assert complaint(edition(), continueAt=198.44) == (
        "continueAt is 198.44; allowed: less than 198.44, the seconds that the source track lasts "
        "(extend.continueAt.end, apikley.openapi.yaml:137)"
    )


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 400) | st.integers(1, 400))
def test_the_source_end_is_exact(continue_at: float) -> None:
    body = request(continueAt=continue_at)
    if continue_at < SOURCE.duration:
        enforce_source(body, SOURCE, edition())
    else:
        with pytest.raises(Invalid) as refused:
            enforce_source(body, SOURCE, edition())
        assert refused.value.rules == ("extend.continueAt.end",)


def test_no_continue_at_is_fine() -> None:
    enforce_source(request(defaultParamFlag=False, continueAt=...), SOURCE, edition())


def test_all_violations_are_told() -> None:
    assert complaint(edition("classic"), model="V5", continueAt=500) == (
        '2 rules are broken: model is "V5"; allowed: V4, the model of the source track '
        "(extend.model.source, classic.openapi.yaml:50); continueAt is 500; "
        "allowed: less than 198.44, the seconds that the source track lasts "
        "(extend.continueAt.end, classic.openapi.yaml:185)"
    )


def test_an_unknown_persona_is_not_found() -> None:
    with pytest.raises(NotFound) as refused:
        enforce_persona(request(personaId="persona_12"), PERSONAS, edition())
    assert refused.value.rules == ("extend.personaId.known",)
    assert refused.value.msg == (
        'personaId "persona_12" is unknown; allowed: a known persona (narrator, persona_123). Nearest: persona_123. '
        "(extend.personaId.known, apikley.openapi.yaml:239)"
    )


@pytest.mark.parametrize(
    ("profile", "changes"),
    [
        pytest.param("apikley", {"personaId": ...}, id="none given"),
        pytest.param("apikley", {"personaId": "x", "defaultParamFlag": False}, id="no custom parameters"),
        pytest.param("classic", {"personaId": "x"}, id="a profile without personas"),
    ],
)
def test_a_persona_may_not_matter(profile: str, changes: dict[str, Any]) -> None:
    enforce_persona(request(**changes), PERSONAS, edition(profile))


@pytest.mark.parametrize("persona", sorted(PERSONAS))
def test_a_known_persona_is_accepted(persona: str) -> None:
    enforce_persona(request(personaId=persona), PERSONAS, edition())


@pytest.mark.parametrize(
    ("reading", "code"),
    [pytest.param("not_found", 404, id="not found"), pytest.param("invalid", 422, id="invalid")],
)
def test_an_unknown_track_is_refused(reading: str, code: int) -> None:
    refusal = unknown_audio(request(audioId="sourc"), TRACKS, edition("apikley", f"unknown_audio={reading}"))
    assert (refusal.code, refusal.rules) == (code, ("extend.audioId.known",))
    assert refusal.msg == (
        'audioId "sourc" is unknown; allowed: a track that exists; `suno-mock tracks` lists them, '
        "--adopt-unknown-tracks accepts any. Nearest: source. (extend.audioId.known, apikley.openapi.yaml:82)"
    )


def test_a_far_track_gets_no_hint() -> None:
    refusal = unknown_audio(request(audioId="zzz"), TRACKS, edition("classic"))
    assert refusal.msg == (
        'audioId "zzz" is unknown; allowed: a track that exists; `suno-mock tracks` lists them, '
        "--adopt-unknown-tracks accepts any. (extend.audioId.known, classic.openapi.yaml:96)"
    )


@settings(max_examples=60, deadline=None)
@given(st.text())
def test_an_unknown_track_is_one_line(audio_id: str) -> None:
    refusal = unknown_audio(request(audioId=audio_id), TRACKS, edition())
    assert refusal.msg.isprintable()
    assert len(refusal.msg) < 400
