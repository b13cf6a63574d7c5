"""A mock, a receiver, and a browser that shows its inbox."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from mock_server.testing.mock_server import MockServer
from mock_server.testing.receiver import Receiver
from tests.browser import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as started:
        yield started


@pytest.fixture
def mock() -> Iterator[MockServer]:
    with MockServer(pace="manual") as started:
        yield started


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1600, "height": 900})
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext, mock: MockServer) -> Page:
    """The inbox in a browser; whatever its script throws fails the test."""
    opened = context.new_page()
    opened.on("pageerror", raised)
    opened.goto(f"{mock.url}/__admin/")
    return opened


def raised(error: Any) -> None:
    raise AssertionError(error)
