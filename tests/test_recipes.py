"""The recipes of ARCHITECTURE.md, each followed on a copy of the repository."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest

from mock_server.testing.receiver import Receiver

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
COPIED: Final = ("mock_server", "contract_tests", "openapi", "fixtures")
COMMANDS: Final = {"suno-mock": "mock_server", "suno-contract": "contract_tests"}
TASK: Final = re.compile(r"[0-9a-f]{32}\n")
"""What `suno-mock extend --no-wait` prints of a request that was accepted."""
pytestmark = pytest.mark.usefixtures("untraced")


class Copy:
    """A copy of the repository, in which commands are run."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in COPIED:
            shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))

    def edit(self, path: str, old: str, new: str) -> None:
        """Put a text in place of another, wherever it stands in a file."""
        text = (self.root / path).read_text("utf-8")
        assert old in text
        (self.root / path).write_text(text.replace(old, new), "utf-8")

    def append(self, path: str, text: str) -> None:
        with (self.root / path).open("a", encoding="utf-8") as file:
            file.write(text)

    def changed(self) -> set[str]:
        """The files that are not as they are in the repository."""
        files = [path.relative_to(self.root) for path in self.root.rglob("*") if path.is_file()]
        return {path.as_posix() for path in files if "__pycache__" not in path.parts and self._differs(path)}

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            _words(command),
            cwd=self.root,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    @contextmanager
    def serving(self, options: str = "") -> Iterator[str]:
        """`suno-mock serve`; its URL."""
        command = _words(f"suno-mock serve --port 0 --pace immediate {options}")
        with subprocess.Popen(
            command, cwd=self.root, env=self._environment, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                assert process.stdout
                yield process.stdout.readline().strip()
            finally:
                process.terminate()

    @property
    def _environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(self.root)}

    def _differs(self, path: Path) -> bool:
        original = ROOT / path
        return not original.is_file() or original.read_bytes() != (self.root / path).read_bytes()


def _words(command: str) -> list[str]:
    name, *rest = shlex.split(command)
    return [sys.executable, "-m", COMMANDS[name], *rest]


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path / "copy")


def recipe(title: str, names: Mapping[str, str]) -> str:
    """A recipe of the page, with names in place of those that stand for any."""
    text = PAGE.partition(f"\n### {title}\n")[2].partition("\n##")[0]
    for name, value in names.items():
        text = text.replace(name, value)
    assert text, title
    return text


def followed(copy: Copy, title: str, **names: str) -> str:
    """What the commands of a recipe print, once all of its files are changed and no others."""
    text = recipe(title, names)
    assert copy.changed() <= {*re.findall(r"`([\w./-]+)`", text)}
    printed = ""
    for command in re.findall(r"`(suno-[^`]+)`", text):
        ended = copy.run(command)
        assert ended.returncode == 0, ended.stderr
        printed += ended.stdout
    return printed


def extended(copy: Copy, url: str, options: str) -> str:
    """What an extend request is answered."""
    ended = copy.run(f"suno-mock extend --url {url} --no-wait {options}")
    return ended.stdout + ended.stderr


def test_a_limit_is_changed(copy: Copy) -> None:
    long = f"--prompt {'x' * 2001}"
    with copy.serving() as url:
        assert TASK.fullmatch(extended(copy, url, long))
    copy.edit("openapi/apikley.openapi.yaml", "**V4**: `prompt` 3000 characters", "**V4**: `prompt` 2000 characters")
    copy.edit("openapi/profiles/apikley.yaml", "**V4**: prompt 3000 characters", "**V4**: prompt 2000 characters")
    copy.edit(
        "openapi/profiles/apikley.yaml",
        "characters: {prompt: 3000, style: 200, title: 80}",
        "characters: {prompt: 2000, style: 200, title: 80}",
    )
    printed = followed(copy, "Change a limit")
    assert "prompt; allowed: at most 2000 characters for model V4  (openapi/profiles/apikley.yaml:" in printed
    assert "prompt has 2001 characters, one byte each, for V4  " in printed
    with copy.serving() as url:
        assert "prompt has 2001 characters; allowed: at most 2000 characters for model V4" in extended(copy, url, long)


def test_a_model_is_added(copy: Copy) -> None:
    copy.append("openapi/profiles/apikley.yaml", "\nmodels:\n  V6: {like: V5, name: chirp-six, longest: 99}\n")
    printed = followed(copy, "Add a model", NAME="V6")
    assert "apikley can be served." in printed
    assert "model_name in callbacks and polling: chirp-six  (openapi/profiles/apikley.yaml:" in printed
    assert re.search(r"extend\.prompt\.length  at most 5000 characters for model V6  <- apikley, ", printed)
    with copy.serving() as url:
        assert "title has 101 characters" in extended(copy, url, f"--model V6 --title {'x' * 101}")


def test_an_operation_is_added(copy: Copy) -> None:
    text = (ROOT / "openapi" / "operations" / "lyrics.yaml").read_text("utf-8")
    for old, new in (
        ("lyrics:", "poem:"),
        ("lyrics.", "poem."),
        ("v1/lyrics", "v1/poem"),
        ("operationId: lyrics", "operationId: poem"),
    ):
        text = text.replace(old, new)
    copy.append("openapi/operations/poem.yaml", text)
    copy.edit("openapi/profiles/apikley.yaml", "lyrics, lyrics-record-info", "lyrics, lyrics-record-info, poem")
    printed = followed(copy, "Add an operation", NAME="poem")
    assert "apikley can be served." in printed
    assert "POST /api/v1/poem  (openapi/operations/poem.yaml:" in printed
    with copy.serving() as url:
        asked = {"prompt": "Rain", "callBackUrl": "http://127.0.0.1:9/"}
        answer = httpx.post(f"{url}/api/v1/poem", json=asked, headers={"Authorization": "Bearer key"}).json()
    assert TASK.fullmatch(answer["data"]["taskId"] + "\n")


def test_a_profile_is_added(copy: Copy) -> None:
    text = "format: 1\nsummary: Ours.\nextends: classic\nrefusals: {invalid: 404}\npicks: {error_data: 'null'}\n"
    copy.append("openapi/profiles/acme.yaml", text)
    printed = followed(copy, "Add a profile", NAME="acme")
    assert "acme can be served." in printed
    assert "refusals.invalid: 404  (openapi/profiles/acme.yaml:" in printed
    assert "    invalid: code 422 -> code 404" in printed
    with copy.serving("--profile acme") as url:
        assert extended(copy, url, "--title x --model V3_5 --continue-at 0").startswith("404 ")


def test_a_scenario_is_added(copy: Copy) -> None:
    copy.append(
        "fixtures/scenarios/text-twice.yaml",
        "summary: The text callback comes twice, and first never.\n"
        "shape: true\n"
        "callbacks: [{stage: text}, {stage: text}, {stage: complete}]\n",
    )
    printed = followed(copy, "Add a scenario", NAME="text-twice")
    assert "text-twice  The text callback comes twice, and first never." in printed
    assert "text-twice: callbacks text, text, complete  (fixtures/scenarios/text-twice.yaml:" in printed
    with copy.serving() as url, Receiver() as receiver:
        asked = f"--prefer scenario=text-twice --callback-url {receiver.url}"
        assert TASK.fullmatch(extended(copy, url, asked))
        received = receiver.wait_for(3)
    assert [each.json()["data"]["callbackType"] for each in received] == ["text", "text", "complete"]


QUESTION: Final = """
- id: {id}
  question: {question}
  decided_by: the server
  sources:
    - "no source says (I)"
  readings:
    {one}
    {other}
"""


def add_question(copy: Copy, id: str, question: str, one: str, other: str, pick: str) -> None:
    """Add a question of which every profile picks the same reading."""
    copy.append("openapi/questions.yaml", QUESTION.format(id=id, question=question, one=one, other=other))
    for profile in ("apikley", "classic"):
        copy.append(f"openapi/profiles/{profile}.yaml", f"  {id}: {pick}\n")


def test_a_question_that_decides_which_rules_hold_is_added(copy: Copy) -> None:
    add_question(
        copy,
        id="short_titles",
        question="Is a title of one character a title?",
        one="accepted: {says: accepted}",
        other="refused: {says: refused with 422}",
        pick="accepted",
    )
    copy.append(
        "openapi/rules/extend.yaml",
        "  - id: extend.title.short\n"
        "    field: title\n"
        "    when: {short_titles: refused}\n"
        '    quote: "- Required when defaultParamFlag is true."\n'
        "    schema: {properties: {title: {minLength: 2}}}\n"
        "    allowed: at least 2 characters\n",
    )
    printed = followed(copy, "Add a question", QUESTION="short_titles")
    assert "accepted: accepted  <- apikley, classic, " in printed
    assert "extend.title.short  at least 2 characters, under the reading short_titles=refused" in printed
    with copy.serving() as url:
        assert TASK.fullmatch(extended(copy, url, "--title x"))
    with copy.serving("--set short_titles=refused") as url:
        assert 'title is "x"; allowed: at least 2 characters (extend.title.short, ' in extended(copy, url, "--title x")


def test_a_question_that_python_reads_is_added(copy: Copy) -> None:
    add_question(
        copy,
        id="success_word",
        question="What is msg in an answer that is no refusal?",
        one="success: {says: success}",
        other="ok: {says: ok}",
        pick="success",
    )
    copy.edit(
        "mock_server/contract/questions.py",
        "    credits_number: bool\n",
        "    credits_number: bool\n    success_word: str\n",
    )
    answer = "mock_server/domain/answer.py"
    copy.edit(answer, '"msg": "success", "data": data', '"msg": edition.readings.success_word, "data": data')
    ended = copy.run("suno-mock explain success_word")
    assert "read by succeeded  (mock_server/domain/answer.py:" in ended.stdout
    assert copy.changed() - {answer} <= {*re.findall(r"`([\w./-]+)`", recipe("Add a question", {}))}


def test_a_rule_of_the_harness_is_added(copy: Copy) -> None:
    rule = "extend.negativeTags.commas"
    copy.append(
        "openapi/rules/extend.yaml",
        f"  - id: {rule}\n"
        "    field: negativeTags\n"
        "    quote: Music styles or traits to exclude from the extended audio\n"
        '    schema: {properties: {negativeTags: {pattern: "^[^;]*$"}}}\n'
        "    allowed: tags with commas between them\n",
    )
    refusals, strategies = "contract_tests/probes/refusals.py", "contract_tests/probes/strategies.py"
    copy.edit(
        refusals,
        "    # Refusals that do not follow",
        "    def _with_semicolons(self, rule: Rule) -> Iterator[Probe]:\n"
        '        yield self._refused(rule, "negativeTags has a semicolon", {"negativeTags": "rock; jazz"})\n\n'
        "    # Refusals that do not follow",
    )
    copy.edit(
        refusals,
        '] = {\n    "extend.prompt.custom"',
        f'] = {{\n    "{rule}": Refusals._with_semicolons,\n    "extend.prompt.custom"',
    )
    copy.edit(
        strategies,
        "\n\nMaker = ",
        '\n\ndef _with_semicolons(rule: Rule, track: Track) -> Values:\n    return st.just("rock; jazz")\n\n\nMaker = ',
    )
    copy.edit(
        strategies,
        '] = {\n    "extend.continueAt.start"',
        f'] = {{\n    "{rule}": _with_semicolons,\n    "extend.continueAt.start"',
    )
    printed = followed(copy, "Add a rule of the harness", RULE=rule)
    assert f"{rule}         negativeTags has a semicolon  apikley.openapi.yaml:" in printed
    assert re.search(rf"^ok  {rule} +2 tried$", printed, re.M)


def test_a_rule_of_what_comes_back_is_added(copy: Copy) -> None:
    rule, callbacks = "callback.msg.loud", "contract_tests/verdicts/callbacks.py"
    copy.edit(
        callbacks,
        "    task_id = course.data(body)",
        f'    if not str(body.get("msg")).endswith("!"):\n'
        f'        yield finding("{rule}", "msg that ends in !", body.get("msg"))\n'
        "    task_id = course.data(body)",
    )
    copy.edit(
        "openapi/judged.yaml",
        "\nrules:\n",
        "\nrules:\n  - source: document\n    quote: Response message\n    demands:\n"
        f"      {rule}: msg of a callback ends in !\n",
    )
    named = re.findall(r"`([\w./-]+)`", recipe("Add a rule of the harness", {}))
    assert all(any(path.startswith(each) for each in named) for path in copy.changed())
    ended = copy.run("suno-contract run --only extend.example --report-dir report")
    assert ended.returncode == 1
    assert re.search(rf"^NO  {rule} .*: expected msg that ends in !; got ", ended.stdout, re.M)
    assert "Response message" in (copy.root / "report" / "report.json").read_text("utf-8")
