"""The command `suno-contract`."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import click

from contract_tests import reports
from contract_tests.html import as_html
from contract_tests.mock import BAD_KEY, KEY, mock, mock_tracks
from contract_tests.published import Published, profiles
from contract_tests.receiver import Receiver
from contract_tests.requests import Track
from contract_tests.run import Plan, Run, Verdict
from contract_tests.target import Limits, Target
from contract_tests.triggers import Trigger, mock_triggers

LOOPBACK = ("127.0.0.1", "localhost", "::1")
RETRY_WAITS = {3: 1600, 1: 420}
"""Seconds after which so many retries have come by any reading, with the time of the stages."""
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


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command, by default with the process's arguments.

    Exit status 0: the target conforms, 1: it does not, 2: the run could not be made.
    """
    try:
        sys.exit(cli.main(arguments, prog_name="suno-contract", standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        print(f"suno-contract: {error.format_message()}", file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        print(f"suno-contract: {error}", file=sys.stderr)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)


@click.group()
def cli() -> None:
    """Check a server of the Suno API's music-extension endpoint against the published documents."""


def target_options(command: Any) -> Any:
    """The options that say what is tried."""
    for option in reversed(
        (
            click.option("--base-url", default="", help="The server to check; without it the mock is started."),
            click.option(
                "--api-key-env", default="SUNO_API_KEY", show_default=True, help="Where the key is read from."
            ),
            click.option("--profile", default="apikley", show_default=True, help="Which reading of the documents."),
            click.option("--audio-id", multiple=True, help="A source track of the target; may be given several times."),
            click.option("--audio-model", multiple=True, help="Its model."),
            click.option("--audio-duration", multiple=True, type=float, help="Its length in seconds."),
            click.option("--bad-key", default="", help="A key that the target must refuse."),
            click.option("--only", default="*", show_default=True, metavar="GLOB", help="Only rules of these ids."),
        )
    ):
        command = option(command)
    return command


@cli.command(epilog="Example:  suno-contract run --report-dir report")
@target_options
@click.option(
    "--budget", type=click.IntRange(0), help="Tasks that may be started; 0 on a live target, else any number."
)
@click.option("--receiver-host", default="127.0.0.1", show_default=True, help="Where callbacks are received.")
@click.option("--receiver-port", default=0, type=click.IntRange(0, 65535), help="0 takes a free port.")
@click.option("--callback-url", default="", help="How the target reaches the receiver, if not by its address.")
@click.option("--callback-timeout", default=30.0, show_default=True, help="Seconds to wait for the last callback.")
@click.option("--trigger", multiple=True, metavar="CODE=KIND:VALUE", help="How the target is brought to a code.")
@click.option("--report-dir", type=click.Path(path_type=Path), help="Where the reports and the journal are written.")
def run(report_dir: Path | None, **options: Any) -> int:
    """Send the probes, wait for the callbacks, and tell what deviates from the documents."""
    published = _published(options["profile"])
    listening = (options["receiver_host"], options["receiver_port"], options["callback_url"])
    with _journal(report_dir) as journal, _chosen(published, options) as chosen, Receiver(*listening) as receiver:
        plan = Plan(
            published=published,
            tracks=chosen.tracks,
            only=options["only"],
            bad_key=bool(chosen.keys["bad"]),
            callback_timeout=options["callback_timeout"],
            triggers=chosen.triggers,
            listens=bool(options["callback_url"]) or not _is_live(chosen.base_url),
            retries=_retries(options),
        )
        target = Target(chosen.base_url, chosen.keys, chosen.limits, journal, key_env=options["api_key_env"])
        click.echo(f"{chosen.base_url} against {published.document.name}, profile {published.profile}")
        found = reports.rows(Run(plan, target, receiver).results())
        target.close()
    for row in found:
        click.echo(row.line)
    click.echo(reports.summary(found, target.spent))
    if report_dir is not None:
        (report_dir / "report.json").write_text(reports.as_json(found), "utf-8")
        page = as_html(found, chosen.base_url, published.document.name, target.spent)
        (report_dir / "report.html").write_text(page, "utf-8")
        (report_dir / "junit.xml").write_text(reports.as_junit(found), "utf-8")
    return int(any(row.verdict is Verdict.VIOLATED for row in found))


@cli.command(name="plan", epilog="Example:  suno-contract plan --only 'extend.styleWeight.*'")
@target_options
def plan_command(**options: Any) -> None:
    """List every probe with its rule, what it sends and the most that it can cost. Nothing is sent."""
    published = _published(options["profile"])
    tracks = _tracks(published, options) or mock_tracks(published)
    cost = 0
    for probe in Plan(published=published, tracks=tracks, only=options["only"]).probes():
        cost += probe.cost
        click.echo(f"{probe.cost} {probe.rule:34} {probe.says}  {probe.place}")
    click.echo(f"{cost} tasks at most")


def _published(profile: str) -> Published:
    if profile not in profiles():
        raise CannotRun(f"profile {profile!r} is unknown. Known: {', '.join(profiles())}.")
    return Published.read(profile)


@contextmanager
def _chosen(published: Published, options: dict[str, Any]) -> Iterator[Chosen]:
    """The live target that the options name, or a mock."""
    tracks = _tracks(published, options)
    if not options["base_url"]:
        with mock(published.profile) as url:
            keys = {"own": KEY, "bad": BAD_KEY}
            yield Chosen(
                triggers=(*_triggers(options), *mock_triggers(published)),
                base_url=url,
                keys=keys,
                tracks=tracks or mock_tracks(published),
                limits=Limits(budget=options["budget"]),
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
    live = _is_live(options["base_url"])
    budget = 0 if live and options["budget"] is None else options["budget"]
    triggers = _triggers(options)
    others = {each.value: os.environ.get(each.value, "") for each in triggers if each.kind == "key-env"}
    keys = {"own": key, "bad": options["bad_key"], **others}
    limits = Limits(budget=budget, spacing=SPACING if live else 0.0)
    yield Chosen(base_url=options["base_url"], keys=keys, tracks=tracks, limits=limits, triggers=triggers)


def _triggers(options: dict[str, Any]) -> tuple[Trigger, ...]:
    try:
        return tuple(map(Trigger.parse, options["trigger"]))
    except ValueError as error:
        raise CannotRun(f"--trigger {error}") from None


def _retries(options: dict[str, Any]) -> int:
    """For how many retries of a callback there is time; the mock's come at once."""
    wait = options["callback_timeout"] if options["base_url"] else max(RETRY_WAITS.values())
    return next((retries for retries, needed in RETRY_WAITS.items() if wait >= needed), 0)


def _is_live(base_url: str) -> bool:
    """Whether the target is on another machine, where a task may cost money."""
    return urlsplit(base_url).hostname not in LOOPBACK


def _tracks(published: Published, options: dict[str, Any]) -> tuple[Track, ...]:
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
def _journal(folder: Path | None) -> Iterator[Any]:
    """Where every exchange is written down."""
    if folder is None:
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            yield nowhere
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "journal.jsonl").open("a", encoding="utf-8") as file:
        yield file
