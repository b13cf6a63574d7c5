"""The task that is meant by the beginning of its id."""

from collections.abc import Sequence

import httpx
import pytest

from mock_server.commands.client.admin_client import Refused, Remote
from mock_server.commands.client.whole_id import whole_id
from mock_server.core.errors import BadSetting
from tests.admin_answers import HEALTH, WHOLE_TASK

IDS = ("1035b520aa", "1035b520ab", "5c79")


def found(begun: str, ids: Sequence[str] = IDS, asked: list[str] | None = None) -> str | None:
    def answer(request: httpx.Request) -> httpx.Response:
        if asked is not None:
            asked.append(request.url.path)
        listed, _, one = request.url.path.partition("/tasks/")
        if one:
            known = {**WHOLE_TASK, "task_id": one}
            return httpx.Response(200, json=known) if one in ids else httpx.Response(404, json={"error": "no task"})
        tasks = [{**WHOLE_TASK, "task_id": each} for each in ids]
        page = {"tasks": tasks, "more": False, "cursor": None}
        return httpx.Response(200, json=HEALTH if listed.endswith("health") else page)

    with Remote("http://127.0.0.1:1", transport=httpx.MockTransport(answer)) as remote:
        return whole_id(remote, begun)


@pytest.mark.parametrize("begun", ["1035b520aa", "1035b520ab", "5c79"])
def test_a_whole_id_is_itself(begun: str) -> None:
    assert found(begun) == begun
    assert found("5c79", ("5c79", "5c79ab")) == "5c79"


def test_a_whole_id_is_found_without_the_list() -> None:
    asked: list[str] = []
    assert found("5c79", asked=asked) == "5c79"
    assert asked == ["/__admin/health", "/__admin/tasks/5c79"]


def test_an_error_of_the_mock_is_told() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=HEALTH) if request.url.path.endswith("health") else httpx.Response(401)

    with Remote("http://127.0.0.1:1", transport=httpx.MockTransport(answer)) as remote, pytest.raises(Refused):
        whole_id(remote, "5c79")


def test_the_beginning_of_one_will_do() -> None:
    assert found("1035", ("1035b520aa", "5c79")) == "1035b520aa"


@pytest.mark.parametrize("begun", ["", "103", "1035c", "b520"])
def test_what_begins_none_or_is_too_short_names_none(begun: str) -> None:
    assert found(begun) is None


def test_what_begins_several_lists_them() -> None:
    way = "Give more of the one that you mean."
    with pytest.raises(BadSetting) as refused:
        found("1035")
    assert str(refused.value) == f"'1035' begins the ids of 2 tasks: 1035b520aa, 1035b520ab. {way}"
    with pytest.raises(BadSetting) as refused:
        found("1035", [f"1035{number}" for number in range(7)])
    assert str(refused.value).endswith(f"7 tasks: 10350, 10351, 10352, 10353, 10354, and 2 more. {way}")
