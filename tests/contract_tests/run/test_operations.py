"""Operations beside extend, tried in a run against the mock and against servers that are wrong."""

from dataclasses import replace
from typing import Any

import pytest

from contract_tests.documents.files import profiles
from contract_tests.documents.published import Published
from contract_tests.probes.plan import Plan
from contract_tests.run.inputs import CannotRun, operations_of
from contract_tests.run.operations import NO_TRACK
from contract_tests.target.mock import mock, mock_tracks
from contract_tests.verdicts.results import Verdict
from tests.contract_tests.run.test_run import deviations, ran, verdicts, violations
from tests.courses import PUBLISHED, TRACKS
from tests.scripted import REFUSED, scripted

pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]

NAMES = tuple(each.name for each in PUBLISHED.operations)
ONLY = "[!ec]*.*"
"""No rule of extend, of codes or of credits."""


def plan(**changes: Any) -> Plan:
    return Plan(**{"published": PUBLISHED, "tracks": TRACKS, "operations": NAMES, **changes})


@pytest.mark.parametrize("profile", profiles())
def test_the_mock_conforms_in_every_operation_of_every_profile(profile: str) -> None:
    published = Published.read(profile)
    names = tuple(each.name for each in published.operations)
    with mock(profile) as url:
        results = ran(
            url,
            published=published,
            tracks=mock_tracks(published),
            operations=names,
            only=ONLY,
            callback_timeout=20,
        )
    assert (violations(results), deviations(results), verdicts(results, Verdict.NOT_TRIED)) == ({}, {}, set())
    assert verdicts(results, Verdict.PASSED) >= {f"{name}.valid" for name in names}
    tasks = {each.name for each in published.operations if each.kind == "task" and not each.makes_tracks}
    assert verdicts(results, Verdict.PASSED) >= {f"{name}.callback" for name in tasks}


def test_a_run_tries_no_other_operation_unless_it_is_asked_to() -> None:
    assert [*plan(operations=()).of_operation_probes()] == []
    assert not any(probe.path for probe in plan().probes())


def test_tasks_of_the_budget_are_kept_for_the_operations() -> None:
    assert plan(budget=None).kept == len(NAMES)
    assert plan(budget=2).kept == 1
    assert plan(budget=1).kept == plan(budget=0).kept == 0


def test_a_track_is_made_for_the_operations_that_need_one() -> None:
    assert [probe.rule for probe in plan(only="wav.*").probes()] == ["extend.example"]
    assert [*plan(only="lyrics.*").probes()] == []


def test_what_is_about_a_track_is_not_tried_without_one() -> None:
    with scripted(REFUSED) as server:
        results = ran(server.url, operations=NAMES, only="wav.*", budget=0)
    assert {each.why for each in results if each.rule.startswith("wav.")} == {NO_TRACK}
    assert verdicts(results, Verdict.NOT_TRIED) >= {"wav.valid", "wav.taskId.required"}


def test_without_a_budget_only_refusals_of_other_operations_are_sent() -> None:
    with mock("apikley") as url:
        results = ran(url, operations=("lyrics",), only="lyrics.*", budget=0, callback_timeout=20)
    assert violations(results) == {}
    assert verdicts(results, Verdict.NOT_TRIED) == {"lyrics.valid"}
    assert "lyrics.prompt.required" in verdicts(results, Verdict.PASSED)


def test_what_uploads_is_not_started_on_another_server_without_a_file_for_it() -> None:
    uploads = plan(operations=("upload-cover",), upload_url="", budget=5)
    assert uploads.kept == 0
    assert replace(uploads, upload_url="http://127.0.0.1/a.mp3").kept == 1
    with mock("apikley") as url:
        results = ran(url, operations=("upload-cover",), upload_url="", only="upload-cover.*")
    assert verdicts(results, Verdict.NOT_TRIED) == {"upload-cover.valid"}
    assert "upload-cover.title.custom" in verdicts(results, Verdict.PASSED)
    assert violations(results) == {}


def test_operations_are_named_in_an_option() -> None:
    assert operations_of(PUBLISHED, "wav, lyrics") == ("lyrics", "wav")
    assert operations_of(PUBLISHED, "all") == NAMES
    assert operations_of(PUBLISHED, "") == ()
    with pytest.raises(
        CannotRun, match=r"^--operations 'mp4': profile 'apikley' has no such operation .* Allowed: lyr"
    ):
        operations_of(PUBLISHED, "mp4")


def test_a_profile_is_found_out_that_is_not_the_one_of_the_run() -> None:
    """kie's names of callbacks and records, against sunoapi.org's."""
    published = Published.read("kie")
    with mock("sunoapi") as url:
        results = ran(
            url,
            published=published,
            tracks=mock_tracks(published),
            operations=("lyrics", "vocal-removal"),
            only="[lv]*.[vcr]*",
            callback_timeout=20,
        )
    assert violations(results) == {}
    assert {*deviations(results)} >= {"lyrics.callback.members", "vocal-removal.callback.members"}
