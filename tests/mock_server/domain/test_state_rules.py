"""The rules that need the source track, the personas, or the task that made a track."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mock_server.contract.editions import Edition
from mock_server.core.errors import ApiError, Invalid, NotFound
from mock_server.domain.refusal_text import refusal_text
from mock_server.domain.state_rules import (
    enforce_made,
    enforce_persona,
    enforce_source,
    foreign_audio,
    made_already,
    unknown_audio,
    unknown_task,
)
from mock_server.domain.tasks import Task
from mock_server.domain.timeline import progress
from tests.builders import COMPLETE, CREATED, FIRST, SOURCE, TEXT, edition, generated, generation, request, task
from tests.places import APIKLEY, CLASSIC, field_place, place

PERSONAS = frozenset({"persona_123", "narrator"})
TRACKS = ("source", "other-track")
SAME_MODEL = "- Model version must match the source"
RANGE = "- Value range: greater than 0"
UNIQUE = "Unique identifier of the audio track"
"""What the documents say, for the places of the rules."""

ALL = "{field}|{value}|{limit}|{allowed}"
MODEL_IS_OPEN = "read as model_mismatch=refused, no capture shows it enforced: --set model_mismatch=accepted (accepted)"
TWICE_IS_OPEN = (
    "read as persona_twice=conflict, the documents and a capture disagree: "
    "--set persona_twice=renamed (the same personaId with the new name)"
)


def complaint(judged: Edition, **changes: Any) -> str:
    with pytest.raises(Invalid) as refused:
        enforce_source(request(**changes), SOURCE, judged)
    return refused.value.msg


def filled(refusal: ApiError) -> str:
    """What a profile says that names all it can."""
    family = replace(edition().family, texts={"invalid": ALL, "not_found": ALL, "exists": ALL})
    return refusal_text(refusal, "", family)


def test_the_words_of_a_profile_can_name_what_came_and_what_is_allowed() -> None:
    judged, made = edition("apikley", "model_mismatch=refused"), generated()
    with pytest.raises(Invalid) as refused:
        enforce_source(request(model="V5", continueAt=999), SOURCE, judged)
    model, end = filled(refused.value).split("; ")
    assert model == f'model|"V5"|{SOURCE.model}|{SOURCE.model}, the model of the source track'
    assert (
        end == f"continueAt|999|{SOURCE.duration}|less than {SOURCE.duration}, the seconds that the source track lasts"
    )
    of_one_track = request(audioId="nobody", taskId="nobody")
    assert filled(unknown_audio(of_one_track, TRACKS, judged)).startswith('audioId|"nobody"||a finished track of this')
    assert filled(unknown_task("wav", of_one_track, judged)) == (
        'taskId|"nobody"||a task of this key that generate or extend answered'
    )
    assert filled(foreign_audio("wav", of_one_track, TRACKS, judged)).startswith(
        'audioId|"nobody"||a track of the task'
    )
    assert filled(made_already("persona", "persona", of_one_track, judged)) == 'audioId|"nobody"||one per audioId'
    with pytest.raises(Invalid) as refused:
        enforce_made("persona", {"vocalStart": 5, "vocalEnd": 6}, made, progress(made, CREATED), judged)
    begun, window = filled(refused.value).split("; ")
    assert begun == f'taskId|"{made.id}"||a task that is complete, which polling shows as SUCCESS'
    assert window == "vocalEnd|6||10 to 30 seconds after vocalStart"


def cited(rule: str) -> str:
    return f"({rule}, {edition().profile.place(rule)})"


def test_the_documented_request_fits() -> None:
    enforce_source(request(), SOURCE, edition())
    enforce_persona("extend", request(), PERSONAS, edition())


def test_another_model_is_refused() -> None:
    assert complaint(edition(), model="V5") == (
        'model is "V5"; allowed: V4, the model of the source track '
        f"(extend.model.source, {place(APIKLEY, SAME_MODEL)}); {MODEL_IS_OPEN}"
    )


def test_another_model_can_be_accepted() -> None:
    enforce_source(request(model="V5"), SOURCE, edition("apikley", "model_mismatch=accepted"))


def test_the_source_end_is_refused() -> None:
    assert complaint(edition(), continueAt=198.44) == (
        "continueAt is 198.44; allowed: less than 198.44, the seconds that the source track lasts "
        f"(extend.continueAt.end, {field_place('continueAt', RANGE)})"
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
        f"(extend.model.source, {place(CLASSIC, SAME_MODEL)}); {MODEL_IS_OPEN}; continueAt is 500; "
        "allowed: less than 198.44, the seconds that the source track lasts "
        f"(extend.continueAt.end, {field_place('continueAt', RANGE, file=CLASSIC)})"
    )


@pytest.mark.parametrize(
    ("operation", "asked"),
    [("extend", request(personaId="persona_12")), ("generate", generation(personaId="persona_12"))],
)
def test_an_unknown_persona_is_not_found(operation: str, asked: dict[str, Any]) -> None:
    with pytest.raises(NotFound) as refused:
        enforce_persona(operation, asked, PERSONAS, edition())
    assert refused.value.rules == (f"{operation}.personaId.known",)
    assert refused.value.msg == (
        'personaId "persona_12" is unknown; allowed: a known persona ("narrator", "persona_123"). '
        f"Nearest: persona_123. {cited(f'{operation}.personaId.known')}"
    )


@pytest.mark.parametrize(
    ("profile", "operation", "asked"),
    [
        pytest.param("apikley", "extend", request(personaId=...), id="none given"),
        pytest.param("apikley", "extend", request(personaId="x", defaultParamFlag=False), id="no custom parameters"),
        pytest.param("apikley", "generate", generation(), id="none given to generate"),
        pytest.param("apikley", "generate", generation(personaId="x", customMode=False), id="no custom mode"),
        pytest.param("classic", "extend", request(personaId="x"), id="a profile without personas"),
    ],
)
def test_a_persona_may_not_matter(profile: str, operation: str, asked: dict[str, Any]) -> None:
    enforce_persona(operation, asked, PERSONAS, edition(profile))


def test_a_property_of_another_operation_changes_nothing() -> None:
    with pytest.raises(NotFound):
        enforce_persona("generate", generation(personaId="x", defaultParamFlag=False), PERSONAS, edition())


@pytest.mark.parametrize("persona", sorted(PERSONAS))
def test_a_known_persona_is_accepted(persona: str) -> None:
    enforce_persona("extend", request(personaId=persona), PERSONAS, edition())


@pytest.mark.parametrize(
    ("reading", "code", "way"),
    [
        pytest.param("not_found", 404, "invalid (422)", id="not found"),
        pytest.param("invalid", 422, "not_found (404)", id="invalid"),
    ],
)
def test_an_unknown_track_is_refused(reading: str, code: int, way: str) -> None:
    refusal = unknown_audio(request(audioId="sourc"), TRACKS, edition("apikley", f"unknown_audio={reading}"))
    assert (refusal.code, refusal.rules) == (code, ("extend.audioId.known",))
    assert refusal.msg == (
        'audioId "sourc" is unknown; allowed: a finished track of this key, or one that `suno-mock tracks` lists; '
        f"--adopt-unknown-tracks accepts any. Nearest: source. (extend.audioId.known, {field_place('audioId', UNIQUE)})"
        f"; read as unknown_audio={reading}, no document says which code: --set unknown_audio={way}"
    )


def test_a_far_track_gets_no_hint() -> None:
    refusal = unknown_audio(request(audioId="zzz"), TRACKS, edition("classic"))
    assert refusal.msg.startswith(
        'audioId "zzz" is unknown; allowed: a finished track of this key, or one that `suno-mock tracks` lists; '
        f"--adopt-unknown-tracks accepts any. (extend.audioId.known, {field_place('audioId', UNIQUE, file=CLASSIC)})"
    )


@settings(max_examples=60, deadline=None)
@given(st.text())
def test_an_unknown_track_is_one_line(audio_id: str) -> None:
    refusal = unknown_audio(request(audioId=audio_id), TRACKS, edition())
    assert refusal.msg.isprintable()
    assert len(refusal.msg) < 400


DERIVED = ["persona", "wav"]


def about(**changes: Any) -> dict[str, Any]:
    """A request about one track of a task."""
    return {"taskId": task().id, "audioId": "track", "name": "Calm", "description": "A calm voice"} | changes


def objection(operation: str, made: Task, after: float = COMPLETE, **changes: Any) -> str:
    """What is said against a request about a task so many seconds after it was created."""
    with pytest.raises(Invalid) as refused:
        enforce_made(operation, about(**changes), made, progress(made, CREATED + after), made.edition)
    return refused.value.msg


@pytest.mark.parametrize("operation", DERIVED)
@pytest.mark.parametrize("made", [task(), generated(), task(scenario="undeliverable")])
def test_a_complete_task_can_be_made_more_of(made: Task, operation: str) -> None:
    enforce_made(operation, about(), made, progress(made, CREATED + COMPLETE), edition())


@pytest.mark.parametrize("operation", DERIVED)
@pytest.mark.parametrize(
    ("scenario", "after", "reached"),
    [
        pytest.param("200", 0, "has just begun", id="at the beginning"),
        pytest.param("200", TEXT, "has reached text", id="at text"),
        pytest.param("200", FIRST, "has reached first", id="at first"),
        pytest.param("callback-531", COMPLETE, "failed", id="after a late failure"),
        pytest.param("callback-400", COMPLETE, "failed", id="after an early failure"),
    ],
)
def test_another_task_is_refused(scenario: str, after: float, reached: str, operation: str) -> None:
    assert objection(operation, task(scenario=scenario), after) == (
        f"task 5c790000000040008000000000000be8 {reached}; "
        f"allowed: a task that is complete, which polling shows as SUCCESS {cited(f'{operation}.taskId.complete')}"
    )


def test_some_models_make_no_persona() -> None:
    assert objection("persona", task(model="V3_5")) == (
        f"model of the task is V3_5; allowed: any but V3_5 {cited('persona.taskId.model')}"
    )


def test_every_model_makes_a_wav() -> None:
    made = task(model="V3_5")
    enforce_made("wav", about(), made, progress(made, CREATED + COMPLETE), edition())


def test_a_short_vocal_is_refused() -> None:
    assert objection("persona", task(), vocalStart=5, vocalEnd=14.5) == (
        "vocalEnd is 14.5, with vocalStart 5; allowed: 10 to 30 seconds after vocalStart "
        f"{cited('persona.vocalEnd.window')}"
    )


def test_everything_against_a_persona_is_told() -> None:
    text = objection("persona", task(model="V3_5"), TEXT, vocalStart=0, vocalEnd=31)
    assert text.startswith("3 rules are broken: task ")
    assert all(rule in text for rule in ("taskId.complete", "taskId.model", "vocalEnd.window"))


def fits(**window: float) -> bool:
    made = task()
    try:
        enforce_made("persona", about(**window), made, progress(made, CREATED + COMPLETE), edition())
    except Invalid as refused:
        return "persona.vocalEnd.window" not in refused.rules
    return True


@given(st.integers(0, 300), st.integers(0, 300))
def test_the_vocal_window_is_exact(start: int, end: int) -> None:
    assert fits(vocalStart=start, vocalEnd=end) == (10 <= end - start <= 30)


@pytest.mark.parametrize("window", [{}, {"vocalStart": 400}, {"vocalEnd": 5}])
def test_half_a_vocal_window_is_none(window: dict[str, float]) -> None:
    assert fits(**window)


@given(st.integers(0, 3000), st.sampled_from([100, 300]))
@example(64, 100)
def test_the_ends_of_the_vocal_window_fit(tenths: int, longer: int) -> None:
    assert fits(vocalStart=tenths / 10, vocalEnd=(tenths + longer) / 10)


def test_a_vocal_end_of_any_size_is_refused() -> None:
    assert not fits(vocalStart=0.5, vocalEnd=10**400)


@pytest.mark.parametrize("operation", DERIVED)
def test_an_unknown_task_is_not_found(operation: str) -> None:
    refusal = unknown_task(operation, about(taskId="5c79"), edition())
    assert (refusal.code, refusal.rules) == (404, (f"{operation}.taskId.known",))
    assert refusal.msg == (
        'taskId "5c79" is unknown; allowed: a task of this key that generate or extend answered. '
        f"{cited(f'{operation}.taskId.known')}"
    )


@pytest.mark.parametrize("operation", DERIVED)
def test_another_tasks_track_is_not_found(operation: str) -> None:
    refusal = foreign_audio(operation, about(audioId="other-trac"), ["source", "other-track"], edition())
    assert (refusal.code, refusal.rules) == (404, (f"{operation}.audioId.known",))
    assert refusal.msg == (
        'audioId "other-trac" is unknown; allowed: a track of the task ("other-track", "source"). '
        f"Nearest: other-track. {cited(f'{operation}.audioId.known')}"
    )


@pytest.mark.parametrize(
    ("operation", "what", "note"),
    [
        ("persona", "persona", f"; {TWICE_IS_OPEN}"),
        ("wav", "WAV record", ""),
    ],
)
def test_a_second_one_is_a_conflict(operation: str, what: str, note: str) -> None:
    refusal = made_already(operation, what, about(), edition())
    assert (refusal.code, refusal.rules) == (409, (f"{operation}.audioId.once",))
    assert refusal.msg == (
        f'the track "track" has a {what} already; allowed: one per audioId {cited(f"{operation}.audioId.once")}{note}'
    )
