"""What has moved, as a page."""

from pathlib import Path

from contract_tests.learn.compared import Compared, Outcome
from contract_tests.learn.drift_page import as_html
from contract_tests.reports.report import About
from tests.browser import chromium, hindrances
from tests.contract_tests.learn.test_drift_report import ABOUT, MOVED, SAME, UNCOMPARED, UNSEEN

EVERY = [SAME, UNSEEN, UNCOMPARED, MOVED]


def page(*compared: Compared, about: About = ABOUT) -> str:
    return as_html(compared, "live.yaml", about)


def test_the_heading_tells_whether_something_moved() -> None:
    assert '<h1 class="no">1 line moved</h1>' in page(*EVERY)
    assert '<h1 class="none">1 line not looked at</h1>' in page(SAME, UNSEEN)
    assert '<h1 class="yes">Nothing moved</h1>' in page(SAME, UNCOMPARED)


def test_what_moved_comes_first_with_its_four_columns() -> None:
    whole = page(*EVERY)
    places = [whole.index(f'<section id="{outcome.name.lower()}"') for outcome in (Outcome.MOVED, Outcome.UNSEEN)]
    assert places == sorted(places)
    for name, value in (("document", "all"), ("profile", "all"), ("live", "first"), ("mock", "all")):
        assert f'<th scope="row">{name}</th><td>{value}</td>' in whole
    assert "<h3>tells (live)</h3>" in whole
    assert "a run with a larger --budget would" in whole


def test_what_a_server_says_is_escaped() -> None:
    whole = page(Compared(line="texts.invalid", outcome=Outcome.MOVED, live="<script>\u202e"))
    assert "<script>" not in whole
    assert "\u202e" not in whole


def test_the_page_hinders_nobody(tmp_path: Path) -> None:
    file = tmp_path / "drift.html"
    file.write_text(page(*EVERY), "utf-8")
    with chromium() as browser:
        for scheme in ("light", "dark"):
            shown = browser.new_context(color_scheme=scheme).new_page()
            shown.goto(file.as_uri())
            assert hindrances(shown) == []
