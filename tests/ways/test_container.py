"""The steps of Dockerfile and what compose.yaml starts, in a plain environment: no engine is asked."""

import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from packaging.requirements import Requirement

from tests.packaging.environment import ROOT, installed, needed, unconnected

DOCKERFILE = re.sub(r"\\\n", "", re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text("utf-8"), flags=re.M))
STEPS = [tuple(line.split(None, 1)) for line in DOCKERFILE.splitlines() if line.strip()]
SECOND = [step[0] for step in STEPS].index("FROM", [step[0] for step in STEPS].index("FROM") + 1)
BUILD, FINAL = STEPS[:SECOND], STEPS[SECOND:]
SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
MOST_BYTES = 60_000_000
"""That the image may have beyond its base."""
READ_ONLY = """
import os, sys
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
def keep(event, arguments):
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING and arguments[0] != os.devnull:
        raise OSError(30, "Read-only file system", str(arguments[0]))
    if event in ("os.mkdir", "os.rename", "os.remove", "tempfile.mkstemp"):
        raise OSError(30, "Read-only file system", event)
sys.addaudithook(keep)
"""
"""What Python runs first where nothing may be written."""


def said(steps: list[tuple[str, ...]], name: str) -> list[str]:
    """What the steps of a name say."""
    return [step[1] for step in steps if step[0] == name]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`/opt/suno-mock` of the image: the steps of its first stage, with what the mock needs copied from here."""
    folder = tmp_path_factory.mktemp("image")
    source, opt = folder / "source", folder / "opt"
    copied(source)
    variables = {**os.environ, **unconnected(folder / "links", "suno-mock")}
    python = Path(sys.executable).parent
    variables["PATH"] = f"{python}{os.pathsep}{os.environ['PATH']}"
    making, slimming = (step.replace("/opt/suno-mock", str(opt)) for step in said(BUILD, "RUN"))
    subprocess.run(["sh", "-ec", making], cwd=source, env=variables, check=True, timeout=200)
    (packages,) = opt.glob("lib/python*/site-packages")
    for path in {
        path for name in needed(Requirement("suno-mock[shared]"), set()) - {"suno-mock"} for path in installed(name)
    }:
        if path.is_dir():
            shutil.copytree(path, packages / path.name, ignore=shutil.ignore_patterns("*.pyc"))
        else:
            shutil.copy2(path, packages)
    subprocess.run(["sh", "-ec", slimming], cwd=source, env=variables, check=True, timeout=100)
    return opt


def copied(into: Path) -> None:
    """`COPY . .` without what .dockerignore leaves out."""
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")]
    into.mkdir()
    for name in kept:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, into / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, into)


@contextmanager
def running(image: Path, arguments: list[str], **variables: str) -> Iterator[str]:
    """What a container of the image prints first, where nothing can be written."""
    hooks = image.parent / "hooks"
    hooks.mkdir(exist_ok=True)
    (hooks / "sitecustomize.py").write_text(READ_ONLY, "utf-8")
    nowhere = str(image.parent / "nowhere")
    (entry,) = (json.loads(each) for each in said(FINAL, "ENTRYPOINT"))
    environment = {"PATH": f"{image / 'bin'}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(hooks)}
    environment |= {"HOME": nowhere, "TMPDIR": nowhere, "SUNO_MOCK_PORT": "0", **own_variables(), **variables}
    process = subprocess.Popen(
        [str(image / "bin" / entry[0]), *arguments],
        cwd="/",
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.communicate(timeout=20)


def own_variables() -> dict[str, str]:
    """What ENV sets, without the PATH, at this machine's own address."""
    words = [word.split("=", 1) for each in said(FINAL, "ENV") for word in shlex.split(each)]
    return {name: value for name, value in words if name != "PATH"} | {"SUNO_MOCK_HOST": "127.0.0.1"}


def test_the_image_has_at_most_60_megabytes_beyond_its_base(image: Path) -> None:
    files = [path for path in image.rglob("*") if path.is_file() and not path.is_symlink()]
    assert sum(path.stat().st_size for path in files) <= MOST_BYTES
    assert not list(image.rglob("pip"))


def test_a_container_serves_where_nothing_can_be_written_and_is_healthy(image: Path) -> None:
    (command,) = map(json.loads, said(FINAL, "CMD"))
    (health,) = said(FINAL, "HEALTHCHECK")
    check = json.loads(health.partition("CMD ")[2])
    with running(image, command) as url:
        asked = {**os.environ, "SUNO_MOCK_PORT": url.rpartition(":")[2], "http_proxy": "http://127.0.0.1:9"}
        assert check[0] == "python"
        probe = [str(image / "bin" / "python"), *check[1:]]
        assert subprocess.run(probe, env=asked, timeout=30, check=False).returncode == 0
        assert httpx.get(f"{url}/openapi.json").status_code == 200
    assert subprocess.run(probe, env=asked, timeout=30, stderr=subprocess.DEVNULL, check=False).returncode != 0


def test_what_stands_for_a_read_only_root_lets_nothing_be_written(image: Path, tmp_path: Path) -> None:
    with running(image, ["--version"]):
        pass
    writes = [str(image / "bin" / "python"), "-c", f"open({str(tmp_path / 'file')!r}, 'w')"]
    hooked = {"PYTHONPATH": str(image.parent / "hooks")}
    ran = subprocess.run(writes, env=hooked, capture_output=True, text=True, timeout=30, check=False)
    assert "Read-only file system" in ran.stderr


def test_the_receiver_of_compose_receives(image: Path) -> None:
    command = ["0" if word == "3000" else word for word in SERVICES["receiver"]["command"]]
    with running(image, command) as url:
        assert httpx.post(url, json={}).status_code == 200
    assert SERVICES["receiver"]["network_mode"] == "service:suno-mock"


def test_a_container_is_no_root_and_listens_on_every_address() -> None:
    (user,) = said(FINAL, "USER")
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)
    assert "SUNO_MOCK_HOST=0.0.0.0" in " ".join(said(FINAL, "ENV"))
    assert said(FINAL, "EXPOSE") == ["4010"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_may_nothing_that_it_needs_not(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert [each for each in service.get("ports", ()) if not each.startswith("127.0.0.1:")] == []


def test_the_build_gets_no_more_than_it_installs() -> None:
    everything, *kept = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert everything == "*"
    assert kept[-1] == "**/__pycache__"
    assert not any(fnmatch.fnmatch(".git", each.removeprefix("!")) for each in kept)
