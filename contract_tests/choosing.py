"""Options → the target that is tried, with its keys, tracks and limits, and what a run against it is about."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from contract_tests.mock import BAD_KEY, KEY, mock, mock_tracks
from contract_tests.published import Published, profiles
from contract_tests.requests import Track
from contract_tests.run import Plan
from contract_tests.target import Limits
from contract_tests.triggers import Trigger, mock_triggers

LOOPBACK = ("127.0.0.1", "localhost", "::1")
RETRY_WAIT = 420
"""Seconds after which a first retry has come by any reading, with the time of the stages."""
SPACING = 0.5
"""Seconds between requests to a live target: the documented rate is 20 new tasks in 10 seconds."""


class CannotRun(click.ClickException):
    """Something that the user has to give. Exit status 2."""

    exit_code = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The target as it was chosen: where, with which keys, which tracks, how much."""

    base_url: str
    keys: dict[str, str]
    tracks: tuple[Track, ...]
    limits: Limits
    triggers: tuple[Trigger, ...]


def read(profile: str) -> Published:
    """The documents of a profile."""
    if profile not in profiles():
        raise CannotRun(f"profile {profile!r} is unknown. Known: {', '.join(profiles())}.")
    return Published.read(profile)


def choose(published: Published, options: Mapping[str, Any]) -> Chosen:
    """The server that the options name; without a base URL the mock, which is still to be started.

    Raises CannotRun with what has to be given.
    """
    tracks, triggers = tracks_of(published, options), _triggers(options)
    if not options["base_url"]:
        return Chosen(
            base_url="",
            keys={"own": KEY, "bad": BAD_KEY},
            tracks=tracks or mock_tracks(published),
            limits=Limits(budget=options["budget"]),
            triggers=(*triggers, *mock_triggers(published)),
        )
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
    budget = 0 if live and options["budget"] is None else options["budget"]
    others = {each.value: os.environ.get(each.value, "") for each in triggers if each.kind == "key-env"}
    keys = {"own": key, "bad": options["bad_key"], **others}
    limits = Limits(budget=budget, spacing=SPACING if live else 0.0)
    return Chosen(base_url=options["base_url"], keys=keys, tracks=tracks, limits=limits, triggers=triggers)


@contextmanager
def started(chosen: Chosen, profile: str) -> Iterator[Chosen]:
    """The same target; a mock is started for as long as it is used."""
    if chosen.base_url:
        yield chosen
    else:
        with mock(profile) as url:
            yield replace(chosen, base_url=url)


def planned(published: Published, chosen: Chosen, options: Mapping[str, Any]) -> Plan:
    """What a run against the chosen target is about."""
    return Plan(
        published=published,
        tracks=chosen.tracks,
        only=options["only"],
        bad_key=bool(chosen.keys["bad"]),
        callback_timeout=options["callback_timeout"],
        triggers=chosen.triggers,
        listens=bool(options["callback_url"]) or not is_live(chosen.base_url),
        retries=not options["base_url"] or options["callback_timeout"] >= RETRY_WAIT,
    )


def _triggers(options: Mapping[str, Any]) -> tuple[Trigger, ...]:
    try:
        return tuple(map(Trigger.parse, options["trigger"]))
    except ValueError as error:
        raise CannotRun(f"--trigger {error}") from None


def is_live(base_url: str) -> bool:
    """Whether the target is on another machine, where a task may cost money. The mock that has no URL yet is not."""
    return bool(base_url) and urlsplit(base_url).hostname not in LOOPBACK


def tracks_of(published: Published, options: Mapping[str, Any]) -> tuple[Track, ...]:
    """The source tracks that the options name."""
    ids, models, durations = options["audio_id"], options["audio_model"], options["audio_duration"]
    if not len(ids) == len(models) == len(durations):
        raise CannotRun("--audio-id, --audio-model and --audio-duration belong together: give each equally often.")
    for model in models:
        if model not in published.models:
            raise CannotRun(f"--audio-model {model!r} is unknown. Known: {', '.join(published.models)}.")
    return tuple(
        Track(id=id, model=model, duration=duration) for id, model, duration in zip(ids, models, durations, strict=True)
    )


@contextmanager
def journal(folder: Path | None) -> Iterator[Any]:
    """Where every exchange is written down."""
    if folder is None:
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            yield nowhere
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "journal.jsonl").open("a", encoding="utf-8") as file:
        yield file
