"""The pages in a real browser: what is live, what each button does, what is safe, and at every width."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response, expect

from mock_server.contract.examples import documented_request
from mock_server.contract.operations import EXTEND, path
from mock_server.core.clock import elapsed
from mock_server.pages.shown_keys import label
from mock_server.testing.mock_server import MockServer
from mock_server.testing.receiver import Receiver
from mock_server.testing.receiver_http import Received
from tests.browser import hindrances
from tests.mock_server.pages.conftest import raised

IMAGE = "<img src=x onerror=\"document.title='taken'\">"
HOSTILE = f"</title></pre><script>document.title='taken'</script>{IMAGE}"
TOKEN = "t0ken"
NEWCOMER = 15
"""Seconds from the empty page to a received callback, of a machine with other work to do."""
PAGES = ("try", "codes", "questions", "compare", "steer", "charts")
PICTURES = "Promise.all([...document.querySelectorAll('figure img')].map((img) => img.decode()))"
"""Waits until every picture is there, and throws for one that cannot be read."""


def extend(mock: MockServer, receiver: Receiver, key: str | None = None, **changes: Any) -> dict[str, Any]:
    """The answer to the documented request with changes."""
    body = {**documented_request("apikley"), "callBackUrl": receiver.url, **changes}
    headers = {"Authorization": f"Bearer {key or mock.key}"}
    answer: dict[str, Any] = httpx.post(mock.url + path(EXTEND), json=body, headers=headers).json()
    return answer


def rows(page: Page) -> Locator:
    return page.locator("#list .row b")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def chosen(page: Page, mock: MockServer, receiver: Receiver, seconds: float = 0, **changes: Any) -> str:
    """A task that is looked at, so many seconds after it was accepted."""
    task_id: str = extend(mock, receiver, **changes)["data"]["taskId"]
    page.locator(f"#row-{task_id}").click()
    mock.clock.advance(seconds)
    return task_id


def happened(page: Page) -> Locator:
    return page.locator(".timeline li")


def test_what_comes_appears_by_itself(page: Page, mock: MockServer, receiver: Receiver) -> None:
    expect(page.get_by_text("Nothing came yet.")).to_be_visible()
    extend(mock, receiver, title="First")
    expect(rows(page)).to_have_text(["First"])
    extend(mock, receiver, prompt=5)
    extend(mock, receiver, title="Second")
    expect(rows(page)).to_have_text(["Second", "Validation Error", "First"])


def test_a_newcomer_gets_a_callback_without_leaving_the_page(context: BrowserContext) -> None:
    with MockServer(pace="time") as mock:
        page = context.new_page()
        page.on("pageerror", raised)
        began = elapsed()
        page.goto(f"{mock.url}/__admin/")
        expect(page.locator(".steps > li")).to_have_class(["good", "dull", "dull"])
        button(page, "Send a test request").click()
        expect(happened(page).filter(has_text="text callback accepted")).to_contain_text("HTTP 200")
        expect(page.locator(".row .stages .good").first).to_be_visible()
        assert elapsed() - began < NEWCOMER
        assert urlsplit(page.url).path == "/__admin/"


def test_a_request_is_checked_as_it_is_typed_and_sent(page: Page, mock: MockServer) -> None:
    page.get_by_role("link", name="Try").click()
    title, said = page.get_by_label("title"), page.locator("#about-title")
    expect(said).to_contain_text("23 of 80 characters")
    title.fill("W" * 81)
    expect(said).to_contain_text("81 of 80 characters")
    expect(said).to_contain_text("title has 81 characters; allowed: at most 80 characters for model V4")
    page.get_by_label("model").select_option("V5")
    expect(said).to_contain_text("81 of 100 characters")
    expect(page.locator("#snippet-curl pre")).to_contain_text("W" * 81)
    page.get_by_label("audioId").fill("nobody's")
    button(page, "Send").click()
    expect(page.locator("#about-audioId")).to_contain_text("allowed: a listed track")
    expect(title).to_have_value("W" * 81)
    expect(page.locator("#came .badge")).to_have_text("404")
    assert hindrances(page) == []
    page.go_back()
    expect(page.locator("#came .badge")).to_have_count(0)
    expect(page.get_by_label("audioId")).not_to_have_value("nobody's")
    title.fill("Short")
    button(page, "Send").click()
    expect(page.locator("#came .badge")).to_have_text("PENDING")
    mock.clock.advance(30)
    expect(happened(page).filter(has_text="text callback accepted")).to_contain_text("HTTP 200", timeout=15_000)
    page.keyboard.press("Escape")


def test_a_timeline_grows_while_it_is_looked_at(page: Page, mock: MockServer, receiver: Receiver) -> None:
    chosen(page, mock, receiver)
    expect(page.locator("#detail h1")).to_be_visible()
    expect(page.locator(".timeline .good")).to_have_count(1)
    mock.clock.advance(30)
    expect(happened(page).filter(has_text="text callback accepted")).to_contain_text("HTTP 200")
    expect(page.locator(".row .stages .good")).to_have_count(1)


def test_a_refused_request_tells_its_rules(page: Page, mock: MockServer, receiver: Receiver) -> None:
    extend(mock, receiver, prompt=5)
    page.get_by_role("link", name="Validation Error").click()
    expect(page.locator("#detail li code")).to_have_text("extend.prompt.type")
    expect(page.locator(".msg")).to_contain_text("prompt is 5; allowed: a string")


def test_what_was_looked_at_has_a_url_and_a_way_back(page: Page, mock: MockServer, receiver: Receiver) -> None:
    task_id = chosen(page, mock, receiver)
    expect(page).to_have_url(re.compile(f"task={task_id}"))
    page.go_back()
    expect(page.get_by_text("Choose a task")).to_be_visible()
    page.goto(f"{mock.url}/__admin/?task={task_id}")
    expect(page.locator("#detail h1 code")).to_have_text(task_id)


def test_a_callback_is_redelivered(page: Page, mock: MockServer, receiver: Receiver) -> None:
    chosen(page, mock, receiver, seconds=30)
    button(page, "Redeliver text").click()
    expect(happened(page).filter(has_text="once more")).to_contain_text("HTTP 200")


def test_the_clock_is_steered(page: Page, mock: MockServer, receiver: Receiver) -> None:
    chosen(page, mock, receiver)
    button(page, "+30 s").click()
    expect(page.locator("#clock time")).to_have_text("00:00:30")
    button(page, "+3 min").click()
    expect(page.locator(".badge")).to_have_text("SUCCESS")
    page.get_by_label("Seconds to advance").fill("3600")
    button(page, "Advance").click()
    expect(page.locator("#clock time")).to_have_text("01:03:30")
    button(page, "Run").click()
    expect(button(page, "Advance")).to_have_count(0)
    button(page, "Freeze").click()
    expect(button(page, "Advance")).to_have_count(1)


def test_the_next_request_fails_as_told(page: Page, mock: MockServer, receiver: Receiver) -> None:
    page.get_by_label("Next request gets").select_option("402")
    button(page, "Queue it").click()
    expect(page.locator("#steer")).to_contain_text("Next for test-key: 402")
    assert [extend(mock, receiver)["code"] for _ in range(2)] == [402, 200]
    expect(rows(page)).to_have_text(["Peaceful Piano Extended", "Insufficient Credits"])
    expect(page.locator("#steer")).not_to_contain_text("Next for")


def test_the_key_that_a_click_fails_stays_until_another_is_chosen(
    page: Page, mock: MockServer, receiver: Receiver
) -> None:
    key = page.locator("#fail-key-any")
    first = key.input_value()
    extend(mock, receiver, key="somebody-else")
    expect(rows(page)).to_have_count(1)
    page.reload()
    expect(key).to_have_value(first)
    with page.expect_response("**/pages/keep"):
        key.select_option(label=label("somebody-else"))
    page.get_by_role("link", name="Codes").click()
    expect(page.locator("#fail-key-402 option:checked")).to_have_text(label("somebody-else"))


def test_of_several_keys_one_has_to_be_chosen(context: BrowserContext, mock: MockServer, receiver: Receiver) -> None:
    for key in ("mine", "somebody-else"):
        extend(mock, receiver, key=key)
    page = context.new_page()
    page.goto(f"{mock.url}/__admin/")
    button(page, "Queue it").click()
    assert page.locator("#fail-key-any").evaluate("(select) => select.validity.valueMissing")
    page.locator("#fail-key-any").select_option(label=label("mine"))
    button(page, "Queue it").click()
    expect(page.locator("#steer")).to_contain_text(f"Next for {label('mine')}: 429")


def test_a_key_that_cannot_be_kept_is_told(context: BrowserContext, receiver: Receiver) -> None:
    page = context.new_page()
    with MockServer(pace="manual") as mock:
        page.goto(f"{mock.url}/__admin/")
    expect(page.locator(".problem")).to_contain_text("The mock does not answer.")
    page.locator("#said").evaluate("(said) => said.replaceChildren()")
    page.locator("#fail-key-any").select_option(label="empty-key")
    expect(page.locator(".problem")).to_have_text("The mock does not answer.")


def test_what_was_queued_is_dropped(page: Page, mock: MockServer, receiver: Receiver) -> None:
    button(page, "Queue it").click()
    button(page, "Drop").click()
    expect(page.locator("#steer")).not_to_contain_text("Next for")
    assert extend(mock, receiver)["code"] == 200


def test_a_scenario_is_queued_from_its_page(page: Page, mock: MockServer, receiver: Receiver) -> None:
    page.get_by_role("link", name="Codes").click()
    page.locator("#fail-455").get_by_role("button").click()
    expect(page.locator("#said")).to_have_text("The next request of the key gets 455.")
    expect(page.locator("#steer")).to_contain_text("Next for test-key: 455")
    assert extend(mock, receiver)["code"] == 455
    expect(page.locator("#steer")).not_to_contain_text("Next for")


def test_a_fault_is_set_and_removed_on_its_page(page: Page, mock: MockServer, receiver: Receiver) -> None:
    page.get_by_role("link", name="Steer").click()
    page.locator("#fault-delay").fill("soon")
    button(page, "Set the fault").click()
    expect(page.locator("#fault .problem")).to_have_text("delay is 'soon'. Allowed: 0 to 60 seconds.")
    expect(page.locator("#fault-delay")).to_have_value("soon")
    page.locator("#fault-delay").fill("")
    page.locator("#fault-answer").select_option("malformed")
    button(page, "Set the fault").click()
    expect(page.locator("#faults li")).to_contain_text("malformed, until it is removed")
    expect(page.locator("#fault .problem")).to_have_count(0)
    headers = {"Authorization": f"Bearer {mock.key}"}
    with pytest.raises(json.JSONDecodeError):
        httpx.post(mock.url + path(EXTEND), json={}, headers=headers).json()
    button(page, "Remove the fault of every other key").click()
    expect(page.locator("#faults li")).to_have_text("None is set.")
    assert extend(mock, receiver)["code"] == 200


def test_a_question_is_read_otherwise(page: Page, mock: MockServer) -> None:
    page.get_by_role("link", name="Questions").click()
    question = page.locator("#first_items")
    question.get_by_label("both").check()
    question.get_by_role("button").click()
    expect(question.locator("input[value=both][checked]")).to_have_count(1)
    assert mock.questions["first_items"] == "both"


def test_a_reset_is_asked_about(page: Page, mock: MockServer, receiver: Receiver) -> None:
    extend(mock, receiver)
    expect(rows(page)).to_have_count(1)
    page.once("dialog", lambda dialog: dialog.dismiss())
    button(page, "Reset").click()
    assert mock.tasks()
    page.once("dialog", lambda dialog: dialog.accept())
    button(page, "Reset").click()
    expect(page.get_by_text("Nothing came yet.")).to_be_visible()
    assert not mock.tasks()


def test_a_reset_from_another_page_leads_to_the_inbox(page: Page, mock: MockServer) -> None:
    page.get_by_role("link", name="Codes").click()
    page.once("dialog", lambda dialog: dialog.accept())
    button(page, "Reset").click()
    expect(page).to_have_url(f"{mock.url}/__admin/")
    expect(page.get_by_text("Nothing came yet.")).to_be_visible()


def test_what_cannot_be_done_is_told(page: Page, mock: MockServer, receiver: Receiver) -> None:
    page.get_by_label("Seconds to advance").fill("1e12")
    button(page, "Advance").click()
    expect(page.locator(".problem")).to_contain_text("the clock would pass the end of the year 9999")
    extend(mock, receiver, title="Later")
    expect(rows(page)).to_have_count(1)
    expect(page.locator(".problem")).to_contain_text("the clock would pass the end of the year 9999")
    chosen(page, mock, receiver)
    expect(page.locator(".problem")).to_have_count(0)
    mock.run(mock.control.reset(None))
    expect(page.locator(".problem")).to_contain_text("there is no task")


def test_rows_are_filtered_by_key_code_and_status(page: Page, mock: MockServer, receiver: Receiver) -> None:
    extend(mock, receiver, title="Mine")
    extend(mock, receiver, key="somebody-else", title="Theirs")
    extend(mock, receiver, prompt=5)
    expect(rows(page)).to_have_count(3)
    page.get_by_label("status").select_option("refused")
    expect(rows(page)).to_have_text(["Validation Error"])
    page.get_by_label("status").select_option("any")
    page.get_by_label("code").fill("200")
    button(page, "Filter").click()
    expect(rows(page)).to_have_text(["Theirs", "Mine"])
    page.locator("#filter-key").select_option(label=label("somebody-else"))
    expect(rows(page)).to_have_text(["Theirs"])
    extend(mock, receiver, key="somebody-else", title="Theirs too")
    expect(rows(page)).to_have_text(["Theirs too", "Theirs"])
    page.get_by_role("link", name="Clear").click()
    expect(rows(page)).to_have_count(4)
    expect(page.get_by_label("code")).to_have_value("")


def test_a_task_whose_callbacks_fail_is_told_by_more_than_colour(page: Page, mock: MockServer) -> None:
    with Receiver(lambda received: 500) as broken, Receiver() as receiver:
        extend(mock, broken, title="Broken")
        extend(mock, receiver, title="Whole")
        mock.clock.advance(30)
    page.emulate_media(forced_colors="active")
    row = page.get_by_role(
        "link", name=re.compile(r"Broken .*text refused .*callbacks fail: text refused \(HTTP 500\)")
    )
    expect(row.locator(".trouble")).to_be_visible()
    expect(row.locator(".stages i").first).to_have_text("✗")
    whole = page.get_by_role("link", name=re.compile("Whole .*text received"))
    expect(whole.locator(".trouble")).to_have_count(0)
    expect(whole.locator(".stages i").first).to_have_text("✓")
    page.get_by_label("status").select_option("callbacks fail")
    expect(rows(page)).to_have_text(["Broken"])
    row.click()
    expect(page.locator("#detail .trouble")).to_have_text("Callbacks fail: text refused (HTTP 500)")
    assert page.locator(".row[aria-current]").evaluate("(row) => getComputedStyle(row).outlineStyle") == "solid"


def test_what_failed_is_found_sent_once_more_and_exported(page: Page, mock: MockServer) -> None:
    with Receiver(lambda received: 500) as broken, Receiver() as receiver:
        extend(mock, broken, title="Broken")
        extend(mock, receiver, title="Whole")
        mock.clock.advance(30)
        page.keyboard.press("/")
        page.keyboard.type("delivery:failed after:10m")
        page.keyboard.press("Enter")
        expect(rows(page)).to_have_text(["Broken"])
        expect(page).to_have_url(re.compile("q=delivery"))
        page.locator("#summary-more").click()
        with page.expect_download() as file:
            page.locator("#more").get_by_role("link", name="HAR", exact=True).click()
        assert [each["comment"][:3] for each in json.loads(file.value.path().read_text("utf-8"))["log"]["entries"]] == [
            "-->",
            "<--",
        ]
        page.get_by_label("to", exact=True).fill(receiver.url)
        assert hindrances(page) == []
        button(page, "Redeliver all that failed").click()
        expect(rows(page)).to_have_count(0)
        page.get_by_role("searchbox").fill("stat:x")
        page.keyboard.press("Enter")
        expect(page.locator(".problem")).to_contain_text("filter 'stat' is unknown. Nearest: status.")


def test_what_is_typed_and_chosen_stays_when_something_comes(page: Page, mock: MockServer, receiver: Receiver) -> None:
    page.get_by_label("Next request gets").select_option("451")
    page.get_by_label("Seconds to advance").fill("3600")
    page.get_by_label("code").press_sequentially("42")
    extend(mock, receiver, key="a-new-key", prompt=5)
    expect(rows(page)).to_have_count(1)
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(page.get_by_label("code")).to_have_value("422")
    expect(page).to_have_url(re.compile("code=422"))
    rows(page).first.click()
    expect(page.locator("#detail h1")).to_be_visible()
    expect(page.get_by_label("Next request gets")).to_have_value("451")
    expect(page.get_by_label("Seconds to advance")).to_have_value("3600")


def test_the_focus_stays_when_something_comes(page: Page, mock: MockServer, receiver: Receiver) -> None:
    button(page, "+30 s").focus()
    for clock in ("00:00:30", "00:01:00"):
        page.keyboard.press("Enter")
        expect(page.locator("#clock time")).to_have_text(clock)
    expect(button(page, "+30 s")).to_be_focused()
    button(page, "Run").click()
    button(page, "Freeze").focus()
    extend(mock, receiver)
    expect(rows(page)).to_have_count(1)
    expect(button(page, "Freeze")).to_be_focused()


def test_what_is_open_stays_when_a_stage_comes(page: Page, mock: MockServer, receiver: Receiver) -> None:
    task_id = chosen(page, mock, receiver)
    page.locator(f"#summary-request-{task_id}").click()
    mock.clock.advance(30)
    expect(page.locator(f"#text-{task_id} pre.body")).to_be_visible()
    expect(page.locator(f"#request-{task_id} pre.body")).to_be_visible()
    expect(page.locator(f"#summary-request-{task_id}")).to_be_focused()


def test_a_filter_keeps_what_is_looked_at(page: Page, mock: MockServer, receiver: Receiver) -> None:
    task_id = chosen(page, mock, receiver)
    expect(page.locator("#detail h1 code")).to_have_text(task_id)
    page.get_by_label("status").select_option("refused")
    expect(rows(page)).to_have_count(0)
    expect(page.locator("#detail h1 code")).to_have_text(task_id)


def test_what_is_steered_from_elsewhere_is_seen(page: Page, mock: MockServer) -> None:
    mock.clock.advance(3600)
    expect(page.locator("#clock time")).to_have_text("01:00:00")
    mock.queue("429")
    expect(page.locator("#steer")).to_contain_text("Next for test-key: 429")


def test_stages_without_callbacks_come_as_the_clock_runs(context: BrowserContext, receiver: Receiver) -> None:
    with MockServer(pace="100x") as mock:
        page = context.new_page()
        page.goto(f"{mock.url}/__admin/")
        chosen_running(page, mock, receiver)
        expect(page.locator(".badge")).to_have_text("SUCCESS")


def chosen_running(page: Page, mock: MockServer, receiver: Receiver) -> None:
    """A task without callbacks that is looked at while the clock runs."""
    task_id = extend(mock, receiver, audioId="mock-silent")["data"]["taskId"]
    page.locator(f"#row-{task_id}").click()


def test_a_task_is_looked_at_from_its_top(page: Page, mock: MockServer, receiver: Receiver) -> None:
    for title in ("One", "Two"):
        extend(mock, receiver, title=title)
    mock.clock.advance(180)
    rows(page).first.click()
    expect(page.locator(".timeline li").last).to_contain_text("complete")
    page.evaluate("scrollTo(0, 900)")
    page.keyboard.press("j")
    expect(page.locator(".row[aria-current] b")).to_have_text("One")
    expect(page.locator(".brand")).to_be_in_viewport(ratio=1)


LOOKS = "performance.getEntriesByType('resource').filter(({name}) => name === location.href)"
"""How often a page has looked at itself again, and when."""


def test_a_page_looks_again_twice_a_second_at_most(page: Page, mock: MockServer, receiver: Receiver) -> None:
    for number in range(60):
        extend(mock, receiver, title=f"Song {number}")
    expect(rows(page)).to_have_count(60)
    looks = page.evaluate(f"{LOOKS}.map((look) => look.startTime)")
    assert len(looks) >= 2
    # One look may begin late, so that the next comes sooner after it; over all of them the rate holds.
    assert len(looks) - 1 <= (looks[-1] - looks[0]) / 500 + 1


def test_a_page_looks_less_often_while_changes_do_not_cease(page: Page) -> None:
    page.evaluate("""() => {
      const Real = DOMParser;
      window.DOMParser = class extends Real {
        parseFromString(...given) {
          const until = performance.now() + 40;
          while (performance.now() < until);
          (window.looks ??= []).push(performance.now());
          return super.parseFromString(...given);
        }
      };
      setInterval(refresh, 50);
    }""")
    page.wait_for_function("() => window.looks?.length >= 8", timeout=60_000)
    looks = page.evaluate("window.looks")
    assert looks[7] - looks[6] >= 40 * 40


def test_a_page_that_looks_again_is_sent_what_changed(page: Page, mock: MockServer, receiver: Receiver) -> None:
    for number in range(60):
        extend(mock, receiver, title=f"Song {number}")
    expect(rows(page)).to_have_count(60)
    with page.expect_response(lambda answer: answer.request.resource_type == "fetch"):
        page.reload()
    page.evaluate("document.querySelector('.row').mark = 'the same'")
    looks: list[Response] = []
    page.on("response", lambda look: looks.extend([look]))  # one that was on its way may come first
    extend(mock, receiver, title="The last")
    expect(rows(page)).to_have_count(61)
    texts = [look.text() for look in looks if look.request.resource_type == "fetch" and look.ok]
    (text,) = [text for text in texts if "The last" in text]
    assert "Song 59" not in text
    assert len(text) < len(page.content()) / 3
    assert page.evaluate("document.querySelectorAll('.row')[1].mark") == "the same"


LOSING = """() => {
    const fetching = window.fetch;
    window.fetch = (...how) => { document.querySelector('.item')?.remove(); return fetching(...how); };
}"""
"""Has rows disappear while an answer is on its way."""


def test_what_is_gone_when_an_answer_comes_is_sent_then(page: Page, mock: MockServer, receiver: Receiver) -> None:
    extend(mock, receiver, title="One")
    expect(rows(page)).to_have_text(["One"])
    page.evaluate(LOSING)
    with page.expect_request(lambda asked: asked.resource_type == "fetch" and "suno-mock-has" not in asked.headers):
        mock.queue("429")
    expect(rows(page)).to_have_text(["One"])


@pytest.fixture
def hanging() -> Iterator[tuple[Receiver, Event]]:
    """A receiver that does not answer before it may."""
    may = Event()

    def answer(received: Received) -> int:
        may.wait(20)
        return 200

    with Receiver(answer) as started:
        yield started, may
        may.set()


def test_a_receiver_that_hangs_is_told_and_no_click_is_lost(
    page: Page, mock: MockServer, hanging: tuple[Receiver, Event]
) -> None:
    receiver, may = hanging
    task_id = chosen(page, mock, receiver)
    button(page, "+30 s").click()
    button(page, "+3 min").click()
    waits = page.locator("#waits")
    where = urlsplit(receiver.url).netloc
    expect(waits).to_contain_text(f"Waiting for {where} to answer the text callback of task {task_id}.")
    expect(waits).to_contain_text("It gets at most 15 s.")
    expect(waits).to_contain_text("2 buttons that were pressed are done after that.")
    expect(happened(page).filter(has_text="text callback under way")).to_have_count(1)
    expect(button(page, "+30 s")).to_be_enabled()
    may.set()
    expect(page.locator("#clock time")).to_have_text("00:03:30")
    expect(page.locator(".badge")).to_have_text("SUCCESS")
    expect(waits.locator("p")).to_have_count(0)


def test_a_receiver_that_hangs_is_told_without_a_script(
    browser: Browser, mock: MockServer, hanging: tuple[Receiver, Event]
) -> None:
    receiver, _ = hanging
    extend(mock, receiver)
    opened = browser.new_context(java_script_enabled=False)
    page = opened.new_page()
    page.goto(f"{mock.url}/__admin/")
    button(page, "+30 s").click()
    expect(page.locator("#waits")).to_contain_text("1 button that was pressed is done after that.")
    opened.close()


def test_the_keyboard_leads_through_the_rows(page: Page, mock: MockServer, receiver: Receiver) -> None:
    for title in ("One", "Two", "Three"):
        extend(mock, receiver, title=title)
    expect(rows(page)).to_have_count(3)
    current = page.locator(".row[aria-current] b")
    for key, title in (
        ("j", "Three"),
        ("ArrowDown", "Two"),
        ("j", "One"),
        ("j", "One"),
        ("k", "Two"),
        ("ArrowUp", "Three"),
    ):
        page.keyboard.press(key)
        expect(current).to_have_text(title)
    page.keyboard.press("Escape")
    expect(current).to_have_count(0)
    page.keyboard.press("f")
    expect(page.locator("#filter-key")).to_be_focused()
    page.locator("body").click(position={"x": 800, "y": 800})
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


def test_a_request_is_copied_as_a_curl_that_works(
    page: Page, context: BrowserContext, mock: MockServer, receiver: Receiver
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=mock.url)
    chosen(page, mock, receiver)
    page.locator("[id^=summary-request-]").click()
    button(page, "Copy as curl").locator("visible=true").last.click()
    expect(page.get_by_text("Copied")).to_be_visible()
    command = page.evaluate("navigator.clipboard.readText()")
    answer = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=20, check=True).stdout
    assert json.loads(answer)["code"] == 200
    expect(rows(page)).to_have_count(2)


def test_a_body_is_folded_and_copied(page: Page, context: BrowserContext, mock: MockServer, receiver: Receiver) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=mock.url)
    task_id = chosen(page, mock, receiver, seconds=180)
    page.locator(f"#summary-tree-first-{task_id}").click()
    tree = page.locator(f"#tree-first-{task_id}")
    member = tree.get_by_text('"callbackType": "first"')
    expect(member).to_be_visible()
    tree.locator("summary", has_text='"data"').first.click()
    expect(member).to_be_hidden()
    extend(mock, receiver)
    expect(rows(page)).to_have_count(2)
    expect(member).to_be_hidden()
    for what in ("Copy raw", "Copy pretty"):
        page.locator(f"#first-{task_id}").get_by_role("button", name=what).click()
        expect(page.get_by_text("Copied")).to_be_visible()
        expect(page.get_by_text("Copied")).to_be_hidden()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert json.loads(copied)["data"]["callbackType"] == "first"
        assert ("\n" in copied) == (what == "Copy pretty")


def test_two_callbacks_are_compared(page: Page, mock: MockServer, receiver: Receiver) -> None:
    chosen(page, mock, receiver, seconds=180)
    page.get_by_role("link", name="Compare", exact=True).click()
    page.get_by_label("the later").select_option(index=2)
    button(page, "Compare").click()
    expect(page.locator("ins", has_text='"callbackType": "first"')).to_be_visible()
    assert "other=" in page.url


CLICKS = re.compile(r"^\| ([^|]+) \| (\d) clicks?\b", re.MULTILINE)


def test_everything_takes_as_many_clicks_as_the_comparison_says(page: Page, mock: MockServer) -> None:
    clicked: list[str] = []

    def click(place: Locator) -> None:
        clicked.append(f"{place}")
        place.click()

    def deliver_all_that_failed() -> None:
        body = {**documented_request("apikley"), "callBackUrl": "http://127.0.0.1:1/nobody"}
        httpx.post(mock.url + path(EXTEND), json=body, headers=mock.headers)
        mock.clock.advance(30)
        expect(page.locator(".row .trouble")).to_be_visible()
        click(page.locator("#summary-more"))
        click(button(page, "Redeliver all that failed"))
        expect(page.locator("#said")).to_have_text("Sent once more.")

    def see_a_first_one() -> None:
        click(button(page, "Send a test request"))
        expect(happened(page).filter(has_text="accepted")).to_have_count(1)

    def see_how_a_delivery_went() -> None:
        click(rows(page).first)
        expect(happened(page).filter(has_text="text callback accepted")).to_be_visible()

    def see_what_the_receiver_answered() -> None:
        see_how_a_delivery_went()
        click(page.locator(".exchange summary").first)
        expect(page.get_by_label("answer", exact=True).first).to_contain_text("HTTP 200")

    def deliver_it_once_more() -> None:
        see_how_a_delivery_went()
        click(button(page, "Redeliver text"))
        expect(happened(page).filter(has_text="once more")).not_to_have_count(0)

    def see_what_differs_between_two() -> None:
        click(rows(page).first)
        click(page.get_by_role("link", name="Compare", exact=True))
        expect(page.locator("ins").first).to_be_visible()

    def break_answers_on_purpose() -> None:
        click(page.get_by_role("link", name="Steer"))
        page.locator("#fault-answer").select_option("reset")
        click(button(page, "Set the fault"))
        expect(page.locator("#faults li")).to_contain_text("reset")

    steps = (
        see_a_first_one,
        see_how_a_delivery_went,
        see_what_the_receiver_answered,
        deliver_it_once_more,
        see_what_differs_between_two,
        deliver_all_that_failed,
        break_answers_on_purpose,
    )
    counted = {}
    for step in steps:
        page.goto(f"{mock.url}/__admin/")
        clicked.clear()
        step()
        counted[step.__name__.replace("_", " ")] = len(clicked)
        mock.clock.advance(180)
    said = dict(CLICKS.findall((Path(__file__).parents[3] / "docs" / "desk.md").read_text()))
    assert counted == {what: int(clicks) for what, clicks in said.items()}


def test_a_title_of_blanks_and_a_body_of_no_text_can_be_read(page: Page, mock: MockServer, receiver: Receiver) -> None:
    chosen(page, mock, receiver, seconds=180, title="   ")
    expect(rows(page)).to_have_text(['"   "'], use_inner_text=True)
    expect(page.locator("figcaption b").first).to_have_text('"   "', use_inner_text=True)
    httpx.post(mock.url + path(EXTEND), content=b'{"title": "caf\xe9"}', headers=mock.headers)
    expect(rows(page)).to_have_count(2)
    rows(page).first.click()
    expect(page.locator("#detail pre.body").first).to_have_text('{"title": "caf\\xe9"}')
    expect(page.locator("#detail .note")).to_contain_text("It is no UTF-8.")


def test_tracks_are_seen_and_heard(page: Page, mock: MockServer, receiver: Receiver) -> None:
    chosen(page, mock, receiver, seconds=180)
    audio = page.locator("audio").first
    expect(audio).to_be_visible()
    length = audio.evaluate("async (audio) => { await audio.play(); audio.pause(); return audio.duration }")
    assert length == pytest.approx(mock.run(mock.control.tracks())[0].duration, abs=120)
    assert length > 60
    page.evaluate(PICTURES)
    one, other = (each.bounding_box() for each in page.locator(".waveform").all())
    assert one is not None
    assert other is not None
    assert (one["y"], one["width"]) == (other["y"], other["width"])
    assert other["x"] >= one["x"] + one["width"], "side by side"


def test_what_is_played_and_opened_stays_when_something_else_changes(
    page: Page, mock: MockServer, receiver: Receiver
) -> None:
    task_id = chosen(page, mock, receiver, seconds=180)
    expect(page.locator("audio")).to_have_count(2)
    page.evaluate("document.querySelector('audio').mark = 'the same'")
    page.locator(f"#summary-request-{task_id}").click()
    mock.redeliver(task_id, "text")
    expect(happened(page).filter(has_text="once more")).to_have_count(1)
    assert page.evaluate("document.querySelector('audio').mark") == "the same"
    expect(page.locator(f"#request-{task_id} pre.body")).to_be_visible()


def test_what_is_hostile_is_shown_and_not_obeyed(page: Page, mock: MockServer, receiver: Receiver) -> None:
    chosen(page, mock, receiver, seconds=180, title=IMAGE, prompt=HOSTILE, style=HOSTILE)
    expect(page.locator("figcaption b").first).to_have_text(IMAGE)
    extend(mock, receiver, key="k" + HOSTILE.replace(" ", ""), model=HOSTILE)
    expect(rows(page)).to_have_count(2)
    rows(page).first.click()
    expect(page.locator(".msg")).to_contain_text("<script>")
    page.reload()
    assert page.title() == "suno-mock"
    assert page.locator("main script, main img[src=x]").count() == 0


def test_no_request_leaves_the_machine(page: Page, mock: MockServer, receiver: Receiver) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    chosen(page, mock, receiver, seconds=180)
    page.evaluate(PICTURES)
    for name in ("Try", "Steer", "Codes", "Questions", "Inbox"):
        page.get_by_role("link", name=name).click()
    page.wait_for_load_state()
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(mock.url).netloc}


@pytest.mark.parametrize(("width", "scheme"), [(400, "dark"), (1600, "light")])
def test_pages_hinder_nobody(browser: Browser, mock: MockServer, receiver: Receiver, width: int, scheme: Any) -> None:
    task_id = extend(mock, receiver)["data"]["taskId"]
    extend(mock, receiver, prompt=5)
    mock.clock.advance(180)
    page = browser.new_page(viewport={"width": width, "height": 700}, color_scheme=scheme)
    for url in ("", f"?task={task_id}", "?entry=2", *(f"pages/{each}" for each in PAGES)):
        page.goto(f"{mock.url}/__admin/{url}")
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
        assert (url, hindrances(page)) == (url, [])
    page.close()


@pytest.mark.parametrize("width", [400, 800, 1600])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_every_width(browser: Browser, mock: MockServer, receiver: Receiver, width: int, scheme: Any) -> None:
    task_id = extend(mock, receiver, title="W" * 80, prompt="W" * 1000)["data"]["taskId"]
    extend(mock, receiver, prompt=5)
    mock.clock.advance(180)
    page = browser.new_page(viewport={"width": width, "height": 700}, color_scheme=scheme)
    for url in ("", f"?task={task_id}", "?entry=2", *(f"pages/{each}" for each in PAGES)):
        page.goto(f"{mock.url}/__admin/{url}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, url
    shade = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0]")
    assert (shade < 100) == (scheme == "dark")
    page.close()


def test_a_narrow_page_shows_the_list_or_what_was_chosen(
    browser: Browser, mock: MockServer, receiver: Receiver
) -> None:
    extend(mock, receiver)
    page = browser.new_page(viewport={"width": 400, "height": 700})
    page.goto(f"{mock.url}/__admin/")
    rows(page).first.click()
    expect(page.locator("#detail h1")).to_be_visible()
    expect(page.locator("#list")).to_be_hidden()
    page.get_by_role("link", name="← all").click()
    expect(page.locator("#list")).to_be_visible()
    for _ in range(20):
        extend(mock, receiver)
    expect(rows(page)).to_have_count(21)
    page.evaluate("scrollTo(0, 500)")
    rows(page).last.click()
    expect(page.locator("#detail h1")).to_be_visible()
    page.get_by_role("link", name="← all").click()
    expect(page.locator("#list")).to_be_visible()
    assert page.evaluate("scrollY") >= 500
    page.close()


def test_the_page_works_without_its_script(browser: Browser, mock: MockServer, receiver: Receiver) -> None:
    task_id = extend(mock, receiver)["data"]["taskId"]
    opened = browser.new_context(java_script_enabled=False)
    page = opened.new_page()
    page.goto(f"{mock.url}/__admin/")
    rows(page).first.click()
    button(page, "+30 s").click()
    button(page, "Redeliver text").click()
    expect(happened(page).filter(has_text="once more")).to_have_count(1)
    assert task_id in page.url
    opened.close()


def test_a_token_opens_the_page(browser: Browser, receiver: Receiver) -> None:
    with MockServer(pace="manual", admin_token=TOKEN) as mock:
        opened = browser.new_context(http_credentials={"username": "me", "password": TOKEN})
        page = opened.new_page()
        page.goto(f"{mock.url}/__admin/")
        extend(mock, receiver, title="Live")
        expect(rows(page)).to_have_text(["Live"])
        button(page, "+30 s").click()
        expect(page.locator("#clock time")).to_have_text("00:00:30")
        opened.close()


def test_a_mock_that_is_gone_is_told(context: BrowserContext, receiver: Receiver) -> None:
    page = context.new_page()
    with MockServer(pace="manual") as mock:
        page.goto(f"{mock.url}/__admin/")
        extend(mock, receiver, title="Last")
        expect(rows(page)).to_have_text(["Last"])
    expect(page.locator(".problem")).to_contain_text("The mock does not answer.")
    expect(rows(page)).to_have_text(["Last"])
    button(page, "+30 s").click()
    expect(page.locator(".problem")).to_have_text("The mock does not answer.")
