"""Chooses, from the options, the target, the plan of the run, and the earlier run that it resumes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from itertools import chain
from pathlib import Path
from typing import Any, Final, TextIO

from contract_tests.documents.counted import counted
from contract_tests.documents.hosts import is_live
from contract_tests.documents.published import Published
from contract_tests.probes.plan import Plan
from contract_tests.probes.triggers import mock_triggers
from contract_tests.reports import safe_files
from contract_tests.run.inputs import (
    CannotRun,
    check_base,
    check_key,
    check_listening,
    check_shown,
    named_keys,
    operations_of,
    own_key,
    tracks_of,
    triggers_of,
)
from contract_tests.target import journal
from contract_tests.target.journal import EarlierRun
from contract_tests.target.mock import BAD_KEY, KEY, mock_tracks
from contract_tests.target.target import Limits, Target

RETRY_WAITS: Final = {3: 1600, 1: 420}
"""Seconds that a run needs to see so many retries, whatever the reading, with the time of the stages. The most come
first: `_retries` takes the first that fits."""
SPACING: Final = 0.5
"""Seconds between requests to a live target: the documented rates are 20 new tasks in 10 seconds, and 3 polls of a task
in one."""
OVERLAP: Final = 6
"""Requests to a live target that are under way at the same time, so that the spacing decides and not the answers."""
JOURNAL: Final = "journal.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the options chose: the target with its keys and limits, the plan, and the earlier run that is resumed.
    `patience` is how many seconds an answer may take."""

    base_url: str
    keys: dict[str, str] = field(repr=False)
    key_env: str
    limits: Limits
    plan: Plan
    before: EarlierRun
    patience: float

    @property
    def run(self) -> dict[str, Any]:
        """What the journal says of this run."""
        tracks = self.plan.tracks
        return {
            "base_url": self.base_url,
            "profile": self.plan.published.profile,
            "seed": self.plan.seed,
            "audio_id": [track.id for track in tracks],
            "audio_model": [track.model for track in tracks],
            "audio_duration": [track.duration for track in tracks],
            "budget": self.limits.budget,
        }

    def target(self, notes: TextIO) -> Target:
        """A client of the target, which writes every exchange into `notes`."""
        return Target(
            self.base_url,
            self.keys,
            self.limits,
            notes,
            patience=self.patience,
            key_env=self.key_env,
            before=self.before,
            terms=self.plan.published.terms,
        )


def choose(published: Published, options: Mapping[str, Any]) -> Chosen:
    """The server that the options name; without a base URL the mock, which is still to be started.

    Raises CannotRun with what has to be given.
    """
    plan, before = planned(published, options), _earlier_run(options)
    base_url, budget = options["base_url"], options["budget"]
    if budget is None and base_url:  # also on this machine: a tunnel to a server that costs begins here
        budget = before.run.get("budget") or 0
    return Chosen(
        base_url=base_url or "",
        keys={**_keys(options), **named_keys(plan.triggers)},
        key_env=options["api_key_env"],
        limits=Limits(budget=budget, spacing=SPACING, overlap=OVERLAP) if is_live(base_url) else Limits(budget=budget),
        plan=replace(plan, seed=before.run.get("seed", plan.seed), budget=budget),
        before=before,
        patience=options["timeout"],
    )


def planned(published: Published, options: Mapping[str, Any]) -> Plan:
    """The plan of a run with these options. Raises CannotRun for a wrong option, and where no rule is tried."""
    base_url, callback_url = options["base_url"], options["callback_url"]
    for name, url in (("--base-url", base_url), ("--callback-url", callback_url)):
        if url is not None:
            check_base(name, url)
    if options["upload_url"]:
        check_shown("--upload-url", options["upload_url"])
    check_listening(options["receiver_host"], callback_url)
    tracks, triggers = tracks_of(published, options), triggers_of(published, options["trigger"])
    plan = Plan(
        published=published,
        tracks=tracks or mock_tracks(published),
        only=options["only"],
        bad_key=bool(options["bad_key"] or not base_url),
        callback_timeout=options["callback_timeout"],
        triggers=triggers if base_url else (*triggers, *mock_triggers(published)),
        listens=bool(callback_url) or not is_live(base_url),
        retries=_retries(options),
        seed=options["seed"] or 0,
        operations=operations_of(published, options["operations"]),
        upload_url=options["upload_url"] if base_url else options["upload_url"] or None,
        searches=options.get("searches", False),
        knows=options.get("knows", False),
        probes_rate=options.get("probe_rate", False),
    )
    _check_only(plan)
    return plan


def _check_only(plan: Plan) -> None:
    """Raise CannotRun, with the nearest rules, for a pattern that no rule matches."""
    if next(chain(plan.probes(), plan.of_operation_probes()), None) is None and not plan.not_provoked():
        every = replace(plan, only="*")
        known = {probe.rule for probe in (*every.probes(), *every.of_operation_probes())}
        close = ", ".join(get_close_matches(plan.only[:100], sorted(known), cutoff=0))
        others = [rule for rule in plan.published.registry.of_servers if fnmatchcase(rule, plan.only)]
        why = f"rules for which a run sends no request of their own, {', '.join(others[:3])}" if others else "no rule"
        raise CannotRun(f"--only {plan.only!r} matches {why}. Nearest: {close}. `suno-contract plan` lists all.")


def _keys(options: Mapping[str, Any]) -> dict[str, str]:
    """The own key and the bad one, which is empty where none was given."""
    if not options["base_url"]:
        return {"own": KEY, "bad": BAD_KEY}
    own, bad = own_key(options["api_key_env"]), options["bad_key"]
    if bad:
        check_key("--bad-key", bad)
    if bad == own:
        raise CannotRun(f"--bad-key is the key in {options['api_key_env']}: give one that the target must refuse.")
    if not options["audio_id"]:
        raise CannotRun("no source track: give --audio-id, --audio-model and --audio-duration of the target's.")
    return {"own": own, "bad": bad}


def _earlier_run(options: Mapping[str, Any]) -> EarlierRun:
    """The run that is resumed; an empty one without --resume. Raises CannotRun."""
    if not options["resume"]:
        _check_spent(options)
        return EarlierRun()
    if options["report_dir"] is None:
        raise CannotRun("--resume needs --report-dir: the journal of the run that was interrupted is there.")
    if not options["base_url"]:
        raise CannotRun(
            "--resume needs --base-url: the mock of a run that was interrupted has ended with it. Without --resume "
            "such a run begins anew."
        )
    path = options["report_dir"] / JOURNAL
    try:
        found = journal.read(safe_files.text(path).splitlines())
    except OSError as error:
        raise CannotRun(f"--report-dir: {error}") from None
    if found.ended:
        raise CannotRun(f"nothing to resume: the run in {path} came to its end. Start another without --resume.")
    if not found.run:
        raise CannotRun(f"nothing to resume: {path} holds no run. Start one without --resume.")
    if found.of_mock:
        raise CannotRun(f"nothing to resume: the mock of the run in {path} has ended with it. Leave --resume out.")
    for name in journal.SAME:
        given, was = options[name], found.run.get(name)
        given = list(given) if isinstance(given, tuple) else given
        if given is not None and given != was:
            option = f"--{name.replace('_', '-')}"
            raise CannotRun(
                f"{option} {given!r} is not that of the run in {path}, {was!r}: give the same to resume it."
            )
    return found


def _check_spent(options: Mapping[str, Any]) -> None:
    """Raises CannotRun where a run in the folder spent tasks and was interrupted: another in its place would spend them
    again."""
    folder, found = options["report_dir"], noted(options["report_dir"])
    if found.spent and not found.ended and not found.of_mock:
        url = found.run.get("base_url")
        same = f" with --base-url {url}" if url and url != options["base_url"] else ""
        raise CannotRun(
            f"--report-dir {folder} holds a run that was interrupted, and that may have started "
            f"{counted(found.spent, 'task')}. Way out: --resume{same} goes on with it, and another folder begins anew."
        )


def noted(folder: Path | None) -> EarlierRun:
    """What the journal in a folder tells; an empty run where there is none that can be read."""
    try:
        return EarlierRun() if folder is None else journal.read(safe_files.text(folder / JOURNAL).splitlines())
    except OSError:
        return EarlierRun()


def _retries(options: Mapping[str, Any]) -> int:
    """How many retries of a callback the run has time for. Those of the mock come soon."""
    wait = options["callback_timeout"] if options["base_url"] else max(RETRY_WAITS.values())
    return next((retries for retries, needed in RETRY_WAITS.items() if wait >= needed), 0)
