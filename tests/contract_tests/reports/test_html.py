"""The page of a run, as a reader gets it."""

import re
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from contract_tests.reports.html import as_html
from contract_tests.verdicts.course import Finding
from contract_tests.verdicts.results import Result, Verdict, otherwise
from tests import courses
from tests.browser import chromium, hindrances
from tests.courses import ACCEPTED, BAD, LIMIT, PUBLISHED, REFUSED, arrival, exchange, reported, stage

FINDING = Finding(rule=REFUSED.rule, expected="code 422", got="HTTP 200 <script>{}")


PASSED = Result(rule="extend.example", verdict=Verdict.PASSED)
TWICE = Finding(rule="callback.once", expected="text once", got="text, text")
DEVIATED = otherwise("callback.once", ACCEPTED, (TWICE,), exchange()).cited(PUBLISHED.registry)

violated = partial(courses.violated, FINDING)


def page(*results: Result) -> str:
    return as_html(reported(*results))


def test_all_rules_stand_in_a_list_by_verdict_the_worst_first() -> None:
    shown = page(
        Result(rule="extend.example", verdict=Verdict.PASSED),
        Result(rule="code.451", verdict=Verdict.NOT_TRIED, why="no --trigger says how"),
        violated(),
        Result(rule="model_mismatch", verdict=Verdict.OBSERVED, why="refused"),
    )
    assert re.findall(r'<li class="(\w+)"', shown) == ["violated", "passed", "observed", "not_tried"]
    assert f'<a class="name" href="#{REFUSED.rule}">' in shown
    assert shown.count(f'id="{REFUSED.rule}"') == shown.count('id="extend.example"') == 1


@pytest.mark.parametrize(
    ("results", "strict", "banner"),
    [
        ([], False, ("none", "No verdict")),
        ([PASSED], False, ("yes", "Conforms in 1 rule")),
        ([PASSED, DEVIATED], False, ("yes", "Conforms in 1 rule, with 1 deviation")),
        ([PASSED, DEVIATED], True, ("no", "0 violations, 1 deviation")),
        ([violated()], False, ("no", "1 violation")),
        ([violated(), violated(rule="answer.msg"), DEVIATED], False, ("no", "2 violations, 1 deviation")),
    ],
)
def test_the_banner_tells_whether_the_target_conforms(
    results: list[Result], strict: bool, banner: tuple[str, str]
) -> None:
    shown = as_html(reported(*results, strict=strict))
    assert f'<h1 class="{banner[0]}">{banner[1]}</h1>' in shown


def test_the_page_says_what_the_run_was() -> None:
    told = {
        "seed": 7,
        "version": "0.1.0",
        "date": "2026-11-26T10:00:00+00:00",
        "command": "suno-contract run",
        "took": 9.0,
    }
    shown = as_html(reported(PASSED, spent=3, budget=5, **told))
    for name, fact in (
        ("target", "http://127.0.0.1:1"),
        ("profile", "apikley"),
        ("seed", "7"),
        ("begun", "2026-11-26T10:00:00+00:00"),
        ("duration", "9.0 s"),
        ("tasks", "3 started at most of a budget of 5"),
        ("version", "suno-contract 0.1.0"),
    ):
        assert f"<dt>{name}</dt><dd>{fact}</dd>" in shown
    assert "<pre>suno-contract run</pre>" in shown
    assert "<dt>seed</dt>" not in as_html(reported(PASSED))


def test_what_the_journal_does_not_hold_is_told() -> None:
    assert "Missing: callbacks." in as_html(replace(reported(PASSED), missing=("callbacks",)))


def test_a_violation_shows_what_reproduces_it_and_the_line_of_the_document() -> None:
    shown = page(violated().cited(PUBLISHED.registry))
    assert f"<dt>tried</dt><dd>{REFUSED.says}</dd>" in shown
    assert "<dt>expected</dt><dd>code 422</dd><dt>got</dt><dd>HTTP 200 &lt;script&gt;{}</dd>" in shown
    assert f"stands in the document, {LIMIT.place}: <q>{LIMIT.quote}</q>" in shown
    assert "<pre>curl -sS -X POST http://127.0.0.1:1/" in shown
    assert shown.count("<script>") == 1


@pytest.mark.parametrize(
    ("result", "warns"),
    [
        (violated(), False),
        (violated(exchange=exchange(probe=REFUSED)), True),
        (violated(probe=ACCEPTED), True),
        (violated(probe=ACCEPTED, exchange=exchange(method="GET")), False),
    ],
)
def test_a_curl_warns_where_it_may_start_a_task(result: Result, warns: bool) -> None:
    assert ("Sending it again may start a task, which costs credits." in page(result)) is warns


def test_a_deviation_stands_apart_with_where_its_rule_stands() -> None:
    shown = page(DEVIATED, violated())
    assert shown.index(">Violations</h2>") < shown.index(">Deviations</h2>")
    assert "a callback that was received does not come again" in shown
    assert "stands in an inference of the harness" in shown


def test_rules_that_are_broken_at_the_same_requests_stand_together() -> None:
    one = exchange(BAD, REFUSED, number=1)
    shown = page(violated(exchange=one), violated(rule="answer.msg", exchange=one))
    assert shown.count("<article") == 1
    assert "Broken at just the same request, so this may have one cause:" in shown


def test_the_smallest_request_is_shown_and_the_others_are_listed() -> None:
    small = violated(exchange=exchange(sent=b'{"small": 1}'), probe=ACCEPTED)
    shown = page(violated(), small, violated())
    assert shown.count("<pre>curl") == 1
    assert "&#34;small&#34;: 1" in shown
    assert "<summary>and 2 more</summary>" in shown
    assert shown.count(f"<li>{REFUSED.says}</li>") == 2


def test_the_callback_is_shown_with_the_place_marked() -> None:
    of_nobody = Finding(rule="callback.task_id", expected="5c79", got="of-nobody")
    result = violated(rule="callback.task_id", findings=(of_nobody,), exchange=exchange(number=1))
    callbacks = (arrival(stage("text")), arrival(stage("complete", task_id="of-nobody")))
    polls = (exchange({"code": 200, "data": {"taskId": "5c79"}}, number=2, started=103.0, resumed=True),)
    made = reported(result)
    asked = replace(made.asked[0], callbacks=callbacks, polls=polls)
    shown = as_html(replace(made, asked=(asked,)))
    assert shown.count("<mark>    &#34;task_id&#34;: &#34;of-nobody&#34;,</mark>") == 1
    assert re.findall(r"<details( open)?>\s<summary>callback (\d)", shown) == [
        ("", "1"),
        (" open", "2"),
        ("", "1"),
        ("", "2"),
    ]
    assert "<summary>record 1 of 1, polled after 3.00 s</summary>" in shown
    assert "Tasks that were started" in shown


def test_an_answer_that_never_came_is_told() -> None:
    silent = exchange(b"", REFUSED, error="ReadTimeout: the answer did not end within 20 s", status=0)
    assert "no answer: ReadTimeout: the answer did not end within 20 s" in page(violated(exchange=silent))


def test_a_long_text_is_folded() -> None:
    long = Finding(rule=REFUSED.rule, expected="code 422", got="x" * 500)
    assert "xxx… (500 characters)</summary>" in page(violated(findings=(long,)))


def test_a_reading_stands_with_its_question_and_the_pick_of_the_profile() -> None:
    read = Result(rule="model_mismatch", verdict=Verdict.OBSERVED, why="refused").cited(PUBLISHED.registry)
    for pick, told in (("refused", "; so does the profile"), ("accepted", "; the profile picks <b>accepted</b>")):
        shown = as_html(replace(reported(read), picks={"model_mismatch": pick}))
        assert "<p>Is a model other than the source track&#39;s refused?</p>" in shown
        assert f"The target reads <b>refused</b>{told}." in shown


@pytest.mark.parametrize(
    ("why", "needs"),
    [
        ("no --trigger says how the target is brought to it", "<p>It needs --trigger CODE=KIND:VALUE.</p>"),
        ("budget: 2 of 2 tasks are spent", "<p>It needs a larger --budget.</p>"),
        ("no task is started without --budget N, and here is none", "<p>It needs --budget N.</p>"),
        ("nobody knows", ""),
    ],
)
def test_what_was_not_tried_says_what_it_needs(why: str, needs: str) -> None:
    left = [Result(rule=rule, verdict=Verdict.NOT_TRIED, why=why) for rule in ("code.451", "code.402")]
    shown = page(*left)
    assert f"<p>{why}</p>{needs}<p>" in shown
    assert shown.count(f"<p>{why}</p>") == 1


@pytest.mark.parametrize(
    ("timeline", "places"),
    [
        ((), []),
        (((0.0, "answer"),), ["0.0"]),
        (((0.5, "answer"), (1.0, "text"), (2.0, "complete")), ["25.0", "50.0", "100.0"]),
        (((0.5, "answer"), (0.25, "text")), ["100.0", "50.0"]),
    ],
)
def test_the_callbacks_are_drawn_in_their_time(timeline: Any, places: list[str]) -> None:
    shown = page(violated(timeline=timeline))
    assert re.findall(r"left: ([\d.]+)%", shown) == places
    assert [what for _, what in timeline] == re.findall(r"<b>(\w+)</b>", shown)


def test_what_came_to_nobody_needs_no_request() -> None:
    shown = page(violated(rule="callback.url", probe=None, exchange=None))
    assert "<pre>curl" not in shown
    assert '<h3 id="callback.url">' in shown


def test_the_page_holds_nothing_that_is_obeyed_without_a_sign() -> None:
    shown = page(violated(findings=(Finding(rule=REFUSED.rule, expected="\x1b[31m", got="a\u202eb\x9b"),)))
    assert "<dt>expected</dt><dd>?[31m</dd><dt>got</dt><dd>a?b?</dd>" in shown


def test_the_page_works_in_a_browser_from_a_file(tmp_path: Path) -> None:
    """It asks nobody for anything, fits a narrow screen, has landmarks, and leaves what the filter finds."""
    file = tmp_path / "report.html"
    file.write_text(page(violated(), DEVIATED, PASSED, violated(rule="answer.msg", exchange=exchange(BAD, number=2))))
    with chromium() as browser:
        opened = browser.new_page(viewport={"width": 400, "height": 800})
        asked: list[str] = []
        opened.on("request", lambda request: asked.append(request.url))
        opened.goto(file.as_uri())
        assert asked == [file.as_uri()]
        assert opened.evaluate("document.documentElement.scrollWidth") <= 400
        for landmark in ("banner", "navigation", "main"):
            expect(opened.get_by_role(landmark)).to_have_count(1)
        for scheme in ("light", "dark"):
            opened.emulate_media(color_scheme=scheme)
            assert (scheme, hindrances(opened)) == (scheme, [])
        opened.get_by_label("Filter").fill("answer.msg")
        expect(opened.locator("article:visible h3")).to_have_text(["answer.msg"])
        expect(opened.locator("#count")).to_have_text(re.compile(r"^2 of \d+$"))
