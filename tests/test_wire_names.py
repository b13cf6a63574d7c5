"""Promises about where wire names stand: paths, models and members in camel case are data, or one operation's own."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from mock_server.contract.documents import OPENAPI, Document

ROOT: Final = Path(__file__).parents[1]
PACKAGE: Final = ROOT / "mock_server"
MODULES: Final = sorted(path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] != "contract")
CAMEL: Final = re.compile(r"[a-z]+([A-Z][a-z]*)+")
MODEL: Final = re.compile(r"V[0-9]+(_[0-9]+)?[A-Z]*")
OWN: Final = {
    "api/extend.py": "extend: its track, and the mode of its request",
    "api/generate.py": "generate: the mode of its request",
    "api/persona.py": "the answer that is a persona",
    "api/section.py": "replace-section: its source, and what its music is asked for by",
    "api/uploaded_bodies.py": "the upload of files: what a client sends",
    "api/uploads.py": "the upload of files: what is told of one",
    "domain/callback_body.py": "callbacks about music",
    "domain/polling_body.py": "the record of music",
    "domain/section_rules.py": "replace-section: where its section may begin and end",
}
"""What only one operation does, or all that make music."""
EXCEPTIONS: Final = {
    "pages/trial.py": "the desk's own requests call back to the built-in receiver",
    "api/finished_track.py": "the members by which every request names a finished track",
    "api/open_task.py": "the members of every request that starts a task: its receiver, its persona",
    "api/record_info.py": "the query of every poll",
    "api/replayed.py": "the member by which a request asks for a scenario",
    "api/started.py": "the member by which a track is named that is made of once",
    "commands/client/api_client.py": "a client of the API that polls",
    "commands/client/arrivals.py": "a receiver that tells stages apart",
    "commands/client/extend_fields.py": "the option of a field that is no split at capital letters alone",
    "commands/client/told_record.py": "a client of the API that tells of what it polls",
    "commands/demo.py": "a client of the API that shows a journey",
    "commands/extend.py": "a client of the API that extends and waits",
    "commands/trigger.py": "an option that is a member of extend",
    "control/control.py": "a member of extend that is shown",
    "control/trigger.py": "an extend request that nobody sent",
    "domain/answer.py": "the one answer of every request that starts a task, in bytes for speed",
    "domain/shaped.py": "the members that stand for names in every shape",
    "domain/tasks.py": "the members that a task of a recording takes over, whatever its operation",
    "pages/export.py": "HAR, one of whose members the upload of files has, too",
    "state/faults.py": "an answer that is cut in the middle",
    "domain/state_rules.py": "the rules that need state, each with the member that it is about",
}
"""Where they stand beside, and why."""


def members(tree: Any) -> Iterator[str]:
    """The names of properties and parameters in a document."""
    if isinstance(tree, Mapping):
        yield from map(str, tree.get("properties") or ())
        if "in" in tree and "name" in tree:
            yield str(tree["name"])
        for each in tree.values():
            yield from members(each)
    elif isinstance(tree, list):
        for each in tree:
            yield from members(each)


FILES: Final = [*OPENAPI.glob("*.openapi.yaml"), *(OPENAPI / "operations").glob("*.yaml")]
WIRE: Final = {
    name
    for file in FILES
    if file.name != "admin.openapi.yaml"
    for name in members(Document.read(file).tree)
    if CAMEL.fullmatch(name)
}


def texts(tree: ast.AST) -> Iterator[str]:
    """The texts of a module that say something to the program: no docstrings."""
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value
        elif isinstance(node, ast.Constant) and isinstance(node.value, bytes):
            yield from re.findall('"([A-Za-z]+)":', node.value.decode("latin-1"))


def found(path: Path) -> set[str]:
    """The paths, models and wire names of a module."""
    every = set(texts(ast.parse(path.read_text("utf-8"))))
    return {text for text in every if "/api/" in text or MODEL.fullmatch(text) or text in WIRE}


def test_the_documents_have_wire_names() -> None:
    assert {"taskId", "audioWavUrl", "callBackUrl", "alignedWords", "successFlag"} <= WIRE


@pytest.mark.parametrize("path", MODULES, ids=[path.relative_to(PACKAGE).as_posix() for path in MODULES])
def test_wire_names_are_data_or_one_operations_own(path: Path) -> None:
    """A module that stands in a list needs to, so that the lists only become shorter."""
    name = path.relative_to(PACKAGE).as_posix()
    assert bool(found(path)) == (name in OWN or name in EXCEPTIONS), (name, found(path))
