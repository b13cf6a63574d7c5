"""Make the picture of the README anew: `python -m tests.screenshot`."""

from pathlib import Path

from mock_server.testing.mock_server import MockServer
from mock_server.testing.receiver import Receiver
from tests.browser import chromium
from tests.mock_server.pages.test_page import extend

PICTURE = Path(__file__).parents[1] / "docs" / "inbox.png"


def main() -> None:
    PICTURE.parent.mkdir(exist_ok=True)
    with MockServer(pace="manual", seed=7) as mock, Receiver() as receiver, chromium() as browser:
        task_id = _filled(mock, receiver)
        page = browser.new_page(viewport={"width": 1280, "height": 860}, color_scheme="light")
        page.goto(f"{mock.url}/__admin/?task={task_id}", wait_until="load")
        page.evaluate("Promise.all([...document.querySelectorAll('figure img')].map((img) => img.decode()))")
        page.screenshot(path=PICTURE)
    print(PICTURE.relative_to(Path.cwd()))


def _filled(mock: MockServer, receiver: Receiver) -> str:
    """A mock to look at; the id of the task to show."""
    extend(mock, receiver, title="Night Drive")
    mock.clock.advance(40)
    extend(mock, receiver, style=None, continueAt=0)
    extend(mock, receiver, key="customer-7", title="Rain on Tin", audioId="mock-callback-501")
    mock.clock.advance(65)
    receiver.answer = lambda received: 500 if b'"first"' in received.body else 200
    shown: str = extend(mock, receiver, title="Peaceful Piano Extended")["data"]["taskId"]
    mock.clock.advance(110)
    extend(mock, receiver, key="mock-429")
    receiver.answer = lambda received: 200
    mock.clock.advance(60)
    extend(mock, receiver, key="customer-7", title="Second Wind")
    return shown


if __name__ == "__main__":
    main()
