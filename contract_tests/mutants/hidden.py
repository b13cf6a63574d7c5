"""Servers apart from the mock that read the open questions as it is drawn, and what is learned of them in a budget."""

import io
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from contract_tests.documents.published import Published
from contract_tests.learn import price
from contract_tests.learn.calibrate import learned
from contract_tests.learn.drift import FORMS
from contract_tests.learn.evidence import Line
from contract_tests.learn.playback import ASPECTS, Agreement
from contract_tests.learn.profile import as_data
from contract_tests.learn.refunds import KEY as KEY_OF_REFUNDS
from contract_tests.mutants import held_out
from contract_tests.mutants.plain import BAD_KEY, KEYS, PATIENCE, tracks, triggers
from contract_tests.probes.plan import Plan
from contract_tests.probes.request import ATTEMPTS
from contract_tests.probes.triggers import Trigger
from contract_tests.receiver.receiver import Receiver
from contract_tests.reports import kept
from contract_tests.reports.report import Report
from contract_tests.run.run import Run
from contract_tests.target import journal
from contract_tests.target.target import Limits, Target
from contract_tests.targets.behaviour import KEY, REFUNDED, Behaviour
from contract_tests.targets.drawn import PRICES, Hidden, drawn
from contract_tests.targets.drawn_forms import Lines
from contract_tests.targets.edition import APIKLEY
from contract_tests.targets.plain_server import Plain

FAILURES: Final = (501, REFUNDED)
"""Codes with which tasks are brought to fail."""
HELD_OUT: Final = 100
"""Requests of each server that nothing was learned of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was learned of a drawn server: picks that are right and wrong, how many questions were left, how far the
    mock agrees that plays the profile, on the refusals of which it was made and on requests that nobody learned of, and
    what it cost. `questions` says how many were read of all, also those that are not drawn, `limits` how many limits
    and models were found that no document has."""

    right: tuple[str, ...]
    wrong: tuple[str, ...]
    left: int
    questions: str
    limits: str
    after: Agreement
    held_out: Agreement
    tasks: int
    took: float

    def __str__(self) -> str:
        told = f"{len(self.right):2} right, {len(self.wrong)} wrong, {self.left} left, {self.questions}, {self.limits}"
        learned_of = f"{100 * self.after.share('msg'):.0f} % of texts"
        others = ", ".join(f"{100 * self.held_out.share(aspect):.0f} % {aspect}" for aspect in ASPECTS)
        wrong = ", ".join(self.wrong)
        return f"{self.took:5.1f} s  {self.tasks:2} tasks  {told}, {learned_of}; held out: {others}  {wrong}".rstrip()


def seen(hidden: Hidden, budget: int, folder: Path, seed: int = 0, *, fails: bool = False) -> Seen:
    """Runs the harness against a drawn server with a budget, learns of it, and asks both with requests that `seed`
    draws. `fails` says whether tasks are brought to fail, and callbacks not received at first."""
    started = time.monotonic()
    published = Published.read("apikley")
    report = ran(hidden.behaviour, published, budget, failing(published) if fails else ())
    given = tracks(hidden.behaviour)
    found = learned(report, published, folder)
    playing = as_data("apikley", found.lines)
    with Plain(behaviour=hidden.behaviour) as server:
        others = held_out.agreement(server.url, KEY, playing, published, given[0], seed=seed, number=HELD_OUT)
    picks = {str(line.path[1]): line.value for line in found.lines if line.path[0] == "picks"}
    lines_found = {each.path: each.value for each in found.lines if each.path[0] == "models"}
    own = limits_due(hidden)
    prices = {each.path: each.value for each in found.lines if each.path == price.PATH}
    due = {} if hidden.behaviour.price == PRICES[0] else {price.PATH: hidden.behaviour.price}
    wrong_limits = [] if prices == due else [f"price {[*prices.values()]} not {hidden.behaviour.price}"]
    refunds = next((each.value for each in found.lines if each.path == (KEY_OF_REFUNDS,)), "")
    wrong_limits += [f"refunds {refunds} not {hidden.refunds}"] if refunds not in ("", hidden.refunds) else []
    wrong_limits += [
        f"{'.'.join(map(str, path))} {value}"
        for path, value in lines_found.items()
        if path not in own or own[path] != value
    ]
    formed, wrong_forms = _forms_found(found.lines, hidden.forms)
    judged = {name: picks[name] == reading for name, reading in hidden.readings.items() if name in picks}
    return Seen(
        right=tuple(name for name, is_right in judged.items() if is_right),
        wrong=(
            *(f"{name} {picks[name]} not {hidden.readings[name]}" for name, is_right in judged.items() if not is_right),
            *wrong_limits,
            *wrong_forms,
        ),
        questions=f"{len(picks)} of {len(published.questions)} questions",
        limits=f"{len(own.items() & lines_found.items())} of {len(own)} limits and models"
        + f", {formed} of {len(hidden.forms)} forms"
        + (f", refunds {refunds or 'as documented or not known'}" if fails else ""),
        left=len(hidden.readings) - len(judged),
        after=found.after,
        held_out=others,
        tasks=report.about.spent or 0,
        took=time.monotonic() - started,
    )


def _forms_found(lines: Sequence[Line], due: Lines) -> tuple[int, list[str]]:
    """How many lines about forms are as they are due, and the others."""
    told = {each.path: each.value for each in lines if each.path[0] in FORMS}
    wrong = {path: value for path, value in told.items() if path not in due or due[path] != value}
    return len(told) - len(wrong), [f"{'.'.join(map(str, path))} {value}" for path, value in wrong.items()]


def limits_due(hidden: Hidden) -> dict[tuple[str | int, ...], object]:
    """The lines about limits and models that a profile of a drawn server has, if all is found."""
    models = hidden.behaviour.edition.models
    due: dict[tuple[str | int, ...], object] = {
        ("models", model, "limits", "extend", field): most for (model, field), most in hidden.limits.items()
    }
    due |= {("models", model): None for model in APIKLEY.models if model not in models}
    return due | {("models", model, "like"): APIKLEY.models[-1] for model in models if model not in APIKLEY.models}


def failing(published: Published) -> list[Trigger]:
    """How the plain server is brought to codes of answers, and two of its tasks to fail: one gives the price back by
    the documents, and one does not."""
    return [each for each in triggers(published) if not each.of_callback or each.number in FAILURES]


def ran(
    behaviour: Behaviour, published: Published, budget: int, brought: Sequence[Trigger] = (), *, knows: bool = False
) -> Report:
    """The report of a run of the harness against a plain server of its own that behaves so. If some of its tasks are
    `brought` to fail, some callbacks are not received at first, too, so that it tries again. `knows` says whether the
    document was learned of it."""
    given = tracks(behaviour)
    plan = Plan(published=published, tracks=given, callback_timeout=PATIENCE, budget=budget, searches=True, knows=knows)
    fails = any(each.of_callback for each in brought)
    plan = replace(plan, triggers=tuple(brought), retries=ATTEMPTS - 1 if fails else 0)
    notes = io.StringIO()
    with Plain(behaviour=behaviour) as server, Receiver() as receiver:
        notes.write(journal.begun({"profile": published.profile, "base_url": server.url, "budget": budget}))
        target = Target(server.url, {"own": KEY, "bad": BAD_KEY, **KEYS}, Limits(budget=budget), notes)
        receiver.tell(lambda arrival: target.note(journal.came(target.masked_arrival(arrival))))
        for result in Run(plan, target, receiver).results():
            target.note(kept.line(result))
        target.close()
    report = kept.report(notes.getvalue().splitlines())
    if report is None:
        raise AssertionError
    return replace(report, tracks=given, about=replace(report.about, spent=target.spent))


def lines(seeds: range, budget: int, folder: Path, *, fails: bool = False) -> Iterator[tuple[str, bool]]:
    """A line for each drawn server, and whether no reading is wrong."""
    for seed in seeds:
        came = seen(drawn(seed), budget, folder, seed, fails=fails)
        yield f"draw {seed:3}  {came}", not came.wrong
