"""Limits and models that the documents do not have, found by requests about a track of nobody."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.learn.evidence import Left, Line, lines_of, name
from contract_tests.learn.limits import explained, limits, looked, searched, together, with_limits
from contract_tests.mutants.hidden import limits_due
from contract_tests.probes.plan import Plan
from contract_tests.probes.request import Probe
from contract_tests.probes.search import Searches
from contract_tests.reports.report import Asked
from contract_tests.run.searching import STEPS, search
from contract_tests.target.exchange import Exchange
from contract_tests.targets.behaviour import KEY
from contract_tests.targets.drawn import drawn
from contract_tests.targets.plain_server import Plain
from tests.courses import PUBLISHED, TRACKS, exchange
from tests.suno_contract import status

Limits = Mapping[tuple[str, str], int]
FIELDS = ("prompt", "style", "title")
DOCUMENTED: Limits = {(each.model, each.field): each.characters for each in PUBLISHED.limits}
NOBODY = "nobody has this track"


def server(
    own: Limits, measure: Callable[[str], int] = len, models: Any = PUBLISHED.models, others: str = NOBODY
) -> Callable[[Any], str]:
    """What a server says of a body, which is about a track of nobody."""

    def said(body: Any) -> str:
        if body["model"] not in models:
            return "this model is not ours"
        for field in FIELDS:
            most = {**DOCUMENTED, **own}.get((body["model"], field), 100)
            if measure(body[field]) > most:
                return f"{field}: {most} characters at most"
        return others

    return said


def asked(said: Callable[[Any], Any], most: int = 10_000) -> list[Asked]:
    """The search of a server that says so, which answers so many requests."""
    came: list[Asked] = []

    def ask(probe: Probe) -> Exchange | None:
        if len(came) == most:
            return None
        words = said(json.loads(probe.body))
        answer = exchange({"code": 422, "msg": words, "data": None}, probe, number=len(came) + 1)
        came.append(Asked(probe=probe.id, exchange=answer))
        return answer

    search(Plan(published=PUBLISHED, tracks=TRACKS), ask)
    return came


def found(said: Callable[[Any], str]) -> dict[tuple[str | int, ...], Any]:
    return {each.path: each.value for each in lines_of(limits(searched(asked(said)), PUBLISHED))}


@given(st.sampled_from(sorted(DOCUMENTED)), st.integers(1, 60_000))
def test_any_limit_is_found_to_the_character(text: tuple[str, str], most: int) -> None:
    came = asked(server({text: most}))
    told = {each.path: each.value for each in lines_of(limits(searched(came), PUBLISHED))}
    of_text = ("models", text[0], "limits", "extend", text[1])
    questions = {each.characters for each in PUBLISHED.limits if each.when and (each.model, each.field) == text}
    due = {} if most == DOCUMENTED[text] or most in questions else {of_text: most}
    assert {path: value for path, value in told.items() if path[0] == "models"} == due
    assert len(came) < 3 * len(DOCUMENTED) + STEPS


@given(st.sampled_from([("code_points", 0), ("utf16", 1), ("bytes", 2)]), st.integers(10, 5000))
def test_what_is_counted_is_found(counted: tuple[str, int], most: int) -> None:
    measure = (len, lambda text: len(text.encode("utf-16-le")) // 2, lambda text: len(text.encode()))[counted[1]]
    told = found(server({("V5", "title"): most}, measure))
    assert told["picks", "string_length"] == counted[0]


def test_models_more_and_less_are_found() -> None:
    told = found(server({("V5_5", "title"): 33}, models=("V4", "V4_5", "V4_5PLUS", "V5", "V5_5")))
    assert told["models", "V5_5", "like"] == "V5"
    assert told["models", "V5_5", "limits", "extend", "title"] == 33
    assert told["models", "V4_5ALL"] is None
    assert "V4_5ALL" not in {path[1] for path in told if len(path) > 2}


def test_a_model_that_is_refused_in_other_words_than_one_that_nobody_has_is_left() -> None:
    usual = server({})
    resting = "V4_5ALL rests at present"
    came = asked(lambda body: resting if body["model"] == "V4_5ALL" else usual(body))
    told = {name(each): each for each in limits(searched(came), PUBLISHED) if name(each).startswith("models.V4_5ALL")}
    (number,) = [each.exchange.number for each in came if each.exchange.msg == resting]
    assert told == {
        "models.V4_5ALL": Left(
            "models.V4_5ALL",
            f'refused once: request {number}, in other words than a model that no server has: "{resting}"',
        )
    }


def test_the_reading_of_a_question_about_a_limit_is_found() -> None:
    assert found(server({("V4_5ALL", "title"): 80}))["picks", "v4_5all_title"] == "80"
    assert found(server({("V4_5ALL", "title"): 100}))["picks", "v4_5all_title"] == "100"


@pytest.mark.parametrize(
    "said", [lambda body: NOBODY, lambda body: [NOBODY], lambda body: f"no: {id(body)} {len(body['prompt'])}"]
)
def test_nothing_is_learned_where_nothing_shows(said: Callable[[Any], Any]) -> None:
    came = asked(said)
    learned = [*limits(searched(came), PUBLISHED)]
    assert {each.path for each in lines_of(learned)} <= {("picks", "unknown_audio")}
    assert len(came) < 20
    told = {each.what: each.why for each in learned if isinstance(each, Left)}
    assert "not before the track is looked for" in told["models.V4.limits.extend.prompt"]


def test_a_server_that_changes_its_mind_is_told_so() -> None:
    minds = iter(range(10**9))
    told = [*limits(searched(asked(lambda body: server({}, others=f"{next(minds) // 40}")(body))), PUBLISHED)]
    assert [each for each in lines_of(told) if each.path[0] == "models"] == []


@given(st.integers(0, 60))
def test_a_search_that_is_cut_off_has_nothing_wrong(most: int) -> None:
    own = {("V4", "prompt"): 1234, ("V5", "title"): 55}
    lines = {each.path: each.value for each in lines_of(limits(searched(asked(server(own), most)), PUBLISHED))}
    due = {("models", model, "limits", "extend", field): length for (model, field), length in own.items()}
    assert {path: value for path, value in lines.items() if path[0] == "models"}.items() <= due.items()


def test_a_reading_that_both_ways_tell_has_to_be_the_same_where_no_limit_moved() -> None:
    shown = Line(("picks", "string_length"), "bytes", "a text")
    read = Line(("picks", "string_length"), "utf16", "once")
    moved = Line(("models", "V4", "limits", "extend", "title"), 5, "twice")
    assert together([read], [shown]) == [Left("picks.string_length", "seen in two ways: utf16, and bytes")]
    assert together([read], [moved, shown]) == [moved, shown]
    assert together([Left("picks.string_length", "no budget")], [shown]) == [shown]
    assert together([], [shown]) == [shown]


def test_what_a_limit_explains_is_said_once() -> None:
    line = Line(("models", "V4", "limits", "extend", "title"), 5, "twice")
    assert explained([line]) == {"extend.title.length", "extend.length.limit"}
    assert explained([Line(("models", "V4"), None, "once")]) == {"extend.model.enum"}
    known = {(each.model, each.field): each.characters for each in with_limits(PUBLISHED, [line]).limits}
    assert known == {**DOCUMENTED, ("V4", "title"): 5}


def test_lines_that_were_looked_at_are_known() -> None:
    lines = looked(searched(asked(server({}, models=("V4", "V5_5")))))
    assert lines >= {"models.V5", "models.V5_5.like", "models.V4.limits.extend.title"}
    assert "models.V4" not in lines


@pytest.mark.no_cover
@pytest.mark.usefixtures("untraced")
def test_a_run_without_a_task_learns_limits_and_models_and_the_mock_plays_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden, file = drawn(1), tmp_path / "live.yaml"
    monkeypatch.setenv("SUNO_API_KEY", KEY)
    given_tracks = [
        each
        for id, (model, duration) in hidden.behaviour.edition.sources.items()
        for each in ("--audio-id", id, "--audio-model", model, "--audio-duration", str(duration))
    ]
    with Plain(behaviour=hidden.behaviour) as plain:
        run = ("--base-url", plain.url, "--only", "extend.[am]*", "--budget", "0", *given_tracks)
        assert status("calibrate", *run, "--report-dir", str(tmp_path / "run"), "--output", str(file)) == 0
    models = yaml.safe_load(file.read_text("utf-8"))["models"]
    for path, value in limits_due(hidden).items():
        place: Any = {"models": models}
        for key in path:
            place = place[key]
        assert place == value, path
    assert status("plan", "--profile", str(file)) == 0


def test_a_track_without_members_is_no_fault_that_a_profile_cannot_say() -> None:
    lines = [
        Line(("track_members", kind, "complete", "without"), ["tags"], "once") for kind in ("records", "callbacks")
    ]
    assert [explained([line]) for line in lines] == [set(), {"callback.track.whole"}]


@pytest.mark.parametrize(("codes", "reading"), [((404, 404), "not_found"), ((422, 422), "invalid"), ((422, 404), None)])
def test_what_a_track_of_nobody_is_refused_with_is_a_reading(codes: tuple[int, ...], reading: str | None) -> None:
    probe = Searches(PUBLISHED, TRACKS).nobody(1)
    came = [Asked(probe=probe.id, exchange=exchange({"code": code, "msg": NOBODY}, probe)) for code in codes]
    found = {each.path: each.value for each in lines_of(limits(searched(came), PUBLISHED))}
    assert found.get(("picks", "unknown_audio")) == reading
