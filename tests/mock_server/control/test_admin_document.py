"""The control plane's own document: valid, complete, and what the mock does, as Schemathesis sees it."""

import inspect
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from mock_server.contract.documents import OPENAPI, load
from mock_server.control.operations import Operations
from mock_server.control.routes import DOCUMENT
from mock_server.core.setting_limits import LONGEST_RETENTION
from mock_server.domain.attempt import Outcome
from mock_server.domain.terms import CHANGEABLE, KeySettings
from mock_server.http.base_urls import PREFIX
from mock_server.state.faults import Broken, Fault
from mock_server.testing.key import KeyView, MovableClock
from mock_server.testing.mock_server import MockServer
from tests.clients import Mock, client
from tests.processes import serving

SCHEMATHESIS = Path(__file__).parent / "schemathesis_admin"
TREE: dict[str, Any] = load(OPENAPI / DOCUMENT)
OPERATIONS: dict[str, dict[str, Any]] = {
    operation["operationId"]: operation for methods in TREE["paths"].values() for operation in methods.values()
}


def body(operation: str) -> dict[str, Any]:
    """The schema of an operation's request body."""
    schema: dict[str, Any] = OPERATIONS[operation]["requestBody"]["content"]["application/json"]["schema"]
    return schema


@pytest.mark.anyio
async def test_the_document_is_served_and_valid() -> None:
    async with client(Mock().app) as http:
        served = (await http.get(f"{PREFIX}/openapi.json")).json()
    assert served == TREE
    OpenAPIV30SpecValidator(served).validate()


def test_every_operation_is_a_method_and_every_method_an_operation() -> None:
    methods = {name for name, _ in inspect.getmembers(Operations, inspect.iscoroutinefunction) if name[0] != "_"}
    assert methods == set(OPERATIONS)


def test_every_operation_has_an_id_of_its_own_and_says_what_it_does() -> None:
    assert len(OPERATIONS) == sum(len(methods) for methods in TREE["paths"].values())
    assert all(operation["summary"] for operation in OPERATIONS.values())


def test_every_path_is_under_the_prefix() -> None:
    assert all(path.startswith(f"{PREFIX}/") for path in TREE["paths"])


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_can_be_wrong_has_an_answer(operation: str) -> None:
    """Even what takes nothing can be asked with a query that it has not."""
    assert "400" in OPERATIONS[operation]["responses"]


def test_no_body_takes_fields_that_are_not_described() -> None:
    for operation in OPERATIONS.values():
        if "requestBody" in operation and "$ref" not in operation["requestBody"]:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            assert schema["additionalProperties"] in (False, {"type": "string"})


def test_no_body_that_there_can_be_may_be_missing() -> None:
    """One that was lost on the way would be taken for another one."""
    bodies = [operation["requestBody"] for operation in OPERATIONS.values() if "requestBody" in operation]
    shared = TREE["components"]["requestBodies"]
    assert all(each.get("required") for each in [*shared.values(), *(each for each in bodies if "$ref" not in each)])


def test_the_document_names_what_the_code_knows() -> None:
    assert TREE["components"]["schemas"]["Outcome"]["enum"] == list(Outcome)
    assert body("put_fault")["properties"]["answer"]["enum"] == list(Broken)
    assert set(body("put_fault")["properties"]) == {"key", *Fault.__slots__}
    way_out = body("put_fault")["properties"]["answer"]["x-way-out"]
    assert Fault.of(**json.loads(way_out[way_out.index("{") :])) == Fault(answer=Broken.STATUS, status=503)
    assert set(body("change_account")["properties"]) == {"key", *KeySettings.__slots__}
    assert set(body("change_settings")["properties"]) == set(CHANGEABLE)
    for operation in ("change_account", "change_settings"):
        assert body(operation)["properties"]["retention_days"]["maximum"] == LONGEST_RETENTION


def test_schemathesis_finds_no_disagreement(tmp_path: Path) -> None:
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": str(SCHEMATHESIS / "hooks.py")}
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(SCHEMATHESIS / "schemathesis.toml")]
    with serving("--pace", "manual", "--quiet") as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        run = subprocess.run(
            [*command, "run", f"{url}{PREFIX}/openapi.json", "--no-color"],
            capture_output=True,
            text=True,
            timeout=120,
            env=environment,
            cwd=tmp_path,
            check=False,
        )
    assert run.returncode == 0, run.stdout + run.stderr
    others = len(OPERATIONS) - 1  # Schemathesis leaves out where the document itself is
    assert f"Selected: {others}/{others}\n  Tested: {others}\n" in run.stdout


IN_PYTHON = {
    "openapi": None,
    "health": "MockServer.start",
    "journal": "MockServer.find",
    "journal_entry": "MockServer.entries",
    "clear_journal": "MockServer.clear_journal",
    "wait": "MockServer.wait_for",
    "tasks": "MockServer.tasks",
    "task": "MockServer.timeline",
    "redeliver": "MockServer.redeliver",
    "trigger": "KeyView.trigger",
    "reset": "MockServer.reset",
    "scenarios": "MockServer.scenarios",
    "queue": "KeyView.queue",
    "clear_queue": "KeyView.clear_queue",
    "faults": "MockServer.faults",
    "put_fault": "MockServer.fault",
    "accounts": "MockServer.accounts",
    "change_account": "KeyView.change",
    "tracks": "MockServer.tracks",
    "add_track": "MockServer.add_track",
    "clock": "MovableClock.now",
    "freeze": "MovableClock.freeze",
    "run": "MovableClock.run",
    "advance": "MovableClock.advance",
    "settings": "MockServer.settings",
    "change_settings": "MockServer.change_settings",
    "questions": "MockServer.questions",
    "change_questions": "MockServer.change_questions",
}
"""By operationId, what does the same for a test in Python; the document itself is a file."""


def test_what_the_plane_can_do_python_can_do() -> None:
    operations = {each["operationId"] for methods in TREE["paths"].values() for each in methods.values()}
    assert set(IN_PYTHON) == operations
    classes = {each.__name__: each for each in (MockServer, KeyView, MovableClock)}
    for name in filter(None, IN_PYTHON.values()):
        owner, attribute = name.split(".")
        assert hasattr(classes[owner], attribute), name


def test_every_operation_says_at_which_path_it_is() -> None:
    """Whoever looks for a path in the code finds what serves it."""
    for path, methods in load(OPENAPI / "admin.openapi.yaml")["paths"].items():
        for method, operation in methods.items():
            assert getattr(Operations, operation["operationId"]).__doc__ == f"{method.upper()} {path}"
