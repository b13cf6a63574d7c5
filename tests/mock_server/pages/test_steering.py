"""The panel of faults, keys and settings, without a script."""

import html
import re
from typing import Any

import httpx
import pytest

from mock_server.domain.accounts import first_key
from mock_server.pages.rendering import HOME, STEER
from mock_server.pages.shown_keys import handle_of
from mock_server.state.faults import Broken, Fault
from tests.clients import Mock, client, extend

pytestmark = pytest.mark.anyio

KEY = first_key()
HANDLE = handle_of(KEY)


async def panel(http: httpx.AsyncClient) -> str:
    answer = await http.get(STEER)
    assert answer.status_code == 200
    return html.unescape(answer.text)


async def press(http: httpx.AsyncClient, name: str, expected: int = 303, **form: Any) -> str:
    """A form of the panel; the page that it is answered with where it is refused."""
    headers = {"Origin": "http://mock"}
    answer = await http.post(f"{HOME}pages/{name}", data={"back": STEER, **form}, headers=headers)
    assert answer.status_code == expected
    assert expected != 303 or answer.headers["location"] == STEER
    return html.unescape(answer.text)


async def test_a_fault_is_set_seen_and_removed() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        assert "None is set." in await panel(http)
        await press(http, "fault", key="", delay="0.5", answer="status", status="503", times="2")
        assert await mock.control.faults() == [(None, Fault(delay=0.5, answer=Broken.STATUS, status=503, times=2))]
        assert "<code>every other key</code>: 0.5 s late, status 503, 2 more requests" in await panel(http)
        await press(http, "no-fault", key="")
        assert await mock.control.faults() == []


async def test_a_fault_is_of_one_key() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await press(http, "fault", key=HANDLE, delay="", answer="malformed", status="", times="")
        assert await mock.control.faults() == [(KEY, Fault(answer=Broken.MALFORMED))]
        assert f"<code>{KEY}</code>: malformed, until it is removed" in await panel(http)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "the fault does nothing. Allowed: with a delay or an answer."),
        ({"delay": "long"}, "delay is 'long'. Allowed: 0 to 60 seconds."),
        ({"delay": "61"}, "delay is 61. Allowed: 0 to 60 seconds."),
        ({"answer": "resett"}, "fault 'resett' is unknown. Nearest: reset."),
        ({"status": "503"}, "status is 503 for a fault that answers nothing."),
        ({"answer": "reset", "times": "0"}, "times is 0. Allowed: 1 or more"),
    ],
)
async def test_what_is_wrong_with_a_fault_stands_in_its_form(fields: dict[str, str], said: str) -> None:
    mock = Mock()
    async with client(mock.app) as http:
        text = await press(http, "fault", 400, key="", **fields)
        assert re.search(r'id="fault".*?<p class="problem" role="alert">' + re.escape(said), text, re.DOTALL)
        assert text.count(said) == 1
        for name, value in fields.items():
            assert name == "answer" or f'id="fault-{name}" value="{value}"' in text
        assert await mock.control.faults() == []


async def test_a_key_gets_what_is_filled_in_and_keeps_the_rest() -> None:
    mock = Mock()
    async with client(mock.app) as http:
        await press(http, "account", key="", new="mine", credits="12", rate_limit="1/10")
        await press(http, "account", key=handle_of("mine"), new="", maintenance="on", revoked="")
        view = await mock.control.account("mine")
        assert (view.credits, view.rate_limit, view.maintenance, view.revoked) == (12, "1/10", True, False)
        text = await panel(http)
        assert "limit 1/10 maintenance" in text
        assert (await extend(http, {"Authorization": "Bearer mine"})).json()["code"] == 455
        await press(http, "no-account", key=handle_of("mine"))
        view = await mock.control.account("mine")
        assert (view.credits, view.rate_limit, view.maintenance) == (12, None, None)
        assert "limit 1/10" not in await panel(http)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"key": "", "new": ""}, "key is missing. Allowed: one that is listed, or a new one."),
        ({"new": "mock-429"}, "the key 'mock-429' begins with 'mock-', which names a scenario."),
        ({"new": "mine", "credits": "many"}, "credits is 'many'. Allowed: a whole number."),
        ({"new": "mine", "rate_limit": "20"}, "rate limit '20' is not REQUESTS/SECONDS"),
        (
            {"new": "mine", "retention_days": "-1"},
            "retention days is -1. Allowed: 0 to 36500 days. Leave it out for the documented time.",
        ),
        ({"key": "nobody"}, "the mock does not know that key any more; reload the page"),
    ],
)
async def test_what_is_wrong_with_a_key_stands_in_its_form(fields: dict[str, str], said: str) -> None:
    mock = Mock()
    async with client(mock.app) as http:
        text = await press(http, "account", 400, **fields)
        assert re.search(r'id="account".*?<p class="problem" role="alert">' + re.escape(said), text, re.DOTALL)
        assert "mine" not in await mock.store.keys_of_their_own()


async def test_the_settings_in_force_are_shown_and_changed() -> None:
    mock = Mock(rate_limit="20/10")
    async with client(mock.app) as http:
        assert 'id="settings-rate_limit" value="20/10"' in await panel(http)
        await press(http, "settings", rate_limit="none", maintenance="on", credits="5", retention_days="")
        now = await mock.control.settings()
        assert (now.rate_limit, now.maintenance, now.credits, now.retention_days) == ("none", True, 5, None)
        assert now.strict_keys is mock.store.settings.strict_keys
        text = await press(http, "settings", 400, credits="-1", maintenance="off")
        assert re.search(r'id="settings".*?<p class="problem" role="alert">credits', text, re.DOTALL)
        assert (await mock.control.settings()).maintenance is True


async def test_what_another_form_does_wrong_is_told_above() -> None:
    async with client(Mock().app) as http:
        assert '<div id="said" role="status"><p class="problem">seconds is' in await press(
            http, "advance", 400, seconds="x"
        )
        assert '<p class="problem">the mock does not know' in await press(http, "no-fault", 400, key="nobody")
