"""Servers apart from the mock that read the open questions as it is drawn, and what is learned of them in a budget."""

import io
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Final

from contract_tests.documents.published import Published
from contract_tests.learn import price
from contract_tests.learn.calibrate import learned
from contract_tests.learn.playback import ASPECTS, Agreement
from contract_tests.learn.profile import as_data
from contract_tests.learn.refunds import KEY as KEY_OF_REFUNDS
from contract_tests.mutants import held_out, hidden_forms
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
from contract_tests.targets.behaviour import KEY, REFUNDED, Answer, Asked, Behaviour, conforming
from contract_tests.targets.changes import answering, is_refusal
from contract_tests.targets.edition import APIKLEY, TEXTS, Edition
from contract_tests.targets.legal import legal
from contract_tests.targets.plain_server import Plain

READINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "error_data": {"null": "", "absent": "refusals without data"},
    "content_type": {"plain": "", "charset": "a charset in answers"},
    "unknown_audio": {"invalid": "", "not_found": "an unknown audioId is 404"},
    "unknown_task": {
        "not_found": "",
        "null_data": "an unknown task is code 200 with null",
        "invalid": "an unknown task is 422",
    },
    "empty_text": {"accepted": "", "refused": "empty texts are refused"},
    "extra_properties": {"accepted": "", "refused": "unknown properties are refused"},
    "continue_at_min": {"above_0": "", "at_least_1": "continueAt is 1 or more"},
    "string_length": {"code_points": "", "utf16": "UTF-16 units are counted", "bytes": "bytes are counted"},
    "model_mismatch": {"refused": "", "accepted": "another model is accepted"},
    "prompt_required": {"always": "", "custom_only": "no prompt with the original parameters"},
    "text_items": {"none": "", "both": "text lists both tracks, unfinished"},
    "first_items": {"one": "", "both": "first lists both tracks, the second unfinished"},
    "create_time": {"string": "", "rfc3339": "createTime as RFC 3339"},
    "source_urls": {"absent": "", "present": "source URLs"},
    "received_statuses": {"only_200": "", "any_2xx": "any 2xx is received"},
}
"""By question: the readings that a server apart from the mock can have, each with the legal variant that has it."""
PRICES: Final = (12, 12, 10, 0.4)
"""Credits that a task costs; the first is the document's."""
REFUNDS: Final[Mapping[str, Callable[[int], bool]]] = {
    "some": lambda code: code == REFUNDED,
    "all": lambda code: True,
    "none": lambda code: False,
}
"""By what a profile says: which failures give the price back; the first is the document's."""
FAILURES: Final = (501, REFUNDED)
"""Codes with which tasks are brought to fail."""
LIMITS: Final = 0.2
"""How often a limit is not the document's."""
MODELS: Final = 0.4
"""How often a server has a model more, and one less."""
HELD_OUT: Final = 100
"""Requests of each server that nothing was learned of."""
WORDS: Final[tuple[Callable[[str], str], ...]] = (str, str.upper, "Error: {}".format, lambda words: "Bad request.")
"""What refusals say, of what the plain server says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """A drawn server: its behaviour, how it reads the questions, which failures it refunds, the lines that tell in what
    form it says things, and which limits it has, by model and field."""

    behaviour: Behaviour
    readings: Mapping[str, str]
    refunds: str = "some"
    forms: hidden_forms.Lines = field(default_factory=dict)

    @property
    def limits(self) -> Mapping[tuple[str, str], int]:
        """Those that are not the document's."""
        own = self.behaviour.edition
        every = ((model, field, own.limit(model, field) or 0) for model in own.models for field in TEXTS)
        return {(model, field): most for model, field, most in every if APIKLEY.limit(model, field) != most}


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


def drawn(seed: int) -> Hidden:
    """A server with a reading of every question and words of its own."""
    chance = Random(seed)  # noqa: S311, no secret hangs on it
    variants = {each.name: each.change for each in legal()}
    behaviour, readings = conforming(edition(seed), mirrors=chance.random() < 0.5), dict[str, str]()
    for question, known in READINGS.items():
        readings[question] = reading = chance.choice([*known])
        behaviour = variants[known[reading]](behaviour) if known[reading] else behaviour
    words = chance.choice(WORDS)
    refunds = Random(f"{seed} refunds").choice([*REFUNDS])  # noqa: S311, as above
    price = Random(f"{seed} price").choice(PRICES)  # noqa: S311, as above
    listing = ("text", "first", "complete") if readings["text_items"] == "both" else ("first", "complete")
    source_urls = listing if readings["source_urls"] == "present" else ()
    behaviour = replace(behaviour, price=price, refunds=REFUNDS[refunds])
    behaviour, forms = hidden_forms.drawn(seed, behaviour, source_urls)

    def said(answer: Answer) -> Answer:
        return answer.merged({"msg": words(str(answer.content["msg"]))})

    def has_words(asked: Asked, answer: Answer) -> bool:
        return is_refusal(asked, answer) and isinstance(answer.content, dict) and "msg" in answer.content

    return Hidden(behaviour=answering(has_words, said)(behaviour), readings=readings, refunds=refunds, forms=forms)


def edition(seed: int) -> Edition:
    """The document with limits of its own for some texts, and on some servers one model more, and one less."""
    chance = Random(f"{seed} limits")  # noqa: S311, as above
    limits = {**APIKLEY.limits}
    if chance.random() < MODELS:
        del limits[chance.choice(["V4", "V4_5", "V4_5PLUS"])]
    if chance.random() < MODELS:
        limits[chance.choice(["V3_5", "V5_5"])] = limits["V5"]
    for model, (prompt, style, title) in limits.items():
        drawn_ones = [
            chance.randrange(10, 2 * most) if chance.random() < LIMITS else most for most in (prompt, style, title)
        ]
        limits[model] = (drawn_ones[0], drawn_ones[1], drawn_ones[2])
    sources = {id: source for id, source in APIKLEY.sources.items() if source[0] in limits}
    return replace(APIKLEY, limits=limits, sources=sources)


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
    formed, wrong_forms = hidden_forms.found(found.lines, hidden.forms)
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
