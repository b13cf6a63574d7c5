"""The control plane of a mock in another process, as a client sees it."""

import httpx
import pytest

from mock_server.commands.client.admin_client import Refused, Remote, Silent, Unreached
from mock_server.core.errors import BadSetting
from mock_server.core.settings import BASE_URL
from mock_server.testing.mock_server import MockServer
from tests.admin_answers import CLOCK, HEALTH, TASK, entry, page, task_page

Asked = list[tuple[str, dict[str, float | None]]]


def remote(
    answer: httpx.Response | httpx.HTTPError, url: str = BASE_URL, health: object = HEALTH, asked: Asked | None = None
) -> Remote:
    """`asked` gets the paths and the timeouts."""

    def answered(request: httpx.Request) -> httpx.Response:
        if asked is not None:
            asked.append((request.url.path, request.extensions["timeout"]))
        if request.url.path == "/__admin/health" and health:
            return httpx.Response(200, json=health)
        if isinstance(answer, httpx.HTTPError):
            raise answer
        return answer

    return Remote(url, transport=httpx.MockTransport(answered))


def refusal(answer: httpx.Response | httpx.HTTPError, url: str = BASE_URL) -> str:
    with pytest.raises(BadSetting) as refused:
        remote(answer, url).get("clock")
    return str(refused.value)


def test_nobody_there_says_how_to_start_one() -> None:
    with pytest.raises(Unreached) as refused:
        remote(httpx.ConnectError("Connection refused")).get("clock")
    assert str(refused.value) == (
        "no mock answers at http://127.0.0.1:4010: Connection refused. "
        "Start one with `suno-mock serve`, or say where it is: --url or SUNO_MOCK_URL."
    )


def test_another_port_is_started_as_named() -> None:
    assert "`suno-mock serve --port 5000`" in refusal(httpx.ConnectTimeout(""), "http://127.0.0.1:5000/")


def test_an_error_is_its_text() -> None:
    assert refusal(httpx.Response(409, json={"error": "the clock runs\x1b"})) == "the clock runs\\x1b"


STRANGE = {
    "page": httpx.Response(200, text="<html>"),
    "list": httpx.Response(200, json=[]),
    "error": httpx.Response(404, json={}),
    "another's error": httpx.Response(404, json={"error": {"message": "no"}}),
    "redirect": httpx.Response(302, json={"error": "elsewhere"}, headers={"Location": "/"}),
}


@pytest.mark.parametrize("answer", STRANGE)
def test_what_is_no_answer_of_a_mock_is_named(answer: str) -> None:
    found = refusal(STRANGE[answer])
    assert found.startswith(f"what answers at {BASE_URL} is no suno-mock: HTTP {STRANGE[answer].status_code}")
    assert found.endswith(". Say where it is: --url or SUNO_MOCK_URL.")


HEALTHS = [[], {"status": "ok"}, {**HEALTH, "status": "UP"}, {**HEALTH, "profile": 1}, {"error": "sign in first"}]


@pytest.mark.parametrize("health", HEALTHS, ids=str)
def test_who_is_no_mock_is_asked_for_nothing_else(health: object) -> None:
    asked: Asked = []
    with pytest.raises(BadSetting) as refused:
        remote(httpx.Response(200, json=health), health=None, asked=asked).post("reset")
    assert str(refused.value).startswith(f"what answers at {BASE_URL} is no suno-mock: HTTP 200 ")
    assert [path for path, _ in asked] == ["/__admin/health"]


def test_a_mock_is_looked_at_once_and_again_when_it_went_away() -> None:
    asked: Asked = []
    found = remote(httpx.Response(204), asked=asked)
    found.post("reset")
    found.post("reset")
    assert [path.rpartition("/")[2] for path, _ in asked] == ["health", "reset", "reset"]
    found = remote(httpx.ReadError("gone"), asked=asked)
    for _ in range(2):
        with pytest.raises(Unreached, match="gone"):
            found.get("journal")
    assert [path.rpartition("/")[2] for path, _ in asked[3:]] == ["health", "journal"] * 2


def test_an_answer_may_take_as_long_as_is_asked_for() -> None:
    asked: Asked = []
    remote(httpx.Response(200, json=CLOCK), asked=asked).get("clock")
    remote(httpx.Response(200, json=page(1)), asked=asked).get("journal", within=25)
    remote(httpx.Response(200, json={**CLOCK, "attempts": 0}), asked=asked).post("clock/advance", patience=86400)
    assert [timeout["read"] for _, timeout in asked] == [15, 15, 15, 40, 15, 86400]
    assert {timeout["connect"] for _, timeout in asked} == {5}


def test_a_silent_server_is_one_line() -> None:
    with pytest.raises(Silent) as refused:
        remote(httpx.ReadTimeout(""), health=None).get("clock")
    assert str(refused.value) == (
        f"what listens at {BASE_URL} did not answer within 15 s. Say where it is: --url or SUNO_MOCK_URL."
    )


def test_a_password_is_not_shown() -> None:
    url = "http://me:hush@127.0.0.1:5000"
    assert "at http://...@127.0.0.1:5000: gone. Start one with `suno-mock serve --port 5000`" in refusal(
        httpx.ConnectError("gone"), url
    )
    assert refusal(httpx.Response(200, text="?"), url).startswith("what answers at http://...@127.0.0.1:5000 is no")
    assert Remote(url).command("tasks") == "suno-mock tasks --url http://...@127.0.0.1:5000"


def test_a_token_opens_the_control_plane() -> None:
    with MockServer(admin_token="secret") as mock, Remote(mock.url, "secret") as known:
        assert known.get("clock")["frozen"] is False
        with Remote(mock.url) as stranger, pytest.raises(BadSetting, match=r", and none came; give it with "):
            stranger.get("clock")
        with Remote(mock.url, "guess") as stranger, pytest.raises(Refused) as refused:
            stranger.get("clock")
    assert str(refused.value) == (
        f"the mock at {mock.url} has an admin token, and the one that came is another; "
        "give it with --admin-token or SUNO_MOCK_ADMIN_TOKEN."
    )


@pytest.mark.parametrize("token", ["\xe4", "a\nb", "a ", "a" * 5000])
def test_a_token_that_cannot_be_sent_is_refused(token: str) -> None:
    with pytest.raises(BadSetting, match=r"^the admin token cannot be sent\. Allowed: "):
        Remote(BASE_URL, token)


def test_a_text_that_cannot_be_sent_is_refused() -> None:
    with pytest.raises(BadSetting) as refused:
        remote(httpx.Response(204)).get("journal", key="\udcff")
    assert str(refused.value).endswith(" is no text that can be sent.")
    with pytest.raises(BadSetting, match=r"^what is asked for cannot be sent: URL too long\.$"):
        remote(httpx.Response(204)).task("a" * 100_000)


def test_commands_to_paste_name_the_mock_where_it_is_another() -> None:
    assert Remote(BASE_URL).command("clock advance") == "suno-mock clock advance"
    assert Remote("http://mock:1/").command("tasks") == "suno-mock tasks --url http://mock:1"


def paged(*answers: httpx.Response) -> tuple[Remote, list[httpx.URL]]:
    """A server that answers so in turn, and what it was asked for."""
    asked, left = list[httpx.URL](), list(answers)

    def answered(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/__admin/health":
            return httpx.Response(200, json=HEALTH)
        asked.append(request.url)
        return left.pop(0)

    return Remote(BASE_URL, transport=httpx.MockTransport(answered)), asked


@pytest.mark.parametrize(("most", "limits"), [(None, ["1000", "1000"]), (5, ["5", "3"]), (2, ["2"]), (0, [])])
def test_a_list_is_read_page_by_page(most: int | None, limits: list[str]) -> None:
    first = task_page({**TASK, "task_id": "a"}, {**TASK, "task_id": "b"}, cursor="b")
    last = task_page({**TASK, "task_id": "c"})
    server, asked = paged(httpx.Response(200, json=first), httpx.Response(200, json=last))
    found = [each["task_id"] for each in server.listed("tasks", most, status="PENDING")]
    assert found == ["a", "b", "c"][: 3 if most is None else most]
    assert [each.params["limit"] for each in asked] == limits
    assert [each.params.get("cursor") for each in asked] == [None, "b"][: len(limits)]


def test_a_server_that_says_more_and_has_nothing_is_left() -> None:
    server, asked = paged(*[httpx.Response(200, json=task_page(cursor="b"))] * 2)
    assert [*server.listed("tasks")] == []
    assert len(asked) == 1


def test_an_entry_that_is_gone_is_shown_as_the_list_has_it() -> None:
    gone, failed = httpx.Response(404, json={"error": "gone"}), httpx.Response(403, json={"error": "no"})
    server, asked = paged(httpx.Response(200, json=entry(7)), gone, failed)
    assert server.entry({"id": 7}) == entry(7)
    assert server.entry({"id": 8}) == {"id": 8}
    with pytest.raises(Refused, match="no"):
        server.entry({"id": 9})
    assert [each.path for each in asked] == [f"/__admin/journal/entries/{id}" for id in (7, 8, 9)]
