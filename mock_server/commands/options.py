"""Click options for `Settings`: one per field, with its help, default and environment variable."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from mock_server.commands import durations
from mock_server.commands.shell_names import SETTINGS
from mock_server.core.errors import nearest
from mock_server.core.setting_limits import LIMITS
from mock_server.core.settings import BASE_URL, Settings
from mock_server.core.text import cut, printable

Command = TypeVar("Command", bound=Callable[..., Any])

ENVIRONMENT = "SUNO_MOCK_"
"""What the environment variables of options begin with."""
OF_CLIENTS = ("url", "key")
"""Variables that commands and printed curls read which speak to a mock, beside those of `serve`."""

AUTO, ALWAYS, NEVER = "auto", "always", "never"
as_colour = click.option(
    "--color",
    "colour",
    type=click.Choice([AUTO, ALWAYS, NEVER]),
    default=AUTO,
    show_default=True,
    help="Colours; auto: on a terminal, unless NO_COLOR is set.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")


class HttpUrl(click.ParamType[str]):
    """A URL that requests can be sent to."""

    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        import httpx

        try:
            url = httpx.URL(value)
            host = url.host.encode("idna")  # as the resolver will
        except (httpx.InvalidURL, UnicodeError):
            host = b""
        if not host or url.scheme not in ("http", "https"):
            self.fail(f"{cut(value, 100)!r} is no URL. Example: {BASE_URL}.")
        return str(value)


HTTP_URL = HttpUrl()


class Duration(click.ParamType[float]):
    """A length of time such as `90s`, a day at most; in seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        length = durations.seconds(str(value))
        if length > LONGEST:
            self.fail(f"{cut(str(value), 60)!r} is too long. Allowed: at most {durations.written(LONGEST)}.")
        return length


class Port(click.IntRange):
    """A port of TCP; 0 takes a free one."""

    name = "port"

    def __init__(self) -> None:
        super().__init__(0, 65535)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if "://" in str(value):
            self.fail(
                f"{cut(str(value), 60)!r} is no port. Allowed: 0 to 65535. Kubernetes sets the variable so for a "
                "Service named suno-mock: set enableServiceLinks: false in the pod, or give the port.",
                param,
                ctx,
            )
        return super().convert(value, param, ctx)


DURATION = Duration()
LONGEST = 86400.0


def set_option(does: str) -> Callable[[Command], Command]:
    """`--set`, the same wherever a field of a request is given a value."""
    return click.option(
        "--set",
        "pairs",
        multiple=True,
        metavar="FIELD=VALUE",
        help=f"{does}: title=42 by the documented type, title:=42 as the JSON that follows. Can be repeated.",
    )


def environment(flag: str) -> str:
    """`--rate-limit` as `SUNO_MOCK_RATE_LIMIT`."""
    return ENVIRONMENT + flag.removeprefix("--").replace("-", "_").upper()


def mistyped(variables: Iterable[str], options: Iterable[click.Parameter]) -> Iterator[str]:
    """What is said of environment variables that begin as those of options do, and are none."""
    known = [*(str(each.envvar) for each in options if each.envvar), *map(environment, OF_CLIENTS)]
    for name in variables:
        if name.startswith(ENVIRONMENT) and name not in known:
            yield f"{printable(cut(name))} is the variable of no option.{nearest(name, known)}"


def _given(context: click.Context, option: click.Parameter, value: Any) -> Any:
    """Raise BadParameter for a text that is empty on the command line: a variable that is not set, mostly."""
    if value == "" and context.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE:
        raise click.BadParameter("it is empty. Leave the option out where there is none; is a variable not set?")
    return value


def settings_options(*names: str) -> Callable[[Command], Command]:
    """Give a command the named settings as options, or all; `taken` turns them into Settings."""

    def decorate(command: Command) -> Command:
        for field in reversed(dataclasses.fields(Settings)):
            if not names or field.name in names:
                command = _option(field)(command)
        return command

    return decorate


def taken(options: dict[str, Any]) -> Settings:
    """The settings among a command's options. Raises BadSetting."""
    names = {field.name for field in dataclasses.fields(Settings)}
    return Settings(**{name: value for name, value in options.items() if name in names})


def _option(field: dataclasses.Field[Any]) -> Callable[[Command], Command]:
    flag = field.metadata.get("flag", f"--{field.name.replace('_', '-')}")
    switch = isinstance(field.default, bool)
    return click.option(
        flag,
        field.name,
        default=field.default,
        help=_help(field),
        metavar=field.metadata.get("metavar"),
        envvar=environment(flag),
        show_envvar=True,
        show_default=not switch and field.default not in ("", None, ()),
        is_flag=switch,
        multiple=isinstance(field.default, tuple),
        type=None if switch else _kind(field.default),
        shell_complete=SETTINGS.get(field.name),
        callback=_given,
    )


def _help(field: dataclasses.Field[Any]) -> str:
    limit = LIMITS.get(field.name)
    text: str = field.metadata["help"]
    return text if limit is None else f"{text} Allowed: {limit}."


def _kind(default: Any) -> type:
    if isinstance(default, int):
        return int
    return float if default is None or isinstance(default, float) else str


def mock_options(command: Command) -> Command:
    """Give a command `--url` and `--admin-token`: the running mock that it is about."""
    url = click.option(
        "--url",
        type=HTTP_URL,
        default=BASE_URL,
        show_default=True,
        envvar=environment("url"),
        show_envvar=True,
        help="Where the mock listens.",
    )
    token = click.option(
        "--admin-token",
        default="",
        metavar="TOKEN",
        envvar=environment("admin-token"),
        show_envvar=True,
        help="What its control plane asks for.",
    )
    return url(token(command))
