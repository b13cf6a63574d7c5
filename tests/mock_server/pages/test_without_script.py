"""Steer and Compare without a script, and by the keyboard alone."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from mock_server.testing.mock_server import MockServer
from mock_server.testing.receiver import Receiver
from tests.mock_server.pages.test_page import button, extend, rows


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A page whose scripts do not run."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until something has the focus, as somebody without a mouse does."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"no Tab leads to {selector}")


def faults(mock: MockServer) -> object:
    return httpx.get(f"{mock.url}/__admin/faults").json()


def test_a_fault_is_set_and_removed_without_a_script(plain: Page, mock: MockServer) -> None:
    none = faults(mock)
    plain.goto(f"{mock.url}/__admin/pages/steer")
    plain.locator("#fault-delay").fill("soon")
    button(plain, "Set the fault").click()
    expect(plain.locator("#fault .problem")).to_have_text("delay is 'soon'. Allowed: 0 to 60 seconds.")
    expect(plain.locator("#fault-delay")).to_have_value("soon")
    plain.locator("#fault-delay").fill("1.5")
    plain.locator("#fault-answer").select_option("status")
    button(plain, "Set the fault").click()
    expect(plain.locator("#faults li").first).to_contain_text("1.5 s late, status 502, until it is removed")
    assert faults(mock) != none
    button(plain, "Remove the fault of every other key").click()
    expect(plain.locator("#faults li").first).to_have_text("None is set.")
    assert faults(mock) == none


def test_a_key_and_the_settings_are_changed_without_a_script(plain: Page, mock: MockServer, receiver: Receiver) -> None:
    plain.goto(f"{mock.url}/__admin/pages/steer")
    plain.locator("#account-new").fill("team-key")
    plain.locator("#account-credits").fill("700")
    plain.locator("#account-maintenance").select_option("on")
    button(plain, "Change the key").click()
    row = plain.locator("#keys tbody tr", has_text="maintenance")
    expect(row.locator("td").first).to_have_text("700")
    assert extend(mock, receiver, key="team-key")["code"] == 455
    row.get_by_role("button").click()
    expect(plain.locator("#keys tbody tr", has_text="maintenance")).to_have_count(0)
    assert extend(mock, receiver, key="team-key")["code"] == 200
    plain.locator("#settings-maintenance").select_option("on")
    button(plain, "Change the settings").click()
    expect(plain.locator("#settings-maintenance")).to_have_value("on")
    assert extend(mock, receiver)["code"] == 455


def test_two_callbacks_are_compared_without_a_script(plain: Page, mock: MockServer, receiver: Receiver) -> None:
    extend(mock, receiver)
    mock.clock.advance(180)
    plain.goto(f"{mock.url}/__admin/")
    rows(plain).first.click()
    plain.locator("#detail").get_by_role("link", name="Compare", exact=True).click()
    plain.get_by_label("the later").select_option(index=2)
    button(plain, "Compare").click()
    expect(plain.locator("ins", has_text='"callbackType": "first"')).to_be_visible()
    plain.get_by_role("link", name="Swap").click()
    expect(plain.locator("del", has_text='"callbackType": "first"')).to_be_visible()


def test_a_fault_is_set_and_removed_by_the_keyboard_alone(page: Page, mock: MockServer) -> None:
    tab_to(page, "nav a[href$=steer]")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Faults")
    tab_to(page, "#fault-delay")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(page.locator("#faults li").first).to_contain_text("2 s late")
    expect(page.locator("#fault-delay")).to_be_focused()
    page.evaluate("document.activeElement.blur()")
    tab_to(page, "#faults li button")
    page.keyboard.press("Space")
    expect(page.locator("#faults li").first).to_have_text("None is set.")


def test_two_callbacks_are_compared_by_the_keyboard_alone(page: Page, mock: MockServer, receiver: Receiver) -> None:
    extend(mock, receiver)
    mock.clock.advance(180)
    expect(page.locator(".row .stages .good")).to_have_count(3)
    page.keyboard.press("j")
    expect(page.locator("#detail h1")).to_be_visible()
    tab_to(page, "#detail a[href*=compare]")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Compare")
    tab_to(page, "#compare-other")
    page.keyboard.press("ArrowUp")
    tab_to(page, "#compare button")
    page.keyboard.press("Enter")
    expect(page.locator("ins", has_text='"callbackType": "first"')).to_be_visible()
