"""Options of the command: one per setting."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from mock_server.commands.options import Port, environment, mistyped, settings_options, taken
from mock_server.core.errors import BadSetting
from mock_server.core.settings import Settings


def run(
    *arguments: str, env: Mapping[str, str] | None = None, names: Sequence[str] = ()
) -> tuple[list[Settings], Result]:
    """A command that has the named settings as options, or all: the settings that it took, and how it ended."""
    seen: list[Settings] = []

    @click.command()
    @settings_options(*names)
    def command(**options: Any) -> None:
        seen.append(taken(options))

    return seen, CliRunner().invoke(command, arguments, env=env)


def settings_of(*arguments: str, env: Mapping[str, str] | None = None) -> Settings:
    seen, result = run(*arguments, env=env)
    assert result.exit_code == 0, result.output
    return seen[0]


def test_no_option_gives_the_defaults() -> None:
    assert settings_of() == Settings()


@pytest.mark.parametrize(
    ("arguments", "settings"),
    [
        pytest.param(["--profile", "classic"], Settings(profile="classic"), id="a name"),
        pytest.param(["--seed", "7"], Settings(seed=7), id="a number"),
        pytest.param(["--credits", "0"], Settings(credits=0), id="zero"),
        pytest.param(["--callback-timeout", "0.5"], Settings(callback_timeout=0.5), id="a fraction"),
        pytest.param(["--request-timeout", "0"], Settings(request_timeout=0), id="no limit"),
        pytest.param(["--retention-days", "0.5"], Settings(retention_days=0.5), id="half a day"),
        pytest.param(["--base-url", "http://mock"], Settings(base_url="http://mock"), id="a URL"),
        pytest.param(["--pace", "10x"], Settings(pace="10x"), id="a pace"),
        pytest.param(["--epoch", "2025-01-01"], Settings(epoch="2025-01-01"), id="a date"),
        pytest.param(["--rate-limit", "20/10"], Settings(rate_limit="20/10"), id="a limit"),
        pytest.param(["--admin-token", "secret"], Settings(admin_token="secret"), id="a secret"),
        pytest.param(["--maintenance"], Settings(maintenance=True), id="a switch"),
        pytest.param(["--strict-keys"], Settings(strict_keys=True), id="strict keys"),
        pytest.param(["--adopt-unknown-tracks"], Settings(adopt_unknown_tracks=True), id="any track"),
        pytest.param(
            ["--set", "first_items=both", "--set", "all=vary"],
            Settings(readings=("first_items=both", "all=vary")),
            id="two readings",
        ),
        pytest.param(
            ["--allow-callbacks-to", "*.a.com", "--allow-callbacks-to", "b.org"],
            Settings(allow_callbacks_to=("*.a.com", "b.org")),
            id="two hosts",
        ),
    ],
)
def test_an_option_sets_its_field(arguments: Sequence[str], settings: Settings) -> None:
    assert settings_of(*arguments) == settings


@pytest.mark.parametrize(
    ("variable", "value", "settings"),
    [
        pytest.param("SUNO_MOCK_RATE_LIMIT", "20/10", Settings(rate_limit="20/10"), id="a text"),
        pytest.param("SUNO_MOCK_SEED", "7", Settings(seed=7), id="a number"),
        pytest.param("SUNO_MOCK_MAINTENANCE", "1", Settings(maintenance=True), id="a switch"),
        pytest.param(
            "SUNO_MOCK_SET",
            "first_items=both all=vary",
            Settings(readings=("first_items=both", "all=vary")),
            id="several values",
        ),
    ],
)
def test_the_environment_sets_a_field(variable: str, value: str, settings: Settings) -> None:
    assert settings_of(env={variable: value}) == settings


def test_an_option_beats_the_environment() -> None:
    assert settings_of("--seed", "8", env={"SUNO_MOCK_SEED": "7"}).seed == 8


def test_a_bad_setting_reaches_the_caller() -> None:
    _, result = run("--credits", "-1")
    assert isinstance(result.exception, BadSetting)
    assert str(result.exception) == "credits is -1. Allowed: 0 to 10000000000000. Example: 1000000."


@pytest.mark.parametrize(
    "option", ["--seed", "--credits", "--retention-days", "--callback-timeout", "--request-timeout"]
)
def test_no_number_is_refused(option: str) -> None:
    _, result = run(option, "many")
    assert result.exit_code == 2
    said = f"Error: Invalid value for '{option}' (env var: '{environment(option)}'): 'many' is not a valid"
    assert said in result.output


@pytest.mark.parametrize("field", dataclasses.fields(Settings), ids=lambda field: field.name)
def test_help_shows_every_setting(field: dataclasses.Field[Any]) -> None:
    _, result = run("--help")
    output = " ".join(result.output.split())
    flag = field.metadata.get("flag", f"--{field.name.replace('_', '-')}")
    assert f"{flag} " in output
    assert field.metadata["help"] in output
    assert environment(flag) in result.output.replace("\n", "")


def test_a_command_may_have_some_of_the_options() -> None:
    seen, result = run("--seed", "7", names=["profile", "seed"])
    assert (result.exit_code, seen) == (0, [Settings(seed=7)])
    assert run("--pace", "10x", names=["profile", "seed"])[1].exit_code == 2


def test_options_keep_the_settings_order() -> None:
    _, result = run("--help")
    flags = [line.split()[0] for line in result.output.splitlines() if line.startswith("  --")]
    assert flags[:4] == ["--profile", "--seed", "--pace", "--epoch"]
    assert len(flags) == len(dataclasses.fields(Settings)) + len(["--help"])


@pytest.mark.parametrize(
    ("setting", "default"),
    [
        pytest.param("--profile", "[env var: SUNO_MOCK_PROFILE; default: apikley]", id="a text"),
        pytest.param("--seed", "[env var: SUNO_MOCK_SEED; default: 0]", id="zero"),
        pytest.param("--credits", "[env var: SUNO_MOCK_CREDITS; default: 1000000]", id="a number"),
        pytest.param("--epoch", "[env var: SUNO_MOCK_EPOCH]", id="nothing"),
        pytest.param("--maintenance", "[env var: SUNO_MOCK_MAINTENANCE]", id="a switch"),
    ],
)
def test_help_shows_useful_defaults(setting: str, default: str) -> None:
    _, result = run("--help")
    output = " ".join(result.output.split())
    assert default in output.partition(f" {setting} ")[2].partition(" --")[0]


@pytest.mark.parametrize(
    ("flag", "variable"),
    [
        pytest.param("--rate-limit", "SUNO_MOCK_RATE_LIMIT", id="two words"),
        pytest.param("profile", "SUNO_MOCK_PROFILE", id="no dashes"),
    ],
)
def test_a_flag_names_its_variable(flag: str, variable: str) -> None:
    assert environment(flag) == variable


def test_a_variable_of_no_option_is_told() -> None:
    option = click.Option(["--pace"], envvar="SUNO_MOCK_PACE")
    variables = ["SUNO_MOCK_PACEE", "SUNO_MOCK_PACE", "SUNO_MOCK_URL", "SUNO_MOCK_KEY", "PATH", "SUNO_MOCK_X\x1b"]
    assert list(mistyped(variables, [option])) == [
        "SUNO_MOCK_PACEE is the variable of no option. Nearest: SUNO_MOCK_PACE.",
        "SUNO_MOCK_X\\x1b is the variable of no option. Nearest: SUNO_MOCK_URL.",
    ]


@pytest.mark.parametrize("option", ["--admin-token", "--callback-ca", "--base-url"])
def test_an_empty_text_on_the_command_line_is_refused(option: str) -> None:
    seen, result = run(option, "")
    assert (seen, result.exit_code) == ([], 2)
    assert "it is empty. Leave the option out where there is none; is a variable not set?" in result.output


def test_an_empty_variable_is_none() -> None:
    assert settings_of(env={"SUNO_MOCK_ADMIN_TOKEN": ""}) == Settings()


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (
            "tcp://10.0.0.3:4010",
            "'tcp://10.0.0.3:4010' is no port. Allowed: 0 to 65535. Kubernetes sets the variable so for a Service "
            "named suno-mock: set enableServiceLinks: false in the pod, or give the port.",
        ),
        ("65536", "65536 is not in the range 0<=x<=65535."),
        ("http", "'http' is not a valid port."),
    ],
)
def test_a_port_that_is_none_is_told(value: str, told: str) -> None:
    with pytest.raises(click.BadParameter) as refused:
        Port()(value)
    assert refused.value.message == told
