"""Notifications of the browser: asked for by a button alone, remembered, and none without permission."""

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from mock_server.testing.mock_server import MockServer
from mock_server.testing.receiver import Receiver
from tests.mock_server.pages.conftest import raised
from tests.mock_server.pages.test_page import extend, rows

WATCHED = """
window.notified = [];
window.asking = 0;
const Real = window.Notification;
window.Notification = class extends Real {
  constructor(title, options) { super(title, options); notified.push([title, options.body]); }
  static requestPermission() { window.asking += 1; return Real.requestPermission(); }
};
Object.defineProperty(document, "hidden", { get: () => localStorage.getItem("away") === "yes" });
"""
"""Writes down what is told and asked, which still happens; a headless browser shows every tab, so `away` hides ours."""


@pytest.fixture
def watched(context: BrowserContext, mock: MockServer) -> Page:
    """The inbox with its tools open."""
    context.add_init_script(WATCHED)
    page = context.new_page()
    page.on("pageerror", raised)
    page.goto(f"{mock.url}/__admin/")
    page.locator("#summary-more").click()
    return page


def button(page: Page) -> Locator:
    return page.get_by_role("button", name="Notify me of failures")


def leave(page: Page) -> None:
    page.evaluate("localStorage.setItem('away', 'yes'); document.dispatchEvent(new Event('visibilitychange'))")


def notified(page: Page, count: int) -> list[list[str]]:
    page.wait_for_function("count => window.notified.length >= count", arg=count)
    found: list[list[str]] = page.evaluate("window.notified")
    assert len(found) == count
    return found


def test_what_fails_is_told_while_nobody_looks(
    watched: Page, context: BrowserContext, mock: MockServer, receiver: Receiver
) -> None:
    context.grant_permissions(["notifications"], origin=mock.url)
    button(watched).click()
    expect(button(watched)).to_have_attribute("aria-pressed", "true")
    extend(mock, receiver, prompt=5)
    expect(rows(watched)).to_have_count(1)
    assert watched.evaluate("window.notified") == [], "somebody looks"
    leave(watched)
    extend(mock, receiver, title="Fine")
    expect(rows(watched)).to_have_count(2)
    extend(mock, receiver, key="mock-429")
    expect(rows(watched)).to_have_count(3)
    [[title, body]] = notified(watched, 1)
    assert title == "Rate Limited"
    assert body.startswith("Request limit")
    receiver.answer = lambda received: 500
    mock.clock.advance(30)
    assert notified(watched, 2)[1] == ["Fine", "callbacks fail: text refused (HTTP 500)"]
    receiver.answer = lambda received: 200


def test_it_is_remembered_until_it_is_taken_back(
    watched: Page, context: BrowserContext, mock: MockServer, receiver: Receiver
) -> None:
    context.grant_permissions(["notifications"], origin=mock.url)
    button(watched).click()
    expect(button(watched)).to_have_attribute("aria-pressed", "true")
    watched.reload()
    assert watched.evaluate("window.asking") == 0
    watched.locator("#summary-more").click()
    expect(button(watched)).to_have_attribute("aria-pressed", "true")
    extend(mock, receiver, title="Fine")
    expect(rows(watched)).to_have_count(1)
    expect(button(watched)).to_have_attribute("aria-pressed", "true")
    button(watched).click()
    expect(button(watched)).to_have_attribute("aria-pressed", "false")
    watched.reload()
    leave(watched)
    extend(mock, receiver, prompt=5)
    watched.evaluate("localStorage.setItem('away', ''); document.dispatchEvent(new Event('visibilitychange'))")
    expect(rows(watched)).to_have_count(2)
    assert watched.evaluate("window.notified") == []


def test_nothing_is_asked_before_the_button_and_a_refusal_is_told(
    watched: Page, mock: MockServer, receiver: Receiver
) -> None:
    extend(mock, receiver, prompt=5)
    expect(rows(watched)).to_have_count(1)
    assert watched.evaluate("window.asking") == 0
    button(watched).click()
    expect(watched.locator("#said")).to_contain_text("The browser does not allow notifications of this page.")
    expect(button(watched)).to_have_attribute("aria-pressed", "false")
    assert watched.evaluate("window.asking") == 1
    leave(watched)
    extend(mock, receiver, prompt=5)
    watched.evaluate("localStorage.setItem('away', ''); document.dispatchEvent(new Event('visibilitychange'))")
    expect(rows(watched)).to_have_count(2)
    assert watched.evaluate("window.notified") == []
