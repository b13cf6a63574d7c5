"""A report from the journal of a run alone."""

import json
from dataclasses import replace
from typing import Any

import pytest

from contract_tests.reports import kept
from contract_tests.reports.report import Report
from contract_tests.target import journal
from contract_tests.verdicts.course import Finding
from contract_tests.verdicts.results import Result, Verdict
from tests.courses import ACCEPTED, BAD, PUBLISHED, REFUSED, URL, arrival, exchange, stage, violated

ABOUT = {"version": "0.1", "date": "2026-11-26T10:00:00+00:00", "command": "suno-contract run", "strict": True}
RUN = {"base_url": "http://127.0.0.1:1", "profile": "apikley", "seed": 7, "budget": 20, **ABOUT}
FINDING = Finding(rule=REFUSED.rule, expected="code 422", got="HTTP 200 {}")
ACCEPTANCE, REFUSAL, POLL = exchange(number=1), exchange(BAD, REFUSED, number=2), replace(ACCEPTED, id="", method="GET")
RECORD = exchange(b"{}", POLL, number=3, url="http://127.0.0.1:1/api/v1/generate/record-info?taskId=5c79", sent=b"")
BROKEN = violated(FINDING, exchange=REFUSAL, timeline=((0.5, "answer"),)).cited(PUBLISHED.registry)
PASSED = Result(rule=ACCEPTED.rule, verdict=Verdict.PASSED, probe=ACCEPTED, exchange=ACCEPTANCE)
NOTED = (
    journal.addressed(ACCEPTED.id, URL),
    journal.line(ACCEPTANCE, ACCEPTED),
    journal.line(REFUSAL, REFUSED),
    journal.came(arrival(stage("text"))),
    journal.came(arrival(b"\xff", target="/of-nobody")),
)


def report(*lines: str, **changes: Any) -> Report:
    run = {name: value for name, value in {**RUN, **changes}.items() if value is not ...}
    made = kept.report("".join([journal.begun(run), *lines]).splitlines())
    assert made is not None
    return made


def test_a_report_says_what_the_run_was() -> None:
    about = report(*NOTED, kept.line(BROKEN), journal.ended(3.25)).about
    assert (about.target, about.document, about.seed) == ("http://127.0.0.1:1", "apikley.openapi.yaml", 7)
    assert (about.version, about.date, about.command) == (ABOUT["version"], ABOUT["date"], ABOUT["command"])
    assert (about.took, about.spent, about.budget, about.strict) == (3.25, 1, 20, True)


def test_a_result_is_read_as_it_was_written() -> None:
    (row,) = report(*NOTED, kept.line(BROKEN)).rows
    (same,) = row.results
    assert (same.rule, same.verdict, same.findings, same.basis) == (
        BROKEN.rule,
        BROKEN.verdict,
        BROKEN.findings,
        BROKEN.basis,
    )
    assert same.timeline == BROKEN.timeline
    assert (same.probe and same.probe.says, same.exchange and same.exchange.body) == (REFUSED.says, REFUSAL.body)


def test_what_came_belongs_to_its_request() -> None:
    poll = journal.line(replace(RECORD, body=b'{"code": 200}'), POLL)
    made = report(*NOTED, poll, kept.line(PASSED), kept.line(Result(rule="callback.url", verdict=Verdict.PASSED)))
    accepted, refused = made.asked
    assert [came.body for came in accepted.callbacks] == [arrival(stage("text")).body]
    assert [each.body for each in accepted.polls] == [b'{"code": 200}']
    assert (refused.callbacks, refused.polls) == ((), ())
    (of, to_nobody) = (made.of(row.results[0]) for row in made.rows)
    assert (of, to_nobody) == (accepted, None)
    told = json.loads(json.dumps([*made.requests()]))
    assert (told[0]["callbacks"][0]["after"], told[0]["polls"][0]["number"], told[1]["sent"][:1]) == (1.0, 3, "{")


def test_a_resumed_run_has_its_own_verdicts_and_what_came_before() -> None:
    again = journal.resumed({**ABOUT, "command": "suno-contract run --resume"})
    made = report(*NOTED, kept.line(BROKEN), again, kept.line(PASSED), journal.ended(1.0))
    assert [row.rule for row in made.rows] == [ACCEPTED.rule]
    assert (len(made.asked), made.about.command) == (2, "suno-contract run --resume")


@pytest.mark.parametrize(
    ("lines", "changes", "missing"),
    [
        ([kept.line(PASSED)], {}, []),
        ([], {}, ["verdicts: the run was interrupted before it had any"]),
        (
            [],
            {"version": ...},
            ["callbacks, headers of answers and verdicts: the journal was written by an older version"],
        ),
        (
            [kept.line(PASSED), kept.line(PASSED).replace(ACCEPTED.rule, "extend.gone")],
            {},
            ["what came of rules that this version does not have: extend.gone"],
        ),
    ],
)
def test_what_a_journal_does_not_hold_is_told(lines: list[str], changes: dict[str, Any], missing: list[str]) -> None:
    assert [*report(*NOTED, *lines, **changes).missing] == missing


def test_a_line_of_an_older_version_is_read() -> None:
    entry = json.loads(journal.line(ACCEPTANCE, ACCEPTED))
    for name in ("number", "at", "answer_headers"):
        del entry[name]
    made = report(json.dumps(entry) + "\n", kept.line(replace(PASSED, exchange=None)), version=...)
    assert [each.exchange.code for each in made.asked] == [200]
    assert made.of(PASSED) is None


@pytest.mark.parametrize("garbage", ['{"probe": "x"}', '{"callback": "x"}', '{"result": 5}'])
def test_what_no_run_wrote_is_left_out(garbage: str) -> None:
    assert report(*NOTED, f"{garbage}\n", kept.line(PASSED)) == report(*NOTED, kept.line(PASSED))


def test_without_a_run_there_is_no_report() -> None:
    assert kept.report([]) is None


def test_a_line_in_the_middle_that_cannot_be_read_is_missing_and_counts() -> None:
    whole, damaged = (report(*lines, kept.line(PASSED)) for lines in (NOTED, (*NOTED[:1], "dam{aged\n", *NOTED[1:])))
    assert "line 4 of the journal, which cannot be read: it counts as a task that was started" in damaged.missing
    assert (whole.about.spent, damaged.about.spent) == (1, 2)
