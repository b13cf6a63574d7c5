"""What the wheel carries, and what works where it alone is installed."""

import sys
import zipfile
from pathlib import Path

import click
import pytest

import mock_server
from contract_tests.__main__ import EXTRA
from mock_server.commands.cli import cli
from tests.packaging.environment import ROOT, Environment, ended

PACKAGES = ("mock_server", "contract_tests", "suno_mock_pytest")


def test_the_wheel_carries_the_code_and_the_data(built: Path) -> None:
    with zipfile.ZipFile(built) as wheel:
        carried = set(wheel.namelist())
    for folder in ("openapi", "fixtures"):
        files = [path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file()]
        assert {f"mock_server/_data/{path.as_posix()}" for path in files} <= carried
    for package in PACKAGES:
        code = [path for path in (ROOT / package).rglob("*.*") if "__pycache__" not in path.parts]
        assert {path.relative_to(ROOT).as_posix() for path in code} <= carried
        assert f"{package}/py.typed" in carried
    assert {name.partition("/")[0] for name in carried if ".dist-info/" not in name} == set(PACKAGES)


@pytest.mark.parametrize("name", mock_server.__all__)
def test_every_public_name_is_there_on_first_use(name: str) -> None:
    assert getattr(mock_server, name).__name__ == name


def test_a_name_that_is_not_there_is_named() -> None:
    with pytest.raises(AttributeError, match="module 'mock_server' has no attribute 'creat_app'"):
        mock_server.creat_app  # type: ignore[attr-defined]  # noqa: B018


def test_a_user_starts_the_mock_in_every_way_without_an_extra(users: Environment, tmp_path: Path) -> None:
    code = """\
import asyncio, httpx
from mock_server import KeyView, MockServer, Receiver, Settings, create_app

with MockServer(pace="manual") as mock, Receiver() as receiver:
    assert isinstance(mock.account("mine"), KeyView)
    task = mock.trigger("callback-501", to=receiver.url)
    mock.clock.advance(180)
    print(len(receiver.received), "callbacks")

async def asked(app):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mock") as client:
        return await client.get("/api/v1/chat/credit", headers={"Authorization": "Bearer mine"})

print(asyncio.run(asked(create_app(Settings(seed=7)))).json())
"""
    ran = users.run("-c", code, cwd=tmp_path)
    assert ran.stdout == "2 callbacks\n{'code': 200, 'msg': 'success', 'data': 1000000}\n", ran.stderr
    demo = ended([str(users.commands / "suno-mock"), "demo", "--pace", "600x"], tmp_path)
    assert "status SUCCESS" in demo.stdout, demo.stderr


def test_every_command_is_there_without_an_extra(users: Environment, tmp_path: Path) -> None:
    code = """\
import click
from mock_server.commands.cli import cli

with click.Context(cli, info_name="suno-mock") as context:
    for name in cli.list_commands(context):
        print(name, len(cli.get_command(context, name).get_help(context)) > 20)
"""
    ran = users.run("-W", "error", "-c", code, cwd=tmp_path)
    assert ran.stderr == ""
    assert ran.stdout.splitlines() == [f"{name} True" for name in cli.list_commands(click.Context(cli))]


def test_what_the_wheel_needs_is_all_that_is_there(users: Environment, tmp_path: Path) -> None:
    checked = ended([sys.executable, "-m", "pip", "--python", str(users.python), "check"], tmp_path)
    assert (checked.returncode, checked.stdout) == (0, "No broken requirements found.\n")


def test_the_fixtures_need_no_extra(users: Environment, tmp_path: Path) -> None:
    test = "def test_song(suno_mock, suno_receiver):\n    suno_mock.trigger('200', to=suno_receiver.url)\n"
    test += "    assert suno_mock.clock.advance(180) == len(suno_receiver.received) == 3\n"
    (tmp_path / "test_song.py").write_text(test, "utf-8")
    ran = users.run("-m", "pytest", "-q", "-W", "error", cwd=tmp_path)
    assert ran.stdout.splitlines()[-1].startswith("1 passed"), ran.stdout + ran.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["run"], ["plan"], ["receiver", "http://127.0.0.1:9"]])
def test_the_harness_without_its_extra_says_what_installs_it(
    users: Environment, tmp_path: Path, arguments: list[str]
) -> None:
    ran = ended([str(users.commands / "suno-contract"), *arguments], tmp_path)
    missing, _, way = ran.stderr.removeprefix("suno-contract: ").partition(" ")
    assert missing in EXTRA
    assert way == 'is not installed. Install what the harness needs: pip install "suno-mock[contract]"\n'
    assert (ran.returncode, ran.stdout) == (2, "")
