"""What the options of the command choose: the target, its keys and tracks, and the run that is resumed."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from contract_tests import journal
from contract_tests.journal import Recorded
from contract_tests.mock import BAD_KEY, KEY, mock, mock_tracks
from contract_tests.published import Published, profiles
from contract_tests.requests import Track
from contract_tests.target import Limits
from contract_tests.triggers import Trigger, mock_triggers

LOOPBACK = ("127.0.0.1", "localhost", "::1")
RETRY_WAITS = {3: 1600, 1: 420}
"""Seconds after which so many retries have come by any reading, with the time of the stages."""
SPACING = 0.5
"""Seconds between requests to a live target: the documented rates are 20 new tasks in 10 seconds, and 3 polls of a task
in one."""
JOURNAL = "journal.jsonl"


class CannotRun(click.ClickException):
    """Something that the user has to give. Exit status 2."""

    exit_code = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The target as it was chosen: where, with which keys, which tracks, how much."""

    base_url: str
    keys: dict[str, str] = field(repr=False)
    tracks: tuple[Track, ...]
    limits: Limits
    triggers: tuple[Trigger, ...]


def documents(profile: str) -> Published:
    if profile not in profiles():
        raise CannotRun(f"profile {profile!r} is unknown. Known: {', '.join(profiles())}.")
    return Published.read(profile)


@contextmanager
def chosen(published: Published, options: dict[str, Any], seed: int) -> Iterator[Chosen]:
    """The live target that the options name, or a mock."""
    tracks = own_tracks(published, options)
    triggers = _triggers(options)
    if not options["base_url"]:
        with mock(published.profile, "--seed", str(seed)) as url:
            yield Chosen(
                base_url=url,
                keys={"own": KEY, "bad": BAD_KEY, **_named_keys(triggers)},
                tracks=tracks or mock_tracks(published),
                limits=Limits(budget=options["budget"]),
                triggers=(*triggers, *mock_triggers(published)),
            )
        return
    if not options["base_url"].startswith(("http://", "https://")):
        raise CannotRun(f"--base-url {options['base_url']!r} is no http:// or https:// URL.")
    key = os.environ.get(options["api_key_env"], "").strip()
    if not key:
        raise CannotRun(
            f"no key: set the environment variable {options['api_key_env']}, or name another by --api-key-env."
        )
    if not tracks:
        raise CannotRun("no source track: give --audio-id, --audio-model and --audio-duration of one of the target's.")
    live = is_live(options["base_url"])
    yield Chosen(
        base_url=options["base_url"],
        keys={"own": key, "bad": options["bad_key"], **_named_keys(triggers)},
        tracks=tracks,
        limits=Limits(
            budget=0 if live and options["budget"] is None else options["budget"], spacing=SPACING if live else 0.0
        ),
        triggers=triggers,
    )


def own_tracks(published: Published, options: dict[str, Any]) -> tuple[Track, ...]:
    """The source tracks that the options give."""
    ids, models, durations = options["audio_id"], options["audio_model"], options["audio_duration"]
    if not len(ids) == len(models) == len(durations):
        raise CannotRun("--audio-id, --audio-model and --audio-duration belong together: give each equally often.")
    for model in models:
        if model not in published.models:
            raise CannotRun(f"--audio-model {model!r} is unknown. Known: {', '.join(published.models)}.")
    return tuple(
        Track(id=id, model=model, duration=duration) for id, model, duration in zip(ids, models, durations, strict=True)
    )


def recorded(report_dir: Path | None, options: dict[str, Any]) -> Recorded:
    """What was sent by the run that is resumed; nothing without --resume."""
    if not options["resume"]:
        return Recorded()
    if report_dir is None:
        raise CannotRun("--resume needs --report-dir: the journal of the run that was interrupted is there.")
    if not options["base_url"]:
        raise CannotRun("--resume needs --base-url: the mock of the run that was interrupted has ended with it.")
    path = report_dir / JOURNAL
    found = journal.read(path.read_text("utf-8").splitlines() if path.is_file() else ())
    if not found.of:
        raise CannotRun(f"nothing to resume: {path} holds no run. Start one without --resume.")
    for name, was in found.of.items():
        given = options[name]
        if given is not None and given != was:
            option = f"--{name.replace('_', '-')}"
            raise CannotRun(
                f"{option} {given!r} is not that of the run in {path}, {was!r}: give the same to resume it."
            )
    return found


def retries(options: dict[str, Any]) -> int:
    """For how many retries of a callback there is time; the mock's come soon."""
    wait = options["callback_timeout"] if options["base_url"] else max(RETRY_WAITS.values())
    return next((retries for retries, needed in RETRY_WAITS.items() if wait >= needed), 0)


def is_live(base_url: str) -> bool:
    """Whether the target is on another machine, where a task may cost money."""
    return urlsplit(base_url).hostname not in LOOPBACK


def _triggers(options: dict[str, Any]) -> tuple[Trigger, ...]:
    try:
        return tuple(map(Trigger.parse, options["trigger"]))
    except ValueError as error:
        raise CannotRun(f"--trigger {error}") from None


def _named_keys(triggers: Iterable[Trigger]) -> dict[str, str]:
    """The keys of triggers, by the environment variable that holds each."""
    keys = {}
    for each in triggers:
        if each.kind == "key-env":
            keys[each.value] = os.environ.get(each.value, "").strip()
            if not keys[each.value]:
                raise CannotRun(
                    f"--trigger {each.code}=key-env:{each.value}: the environment variable {each.value} is not set. "
                    f"Set it to a key that the target answers with {each.code}, or leave the trigger out."
                )
    return keys
