"""Any recorded courses, started in any order and told side by side: each task hears its own, and nothing else."""

import asyncio
import json
import re
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.recording.message import Message
from tests.builders import request
from tests.clients import KEY, Mock
from tests.recordings import EXTEND, RECORD_INFO, asked, called_back, polled, recorded, stage, told, written

STAGES = ("text", "first", "complete")
ID = re.compile(r"\b[0-9a-f]{32}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


class Drawn(NamedTuple):
    """A course: which request started it, when each callback came, how many tracks it has, and whether it is polled."""

    title: str
    after: list[int]
    tracks: int
    polls: bool


DRAWN = st.builds(
    Drawn,
    st.sampled_from(["A", "B"]),
    st.lists(st.integers(0, 40), max_size=3, unique=True).map(sorted),
    st.integers(0, 3),
    st.booleans(),
)


def messages_of(drawn: list[Drawn]) -> list[Message]:
    found: list[Message] = []
    for at, each in enumerate(drawn):
        number, task_id = 10 * at + 1, f"{at + 1:032x}"
        tracks = [f"{at + 1:08x}-0000-4000-8000-{track:012x}" for track in range(each.tracks)]
        found.append(asked(number, told(data={"taskId": task_id}), sent={"title": each.title}))
        for place, after in enumerate(each.after):
            body = stage(STAGES[place], task_id, tracks, of=f"course {at}")
            found.append(called_back(number + 2 * place + 1, number, after + 1, body))
            if each.polls:
                record = recorded(f"{STAGES[place]} of course {at}", task_id, tracks)
                found.append(polled(number + 2 * place + 2, number, after + 1.5, task_id, record))
    return found


async def heard(file: str, starts: list[tuple[str, int]]) -> list[tuple[str, bytes]]:
    """All answers and callbacks: tasks of these titles are started so many seconds behind each other."""
    mock = Mock(replay=file)
    transport = httpx.ASGITransport(app=mock.app)
    answers: list[tuple[str, bytes]] = []
    tasks: list[str] = []
    async with httpx.AsyncClient(transport=transport, base_url="http://mock", headers=KEY) as http:
        for number, (title, wait) in enumerate(starts):
            url = f"http://127.0.0.1:3000/{number}"
            answer = await http.post(EXTEND, json=request(title=title, callBackUrl=url))
            answers.append((url, answer.content))
            tasks.append(answer.json()["data"]["taskId"])
            await mock.advance(wait)
            for task_id in tasks:
                polls = await http.get(RECORD_INFO, params={"taskId": task_id})
                answers.append((f"poll {task_id}", polls.content))
        await mock.advance(100)
    return [*answers, *mock.delivery.sent]


@given(
    st.lists(DRAWN, min_size=1, max_size=4),
    st.lists(st.tuples(st.sampled_from(["A", "B"]), st.integers(0, 30)), min_size=1, max_size=6),
)
def test_courses_that_are_told_side_by_side_do_not_mix_and_are_the_same_twice(
    drawn: list[Drawn], starts: list[tuple[str, int]]
) -> None:
    playable = {title: [at for at, each in enumerate(drawn) if each.title == title and each.after] for title in "AB"}
    starts = [(title, wait) for title, wait in starts if playable[title]]
    if not starts:
        return
    with tempfile.TemporaryDirectory() as folder:
        file = written(Path(folder), messages_of(drawn))
        said = asyncio.run(heard(file, starts))
        assert said == asyncio.run(heard(file, starts))
    turns = {"A": 0, "B": 0}
    seen: set[str] = set()
    for number, (title, _) in enumerate(starts):
        at = playable[title][turns[title] % len(playable[title])]
        turns[title] += 1
        url = f"http://127.0.0.1:3000/{number}"
        own = [json.loads(body) for to, body in said if to == url]
        task_id = own[0]["data"]["taskId"]
        check_own(own[1:], task_id, drawn[at], f"course {at}")
        own += [json.loads(body) for to, body in said if to == f"poll {task_id}"]
        recorded_polls = [each["data"]["status"] for each in own if " of course " in each["data"].get("status", "")]
        assert {word.partition(" of ")[2] for word in recorded_polls} <= {f"course {at}"}
        ids = {found for each in own for found in ID.findall(json.dumps(each))}
        assert not ids & seen
        seen |= ids


def check_own(callbacks: list[Any], task_id: str, expected: Drawn, of: str) -> None:
    """The callbacks are those of one course, in order, about one task."""
    assert [each["data"]["callbackType"] for each in callbacks] == list(STAGES[: len(expected.after)])
    assert {each["data"]["task_id"] for each in callbacks} <= {task_id}
    for each in callbacks:
        tracks = each["data"]["data"]
        assert len({track["id"] for track in tracks}) == expected.tracks
        assert {track["of"] for track in tracks} <= {of}
