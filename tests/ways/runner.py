"""A runner of GitHub's actions and jobs, as far as this repository uses them.

Each `run` is a file for `bash --noprofile --norc -e -o pipefail`, with the files that GITHUB_OUTPUT, GITHUB_ENV and
GITHUB_STEP_SUMMARY name. A `uses` of somebody else's action is noted, and not run.
"""

import os
import re
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

EXPRESSION = re.compile(r"\$\{\{ *([\w.-]+) *\}\}")
COMMAND = re.compile(r"^::(error|warning) title=([^:]+)::(.*)$", re.M)
FILES = ("GITHUB_ENV", "GITHUB_STEP_SUMMARY")


@dataclass(slots=True)
class Ran:
    """What became of an action or a job: whether it succeeded, what it printed, its outputs, and what it used."""

    succeeded: bool = True
    printed: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    used: list[Mapping[str, Any]] = field(default_factory=list)

    @property
    def told(self) -> list[tuple[str, ...]]:
        """Errors and warnings: level, title, text."""
        return [each.groups() for each in COMMAND.finditer(self.printed)]


@dataclass(slots=True, kw_only=True)
class Runner:
    """One job's runner. `folder` is its RUNNER_TEMP; what its steps leave running ends with `end`. `installed` are the
    outputs of a step `install` that has run already, and is not run again."""

    folder: Path
    workspace: Path
    environment: Mapping[str, str]
    installed: Mapping[str, str] | None = None
    left: list[int] = field(default_factory=list)

    def action(self, file: Path, **inputs: str) -> Ran:
        """Run a composite action with its inputs."""
        action = yaml.safe_load(file.read_text("utf-8"))
        assert inputs.keys() <= action["inputs"].keys(), f"allowed: {', '.join(action['inputs'])}"
        given = {name: each.get("default", "") for name, each in action["inputs"].items()} | inputs
        ran, steps = self.steps(action["runs"]["steps"], {"inputs": given}, {"GITHUB_ACTION_PATH": str(file.parent)})
        for name, each in action.get("outputs", {}).items():
            ran.outputs[name] = filled(each["value"], {"inputs": given, "steps": steps})
        return ran

    def steps(
        self, steps: list[dict[str, Any]], known: Mapping[str, Any], variables: Mapping[str, str]
    ) -> tuple[Ran, dict[str, Any]]:
        """Run steps one after the other, and tell their outputs."""
        ran, done = Ran(), dict[str, Any]()
        for step in steps:
            if step.get("id") == "install" and self.installed is not None:
                done["install"] = {"outputs": self.installed}
                continue
            if (step.get("if") == "failure()") == ran.succeeded:
                continue
            context = {**known, "steps": done, "env": self._environment()}
            if step.get("uses", "").startswith("./"):
                inner = self.action(
                    self.workspace / step["uses"] / "action.yml", **filled(step.get("with", {}), context)
                )
                done[step.get("id", "")] = {"outputs": inner.outputs}
                ran.succeeded, ran.printed = inner.succeeded, ran.printed + inner.printed
                continue
            if "uses" in step:
                ran.used.append({**step, "with": filled(step.get("with", {}), context)})
                continue
            own = filled(step.get("env", {}), context)
            outputs = self._run(ran, filled(step["run"], context), {**variables, **own})
            done[step.get("id", "")] = {"outputs": outputs}
        return ran, done

    def _run(self, ran: Ran, script: str, variables: Mapping[str, str]) -> dict[str, str]:
        """Run one script, and tell its outputs."""
        file, output, printed = (self.folder / name for name in ("script.sh", "output", "printed"))
        file.write_text(script, "utf-8")
        output.write_text("", "utf-8")
        files = {"GITHUB_OUTPUT": str(output), "RUNNER_TEMP": str(self.folder)}
        files |= {name: str(self.folder / name) for name in FILES}
        with printed.open("w") as into:
            process = subprocess.Popen(
                ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(file)],
                cwd=self.workspace,
                env={**self._environment(), **files, **variables},
                stdin=subprocess.DEVNULL,
                stdout=into,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self.left.append(process.pid)
            ran.succeeded = process.wait(timeout=300) == 0 and ran.succeeded
        ran.printed += printed.read_text("utf-8")
        return pairs(output)

    def _environment(self) -> dict[str, str]:
        """What a step finds: the runner's variables, and those that steps before it have set."""
        return {**os.environ, **self.environment, **pairs(self.folder / "GITHUB_ENV")}

    def end(self) -> None:
        """End what the steps have left running, as a runner does at the end of its job."""
        for group in self.left:
            try:
                os.killpg(group, signal.SIGTERM)
            except ProcessLookupError:
                continue


def pairs(file: Path) -> dict[str, str]:
    """`NAME=value` lines."""
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return dict(line.split("=", 1) for line in lines)


def filled(value: Any, context: Mapping[str, Any]) -> Any:
    """A value with its expressions replaced. A name that is not there is empty, as GitHub has it."""
    if isinstance(value, dict):
        return {name: filled(each, context) for name, each in value.items()}
    return EXPRESSION.sub(lambda each: looked_up(each[1].split("."), context), str(value))


def looked_up(names: list[str], context: Mapping[str, Any]) -> str:
    found: Any = context
    for name in names:
        found = found.get(name, {})
    return found or ""
