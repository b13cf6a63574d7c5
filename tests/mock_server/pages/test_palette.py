"""What leads from every page to every other: by the keyboard, and as plain links without a script."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from mock_server.testing.mock_server import MockServer
from mock_server.testing.receiver import Receiver
from tests.browser import hindrances
from tests.mock_server.pages.test_page import extend, rows


def palette(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Go to")


def opened(page: Page) -> Locator:
    page.keyboard.press("Control+k")
    expect(palette(page)).to_be_visible()
    expect(page.locator("#go-to")).to_be_focused()
    return palette(page)


def test_a_page_is_reached_by_keys_alone(page: Page) -> None:
    opened(page)
    page.keyboard.type("char")
    expect(palette(page).get_by_role("link")).to_have_text(["Charts"])
    expect(page.locator("#go-found")).to_contain_text("1 of ")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Charts")
    opened(page)
    page.keyboard.press("Escape")
    expect(palette(page)).to_be_hidden()


def test_arrows_go_through_what_is_found_and_round(page: Page) -> None:
    opened(page)
    page.keyboard.type("export as")
    names = palette(page).get_by_role("link").all_text_contents()
    for name in names:
        page.keyboard.press("ArrowDown")
        expect(palette(page).get_by_role("link", name=name, exact=True)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#go-to")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(palette(page).get_by_role("link", name=names[-1], exact=True)).to_be_focused()


def test_a_code_is_reached(page: Page) -> None:
    opened(page)
    page.keyboard.type("429 code")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"pages/codes#429$"))


def test_other_words_search_the_inbox(page: Page, mock: MockServer, receiver: Receiver) -> None:
    extend(mock, receiver, title="Blue Train")
    extend(mock, receiver, title="Red Bus")
    expect(rows(page)).to_have_count(2)
    page.get_by_role("link", name="Try", exact=True).click()
    page.wait_for_url("**/try*")  # and for its scripts: a key that is pressed before is heard by nobody
    opened(page)
    page.keyboard.type("blue tra")
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_text(["Blue Train"])
    expect(palette(page)).to_be_hidden()


def test_it_stays_open_and_narrowed_when_something_comes(page: Page, mock: MockServer, receiver: Receiver) -> None:
    opened(page)
    page.keyboard.type("char")
    extend(mock, receiver, title="Blue Train")
    expect(rows(page)).to_have_text(["Blue Train"])
    expect(palette(page).get_by_role("link")).to_have_text(["Charts"])
    expect(page.locator("#go-to")).to_have_value("char")


def test_a_button_opens_it_and_it_hinders_nobody(page: Page) -> None:
    page.get_by_role("button", name="Go to…").click()
    expect(palette(page)).to_be_visible()
    assert hindrances(page) == []
    page.set_viewport_size({"width": 400, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.keyboard.press("Control+k")
    expect(palette(page)).to_be_hidden()


@pytest.mark.parametrize("width", [400, 1600])
def test_without_a_script_its_links_stand_below_each_page(browser: Browser, mock: MockServer, width: int) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": width, "height": 700})
    page = context.new_page()
    for path in ("", "pages/try", "pages/steer", "pages/charts", "pages/codes", "pages/questions", "pages/compare"):
        page.goto(f"{mock.url}/__admin/{path}")
        expect(page.get_by_role("button", name="Go to…")).to_be_hidden()
        expect(palette(page).get_by_role("link", name="Charts")).to_be_visible()
    palette(page).get_by_role("link", name="What was refused").click()
    expect(page.locator("#filter-status")).to_have_value("refused")
    page.locator("#go-to").fill("status:failed")
    page.get_by_role("button", name="Search the inbox").click()
    expect(page.locator("#filter-q")).to_have_value("status:failed")
    context.close()
