"""What tasks did: when their stages came and what these said, names of models, numbers of tracks. Pure."""

from collections import defaultdict
from collections.abc import Container, Hashable, Iterable, Iterator, Mapping, Sequence
from statistics import median
from typing import Any, Final

from contract_tests.documents.any_json import parsed
from contract_tests.documents.counted import counted
from contract_tests.documents.published import Published
from contract_tests.learn.evidence import UNNAMED, Found, Left, Line, left_of, times
from contract_tests.probes.request import STAGES
from contract_tests.receiver.receiver import Arrival
from contract_tests.reports.report import Asked
from contract_tests.target.exchange import Exchange
from contract_tests.verdicts.course import stage_of

DISTURBED: Final = "delivery."
"""What ids of probes begin with whose callbacks were not received at first."""
UNHEARD: Final = "no callback of it came"
UNTAKEN: Final = f"{UNHEARD} but of tasks of which the receiver did not take one, which tells no time"
BEHIND: Final = "not seen, so as the stage behind it"
BEFORE: Final = "not seen, so as the stage before it"
SOONEST: Final = 5.0
"""Seconds before the end of an answer in which its callbacks are believed: a server need not wait for that."""
LATEST: Final = 86_400.0
"""Seconds after an answer in which its callbacks are believed: another clock measured those of an earlier run."""

Came = tuple[Exchange, Arrival, Mapping[str, Any]]
"""A request that was accepted, one of its callbacks, and the body of it."""


def courses(asked: Iterable[Asked], published: Published) -> Iterator[Found]:
    """Stages, models' internal names and the number of tracks."""
    every = list(asked)
    came = list(first_callbacks(every))
    stages = {stage: [each for each in came if each[2]["data"].get("callbackType") == stage] for stage in STAGES}
    usual = {stage: middle(published.family["stages"][stage]["at"]) for stage in STAGES}
    yield from _times(stages, usual, {stage for each in every for stage in _untaken(each)})
    for stage, found in stages.items():
        yield from _message(stage, found, published)
    yield from _names([each for each in came if each[2]["code"] == 200], published)
    yield from _number(stages[STAGES[-1]], published)


def _untaken(asked: Asked) -> Iterator[str]:
    """The stages of callbacks that came to a receiver which did not take one of them."""
    for callback in asked.callbacks if asked.exchange.tasks and asked.probe.startswith(DISTURBED) else ():
        yield str(stage_of(parsed(callback.body)))


def models(asked: Iterable[Asked]) -> set[str]:
    """The models of tasks whose callbacks came."""
    sent = [parsed(exchange.sent) for exchange, _, body in first_callbacks(asked) if tracks_in(body)]
    return {str(each.get("model")) for each in sent if isinstance(each, dict)}


def first_callbacks(asked: Iterable[Asked]) -> Iterator[Came]:
    """Each first callback of a stage, of tasks that nobody disturbed."""
    for each in asked:
        if not each.exchange.tasks or each.probe.startswith(DISTURBED):
            continue
        known: set[Hashable] = set()
        for arrival in sorted(each.callbacks, key=lambda callback: callback.at):
            body = parsed(arrival.body)
            data = body.get("data") if isinstance(body, dict) else None
            if (
                isinstance(body, dict)
                and isinstance(data, dict)
                and (stage := str(data.get("callbackType"))) not in known
            ):
                known.add(stage)
                yield each.exchange, arrival, {"code": None, "msg": None, **body}


def middle(at: Any) -> float:
    """The median of what a profile says of a stage's seconds."""
    known = at if isinstance(at, Mapping) else dict(enumerate(at if isinstance(at, list) else [at, at]))
    return float(known[0.5] if 0.5 in known else median([*known.values()]))


def _times(stages: Mapping[str, list[Came]], usual: Mapping[str, float], untaken: Container[str]) -> Iterator[Found]:
    """When stages came, and in how many of the tasks that completed they did not. `usual` are the seconds of those that
    did not come, which no profile has before those before them, nor behind those behind, `untaken` those that came
    to a receiver that did not take a callback of their task."""
    seconds = {stage: _seconds(found) for stage, found in stages.items()}
    present = {stage: median(each) for stage, each in seconds.items() if each}
    if [*present.values()] != sorted(present.values()):
        told = ", ".join(f"{stage} after {middle:g} s" for stage, middle in present.items())
        yield Left("stages", f"they come in an order that no profile can say: {told}")
        return
    done = {exchange.number for exchange, _, _ in stages[STAGES[-1]]}
    after: float | None = None
    for stage in reversed(STAGES):
        asked = [exchange for exchange, _, _ in stages[stage]]
        missed = done - {exchange.number for exchange in asked}
        if seconds[stage]:
            after = median(seconds[stage])
            yield Line(("stages", stage, "at"), _spread(seconds[stage]), times(asked))
        elif after is not None and (missed or usual[stage] > after):
            yield Line(("stages", stage, "at"), round(after, 2), BEHIND)
        elif after is None and usual[stage] < (before := _before(stage, present)):
            yield Line(("stages", stage, "at"), round(before, 2), BEFORE)
        else:
            unheard = UNTAKEN if stage in untaken else UNHEARD
            why = "its callbacks were of another run, whose clock nobody knows" if asked else unheard
            yield Left(f"stages.{stage}.at", why)
        if missed and after is not None:
            seen = f"in {len(missed)} of {counted(len(done), 'task')} that completed"
            yield Line(("stages", stage, "skipped"), round(len(missed) / len(done), 2), seen)


def _before(stage: str, present: Mapping[str, float]) -> float:
    """When the last stage before another came."""
    return max((seconds for each, seconds in present.items() if STAGES.index(each) < STAGES.index(stage)), default=0.0)


def _seconds(found: Iterable[Came]) -> list[float]:
    """Seconds between answers and callbacks, the least first."""
    after = sorted(arrival.at - exchange.answered for exchange, arrival, _ in found)
    return [round(max(each, 0.0), 2) for each in after if -SOONEST <= each <= LATEST]


def _message(stage: str, found: Sequence[Came], published: Published) -> Iterator[Found]:
    said = sorted({str(body["msg"]) for _, _, body in found if body["code"] == 200 and body["msg"] is not None})
    if len(said) > 1:
        yield Left(f"stages.{stage}.msg", f"seen in several ways: {'; '.join(said)}")
    elif said and said != [published.family["stages"][stage]["msg"]]:
        yield Line(("stages", stage, "msg"), said[0], times(exchange for exchange, _, _ in found))


def _spread(seconds: list[float]) -> Any:
    """Seconds as a profile says them: one number, or by likelihood the least, the middle and the most."""
    least, middle, most = seconds[0], round(median(seconds), 2), seconds[-1]
    return middle if least == most else {0: least, 0.5: middle, 1: most}


def _names(came: Iterable[Came], published: Published) -> Iterator[Found]:
    by_model: dict[str, dict[str, list[Exchange]]] = defaultdict(lambda: defaultdict(list))
    for exchange, _, body in came:
        sent = parsed(exchange.sent)
        model = sent.get("model") if isinstance(sent, dict) else None
        for name in {track.get("model_name") for track in tracks_in(body) if isinstance(track.get("model_name"), str)}:
            by_model[str(model)][str(name)].append(exchange)
    unnamed = [each for each in published.models if not by_model.get(each)]
    yield from left_of("names", unnamed, published.models, UNNAMED)
    for model, names in by_model.items():
        told = [*names]
        if len(told) > 1:
            yield Left(f"models.{model}.name", f"seen in several ways: {', '.join(sorted(told))}")
        elif model in published.models and told != [published.family["model_names"].get(model)]:
            yield Line(("models", model, "name"), told[0], times(names[told[0]]))


def _number(complete: list[Came], published: Published) -> Iterator[Found]:
    counts = {len(tracks_in(body)) for _, _, body in complete if body["code"] == 200} - {0}
    if len(counts) > 1:
        yield Left("tracks_per_task", f"seen in several ways: {', '.join(map(str, sorted(counts)))}")
    elif counts and counts != {published.family.get("tracks_per_task", 2)}:
        yield Line(("tracks_per_task",), counts.pop(), times(exchange for exchange, _, _ in complete))


def tracks_in(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The tracks that a callback lists."""
    items = body["data"].get("data")
    return [each for each in items if isinstance(each, dict)] if isinstance(items, list) else []
