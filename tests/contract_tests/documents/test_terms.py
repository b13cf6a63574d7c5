"""What a profile says beside its document, as the harness judges by it."""

from pathlib import Path

import pytest

from contract_tests.documents.published import Published
from contract_tests.documents.rules import check, source
from contract_tests.documents.sources import Source
from contract_tests.documents.terms import DOCUMENTED
from contract_tests.probes.from_document import Made, probed
from contract_tests.probes.plan import Plan
from contract_tests.run.inputs import CannotRun, documents
from contract_tests.target.mock import mock_tracks


def read(folder: Path, text: str) -> Published:
    path = folder / "mine.yaml"
    path.write_text(f"extends: apikley\n{text}", "utf-8")
    return documents(str(path))


def test_the_documents_have_terms_where_a_profile_says_nothing() -> None:
    assert Published.read("apikley").terms == DOCUMENTED
    assert (DOCUMENTED.extend, DOCUMENTED.invalid) == ("/api/v1/generate/extend", 422)


def test_a_path_stands_behind_the_base_path(tmp_path: Path) -> None:
    said = "base_path: /suno\noperations: {record-info: {path: /record}, chat-credit: {path: /left}}"
    terms = read(tmp_path, said).terms
    assert (terms.extend, terms.record_info) == ("/suno/api/v1/generate/extend", "/suno/record")
    assert terms.credits == ("/suno/left", "/suno/api/v1/generate/credit")


def test_codes_are_those_of_the_document_and_of_the_profile(tmp_path: Path) -> None:
    published = read(tmp_path, 'codes: {"498": Mine., 455: null}\ncallback_codes: {599: Lost., 531: null}')
    assert published.codes[498] == "Mine."
    assert 455 not in published.codes
    assert ("callback-599" in published.failures, "callback-531" in published.failures) == (True, False)
    assert published.registry.cited("code.498") == ("the profile", "498: Mine.")
    assert source("code.498") is Source.DOCUMENT
    with pytest.raises(LookupError, match=r"^rule 'code\.4980' is unknown"):
        check("code.4980")


def test_refusals_are_expected_with_the_codes_of_the_profile(tmp_path: Path) -> None:
    published = read(tmp_path, "refusals: {invalid: 400, unauthorized: 499}\ncodes: {400: Wrong., 499: No key.}")
    plan = Plan(published=published, tracks=mock_tracks(published))
    codes = {probe.rule: probe.expected.codes for probe in plan.probes()}
    assert codes["extend.title.type"] == {400}
    assert codes["extend.auth.missing"] == {499}
    assert codes["extend.audioId.known"] == {404, 400}
    assert codes["extend.body.json"] >= {400, 499}


def test_a_model_of_the_profile_is_no_model_to_refuse(tmp_path: Path) -> None:
    published = read(tmp_path, "models: {V5_5: {like: V5}}")
    plan = Plan(published=published, tracks=mock_tracks(published), only="extend.model.enum")
    assert not any(b'"V5_5"' in probe.body for probe in plan.probes())


def test_where_every_model_is_taken_none_must_be_refused(tmp_path: Path) -> None:
    published = read(tmp_path, "unknown_model: V5")
    assert "extend.model.enum" not in {rule.id for rule in published.rules}
    sent = Made(body={**published.example, "model": "V99"}, track=None)
    assert probed(sent, published).rule == "document.positive"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "track_members: {callbacks: {complete: {without: [audio_url]}}}",
            "says what suno-contract does not read: track_members.callbacks.complete with audio_url.",
        ),
        (
            "track_members: {records: {complete: {members: {id: x}}}}",
            "says what suno-contract does not read: track_members.records.complete with id.",
        ),
        ("serves: [extend]", "says what suno-contract does not read: serves without record-info."),
        (
            "refusals: {invalid: 200}",
            "refusals.invalid is 200, which an accepted request gets: no refusal can be told.",
        ),
    ],
)
def test_what_cannot_be_judged_by_is_refused_with_its_key(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(CannotRun) as refused:
        read(tmp_path, text)
    assert refused.value.message.endswith(why)


def test_statuses_of_tasks_and_of_http_and_members_of_answers_are_those_of_the_profile(tmp_path: Path) -> None:
    said = "pending: QUEUED\nlost: GONE\nstages: {complete: {status: DONE}}\n"
    said += "answers: {statuses: {429: 418}, members: {ok: true}}"
    published = read(tmp_path, said)
    terms = published.terms
    assert (terms.statuses, terms.lost) == (("QUEUED", "TEXT_SUCCESS", "FIRST_SUCCESS", "DONE"), "GONE")
    assert (terms.http, terms.members) == ({429: 418}, {"ok": True})
    (wav,) = (each for each in published.operations if each.name == "wav")
    assert (wav.running[0], wav.success, wav.lost) == ("QUEUED", "DONE", "GONE")
    assert {"QUEUED", "DONE", "GONE"} < {*wav.words}
    assert (DOCUMENTED.http, DOCUMENTED.members) == ({}, {})


def test_members_of_tracks_are_those_of_the_profile(tmp_path: Path) -> None:
    said = "track_members: {callbacks: {complete: {members: {tags: x}, without: [duration]}}}"
    published = read(tmp_path, said)
    assert published.track_members("callbacks") == ({"tags": "x"}, ("duration",))
    assert published.track_members("records") == published.track_members("callbacks", "text") == ({}, ())
