"""Options → the target that is tried, what a run against it is about, and the run that is resumed."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, Final, TextIO
from urllib.parse import urlsplit

import click

from contract_tests import journal
from contract_tests.journal import Recorded
from contract_tests.mock import BAD_KEY, KEY, mock_tracks
from contract_tests.plan import Plan
from contract_tests.published import Published, profiles
from contract_tests.requests import Track
from contract_tests.target import Limits, Target
from contract_tests.triggers import Trigger, mock_triggers

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
RETRY_WAITS: Final = {3: 1600, 1: 420}
"""Seconds after which so many retries have come by any reading, with the time of the stages."""
SPACING: Final = 0.5
"""Seconds between requests to a live target: the documented rates are 20 new tasks in 10 seconds, and 3 polls of a task
in one."""
JOURNAL: Final = "journal.jsonl"


class CannotRun(click.ClickException):
    """Something that the user has to give. Exit status 2."""

    exit_code = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The target as it was chosen: where, with which keys, which tracks, how much, and what an earlier run knows."""

    base_url: str
    keys: dict[str, str] = field(repr=False)
    key_env: str
    tracks: tuple[Track, ...]
    limits: Limits
    triggers: tuple[Trigger, ...]
    seed: int
    before: Recorded

    def target(self, notes: TextIO) -> Target:
        """The target, which writes every exchange down in `notes`."""
        return Target(
            self.base_url,
            self.keys,
            self.limits,
            notes,
            key_env=self.key_env,
            recorded=self.before.exchanges,
            spent=self.before.spent,
        )


def documents(profile: str) -> Published:
    """The documents of a profile."""
    if profile not in profiles():
        raise CannotRun(f"profile {profile!r} is unknown. Known: {', '.join(profiles())}.")
    return Published.read(profile)


def choose(published: Published, options: Mapping[str, Any]) -> Chosen:
    """The server that the options name; without a base URL the mock, which is still to be started.

    Raises CannotRun with what has to be given.
    """
    tracks, triggers, before = tracks_of(published, options), _triggers(options), _recorded(options)
    base_url, named = options["base_url"], options["api_key_env"]
    keys = {"own": KEY, "bad": BAD_KEY, **_named_keys(triggers)}
    if base_url:
        keys |= {"own": _own_key(base_url, named), "bad": options["bad_key"]}
        if not tracks:
            raise CannotRun("no source track: give --audio-id, --audio-model and --audio-duration of the target's.")
    live = is_live(base_url)
    return Chosen(
        base_url=base_url,
        keys=keys,
        key_env=named,
        tracks=tracks or mock_tracks(published),
        limits=Limits(
            budget=0 if live and options["budget"] is None else options["budget"], spacing=SPACING if live else 0.0
        ),
        triggers=triggers if base_url else (*triggers, *mock_triggers(published)),
        seed=before.of.get("seed", options["seed"] or 0),
        before=before,
    )


def planned(published: Published, chosen: Chosen, options: Mapping[str, Any]) -> Plan:
    """What a run against the chosen target is about. Raises CannotRun when it is about nothing."""
    plan = Plan(
        published=published,
        tracks=chosen.tracks,
        only=options["only"],
        bad_key=bool(chosen.keys["bad"]),
        callback_timeout=options["callback_timeout"],
        triggers=chosen.triggers,
        listens=bool(options["callback_url"]) or not is_live(chosen.base_url),
        retries=_retries(options),
        seed=chosen.seed,
    )
    check_only(plan)
    return plan


def check_only(plan: Plan) -> None:
    """Raise CannotRun, with the nearest rules, for a pattern that no rule matches."""
    if next(plan.probes(), None) is None and not plan.not_provoked():
        known = {probe.rule for probe in replace(plan, only="*").probes()}
        close = ", ".join(get_close_matches(plan.only[:100], sorted(known), cutoff=0))
        raise CannotRun(f"--only {plan.only!r} matches no rule. Nearest: {close}. `suno-contract plan` lists all.")


def is_url(text: str) -> bool:
    """Whether a request can be sent there."""
    try:
        url = urlsplit(text)
        return url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        return False


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


def _own_key(base_url: str, variable: str) -> str:
    if not is_url(base_url):
        raise CannotRun(f"--base-url {base_url!r} is no http:// or https:// URL with a host.")
    key = os.environ.get(variable, "").strip()
    if not key:
        raise CannotRun(f"no key: set the environment variable {variable}, or name another by --api-key-env.")
    return key


def _triggers(options: Mapping[str, Any]) -> tuple[Trigger, ...]:
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


def _recorded(options: Mapping[str, Any]) -> Recorded:
    """What was sent by the run that is resumed; nothing without --resume."""
    if not options["resume"]:
        return Recorded()
    if options["report_dir"] is None:
        raise CannotRun("--resume needs --report-dir: the journal of the run that was interrupted is there.")
    if not options["base_url"]:
        raise CannotRun("--resume needs --base-url: the mock of the run that was interrupted has ended with it.")
    path = options["report_dir"] / JOURNAL
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


def _retries(options: Mapping[str, Any]) -> int:
    """For how many retries of a callback there is time; the mock's come soon."""
    wait = options["callback_timeout"] if options["base_url"] else max(RETRY_WAITS.values())
    return next((retries for retries, needed in RETRY_WAITS.items() if wait >= needed), 0)
