"""Recordings with bytes, members and lines changed anywhere: every command that reads one says what is wrong with it,
and where, and never fails."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_tests.cli import main
from contract_tests.learn import playback
from contract_tests.receiver.receiver import Receiver
from contract_tests.recording.message import begun
from contract_tests.targets.behaviour import KEY, conforming
from contract_tests.targets.edition import APIKLEY
from contract_tests.targets.plain_server import Plain
from mock_server.app import create_app
from mock_server.core.errors import BadSetting
from mock_server.core.settings import Settings
from tests.contract_tests.proxy.standing import standing
from tests.contract_tests.recording.ordinary import ordinary
from tests.suno_contract import status

pytestmark = [pytest.mark.no_cover, pytest.mark.usefixtures("untraced")]

STATUS = {"judge": {0, 1, 2}, "convert": {0, 2}}
PLACE = r"\.jsonl:\d+: "
WRONG = re.compile(
    rf"suno-contract: (read up to its fault: \S*{PLACE}|\S*{PLACE}|\S+\.jsonl (is empty|holds|tells)).+\.\n"
)
"""What a command says that ends with 2: which file, at which line, and then the way out."""
BYTES = (
    *(b"\0", b"\xff\xfe", b"\xed\xa0\x80", b'"', b"\\", b"{", b"}", b"[", b"[" * 5000, b"\n", b"\r"),
    *(b"NaN", b"1e999", b"9" * 5000, b"-", b",", b"\xf0\x9f", b"\xc3\xa9", b"\\u0000", b"\\ud800"),
)
VALUES: tuple[Any, ...] = (
    *(None, True, -1, 0, 10**30, 1e308, 0.5, "", "\0", "\ud800", "a" * 3000, "[" * 3000, "{}", '{"code": 1e999}'),
    *([], {}, [[]], [["a", "b"], ["a", "c"]], [["\ud800", "\n"]], {"sent": None}),
    '{"code": 200, "code": 422, "data": {"taskId": 7}}',
)


def with_bytes(raw: bytes, random: Random) -> bytes:
    place = random.randint(0, len(raw))
    return raw[:place] + random.choice(BYTES) + raw[place + random.randint(0, 3) :]


def cut(raw: bytes, random: Random) -> bytes:
    return raw[: random.randint(0, len(raw))]


def of_lines(raw: bytes, random: Random) -> bytes:
    """A line twice, in place of another, or gone."""
    lines = raw.splitlines(keepends=True) or [b""]
    first, second = random.randrange(len(lines)), random.randrange(len(lines))
    lines[second : second + 1] = lines[first : first + 1] * random.randint(0, 2)
    return b"".join(lines)


def with_member(raw: bytes, random: Random) -> bytes:
    """Another value of a member, or the member twice."""
    lines = raw.splitlines(keepends=True) or [b""]
    place, value = random.randrange(len(lines)), random.choice(VALUES)
    try:
        entry = json.loads(lines[place])
    except (ValueError, RecursionError):
        return raw
    if not isinstance(entry, dict) or not entry:
        return raw
    name = random.choice([*entry])
    if random.random() < 0.5:
        text = json.dumps({**entry, name: value})
    else:
        text = f"{json.dumps(entry)[:-1]}, {json.dumps(name)}: {json.dumps(value)}}}"
    lines[place] = text.encode() + b"\n"
    return b"".join(lines)


CHANGES: tuple[Callable[[bytes, Random], bytes], ...] = (with_bytes, cut, of_lines, with_member, with_member)


@pytest.fixture(scope="module")
def whole() -> bytes:
    """What ordinary traffic leaves."""
    with (
        Plain(behaviour=conforming(APIKLEY), pause=0.02) as plain,
        Receiver() as receiver,
        standing(plain.url) as stood,
    ):
        ordinary(stood.proxy.url, receiver, KEY, APIKLEY.sources)
    return (begun({"target": plain.url}) + stood.file.getvalue()).encode()


FUZZED = given(st.integers(0, 2**32))
IN_PLACE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def changed(whole: bytes, seed: int, folder: Path) -> Path:
    """A file of what the seed makes of a recording."""
    raw, random = whole, Random(seed)
    for _ in range(random.randint(1, 3)):
        raw = random.choice(CHANGES)(raw, random)
    file = folder / "live.jsonl"
    file.write_bytes(raw)
    return file


@pytest.mark.parametrize("command", ["judge", "convert"])
@IN_PLACE
@FUZZED
def test_a_command_reads_what_it_can_and_says_where_it_ends(
    command: str,
    whole: bytes,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    seed: int,
) -> None:
    file = str(changed(whole, seed, tmp_path))
    more = {"judge": ["--report-dir", str(tmp_path / "report")], "convert": [str(tmp_path / "live.har"), "--force"]}
    ended = status(command, file, *more[command])
    assert ended in STATUS[command]
    check_told(ended, capsys.readouterr().err)


@pytest.mark.parametrize("seed", range(10))
def test_a_profile_is_learned_of_what_can_be_read(
    whole: bytes,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    monkeypatch.setattr(playback, "repeatable", lambda refusals: [])  # a mock of each would take seconds to start
    monkeypatch.setattr(playback, "answers", lambda *asked: {})
    file = str(changed(whole, seed, tmp_path))
    with pytest.raises(SystemExit) as ended:
        main(("calibrate", "--from", file, "--output", str(tmp_path / "live.yaml"), "--force"))
    assert ended.value.code in (None, 0, 2)
    check_told(int(ended.value.code or 0), capsys.readouterr().err)


def check_told(ended: int, told: str) -> None:
    assert "Traceback" not in told
    assert ended != 2 or WRONG.search(told), told


@IN_PLACE
@FUZZED
def test_a_mock_plays_what_it_can(whole: bytes, tmp_path: Path, seed: int) -> None:
    file = changed(whole, seed, tmp_path)
    said = ""
    try:
        said = " ".join(create_app(Settings(replay=str(file))).state.runtime.replay.summary())
    except BadSetting as wrong:
        said = str(wrong)
    assert re.match(rf"replay: {re.escape(str(file))}(:\d+)?(:| is) |live.jsonl: tasks \d+, other answers \d+", said)
