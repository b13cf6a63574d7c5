"""What a user's own receiver is sent: every body is one that the documents or an open question allow."""

import json
import re
from collections.abc import Iterator

import pytest

from contract_tests.documents.files import profiles
from contract_tests.documents.published import Published
from contract_tests.your_receiver.bodies import FORMS, Bodies, Callback
from contract_tests.your_receiver.cases import FAILURE_QUESTIONS, QUESTIONS, Case, cases

PUBLISHED = {profile: Published.read(profile) for profile in profiles()}
APIKLEY = PUBLISHED["apikley"]
BEYOND_THE_SCHEMA = {
    "create_time.epoch_ms": r'createTime: 1735689600000 is not of type "string"',
    "failure_type.error": r'callbackType: "error" is not one of',
    "failure_type.failed": r'callbackType: "failed" is not one of',
    "failure_data.null": r'\$\.data\.data: null (is not of type "array"|for not nullable)',
}
"""Cases whose readings no document's schema allows, and what the oracle has against them."""
each_profile = pytest.mark.parametrize("published", PUBLISHED.values(), ids=PUBLISHED)


def sent(published: Published, seed: int = 1) -> Iterator[tuple[Case, Callback, bytes]]:
    bodies = Bodies(published, seed)
    for case in cases(published):
        for callback in (each for lane in case.lanes for each in lane):
            yield case, callback, bodies.body(case.id, callback)


@each_profile
def test_every_case_has_an_id_of_its_own(published: Published) -> None:
    ids = [case.id for case in cases(published)]
    assert len(set(ids)) == len(ids)


@each_profile
def test_every_body_conforms_but_for_the_readings_that_no_schema_allows(published: Published) -> None:
    oracle = published.callback_oracle
    beyond: set[str] = set()
    picks = {f"{name}.{published.picks[name]}" for name in (*QUESTIONS, *FAILURE_QUESTIONS)}
    for case, callback, body in sent(published):
        texts = [text for id, text in BEYOND_THE_SCHEMA.items() if id in (case.id, *picks)]
        for problem in oracle.callback(body, FORMS[callback.form].content_type):
            assert any(re.search(text, problem) for text in texts), (case.id, problem)
            beyond.add(case.id)
    assert beyond >= set(BEYOND_THE_SCHEMA)


@pytest.mark.parametrize("question", [*QUESTIONS, *FAILURE_QUESTIONS])
def test_every_reading_of_a_question_about_callbacks_is_a_case(question: str) -> None:
    ids = {case.id for case in cases(APIKLEY)}
    assert {f"{question}.{reading}" for reading in APIKLEY.questions[question]["readings"]} <= ids


def test_every_documented_failure_is_a_case_with_its_place() -> None:
    found = {case.id for case in cases(APIKLEY) if re.fullmatch(r"failure\.\d+", case.id)}
    assert found == {f"failure.{code}" for code in (400, 408, 413, 451, 500, 501, 531)}
    for case in found - {"failure.451"}:
        assert APIKLEY.registry.cited(case) == APIKLEY.registry.cited(case.replace("failure.", "code.callback-"))
    assert APIKLEY.registry.cited("failure.451").place == "siblings of the API"


def test_what_hurts_receivers_is_among_the_bodies() -> None:
    bodies = {f"{case.id}/{callback.event}": json.loads(body) for case, callback, body in sent(APIKLEY)}
    unfinished = bodies["first_items.both/first"]["data"]["data"][1]
    assert unfinished["audio_url"] == ""
    assert "duration" not in unfinished
    assert bodies["create_time.epoch_ms/complete"]["data"]["data"][0]["createTime"] == 1735689600000
    assert bodies["create_time.rfc3339/complete"]["data"]["data"][0]["createTime"] == "2025-01-01T00:00:00Z"
    assert bodies["failure_data.null/500"]["data"]["data"] is None
    assert "data" not in bodies["failure_data.absent/500"]["data"]
    assert bodies["form.unknown_fields/text"]["new_null"] is None
    assert "source_image_url" in bodies["source_urls.present/complete"]["data"]["data"][0]


def test_the_stages_of_a_task_share_its_ids() -> None:
    bodies = [json.loads(body)["data"] for case, _, body in sent(APIKLEY) if case.id == "stages.in_order"]
    assert len({body["task_id"] for body in bodies}) == 1
    first, complete = (body["data"] for body in bodies[1:])
    assert first[0]["id"] == complete[0]["id"] != complete[1]["id"]


def test_tasks_are_the_same_for_a_seed_and_others_for_another() -> None:
    once, again, other = ([body for _, _, body in sent(APIKLEY, seed)] for seed in (1, 1, 2))
    assert once == again
    assert not set(once) & set(other)


def test_no_two_tasks_have_the_same_id() -> None:
    tasks = {(case.id, callback.task): json.loads(body)["data"]["task_id"] for case, callback, body in sent(APIKLEY)}
    assert len(set(tasks.values())) == len(tasks)
