"""Checks what a user gives, as an option or in the environment, and makes values of it.

Where that cannot be, CannotRun says what has to be given.
"""

import os
import re
import shlex
from collections.abc import Collection, Iterable, Mapping
from math import isnan
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import click
from click.core import ParameterSource
from yaml import YAMLError

from contract_tests.documents.files import why_unread
from contract_tests.documents.published import Published
from contract_tests.probes.request import Track
from contract_tests.probes.triggers import Trigger

LONGEST: Final = 86_400
SHORTEST_TRACK: Final = 4
"""Seconds that a source track lasts at least: in a shorter one, some `continueAt` of the probes would be wrong."""
SHORTEST_KEY: Final = 8
"""Characters of a key at least: a shorter one may be a word of a report, which would be masked, too."""
RESERVED: Final = ("authorization", "connection", "content-length", "host", "transfer-encoding")
"""Headers that a trigger cannot set: the harness or its HTTP client sets them."""
ALL: Final = "all"
UNREADABLE: Final = (KeyError, IndexError, TypeError, AttributeError, ValueError, OSError, RecursionError, YAMLError)
"""What comes of a profile, or a document of its own, that nobody has checked."""
HEADER_NAME: Final = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
HEADER_VALUE: Final = re.compile(r"[\t\x20-\x7e]*")


class CannotRun(click.ClickException):
    """A run cannot be made; the message says what the user has to give. Exit status 2."""

    exit_code = 2


class Seconds(click.FloatRange):
    """An option of seconds: how long a run waits, or how long a track lasts."""

    def __init__(self, least: float = 0) -> None:
        super().__init__(least, LONGEST, min_open=not least)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        seconds = super().convert(value, param, ctx)
        if isnan(seconds):  # which no bound keeps out
            least = "more than" if self.min_open else "at least"
            allowed = f"{least} {self.min:g}, at most {self.max:g}"
            self.fail(f"{value!r} is no number of seconds. Allowed: {allowed}.", param, ctx)
        return seconds


def command_of(context: click.Context) -> str:
    """What was typed, as a shell takes it."""
    words = context.command_path.split()
    for option in context.command.params:
        name = option.name or ""
        if is_given(context, name):
            value = context.params[name]
            for each in value if option.multiple else [value]:
                words += [option.opts[0]] if each is True else [option.opts[0], str(each)]
    return shlex.join(words)


def is_given(context: click.Context, name: str) -> bool:
    """Whether somebody typed an option or an argument."""
    return context.get_parameter_source(name) is ParameterSource.COMMANDLINE


def documents(profile: str) -> Published:
    """The documents of a profile."""
    try:
        return Published.read(profile)
    except UNREADABLE as error:
        lacks = isinstance(error, KeyError)
        why = f"it has no {error}, and extends no profile that has" if lacks else why_unread(error)
        raise CannotRun(
            f"profile {profile!r} cannot be read: {why}. `suno-mock profiles check {profile}` tells what is wrong."
        ) from None
    except LookupError as error:
        raise CannotRun(str(error.args[0])) from None


def check_shown(name: str, text: str) -> None:
    """Raises CannotRun unless requests can be sent to a URL and reports may show it. `name` is the option."""
    if not _is_url(text):
        raise CannotRun(f"{name} {text!r} is no http:// or https:// URL with a host, such as http://127.0.0.1:3000.")

    if "@" in urlsplit(text).netloc:
        raise CannotRun(f"{name} holds a user name or a password, which every report would show: leave it out.")


def check_base(name: str, text: str) -> None:
    """The same for a URL that paths are put behind."""
    check_shown(name, text)
    if "?" in text or "#" in text:
        raise CannotRun(f"{name} {text!r} has a query or a fragment, and paths are put behind it: leave it out.")


def check_text(name: str, text: str) -> None:
    """Raises CannotRun for a value with bytes that are no text."""
    if not text.isprintable():
        raise CannotRun(f"{name} {text!r} holds what is no text: no request could carry it, and no report show it.")


def check_listening(host: str, callback_url: str | None) -> None:
    """Raises CannotRun for an address that one can listen at and nobody can call."""
    if host in ("", "0.0.0.0", "::") and not callback_url:  # noqa: S104, it is refused
        raise CannotRun(
            f"--receiver-host {host!r} is no address that a target can call. "
            "Say by --callback-url how it is reached, or give an address of this machine."
        )


def make_folder(name: str, folder: Path) -> None:
    """Makes the folder of an option. Raises CannotRun where that fails."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotRun(f"{name} {folder}: {error.strerror}. Give a folder that can be made, or one that is.") from None


def tracks_of(published: Published, options: Mapping[str, Any]) -> tuple[Track, ...]:
    """The source tracks that the options name."""
    ids, models, durations = options["audio_id"], options["audio_model"], options["audio_duration"]
    if not len(ids) == len(models) == len(durations):
        raise CannotRun("--audio-id, --audio-model and --audio-duration belong together: give each equally often.")
    for id in ids:
        check_text("--audio-id", id)
    for model in models:
        if model not in published.models:
            raise CannotRun(f"--audio-model {model!r} is unknown. Known: {', '.join(published.models)}.")
    return tuple(
        Track(id=id, model=model, duration=duration) for id, model, duration in zip(ids, models, durations, strict=True)
    )


def triggers_of(published: Published, texts: Collection[str]) -> tuple[Trigger, ...]:
    """The triggers that the options name."""
    try:
        for text in texts:
            check_text("--trigger", text)
        triggers = tuple(map(Trigger.parse, texts))
    except ValueError as error:
        raise CannotRun(f"--trigger {error}") from None
    for each in triggers:
        _check_code(published, each)
        _check_header(each)
    return triggers


def operations_of(published: Published, text: str) -> tuple[str, ...]:
    """The operations that an option names, in the order of the data. Raises CannotRun, with those that there are."""
    known = [each.name for each in published.operations]
    named = [*filter(None, (name.strip() for name in text.split(",")))]
    for name in named:
        if name not in (*known, ALL):
            raise CannotRun(
                f"--operations {name!r}: profile {published.profile!r} has no such operation that can be judged beside "
                f"extend. Allowed: {', '.join((*known, ALL))}."
            )
    return tuple(known) if ALL in named else tuple(name for name in known if name in named)


def own_key(variable: str) -> str:
    """The key of an environment variable."""
    key = os.environ.get(variable, "").strip()
    if not key:
        raise CannotRun(f"no key: set the environment variable {variable}, or name another by --api-key-env.")
    check_key(f"the key in {variable}", key)
    return key


def check_key(name: str, key: str) -> None:
    """Raises CannotRun unless a header can carry the key and reports can be kept free of it."""
    if len(key) < SHORTEST_KEY:
        raise CannotRun(f"{name} has fewer than {SHORTEST_KEY} characters: no report could be kept free of it.")
    if not HEADER_VALUE.fullmatch(key):
        raise CannotRun(f"{name} holds a character that no header can carry: only printable ASCII can be sent.")


def named_keys(triggers: Iterable[Trigger]) -> dict[str, str]:
    """The keys of triggers, by the environment variable that holds each."""
    keys = {}
    for each in triggers:
        if each.kind == "key-env":
            key = os.environ.get(each.value, "").strip()
            if not key:
                raise CannotRun(
                    f"--trigger {each.code}=key-env:{each.value}: the environment variable {each.value} is not set. "
                    f"Set it to a key that the target answers with {each.code}, or leave the trigger out."
                )
            check_key(f"the key in {each.value}", key)
            keys[each.value] = key
    return keys


def _is_url(text: str) -> bool:
    try:
        url = urlsplit(text)
        return url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        return False


def _check_code(published: Published, trigger: Trigger) -> None:
    known = published.failures
    if trigger.code not in known:
        raise CannotRun(
            f"--trigger {trigger.code}: {published.document.name} has no such failure. Known: {', '.join(known)}."
        )


def _check_header(trigger: Trigger) -> None:
    name, _, value = trigger.value.partition("=")
    if trigger.kind == "header" and not (HEADER_NAME.fullmatch(name) and HEADER_VALUE.fullmatch(value)):
        raise CannotRun(
            f"--trigger {trigger.code}=header:{trigger.value!r} is no header that can be sent: a name of letters, "
            "digits and '-', and a value of printable ASCII."
        )
    if trigger.kind == "header" and name.lower() in RESERVED:
        raise CannotRun(
            f"--trigger {trigger.code}=header:{name}=… sets a header that the harness sets itself. "
            "For another key, give key-env and the environment variable that holds it."
        )
    if trigger.kind == "key-env" and trigger.value in ("own", "bad"):
        raise CannotRun(f"--trigger {trigger.code}=key-env:{trigger.value}: the variable needs another name.")
