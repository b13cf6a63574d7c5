"""What a client and a server said to each other, played again by the mock to the same client."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from contract_tests.receiver.receiver import Receiver
from contract_tests.targets.behaviour import KEY
from contract_tests.targets.edition import APIKLEY
from contract_tests.targets.plain_server import CREDIT, EXTEND, RECORD_INFO, Plain
from mock_server.testing.mock_server import MockServer
from tests.builders import request
from tests.contract_tests.proxy.standing import standing
from tests.contract_tests.recording.ordinary import WRONG, body
from tests.processes import serving
from tests.recordings import asked, course, written
from tests.suno_contract import status

pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]
ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
FILE = re.compile(r"https?://[^\"\\]+?(\.mp3|\.jpeg)?(?=[\"\\])")
WITHIN = 20.0


def conversation(base: str, tasks: int = 4) -> list[str]:
    """What a client hears that makes mistakes, starts tasks, hears of them and asks: answers and callbacks, in order of
    the tasks."""
    tracks = [*APIKLEY.sources.items()]
    heard = []
    headers = {"Authorization": f"Bearer {KEY}"}
    with Receiver() as receiver, httpx.Client(base_url=base, headers=headers, timeout=10, trust_env=False) as client:
        for number, changes in enumerate(WRONG):
            asked = {**body(1, tracks[0][0], "V4"), "callBackUrl": receiver.url(f"wrong-{number}"), **changes}
            heard.append(client.post(EXTEND, json={name: each for name, each in asked.items() if each is not ...}))
        heard.append(httpx.post(base + EXTEND, json=body(1, tracks[0][0], "V4"), trust_env=False))
        urls = [receiver.url(f"{number}") for number in range(tasks)]
        started = []
        for number, url in enumerate(urls):
            id, (model, _) = tracks[number % len(tracks)]
            started.append(client.post(EXTEND, json={**body(number, id, model), "callBackUrl": url}))
        receiver.settle(dict.fromkeys(urls, 3), WITHIN)
        ids = [each.json()["data"]["taskId"] for each in started]
        heard += started
        heard += [client.get(RECORD_INFO, params={"taskId": each}) for each in ids]
        heard += [client.get(CREDIT)]
        callbacks = [arrival.body.decode() for url in urls for arrival in receiver.arrived(url)]
    return [*(f"{each.status_code} {each.text}" for each in heard), *callbacks]


def without_ids(heard: list[str]) -> list[str]:
    """The same with ids by the order in which they first come, so that what is the same id stays the same, and with
    URLs by what they lead to."""
    known: dict[str, str] = {}
    plain = [FILE.sub(lambda url: f"URL{url[1] or ''}", text) for text in heard]
    return [ID.sub(lambda id: known.setdefault(id[0], f"id-{len(known)}"), text) for text in plain]


@contextmanager
def recorded(folder: Path) -> Iterator[tuple[Path, list[str]]]:
    """A recording, and what was heard meanwhile, of a server apart from the mock."""
    file = folder / "live.jsonl"
    with Plain(pause=0.02) as plain, standing(plain.url) as stood:
        heard = conversation(stood.proxy.url)
    about = json.dumps({"recording": 1, "target": plain.url})
    file.write_text(f"{about}\n{stood.file.getvalue()}", "utf-8")
    yield file, heard


def test_the_same_client_hears_from_the_mock_what_it_heard_from_the_server(tmp_path: Path) -> None:
    with recorded(tmp_path) as (file, heard), MockServer(replay=str(file)) as mock:
        again = conversation(mock.url)
    assert without_ids(again) == without_ids(heard)
    assert set(ID.findall("\n".join(again))).isdisjoint(ID.findall("\n".join(heard)))


def test_an_archive_that_was_converted_is_played_too(tmp_path: Path) -> None:
    with recorded(tmp_path) as (file, heard):
        for source, output in ((file, "live.har"), (tmp_path / "live.har", "again.jsonl")):
            assert status("convert", str(source), str(tmp_path / output)) == 0
    with MockServer(replay=str(tmp_path / "again.jsonl")) as mock:
        again = conversation(mock.url)
    assert without_ids(again) == without_ids(heard)


def test_the_same_seed_says_the_same_bytes_and_another_other_ids(tmp_path: Path) -> None:
    def played(seed: int) -> list[str]:
        with MockServer(replay=str(file), seed=seed, base_url="http://suno-mock:4010") as mock:
            return [re.sub(r"127\.0\.0\.1:\d+/cb/[0-9a-f]+", "receiver", each) for each in conversation(mock.url)]

    with recorded(tmp_path) as (file, _):
        first, second, other = played(1), played(1), played(2)
    assert first == second
    assert without_ids(first) == without_ids(other)
    assert set(ID.findall("\n".join(first))).isdisjoint(ID.findall("\n".join(other)))


def test_the_command_says_what_it_plays_and_where_an_answer_is_from(tmp_path: Path) -> None:
    file = written(tmp_path, [*course(), asked(7, status=0)], "cut")
    with serving("--replay", file) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        said = [process.stdout.readline().strip() for _ in range(4)]
        httpx.post(url + EXTEND, json=request(title="Other"), headers={"Authorization": "Bearer k"}, trust_env=False)
        line = process.stdout.readline()
        warned = process.stderr.readline() if process.stderr else ""
    assert "replay live.jsonl: tasks 1, other answers 0; not played, without an answer: 1" in said
    assert "(profile; no such request was recorded: the nearest is on line 2 and differs in title" in line
    assert warned.strip().endswith("live.jsonl:9: the line is cut off; what stands before is played")
