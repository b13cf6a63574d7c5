"""What each button does, and what it says of a form that it cannot use."""

import pytest

from mock_server.core.errors import BadSetting, ClockRuns, NoSuch
from mock_server.domain.attempt import Outcome
from mock_server.pages.buttons import Buttons
from mock_server.pages.inbox import Inbox
from tests.builders import TEXT
from tests.clients import KEY, Mock, client, extend

pytestmark = pytest.mark.anyio


def buttons(mock: Mock) -> Buttons:
    return Buttons(mock.control, Inbox(mock.store, mock.control.catalogue))


async def test_a_callback_is_delivered_once_more() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        task_id = (await extend(http)).json()["data"]["taskId"]
        await mock.advance(TEXT)
        await buttons(mock).press("redeliver", {"task": task_id, "stage": "text"})
        assert mock.delivery.stages == ["text", "text"]


async def test_what_failed_is_delivered_once_more_to_the_same_url_or_another() -> None:
    mock = Mock()
    mock.delivery.outcomes = [Outcome.REFUSED]
    other = "http://127.0.0.1:9/other"
    async with client(mock.app) as http:
        for title in ("Mine", "Theirs"):
            await extend(http, title=title)
        await mock.advance(TEXT)
        mock.delivery.sent.clear()
        with pytest.raises(BadSetting, match="no callback of what is shown fails"):
            await buttons(mock).press("redeliver-failed", {"back": "/__admin/?q=nothing"})
        with pytest.raises(BadSetting, match=r'to is "nowhere"\. Allowed: an absolute http'):
            await buttons(mock).press("redeliver-failed", {"back": "/__admin/", "to": "nowhere"})
        assert mock.delivery.sent == []
        await buttons(mock).press("redeliver-failed", {"back": "/__admin/?q=mine", "to": other})
        assert [url for url, _ in mock.delivery.sent] == [other]
        mock.delivery.outcomes = [Outcome.ACCEPTED]
        await buttons(mock).press("redeliver-failed", {"back": "/__admin/"})
        assert len(mock.delivery.sent) == 3
        with pytest.raises(BadSetting, match="no callback of what is shown fails"):
            await buttons(mock).press("redeliver-failed", {"back": "/__admin/"})


async def test_the_clock_is_moved_let_go_and_frozen() -> None:
    mock = Mock()
    before = mock.clock.now()
    await buttons(mock).press("advance", {"seconds": "1.5"})
    assert mock.clock.now() == before + 1.5
    await buttons(mock).press("run", {})
    with pytest.raises(ClockRuns, match=r"^the clock runs by itself"):
        await buttons(mock).press("advance", {"seconds": "1"})
    await buttons(mock).press("freeze", {})
    assert mock.clock.frozen


async def test_the_next_request_of_a_key_fails_and_not_the_one_after() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await extend(http)
        inbox = Inbox(mock.store, mock.control.catalogue)
        pressed = Buttons(mock.control, inbox)
        form = {"key": (await inbox.keys())[0].handle, "scenario": "429"}
        await pressed.press("fail", form)
        assert [(await extend(http)).json()["code"] for _ in range(2)] == [429, 200]
        await pressed.press("fail", form)
        await pressed.press("unqueue", form)
        assert (await extend(http, KEY)).json()["code"] == 200


async def test_a_question_is_read_otherwise_until_a_reset() -> None:
    mock = Mock()
    await buttons(mock).press("read", {"question": "first_items", "reading": "both"})
    assert (await mock.control.questions())["first_items"] == "both"
    await buttons(mock).press("reset", {"all": "true"})
    assert (await mock.control.questions())["first_items"] == "one"


@pytest.mark.parametrize(
    ("name", "form", "text"),
    [
        ("redeliver", {"stage": "text"}, "task is missing. Allowed: any that the page offers."),
        ("advance", {"seconds": "soon"}, "seconds is 'soon'. Allowed: a number."),
        ("advance", {"seconds": "-1"}, "seconds is -1.0. Allowed: 0 or more; a clock goes back with a reset alone."),
        ("advance", {}, "seconds is missing. Allowed: any that the page offers."),
        ("read", {"question": "first_items", "reading": "on"}, "reading of first_items 'on' is unknown. Nearest: one."),
        ("reset", {}, "all is missing. Allowed: any that the page offers."),
        ("rest", {}, "button 'rest' is unknown. Nearest: reset."),
    ],
)
async def test_what_a_button_cannot_use_is_told(name: str, form: dict[str, str], text: str) -> None:
    with pytest.raises(BadSetting) as error:
        await buttons(Mock()).press(name, form)
    assert str(error.value).startswith(text)


async def test_a_key_that_is_gone_is_told() -> None:
    with pytest.raises(NoSuch, match=r"^the mock does not know that key any more; reload the page$"):
        await buttons(Mock()).press("fail", {"key": "gone", "scenario": "429"})
